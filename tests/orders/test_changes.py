"""What a new version changed, in values and in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.papers import item, mapped, order
from purveyor.orders.domain.changes import Change, costs_before, diff, read, stored
from purveyor.orders.domain.changes_said import MOST_SENTENCES, in_short, sentences

pytestmark = pytest.mark.unit
BERLIN = ZoneInfo("Europe/Berlin")


def changed(before: dict[str, Any], now: dict[str, Any]) -> tuple[Change, ...]:
    return diff(mapped(before), mapped(now))


def said(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return sentences(changed(before, now))


def test_restated_order_is_no_change() -> None:
    assert changed(order(), order()) == ()


def test_amazons_own_state_is_no_change() -> None:
    now = order(state="Acknowledged", purchaseOrderStateChangedDate="2026-03-02T12:00:00Z")
    assert changed(order(), now) == ()


def test_cost_in_other_digits_is_no_change() -> None:
    same = item(netCost={"amount": "4.2000", "currencyCode": "EUR"})
    assert changed(order(), order(items=[same])) == ()


def test_lines_in_another_order_are_no_change() -> None:
    lines = [item("1"), item("2")]
    assert changed(order(items=lines), order(items=lines[::-1])) == ()


CASES = {"amount": 3, "unitOfMeasure": "Cases", "unitSize": 12}
DEAR = {"amount": "4.50", "currencyCode": "EUR"}


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            {"deliveryWindow": "2026-03-10T07:00:00Z--2026-03-16T07:00:00Z"},
            "Delivery window: from 2026-03-09 07:00 UTC – 2026-03-16 07:00 UTC"
            " to 2026-03-10 07:00 UTC – 2026-03-16 07:00 UTC.",
        ),
        (
            {"shipWindow": "2026-03-08T07:00:00Z--2026-03-09T07:00:00Z"},
            "Ship window: from none to 2026-03-08 07:00 UTC – 2026-03-09 07:00 UTC.",
        ),
        ({"shipToParty": {"partyId": "LEJ1"}}, "Ship to: from FRA1 to LEJ1."),
        ({"purchaseOrderType": "RushOrder"}, "Amazon's order type: from RegularOrder to RushOrder."),
        ({"paymentMethod": "Consignment"}, "Payment method: from Invoice to Consignment."),
        ({"items": [item(amount=4)]}, "Line 1: quantity from 10 pieces to 4 pieces."),
        (
            {"items": [item(orderedQuantity=CASES)]},
            "Line 1: quantity from 10 pieces to 36 pieces (3 cases of 12).",
        ),
        ({"items": [item(netCost=DEAR)]}, "Line 1: cost from 4.20 EUR to 4.50 EUR."),
        ({"items": [item(netCost=None)]}, "Line 1: cost from 4.20 EUR to none."),
        ({"items": [item(isBackOrderAllowed=True)]}, "Line 1: backorder was not allowed, is allowed."),
        ({"items": [item(), item("2", 3)]}, "Line 2 is new: B000000002, 3 pieces at 4.20 EUR."),
        ({"items": [item(), item("2", 0)]}, "Line 2 is new: B000000002, 0 pieces at 4.20 EUR."),
    ],
)
def test_each_kind_of_change_has_its_sentence(more: dict[str, Any], sentence: str) -> None:
    assert said(order(), order(**more)) == [sentence]


def test_line_that_is_gone_is_told() -> None:
    assert said(order(items=[item(), item("2", 3)]), order()) == [
        "Line 2 is gone: it was B000000002, 3 pieces at 4.20 EUR."
    ]


def test_one_cancelled_line_is_told_and_taken_back() -> None:
    both, one = order(items=[item(), item("2", 3)]), order(items=[item(), item("2", 0)])
    assert said(both, one) == ["Line 2 was cancelled: it was 3 pieces."]
    assert said(one, both) == ["Line 2 is no longer cancelled: 3 pieces."]


def test_cancelled_order_is_told_once_though_each_line_is_kept() -> None:
    none = order(items=[item(amount=0)])
    assert [(c.field, c.line) for c in changed(order(), none)] == [("cancelled", ""), ("line_cancelled", "1")]
    assert said(order(), none) == ["Amazon cancelled the whole order (10 pieces)."]
    assert said(none, order()) == ["Amazon took the cancellation back: 10 pieces are ordered again."]


def test_same_pieces_in_cases_are_told_as_quantity() -> None:
    cases = item(orderedQuantity={"amount": 5, "unitOfMeasure": "Cases", "unitSize": 2})
    assert said(order(), order(items=[cases])) == ["Line 1: quantity from 10 pieces to 10 pieces (5 cases of 2)."]


def test_times_are_told_in_the_zone_asked_for() -> None:
    change = changed(order(), order(deliveryWindow="2026-03-09T07:00:00Z--2026-03-30T07:00:00Z"))
    assert sentences(change, BERLIN) == [
        "Delivery window: from 2026-03-09 08:00 CET – 2026-03-16 08:00 CET to 2026-03-09 08:00 CET"
        " – 2026-03-30 09:00 CEST."
    ]


def test_change_of_an_unknown_kind_is_told_by_its_name() -> None:
    assert sentences([Change("colour", "", "red", None)]) == ["colour: from red to –."]


def test_very_many_changes_are_told_in_short() -> None:
    many = [Change("ship_to", "", str(n), "X") for n in range(MOST_SENTENCES + 2)]
    assert in_short(many).endswith(" And 2 more.")
    assert in_short(many[:MOST_SENTENCES]).endswith("Ship to: from 39 to X.")


def test_kept_changes_are_read_back_as_they_were() -> None:
    found = changed(order(), order(items=[item(amount=4, netCost=DEAR), item("2")], shipToParty={"partyId": "LEJ1"}))
    assert tuple(read(stored(found))) == found


def test_cost_before_is_the_oldest_one() -> None:
    rows = [
        Change("cost", "1", {"amount": "4.20", "currency": "EUR", "per": ""}, {"amount": "4.00"}),
        Change("cost", "1", {"amount": "4.00", "currency": "EUR", "per": ""}, {"amount": "3.00"}),
        Change("cost", "2", None, {"amount": "3.00"}),
    ]
    assert costs_before(rows) == {"1": Decimal("4.20")}


@given(st.dictionaries(st.sampled_from("123456"), st.integers(0, 50), min_size=1), st.data())
def test_diff_is_empty_only_for_the_same_quantities(before: dict[str, int], data: st.DataObject) -> None:
    now = data.draw(st.dictionaries(st.sampled_from("123456"), st.integers(0, 50), min_size=1))
    found = changed(*(order(items=[item(n, a) for n, a in lines.items()]) for lines in (before, now)))
    assert (found == ()) == (before == now)
    of_lines = {c.line for c in found if c.line}
    assert of_lines == {n for n in before.keys() | now.keys() if before.get(n) != now.get(n)}
