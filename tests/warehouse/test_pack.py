"""Packings as a whole: begun from orders, said by a machine, closed only when everything adds up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cast import Cast, make_cast
from products.making import product
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.orders.domain.hold import hold
from purveyor.profiles.domain.settings import set_setting
from purveyor.warehouse.domain import edit, kept
from purveyor.warehouse.domain.judge import blockers, judge
from purveyor.warehouse.domain.pack import begin, close, drop, put, reopen
from purveyor.warehouse.domain.undo import undo
from purveyor.warehouse.models import Content, Packing, PackStep
from warehouse.boxes import (
    FAR,
    ROOT,
    SSCC,
    answered,
    carton,
    content,
    do,
    line,
    order,
    packing,
    pallet,
    picked,
    shown,
)
from warehouse.test_moves import STEPS, one_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast(held_clock: object) -> Cast:
    return make_cast()


def said(error: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(one.check, one.where) for one in error.value.problems]


def actions(of: Packing) -> list[str]:
    rows = Entry.objects.filter(object_kind="warehouse.packing", object_id=str(of.pk)).order_by("pk")
    return list(rows.values_list("action", flat=True))


def test_a_packing_begins_with_what_was_picked_lot_by_lot(cast: Cast) -> None:
    made = order(cast.profile, "4ABCDEFG", 10, 6)
    answered(made, {"1": 10, "2": 6})
    picked(made, {"2": 9}, lots={"1": [(4, "a", FAR), (3, "b", None)]})
    found = begin(cast.who("warehouse"), cast.profile, " S-1 ", ["4abcdefg"])
    rows = found.contents.order_by("line__number", "lot").values_list("line__number", "eaches", "lot", "expiry")
    assert list(rows) == [("1", 4, "a", FAR), ("1", 3, "b", None), ("2", 6, "", None)]  # never more than acknowledged
    assert (found.reference, found.ship_to, found.version, found.by) == ("S-1", "FRA1", 2, "user:warehouse")
    assert actions(found) == ["packing.opened", "packing.changed"]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, {"-": [("1", 10)]}),
        ({"answer": 7}, {"-": [("1", 7)]}),
        ({"answer": 7, "outcome": "failed"}, {"-": [("1", 10)]}),
        ({"answer": 7, "outcome": ""}, {"-": [("1", 10)]}),
        ({"pick": 6}, {"-": [("1", 6)]}),
        ({"pick": 6, "state": "replaced"}, {"-": [("1", 10)]}),
        ({"pick": 6, "pick_list_state": "cancelled"}, {"-": [("1", 10)]}),
        ({"pick": 6, "pick_list_state": "held"}, {"-": [("1", 6)]}),
    ],
)
def test_what_is_there_to_pack_is_said_by_answer_and_pick_result(
    cast: Cast, how: dict[str, Any], expected: dict[str, Any]
) -> None:
    made, told = order(cast.profile), dict(how)
    if "answer" in told:
        answered(made, {"1": told.pop("answer")}, told.pop("outcome", "verified"))
    if "pick" in told:
        picked(made, {"1": told.pop("pick")}, **told)
    assert shown(packing(cast.profile, "S-1", made.number)) == expected


def test_what_lies_elsewhere_is_not_brought_again(cast: Cast) -> None:
    picked(order(cast.profile, "4ABCDEFG", 10), {}, lots={"1": [(6, "a", None), (4, "b", None)]})
    first = packing(cast.profile, "S-1", "4ABCDEFG")
    do(first, "leave_out", line=first.contents.first().line_id, eaches=3)  # type: ignore[union-attr]
    second = packing(cast.profile, "S-2", "4ABCDEFG")
    assert list(second.contents.values_list("lot", "eaches")) == [("a", 3)]
    drop(ROOT, first, first.version + 1)
    do(second, "bring", orders=["4ABCDEFG"])
    assert sorted(second.contents.values_list("lot", "eaches")) == [("a", 6), ("b", 4)]
    with pytest.raises(Refused, match="not changed") as error:
        do(second, "bring", orders=["4ABCDEFG"])
    assert said(error) == [("", "orders")]


def test_begin_refuses_what_cannot_be(cast: Cast) -> None:
    order(cast.other, "4OTHERPO")
    packing(cast.profile, "S-1")
    for reference, orders, where in (
        ("S-1", (), "reference"),
        (" ", (), "reference"),
        ("S" * 81, (), "reference"),
        ("S-2", ("4OTHERPO",), "orders[0]"),
    ):
        with pytest.raises(Refused) as error:
            begin(cast.who("warehouse"), cast.profile, reference, orders)
        assert said(error) == [("", where)]
    with pytest.raises(Denied):
        begin(cast.who("auditor"), cast.profile, "S-3")
    assert Packing.objects.count() == 1


def test_a_step_names_the_version_seen_and_is_denied_without_the_permission(cast: Cast) -> None:
    order(cast.profile)
    made = packing(cast.profile, "S-1", "4ABCDEFG")
    asked = {"kind": "add", "box": "carton"}
    for who, version, error in (
        ("auditor", made.version, Denied),
        ("stranger", made.version, NotFound),
        ("warehouse", made.version - 1, Conflict),
    ):
        with pytest.raises(error):
            edit.step(cast.who(who), made, version, asked)
    assert (made.cartons.count(), made.steps.count()) == (0, 1)
    done = edit.step(cast.who("warehouse"), made, made.version, asked)
    assert (done.packing.version, done.step.version, done.step.by) == (3, 3, "user:warehouse")  # type: ignore[union-attr]
    assert done.step.what == {"kind": "add", "box": "carton", "keys": ["C1"], "count": 1}  # type: ignore[union-attr]


def test_undo_takes_step_after_step_back_to_the_very_rows(cast: Cast) -> None:
    order(cast.profile, "4ABCDEFG", 10, 5)
    made = packing(cast.profile, "S-1", "4ABCDEFG")
    trees = [kept.read(made)]
    key = made.contents.order_by("line__number").first().line_id  # type: ignore[union-attr]
    do(made, "add", box="carton", count=2, weight_grams=800)
    trees.append(kept.read(made))
    do(made, "place", line=key, eaches=7, to={"carton": "C1"})
    trees.append(kept.read(made))
    do(made, "set_content", content=made.contents.get(carton__key="C1").pk, eaches=2, lot="L", expiry=FAR)
    trees.append(kept.read(made))
    do(made, "clear")
    for tree in reversed(trees):
        made.refresh_from_db()
        undo(ROOT, made, made.version)
        now = kept.read(made)
        assert (now.pallets, now.cartons, now.items) == (tree.pallets, tree.cartons, tree.items)
    made.refresh_from_db()
    undo(ROOT, made, made.version)
    assert shown(made) == {}
    made.refresh_from_db()
    with pytest.raises(Refused, match="not changed"):
        undo(ROOT, made, made.version)
    with pytest.raises(Conflict):
        undo(ROOT, made, made.version - 1)
    assert actions(made).count("packing.undone") == 5
    assert PackStep.objects.filter(packing=made, undone_at=None).count() == 0


def test_many_rows_are_changed_and_undone_together(cast: Cast) -> None:
    order(cast.profile, "4ABCDEFG", *[3] * 12)
    made = put(ROOT, cast.profile, "S-1", [], [content(quantity=3, line=str(n)) for n in range(1, 13)])
    tree = kept.read(made)
    do(made, "clear")
    assert list(made.contents.values_list("carton", flat=True)) == [None] * 12
    made.refresh_from_db()
    undo(ROOT, made, made.version)
    now = kept.read(made)
    assert (now.cartons, now.items) == (tree.cartons, tree.items)


def whole(*more: Any, **of_content: Any) -> tuple[list[Any], list[Any]]:
    boxes = [pallet(), carton(sscc=SSCC, weight_grams=9_000, pallet="P1"), *more]
    return boxes, [content(**of_content)]


def test_a_machine_says_a_whole_packing_and_says_it_again(cast: Cast) -> None:
    spoon = product(case_pack=5, asin="B0TEST0001", gtin="04006381333931")
    order(cast.profile, "4ABCDEFG", 10, of=[spoon])
    order(cast.profile, "4HIJKLMN", 8)
    boxes, _none = whole()
    contents = [
        content(quantity=2, unit="case", line="", ean="04006381333931", lot="L"),
        content("4hijklmn", 5, where="contents[1]", carton="C2"),
        content("4HIJKLMN", 3, where="contents[2]", carton="", pallet="P2"),
    ]
    made = put(cast.who("warehouse"), cast.profile, "S-1", boxes, contents, ship_to="FRA1")
    assert shown(made) == {"P1": [], "P2": [("1", 3)], "C1": [("1", 10)], "C2": [("1", 5)]}
    box = made.cartons.get(key="C1")
    assert (box.sscc, box.weight_grams, box.pallet.key) == (SSCC, 9_000, "P1")  # type: ignore[union-attr]
    assert made.contents.get(lot="L").product == spoon
    assert (made.ship_to, made.by_itself) == ("FRA1", True)
    again = put(cast.who("warehouse"), cast.profile, "S-1", [carton(sscc=SSCC)], [content(quantity=4)])
    assert (again.pk, shown(again)) == (made.pk, {"C1": [("1", 4)]})
    undo(ROOT, again, again.version)
    assert shown(made)["C1"] == [("1", 10)]
    assert Packing.objects.count() == 1


def test_saying_a_packing_again_opens_what_was_closed_or_given_up(cast: Cast) -> None:
    answered(order(cast.profile))
    made = put(ROOT, cast.profile, "S-1", [], [content()])
    close(ROOT, made, made.version)
    made = put(ROOT, cast.profile, "S-1", [], [content(quantity=9)])
    assert made.state == "open"
    drop(ROOT, made, made.version)
    made = put(ROOT, cast.profile, "S-1", [], [content(quantity=8)])
    assert (made.state, shown(made)) == ("open", {"C1": [("1", 8)]})
    assert actions(made).count("packing.reopened") == 2


def test_what_a_machine_says_is_refused_whole_with_every_place(cast: Cast) -> None:
    order(cast.profile, "4ABCDEFG", 10)
    order(cast.other, "4OTHERPO")
    boxes = [carton(sscc=SSCC, pallet="P1"), carton(weight_grams=5), carton(weight_grams=6)]
    boxes += [carton("C2", sscc=SSCC), carton("C1", pallet="P2")]
    contents = [
        content("4OTHERPO", where="contents[0]"),
        content(where="contents[1]", line="9"),
        content(where="contents[2]", line="", sku="NOBODY"),
        content(where="contents[3]", line=""),
        content(where="contents[4]", unit="case"),
    ]
    with pytest.raises(Refused) as error:
        put(ROOT, cast.profile, "S-1", boxes, contents)
    assert [one.where for one in error.value.problems] == [
        "contents[0].order",
        "contents[1].line",
        "contents[2].sku",
        "contents[3].line",
        "contents[4].unit",
        "cartons[C1].weight_grams",
        "cartons[C2].sscc",
        "cartons[C1].pallet",
    ]
    with pytest.raises(Denied):
        put(cast.who("auditor"), cast.profile, "S-1", [], [content()])
    assert (Packing.objects.count(), Content.objects.count()) == (0, 0)


def test_a_product_on_several_lines_fills_them_in_their_order(cast: Cast) -> None:
    spoon = product(asin="B0TEST0001")
    made = order(cast.profile, "4ABCDEFG", 10, 6, 8, of=[spoon, spoon, spoon])
    answered(made, {"1": 4, "2": 0, "3": 8})
    contents = [content(quantity=3, line="", sku=spoon.sku), content(quantity=10, line="", sku=spoon.sku, carton="C2")]
    found = put(ROOT, cast.profile, "S-1", [], contents)
    assert shown(found) == {"C1": [("1", 3)], "C2": [("1", 1), ("3", 9)]}
    other = put(ROOT, cast.profile, "S-1", [], contents[:1])  # its own pieces are not elsewhere
    assert shown(other) == {"C1": [("1", 3)]}
    beyond = put(ROOT, cast.profile, "S-1", [], [content(quantity=5, line="", sku=spoon.sku)])
    assert shown(beyond) == {"C1": [("1", 4), ("3", 1)]}


def test_a_packing_keeps_the_center_it_was_begun_for(cast: Cast) -> None:
    order(cast.profile)
    made = begin(ROOT, cast.profile, "S-1", ship_to=" MUC3 ")
    do(made, "bring", orders=["4ABCDEFG"])
    made.refresh_from_db()
    assert made.ship_to == "MUC3"
    again = put(ROOT, cast.profile, "S-1", [], [content()])
    assert again.ship_to == "MUC3"
    assert [one.what for one in judge(again).findings] == ["centers"]


def test_a_line_nobody_matched_is_found_by_what_it_is_called(cast: Cast) -> None:
    made = order(cast.profile, "4ABCDEFG", 10)
    line(made, 2, 5)
    made.lines.filter(number="2").update(vendor_product="4006381333931")
    found = put(
        ROOT,
        cast.profile,
        "S-1",
        [],
        [content(line="", asin="b000000001"), content(quantity=5, line="", ean="04006381333931", carton="C2")],
    )
    assert shown(found) == {"C1": [("1", 10)], "C2": [("2", 5)]}
    assert set(found.contents.values_list("product", flat=True)) == {None}


def test_a_packing_closes_when_everything_adds_up(cast: Cast) -> None:
    made = order(cast.profile)
    answered(made)
    picked(made, {"1": 10})
    found = put(ROOT, cast.profile, "S-1", [], [content()])
    closed = close(cast.who("warehouse"), found, found.version)
    assert (closed.state, closed.version) == ("packed", found.version + 1)
    assert blockers(closed) == []
    with pytest.raises(Refused, match="is closed"):
        do(closed, "clear")
    with pytest.raises(Conflict):
        reopen(ROOT, closed, closed.version - 1)
    opened = reopen(cast.who("warehouse"), closed, closed.version, "one more")
    assert opened.state == "open"
    assert [one.message for one in blockers(opened)] == ["Packing S-1 is not closed."]
    assert actions(found)[-2:] == ["packing.closed", "packing.reopened"]
    for verb in (close, drop):
        with pytest.raises(Denied):
            verb(cast.who("auditor"), opened, opened.version)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("unanswered", [("DIFF", "lines[4ABCDEFG/1]")]),
        ("less", [("DIFF", "lines[4ABCDEFG/1]")]),
        ("picked less", [("DIFF", "lines[4ABCDEFG/1]")]),
        ("another line", [("DIFF", "lines[4ABCDEFG/2]")]),
        ("beyond", [("PK-01", "lines[4ABCDEFG/1]"), ("DIFF", "lines[4ABCDEFG/1]")]),
        ("not placed", [("PLACE", "packing")]),
        ("empty carton", [("PLACE", "cartons[C9]")]),
        ("held", [("HOLD", "packing")]),
        ("nothing", [("PLACE", "packing")]),
    ],
)
def test_nothing_closes_while_a_difference_or_a_block_stands(cast: Cast, case: str, expected: list[Any]) -> None:
    made = order(cast.profile)
    if case != "unanswered":
        answered(made)
    if case == "picked less":
        picked(made, {"1": 9})
    if case == "another line":
        line(made, 2, 3)
    if case == "held":
        hold(ROOT, made, "Look first.")
    quantity = {"less": 9, "beyond": 11}.get(case, 10)
    boxes = [carton("C9")] if case == "empty carton" else []
    found = put(ROOT, cast.profile, "S-1", boxes, [] if case == "nothing" else [content(quantity=quantity)])
    if case == "not placed":
        do(found, "clear")
        found.refresh_from_db()
    with pytest.raises(Refused) as error:
        close(ROOT, found, found.version, "because I say so")
    assert said(error) == expected
    found.refresh_from_db()
    assert found.state == "open"


def test_warnings_want_a_reason_which_is_kept(cast: Cast) -> None:
    answered(order(cast.profile))
    found = put(ROOT, cast.profile, "S-1", [carton(weight_grams=24_000)], [content()])
    with pytest.raises(Refused, match="has warnings") as error:
        close(ROOT, found, found.version, "  ")
    assert said(error) == [("PK-02", "cartons[C1]")]
    close(ROOT, found, found.version, "Team lift")
    entry = Entry.objects.get(action="packing.closed")
    assert (entry.because, entry.object_name) == ("Team lift", "S-1")


def test_limits_are_dated_settings(cast: Cast) -> None:
    answered(order(cast.profile))
    found = put(ROOT, cast.profile, "S-1", [carton(weight_grams=24_000, length_mm=700)], [content()])

    def told() -> list[tuple[str, str]]:
        return [(one.what, one.severity) for one in judge(found).findings]

    assert told() == [("weight", "warn"), ("side", "warn")]
    for name, value in (("packing.carton_kg", "24"), ("packing.carton_limits", "block")):
        set_setting(ROOT, cast.profile, name, value)
    assert told() == [("side", "block")]
    set_setting(ROOT, cast.profile, "packing.carton_side_mm", "700")
    assert told() == []
    do(found, "set_content", content=found.contents.get().pk, expiry=clock.now().date() + timedelta(days=40))
    assert told() == [("soon", "block")]
    set_setting(ROOT, cast.profile, "packing.expiry_days", "40")
    assert told() == []


def test_a_second_packing_of_the_same_pieces_is_beyond_what_is_open(cast: Cast) -> None:
    answered(order(cast.profile))
    first = put(ROOT, cast.profile, "S-1", [], [content()])
    close(ROOT, first, first.version)
    put(ROOT, cast.profile, "S-2", [], [content(quantity=1)])
    assert [one.check for one in blockers(Packing.objects.get(pk=first.pk))] == ["PK-01", "DIFF"]
    second = Packing.objects.get(reference="S-2")
    drop(ROOT, second, second.version)
    assert blockers(Packing.objects.get(pk=first.pk)) == []
    taken_up = reopen(ROOT, second.pk, second.version + 1)
    assert taken_up.state == "open"


def test_leaving_out_takes_what_is_not_placed_first(cast: Cast) -> None:
    order(cast.profile, "4ABCDEFG", 10, 4)
    made = packing(cast.profile, "S-1", "4ABCDEFG")
    key = made.contents.get(line__number="1").line_id
    do(made, "add", box="carton")
    do(made, "place", line=key, eaches=6, to={"carton": "C1"})
    do(made, "leave_out", line=key, eaches=5)
    assert shown(made) == {"C1": [("1", 5)], "-": [("2", 4)]}
    for asked in ({"line": key, "eaches": 6}, {"line": 999_999}, {"order": "4NOBODY1"}, {}):
        with pytest.raises(Refused, match="not changed"):
            do(made, "leave_out", **asked)
    do(made, "leave_out", order="4ABCDEFG")
    assert shown(made) == {"C1": []}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=1, max_size=10))
def test_undo_after_any_steps_restores_the_tree_row_by_row(cast: Cast, steps: list[dict[str, Any]]) -> None:
    if not cast.profile.orders.exists():
        order(cast.profile, "4ABCDEFG", 30, 30, of=[product(case_pack=4)])
    keys = dict(cast.profile.orders.get().lines.values_list("number", "pk"))
    contents = [content(quantity=6), content(quantity=5, carton="C2"), content(quantity=4, line="2", carton="C2")]
    made = put(ROOT, cast.profile, "S-1", [pallet()], contents)
    trees = [kept.read(made)]
    for drawn in steps:
        asked = one_of(trees[-1], drawn)
        asked |= {"line": keys[str(asked["line"])]} if "line" in asked else {}
        try:
            done = edit.step(ROOT, made, made.version, asked)
        except Refused:
            continue
        made = done.packing
        now = kept.read(made)
        assert (done.new.pallets, done.new.cartons, done.new.items) == (now.pallets, now.cartons, now.items)
        assert sum(now.eaches().values()) == 15
        trees.append(now)
    for tree in reversed(trees[:-1]):
        made = undo(ROOT, made, made.version).packing
        now = kept.read(made)
        assert (now.pallets, now.cartons, now.items) == (tree.pallets, tree.cartons, tree.items)


@pytest.mark.parametrize("count", [1, 3])
def test_a_packing_of_any_size_takes_the_same_questions(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    numbers_of = [f"4ABCDEF{n}" for n in range(count)]
    for number in numbers_of:
        answered(order(cast.profile, number, 10, 5))
    boxes = [carton(f"K{n}") for n in range(count)]
    contents = [content(number, 10, carton=f"K{n}") for n, number in enumerate(numbers_of)]
    made = put(ROOT, cast.profile, "S-1", boxes, contents)
    with django_assert_num_queries(14):
        assert len(judge(made).differences) == count
