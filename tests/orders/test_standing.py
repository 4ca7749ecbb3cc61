from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from purveyor.orders.domain import standing
from purveyor.orders.domain.standing import OurAnswer, OurLine
from purveyor.orders.records import ReceivedLineStatus, ReceivedStatus
from purveyor.orders.states import ORDER, OrderState

pytestmark = pytest.mark.unit
S = OrderState
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ECHO = "2026-03-02T12:00:00Z"


@pytest.mark.parametrize(
    ("state", "amazon", "eaches", "answered", "then"),
    [
        (S.NEW, "New", 5, False, [S.NEW]),
        (S.NEW, "OnHold", 5, False, [S.NEW]),
        (S.NEW, "", 5, False, [S.NEW]),
        (S.NEW, "Acknowledged", 5, False, [S.NEW, S.ELSEWHERE]),
        (S.NEW, "acknowledged", 5, False, [S.NEW, S.ELSEWHERE]),
        (S.NEW, "Acknowledged", 5, True, [S.NEW]),
        (S.NEW, "New", 0, False, [S.NEW, S.CANCELLED]),
        (S.NEW, "Acknowledged", 0, False, [S.NEW, S.CANCELLED]),
        (S.NEW, "Closed", 0, False, [S.NEW, S.CLOSED]),
        (S.NEW, "CLOSED", 5, False, [S.NEW, S.CLOSED]),
        (S.ACKNOWLEDGING, "Closed", 0, True, [S.ACKNOWLEDGING]),
        (S.ACKNOWLEDGED, "Acknowledged", 5, True, [S.ACKNOWLEDGED]),
        (S.ACKNOWLEDGED, "Acknowledged", 5, False, [S.ACKNOWLEDGED]),
        (S.ACKNOWLEDGED, "New", 5, True, [S.ACKNOWLEDGED]),
        (S.ACKNOWLEDGED, "Closed", 5, True, [S.ACKNOWLEDGED, S.CLOSED]),
        (S.ACKNOWLEDGED, "Acknowledged", 0, True, [S.ACKNOWLEDGED, S.CANCELLED]),
        (S.FAILED, "Acknowledged", 5, False, [S.FAILED, S.ELSEWHERE]),
        (S.FAILED, "Acknowledged", 5, True, [S.FAILED]),
        (S.FAILED, "New", 0, False, [S.FAILED, S.CANCELLED]),
        (S.ELSEWHERE, "Acknowledged", 5, False, [S.ELSEWHERE]),
        (S.ELSEWHERE, "Closed", 5, False, [S.ELSEWHERE, S.CLOSED]),
        (S.CANCELLED, "New", 0, False, [S.CANCELLED]),
        (S.CANCELLED, "New", 5, False, [S.CANCELLED, S.NEW]),
        (S.CANCELLED, "Acknowledged", 5, False, [S.CANCELLED, S.NEW, S.ELSEWHERE]),
        (S.CANCELLED, "Closed", 0, False, [S.CANCELLED, S.CLOSED]),
        (S.CLOSED, "Closed", 5, False, [S.CLOSED]),
        (S.CLOSED, "New", 5, False, [S.CLOSED, S.NEW]),
        (S.CLOSED, "New", 0, False, [S.CLOSED, S.NEW, S.CANCELLED]),
        (S.CLOSED, "Acknowledged", 5, True, [S.CLOSED, S.ACKNOWLEDGED]),
        (S.CLOSED, "New", 5, True, [S.CLOSED, S.NEW]),
        (S.CLOSED, "Acknowledged", 0, True, [S.CLOSED, S.ACKNOWLEDGED, S.CANCELLED]),
        (S.CLOSED, "Acknowledged", 5, False, [S.CLOSED, S.NEW, S.ELSEWHERE]),
    ],
)
def test_path_leads_where_amazons_word_puts_the_order(
    state: S, amazon: str, eaches: int, answered: bool, then: list[S]
) -> None:
    assert [state, *standing.path(state, amazon, eaches, answered=answered)] == then


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("amazon", ["New", "Acknowledged", "Closed", "Else"])
@pytest.mark.parametrize("eaches", [0, 5])
@pytest.mark.parametrize("answered", [True, False])
def test_every_step_of_a_path_is_an_arrow_with_a_cause(state: S, amazon: str, eaches: int, answered: bool) -> None:
    before = str(state)
    for then in standing.path(state, amazon, eaches, answered=answered):
        assert ORDER.allows(before, then)
        assert standing.cause(before, then)
        before = then


@pytest.mark.parametrize(
    ("amazon", "eaches", "state"),
    [("New", 5, S.NEW), ("Acknowledged", 5, S.ELSEWHERE), ("Closed", 5, S.CLOSED), ("New", 0, S.CANCELLED)],
)
def test_first_state_of_an_order(amazon: str, eaches: int, state: S) -> None:
    assert standing.first_state(amazon, eaches) == state


@pytest.mark.parametrize(
    ("received", "held", "older"),
    [
        (NOON, NOON + timedelta(seconds=1), True),
        (NOON, NOON, False),
        (NOON + timedelta(seconds=1), NOON, False),
        (None, NOON, False),
        (NOON, None, False),
    ],
)
def test_is_older_only_when_both_say_so(received: datetime | None, held: datetime | None, older: bool) -> None:
    assert standing.is_older(received, held) is older


def test_stamp_is_the_latest_moment_named() -> None:
    assert standing.stamp(None, NOON, NOON - timedelta(days=1)) == NOON
    assert standing.stamp(None, None) is None


def line(number: str = "1", accepted: int | None = 7, rejected: int | None = 3, echo: str = "", ordered: int = 10):
    return ReceivedLineStatus(number, ordered, "ACCEPTED", accepted, rejected, echo, "", None, None)


def shown(*lines: ReceivedLineStatus) -> ReceivedStatus:
    return ReceivedStatus(number="P1", amazon_status="OPEN", updated_at=NOON, lines=list(lines))


def ours(date: datetime = NOON, **lines: tuple[int, int]) -> OurAnswer:
    return OurAnswer(date, {number.removeprefix("l"): OurLine(*counts) for number, counts in lines.items()})


@pytest.mark.parametrize(
    ("mine", "there", "foreign"),
    [
        ([], [line(accepted=0, rejected=0)], []),
        ([], [line(accepted=None, rejected=None)], []),
        ([], [line()], ["1"]),
        ([], [line(accepted=7, rejected=0)], ["1"]),
        ([ours(l1=(10, 0))], [line(accepted=3, rejected=0)], ["1"]),
        ([ours(l1=(3, 7))], [line(accepted=3, rejected=0)], ["1"]),
        ([], [line(accepted=0, rejected=10)], ["1"]),
        ([], [line(accepted=0, rejected=0, echo=ECHO)], ["1"]),
        ([ours(l1=(7, 3))], [line()], []),
        ([ours(l1=(7, 3))], [line(echo="2026-03-02T18:00:00Z")], []),
        ([ours(l1=(10, 0))], [line(echo=ECHO)], []),
        ([ours(l1=(10, 0))], [line(echo="2026-03-02T12:00:00.700Z")], []),
        ([ours(l1=(10, 0))], [line(echo="2026-03-02T12:00:01Z")], ["1"]),
        ([ours(l1=(10, 0))], [line()], ["1"]),
        ([ours(l1=(10, 0))], [line(ordered=7)], []),
        ([ours(l1=(10, 0)), ours(l1=(7, 3))], [line()], []),
        ([ours(l1=(7, 3))], [line(), line("2")], ["2"]),
        ([ours(l1=(7, 3), l2=(1, 9))], [line(), line("2")], ["2"]),
        ([ours(l2=(7, 3))], [line(echo=ECHO)], []),
    ],
)
def test_answered_elsewhere_names_the_lines_that_are_not_ours(
    mine: list[OurAnswer], there: list[ReceivedLineStatus], foreign: list[str]
) -> None:
    found = standing.answered_elsewhere(mine, shown(*there))
    assert (found is None) == (foreign == [])
    assert [told["line"] for told in (found or {"lines": []})["lines"]] == foreign


def test_answered_elsewhere_keeps_what_amazon_shows() -> None:
    assert standing.answered_elsewhere([], shown(line(echo=ECHO))) == {
        "amazon_status": "OPEN",
        "updated_at": "2026-03-02T12:00:00Z",
        "lines": [
            {"line": "1", "confirmation": "ACCEPTED", "accepted": 7, "rejected": 3, "acknowledged_on": ECHO},
        ],
    }


def test_answered_elsewhere_may_not_say_when() -> None:
    undated = ReceivedStatus(number="P1", amazon_status="OPEN", updated_at=None, lines=[line()])
    assert (standing.answered_elsewhere([], undated) or {})["updated_at"] == ""
    assert standing.seen_answered("Acknowledged", None)["updated_at"] == ""


def test_cause_is_the_sentence_of_that_very_arrow() -> None:
    for arrow in ORDER.arrows:
        assert standing.cause(arrow.source, arrow.target) == arrow.cause
