"""Of which type an order is: the rules alone; and that the totals of an offer depend on no order of arrival."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.making import line as line_of
from purveyor.offers.domain.consume import EVER, NEVER, OpenCell
from purveyor.orders.domain.classify import Classified, classify
from purveyor.orders.domain.sight import Rules, Seen
from purveyor.orders.models import Line

RULES = Rules(slack=2, tolerance=Decimal(0), min_days=0, weekly_days=21, near_days=7)
FIRST, LAST = date(2026, 3, 9), date(2026, 3, 16)
SEEN = Seen(FIRST, LAST, 7, "ACME1", "EUR")


def line(number: int = 1, eaches: int = 10, product: int | None = 1, cost: str | None = "4.20", **more: Any) -> Line:
    price = Decimal(cost) if cost else None
    return line_of(str(number), eaches, pk=number, product_id=product, net_cost=price, **more)


def cell(key: int = 1, approved: int = 100, **more: Any) -> OpenCell:
    told: dict[str, Any] = {
        "offer_id": 1,
        "vendor_code": "",
        "currency": "EUR",
        "row": 2,
        "delivery": 1,
        "product_id": 1,
        "price": Decimal("4.20"),
        "consumed": 0,
        "first_day": FIRST,
        "last_day": LAST,
    } | more
    opens = told["first_day"].toordinal() if told["first_day"] else EVER
    closes = told["last_day"].toordinal() if told["last_day"] else NEVER
    told = {"offer_number": f"BB-{told['offer_id']}"} | told
    return OpenCell(cell_id=key, approved=approved, opens=opens, closes=closes, **told)


def judged(
    *lines: Line, cells: tuple[OpenCell, ...] = (), seen: Seen = SEEN, rules: Rules = RULES, **more: Any
) -> Classified:
    by_product: dict[int, list[OpenCell]] = {}
    for one in cells:
        by_product.setdefault(one.product_id, []).append(one)
    left = {one.cell_id: one.left for one in cells}
    return classify(seen, list(lines) or [line()], by_product, left, rules, **more)


def ok(found: Classified, number: str = "1") -> dict[str, bool]:
    return {one.rule: one.ok for said in found.lines if said.line == number for one in said.rules}


def rules(**more: Any) -> Rules:
    return Rules(**({name: getattr(RULES, name) for name in Rules.__struct_fields__} | more))


def shifted(days: int) -> Seen:
    return Seen(FIRST + timedelta(days=days), LAST + timedelta(days=days), 7 + days, "ACME1", "EUR")


def test_line_as_approved_makes_a_bulk_buy() -> None:
    found = judged(cells=(cell(),))
    assert (found.type, found.offer_id, found.uses, found.deviates) == ("bulk", 1, {(1, 1): 10}, {})
    assert ok(found) == {"COMPLETED": True, "WINDOW": True, "PRICE": True, "QUANTITY": True}
    assert found.agreed == {1}


@pytest.mark.parametrize(
    ("days", "type_"), [(-3, "undefined"), (-2, "bulk"), (0, "bulk"), (2, "bulk"), (3, "undefined")]
)
def test_window_is_inside_with_slack_on_both_sides(days: int, type_: str) -> None:
    assert judged(cells=(cell(),), seen=shifted(days)).type == type_


def test_order_without_a_window_fits_a_delivery_without_days_alone() -> None:
    anytime = cell(first_day=None, last_day=None)
    assert judged(cells=(anytime,), seen=Seen(None, None, None)).type == "bulk"
    found = judged(cells=(cell(),), seen=Seen(None, None, None))
    assert (found.type, found.offer_id, ok(found)["WINDOW"]) == ("undefined", None, False)
    assert judged(cells=(anytime,)).type == "bulk"


def test_window_reasons_tell_both_windows_and_the_slack() -> None:
    found = judged(cells=(cell(),), seen=shifted(3))
    told = {"first": "2026-03-12", "last": "2026-03-19", "from": "2026-03-09", "to": "2026-03-16", "slack": 2}
    assert found.lines[0].rules[1].numbers == told
    assert found.deviates == {1: {"offer": "BB-1", "row": 2, "delivery": 1, "what": ["window"]} | told}


@pytest.mark.parametrize(("gap", "type_"), [(7, "undefined"), (8, "weekly")])
def test_near_is_so_many_days_between_both_windows(gap: int, type_: str) -> None:
    first = LAST + timedelta(days=gap)
    found = judged(cells=(cell(first_day=first, last_day=first),))
    assert (found.type, found.offer_id, bool(found.deviates)) == (type_, None, type_ == "undefined")
    before = FIRST - timedelta(days=gap)
    assert judged(cells=(cell(first_day=before, last_day=before),)).type == type_


def test_slack_beyond_near_days_is_near_too() -> None:
    first = LAST + timedelta(days=9)
    found = judged(cells=(cell(first_day=first, last_day=first),), rules=rules(slack=9, near_days=0))
    assert found.type == "undefined"


@pytest.mark.parametrize(
    ("cost", "tolerance", "type_"),
    [
        ("4.20", "0", "bulk"),
        ("4.2001", "0", "undefined"),
        ("4.242", "1", "bulk"),
        ("4.2421", "1", "undefined"),
        ("4.158", "1", "bulk"),
        ("4.1579", "1", "undefined"),
        (None, "100", "undefined"),
    ],
)
def test_price_is_within_the_tolerance(cost: str | None, tolerance: str, type_: str) -> None:
    found = judged(line(cost=cost), cells=(cell(),), rules=rules(tolerance=Decimal(tolerance)))
    assert (found.type, ok(found)["PRICE"]) == (type_, type_ == "bulk")


@pytest.mark.parametrize(
    ("of_line", "of_cell", "type_"),
    [
        ({"currency": "GBP"}, {}, "undefined"),
        ({"currency": ""}, {}, "bulk"),
        ({"cost_unit": "LB"}, {}, "undefined"),
        ({"cost_unit": "LB"}, {"price": None}, "bulk"),
        ({"currency": "GBP"}, {"currency": ""}, "bulk"),
    ],
)
def test_price_compares_like_with_like(of_line: dict[str, Any], of_cell: dict[str, Any], type_: str) -> None:
    assert judged(line(**of_line), cells=(cell(**of_cell),)).type == type_


def test_line_without_a_currency_has_the_orders() -> None:
    assert judged(line(currency=""), cells=(cell(),), seen=Seen(FIRST, LAST, 7, "", "GBP")).type == "undefined"


@pytest.mark.parametrize(("eaches", "type_", "used"), [(100, "bulk", 100), (101, "undefined", 100)])
def test_quantity_is_what_is_left(eaches: int, type_: str, used: int) -> None:
    found = judged(line(eaches=eaches), cells=(cell(approved=150, consumed=50),))
    assert (found.type, found.offer_id, found.uses) == (type_, 1, {(1, 1): used})
    assert found.lines[0].rules[3].numbers == {"eaches": eaches, "left": 100, "approved": 150}


def test_two_lines_of_a_product_share_what_is_left() -> None:
    found = judged(line(1, 60), line(2, 60), cells=(cell(),))
    assert (found.type, found.uses, list(found.deviates)) == ("undefined", {(1, 1): 60, (2, 1): 40}, [2])


@pytest.mark.parametrize(("days", "type_"), [(4, "undefined"), (5, "bulk"), (None, "bulk")])
def test_bulk_buy_needs_its_days_until_the_window(days: int | None, type_: str) -> None:
    found = judged(cells=(cell(),), seen=Seen(FIRST, LAST, days), rules=rules(min_days=5))
    assert (found.type, found.offer_id) == (type_, 1 if type_ == "bulk" else None)
    assert [one["what"] for one in found.deviates.values()] == ([] if type_ == "bulk" else [["days"]])
    assert [(one.rule, one.ok) for one in found.rules] == [("DAYS", type_ == "bulk")]


@pytest.mark.parametrize(("days", "type_"), [(21, "weekly"), (22, "undefined"), (None, "undefined"), (-3, "weekly")])
def test_order_in_no_offer_is_weekly_where_its_window_begins_soon(days: int | None, type_: str) -> None:
    found = judged(seen=Seen(FIRST, LAST, days))
    assert (found.type, [(one.rule, one.ok) for one in found.rules]) == (
        type_,
        [("NEAR", True), ("SOON", type_ == "weekly")],
    )
    assert ok(found) == {"COMPLETED": False}


def test_order_of_cancelled_lines_alone_is_of_no_type() -> None:
    found = judged(line(eaches=0), line(2, gone=True), cells=(cell(),))
    assert (found.type, found.uses, found.lines) == ("undefined", {}, [])


def test_cancelled_line_is_in_nobodys_way() -> None:
    assert judged(line(), line(2, 0, product=9), cells=(cell(),)).type == "bulk"


def test_offer_that_is_used_up_is_not_near() -> None:
    found = judged(cells=(cell(consumed=100),))
    assert (found.type, found.offer_id, found.deviates) == ("weekly", None, {})


def test_pieces_left_far_away_make_no_used_up_offer_near() -> None:
    far = {"first_day": LAST + timedelta(days=30), "last_day": LAST + timedelta(days=40)}
    found = judged(line(1), line(2, product=2), cells=(cell(consumed=100), cell(2, product_id=2, **far)))
    assert (found.type, found.deviates) == ("weekly", {})


def test_offer_with_more_lines_as_approved_is_meant_before_one_that_is_merely_near() -> None:
    dear = {"price": Decimal(5)}
    cells = (cell(1, **dear), cell(2, offer_id=2), cell(3, product_id=2, **dear))
    assert judged(line(1), line(2, product=2), cells=cells).reasons.offer == "BB-2"


def test_line_that_is_used_up_deviates_where_another_has_pieces_left() -> None:
    found = judged(line(1), line(2, product=2), cells=(cell(), cell(2, consumed=100, product_id=2)))
    assert (found.type, found.offer_id, list(found.deviates)) == ("undefined", 1, [2])
    assert found.uses == {(1, 1): 10}


def test_order_with_other_lines_is_told_on_the_line_that_fits() -> None:
    found = judged(line(1), line(2, product=2), line(3, product=None), cells=(cell(),))
    assert (found.type, found.offer_id, found.uses) == ("undefined", None, {})
    assert {key: (one["what"], one["others"]) for key, one in found.deviates.items()} == {1: (["others"], ["2", "3"])}
    assert found.agreed == frozenset()


def test_vendor_code_must_be_the_offers() -> None:
    assert judged(cells=(cell(vendor_code="ACME2"),)).type == "weekly"
    assert judged(cells=(cell(vendor_code="ACME1"),)).type == "bulk"
    assert judged(cells=(cell(vendor_code="ACME2"),), seen=Seen(FIRST, LAST, 7)).type == "bulk"


def test_offer_that_holds_the_whole_order_is_meant_and_of_equals_the_first() -> None:
    both = (cell(1, 5, offer_id=1), cell(2, 100, offer_id=2), cell(3, 100, offer_id=3))
    assert judged(cells=both).offer_id == 2
    assert judged(cells=both[1:]).offer_id == 2
    assert judged(cells=both, seen=Seen(FIRST, LAST, 7, prefer=3)).offer_id == 3


def test_line_uses_the_narrowest_delivery_that_holds_its_window() -> None:
    wide = cell(1, 100, delivery=1, first_day=FIRST - timedelta(days=20), last_day=LAST + timedelta(days=20))
    narrow = cell(2, 4, delivery=2)
    assert judged(cells=(wide, narrow)).uses == {(1, 2): 4, (1, 1): 6}


def test_line_beside_two_deliveries_uses_the_one_it_sticks_out_of_least() -> None:
    earlier = cell(1, 4, delivery=1, last_day=LAST - timedelta(days=2))
    later = cell(2, 4, delivery=2, first_day=FIRST + timedelta(days=1))
    found = judged(cells=(earlier, later))
    assert (found.uses, found.type) == ({(1, 2): 4}, "undefined")


def test_delivery_at_the_orders_price_is_preferred() -> None:
    dear, cheap = cell(1, price=Decimal(5)), cell(2, delivery=2)
    assert judged(cells=(dear, cheap)).uses == {(1, 2): 10}


def test_confirmed_quantity_is_what_an_answered_order_uses() -> None:
    found = judged(line(eaches=120), cells=(cell(),), caps={"1": 70})
    assert (found.type, found.uses) == ("bulk", {(1, 1): 70})
    assert judged(cells=(cell(),), caps={"1": 70}).uses == {(1, 1): 10}


def test_persons_word_links_whatever_deviates_and_tells_it() -> None:
    away = cell(1, 7, first_day=LAST + timedelta(days=30), last_day=LAST + timedelta(days=40), vendor_code="ACME2")
    found = judged(cells=(away,), only=1)
    assert (found.type, found.offer_id, found.uses) == ("bulk", 1, {(1, 1): 7})
    both = (cell(1, 5), cell(2, 100, offer_id=2))
    assert judged(cells=both, only=1).uses == {(1, 1): 5}


def test_persons_word_uses_every_delivery_the_nearest_first() -> None:
    far = cell(1, 7, delivery=1, first_day=LAST + timedelta(days=30), last_day=LAST + timedelta(days=40))
    for gap in (5, 9):  # a near one among them, or none
        opens, closes = LAST + timedelta(days=gap), LAST + timedelta(days=gap + 3)
        near = cell(2, 5, delivery=2, first_day=opens, last_day=closes)
        assert judged(cells=(far, near), only=1).uses == {(1, 2): 5, (1, 1): 5}


@pytest.mark.parametrize("days", [2, -2])
def test_delivery_within_the_slack_alone_is_used_beside_one_that_holds_the_window(days: int) -> None:
    here = cell(1, price=Decimal(5), last_day=FIRST)
    day = FIRST + timedelta(days=days)
    found = judged(cells=(here, cell(2, delivery=2, first_day=day, last_day=day)), seen=Seen(FIRST, FIRST, 7))
    assert (found.type, found.uses) == ("bulk", {(1, 2): 10})
    near = judged(
        cells=(here, cell(2, delivery=2, first_day=day, last_day=day)),
        seen=Seen(FIRST, FIRST, 7),
        rules=rules(near_days=0),
    )
    assert near.uses == {(1, 2): 10}


def test_line_far_from_the_offer_the_order_stands_beside_is_compared_with_it_all_the_same() -> None:
    away = {"first_day": LAST + timedelta(days=30), "last_day": LAST + timedelta(days=40), "product_id": 2}
    cells = (cell(1), cell(2, **away), cell(3, product_id=2, offer_id=2))
    found = judged(line(1), line(2, product=2), cells=cells)
    assert (found.reasons.offer, ok(found, "2")["COMPLETED"], ok(found, "2")["WINDOW"]) == ("BB-1", True, False)
    assert list(found.deviates) == [1]


Shape = tuple[int, int, int]  # product, eaches, window


def _world() -> tuple[dict[int, list[OpenCell]], list[OpenCell]]:
    """Two products in two deliveries apart, in an offer; a third product in another offer."""
    april = {"first_day": FIRST + timedelta(days=30), "last_day": LAST + timedelta(days=30), "delivery": 2}
    cells = [
        cell(1, 20),
        cell(2, 35, **april),
        cell(3, 15, product_id=2),
        cell(4, 0, product_id=2, **april),
        cell(5, 12, product_id=3, offer_id=2),
    ]
    found: dict[int, list[OpenCell]] = {}
    for one in cells:
        found.setdefault(one.product_id, []).append(one)
    return found, cells


orders = st.lists(
    st.tuples(
        st.sampled_from([0, 30]),
        st.lists(st.tuples(st.integers(1, 3), st.integers(1, 25)), min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=6,
)


def _arrive(one: tuple[int, list[tuple[int, int]]], left: dict[int, int]) -> Classified:
    shift, shape = one
    numbers = count(1)
    lines = [line(next(numbers), eaches, product) for product, eaches in shape]
    found = classify(shifted(shift), lines, _world()[0], left, rules(weekly_days=60))
    for (_line, key), eaches in found.uses.items():
        left[key] -= eaches
    return found


@given(orders, st.randoms(use_true_random=False))
def test_totals_do_not_depend_on_the_order_of_arrival(
    placed: list[tuple[int, list[tuple[int, int]]]], dice: Any
) -> None:
    totals = []
    for _round in range(2):
        left = {one.cell_id: one.left for one in _world()[1]}
        for one in placed:
            _arrive(one, left)
        assert all(eaches >= 0 for eaches in left.values())
        totals.append(left)
        dice.shuffle(placed)
    assert totals[0] == totals[1]


@given(orders, st.data())
def test_use_is_never_below_zero_nor_above_the_approved_whatever_comes_and_goes(
    placed: list[tuple[int, list[tuple[int, int]]]], data: st.DataObject
) -> None:
    """Orders arrive, are looked at again, change and are cancelled; after each step all use is within bounds, and what
    is free is what no order uses."""
    approved = {one.cell_id: one.approved for one in _world()[1]}
    left, held = dict(approved), dict[int, Classified]()
    for step in range(len(placed) * 2):
        which = data.draw(st.integers(0, len(placed) - 1))
        for (_line, key), eaches in held[which].uses.items() if which in held else ():
            left[key] += eaches
        held.pop(which, None)
        if data.draw(st.booleans()):
            held[which] = _arrive(placed[(which + step) % len(placed)], left)
        used = dict.fromkeys(approved, 0)
        for one in held.values():
            for (_line, key), eaches in one.uses.items():
                used[key] += eaches
        assert all(0 <= used[key] <= approved[key] for key in approved)
        assert {key: approved[key] - used[key] for key in approved} == left


def test_line_that_deviates_itself_tells_no_others_and_no_more_than_twenty_are_told() -> None:
    others = [line(number, product=None) for number in range(2, 30)]
    assert judged(line(1, cost="4.30"), *others, cells=(cell(),)).deviates[1]["what"] == ["price"]
    assert len(judged(line(1), *others, cells=(cell(),)).deviates[1]["others"]) == 20


def test_line_nothing_was_confirmed_of_needs_no_pieces_left() -> None:
    assert ok(judged(line(cost="9"), cells=(cell(consumed=100),), caps={"1": 0}))["COMPLETED"]


def test_persons_word_agrees_to_the_price_of_lines_as_approved_alone() -> None:
    assert judged(line(1), line(2, cost="9"), cells=(cell(),), only=1).agreed == {1}


def test_line_that_fits_no_price_is_compared_with_the_delivery_its_window_fits_best() -> None:
    def beside(*cells: OpenCell) -> int | None:
        return judged(line(cost="9"), cells=cells).lines[0].delivery

    inside = cell(1, delivery=1, first_day=FIRST + timedelta(days=2), last_day=LAST - timedelta(days=2))
    later = [cell(n, delivery=n, first_day=FIRST + timedelta(days=n)) for n in (3, 4)]
    assert (beside(later[0], inside), beside(*reversed(later))) == (1, 3)
