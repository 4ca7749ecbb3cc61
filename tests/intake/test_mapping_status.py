from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.papers import mapped_status, status, status_item
from purveyor.amazon.errors import Unreadable

pytestmark = pytest.mark.unit


def test_status_is_told_in_our_words() -> None:
    told = status_item(accepted=7, rejected=3, date="2026-03-02T09:00:00Z", received=5)
    told["receivingStatus"]["lastReceiveDate"] = "2026-03-20T10:00:00Z"
    found = mapped_status(status(items=[told]))
    (line,) = found.lines
    assert (found.number, found.amazon_status) == ("1ABCDEFG", "OPEN")
    assert found.updated_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (line.number, line.ordered, line.accepted, line.rejected, line.received) == ("1", 10, 7, 3, 5)
    assert (line.confirmation, line.receipt) == ("PARTIALLY_ACCEPTED", "PARTIALLY_RECEIVED")
    assert line.acknowledged_on == "2026-03-02T09:00:00Z"
    assert line.received_at == datetime(2026, 3, 20, 10, tzinfo=UTC)
    assert found.answered


def test_quantities_in_cases_become_eaches() -> None:
    told = status_item(accepted=0)
    told["acknowledgementStatus"]["acceptedQuantity"] = {"amount": 2, "unitOfMeasure": "CASES", "unitSize": 6}
    assert mapped_status(status(items=[told])).lines[0].accepted == 12


def test_latest_of_the_echoed_dates_counts() -> None:
    told = status_item(accepted=1)
    told["acknowledgementStatus"]["acknowledgementStatusDetails"] = [
        {"acknowledgementDate": "2026-03-02T11:00:00+01:00"},
        {"acknowledgementDate": "2026-03-02T10:30:00Z"},
        {"acknowledgementDate": "2026-03-02T08:00:00Z"},
    ]
    assert mapped_status(status(items=[told])).lines[0].acknowledged_on == "2026-03-02T10:30:00Z"


def test_line_of_which_amazon_says_nothing_has_no_counts() -> None:
    found = mapped_status(status(items=[{"itemSequenceNumber": "1"}]))
    (line,) = found.lines
    assert (line.ordered, line.accepted, line.rejected, line.received) == (None, None, None, None)
    assert (line.confirmation, line.acknowledged_on, line.receipt, line.received_at) == ("", "", "", None)
    assert not found.answered


def test_status_without_any_answer_is_not_answered() -> None:
    assert not mapped_status(status()).answered
    assert mapped_status(status(items=[status_item(accepted=0, rejected=10)])).answered
    assert mapped_status(status(items=[status_item(accepted=0, date="2026-03-02T09:00:00Z")])).answered


@pytest.mark.parametrize("where", ["purchaseOrderStatus", "confirmationStatus", "itemSequenceNumber"])
def test_words_too_long_to_be_words_are_refused(where: str) -> None:
    told = status(items=[status_item()])
    place = {
        "purchaseOrderStatus": told,
        "confirmationStatus": told["itemStatus"][0]["acknowledgementStatus"],
        "itemSequenceNumber": told["itemStatus"][0],
    }[where]
    place[where] = "x" * 41
    with pytest.raises(Unreadable):
        mapped_status(told)
