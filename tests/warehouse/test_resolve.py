"""The ways out of a difference: answer again, the rest elsewhere, let it stand; and moving pieces between packings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cast import Cast, make_cast
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.orders.domain.acknowledge import settle
from purveyor.orders.models import Acknowledgement
from purveyor.orders.states import OrderState
from purveyor.warehouse.domain.compare import Numbers
from purveyor.warehouse.domain.judge import blockers, judge
from purveyor.warehouse.domain.pack import close, drop, put
from purveyor.warehouse.domain.resolve import accept, cut, move_out, move_rest
from purveyor.warehouse.domain.undo import undo
from purveyor.warehouse.models import Acceptance, Packing
from warehouse.boxes import FAR, ROOT, SSCC, answered, carton, content, do, order, packing, pallet, picked, shown

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast(held_clock: object) -> Cast:
    return make_cast()


def said(of: Acknowledgement) -> list[tuple[str, str, int]]:
    return [(row.line.number, row.code, row.eaches) for row in of.answers.order_by("line__position", "pk")]


def ways(of: Packing) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.line.number, one.ways) for one in judge(of).differences]


def test_cutting_answers_every_open_line_by_what_is_packed_of_it(cast: Cast) -> None:
    made = order(cast.profile, "4ABCDEFG", 10, 6, 4)
    answered(made)
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=7), content(quantity=6, line="2")])
    put(ROOT, cast.profile, "S-2", [], [content(quantity=1)])
    key = made.lines.get(number="1").pk
    given = cut(cast.who("administrator"), found, 2, key, "short")
    assert said(given) == [
        ("1", "Accepted", 8),
        ("1", "Rejected", 2),
        ("2", "Accepted", 6),
        ("3", "Rejected", 4),
    ]
    made.refresh_from_db()
    assert (made.state, given.because) == (OrderState.ACKNOWLEDGING, "short")
    found.refresh_from_db()
    assert [one.check for one in blockers(found)] == ["", "DIFF", "DIFF"]  # until Amazon has taken it
    assert ways(found) == [("1", ("move", "accept")), ("3", ("move", "accept"))]
    settle(given, Acknowledgement.Outcome.VERIFIED, by="test")
    assert [one.check for one in blockers(found)] == [""]
    second = Packing.objects.get(reference="S-2")
    close(ROOT, second, second.version)
    assert Entry.objects.get(action="packing.cut").new == {"order": "4ABCDEFG", "revision": 2}


def test_an_order_nobody_answered_is_answered_by_what_is_packed(cast: Cast) -> None:
    made = order(cast.profile, "4ABCDEFG", 10, state=OrderState.NEW, answered_at=None, amazon_state="New")
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=9)])
    given = cut(ROOT, found, found.version, made.lines.get().pk)
    assert said(given) == [("1", "Accepted", 9), ("1", "Rejected", 1)]


@pytest.mark.parametrize(
    ("who", "late", "error"),
    [
        ("warehouse", False, Denied),
        ("auditor", False, Denied),
        ("stranger", False, NotFound),
        ("administrator", True, Refused),
    ],
)
def test_a_cut_takes_the_permissions_of_both_and_amazons_time(cast: Cast, who: str, late: bool, error: Any) -> None:
    made = order(cast.profile)
    answered(made)
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=9)])
    if late:
        clock.turn(timedelta(hours=49))
        assert ways(found) == [("1", ("move", "accept"))]
    with pytest.raises(error):
        cut(cast.who(who), found, found.version, made.lines.get().pk)
    assert made.acknowledgements.count() == 1
    found.refresh_from_db()
    assert found.version == 2


def test_a_difference_let_stand_holds_for_its_numbers_only(cast: Cast) -> None:
    made = order(cast.profile)
    answered(made)
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=8)])
    key = made.lines.get().pk
    for who, version, because, seen, error in (
        ("auditor", 2, "damaged", None, Denied),
        ("stranger", 2, "damaged", None, NotFound),
        ("warehouse", 1, "damaged", None, Conflict),
        ("warehouse", 2, " ", None, Refused),
        ("warehouse", 2, "damaged", Numbers(10, 8, 8), Conflict),
    ):
        with pytest.raises(error):
            accept(cast.who(who), found, version, key, because, seen)
    assert Acceptance.objects.count() == 0
    row = accept(cast.who("warehouse"), found, 2, key, " damaged ", Numbers(10, None, 8))
    assert (row.acknowledged, row.picked, row.packed, row.reason, row.by) == (10, None, 8, "damaged", "user:warehouse")
    assert judge(found).differences == []
    closed = close(ROOT, found, 3)
    picked(made, {"1": 9})
    assert [one.check for one in blockers(closed)] == ["DIFF"]
    again = accept(ROOT, closed, closed.version, key, "counted anew")
    assert (Acceptance.objects.count(), again.picked) == (1, 9)
    assert blockers(Packing.objects.get(pk=found.pk)) == []
    with pytest.raises(Refused, match="not open"):
        accept(ROOT, found.pk, closed.version + 1, key, "again")
    with pytest.raises(NotFound):
        accept(ROOT, found.pk, closed.version + 1, 999_999, "again")


def test_more_than_may_ship_can_never_stand(cast: Cast) -> None:
    made = order(cast.profile)
    answered(made, {"1": 6})
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=7)])
    with pytest.raises(Refused, match="not open"):
        accept(ROOT, found, found.version, made.lines.get().pk, "so be it")


def test_the_rest_goes_into_another_packing_lot_by_lot(cast: Cast) -> None:
    made = order(cast.profile)
    answered(made)
    picked(made, {}, lots={"1": [(6, "a", FAR), (4, "b", None)]})
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=6, lot="a", expiry=FAR)], ship_to="FRA1")
    key = made.lines.get().pk
    with pytest.raises(Denied):
        move_rest(cast.who("auditor"), found, found.version, key, "S-2")
    other = move_rest(cast.who("warehouse"), found, found.version, key, "S-2")
    assert list(other.contents.values_list("lot", "eaches")) == [("b", 4)]
    assert (other.reference, other.ship_to) == ("S-2", "FRA1")
    found.refresh_from_db()
    assert judge(found).differences == []
    close(ROOT, found, found.version)
    with pytest.raises(Refused, match="not open"):
        move_rest(ROOT, found.pk, found.version + 1, key, "S-3")
    drop(ROOT, other, other.version)
    assert [one.check for one in blockers(Packing.objects.get(pk=found.pk))] == ["DIFF"]


def test_boxes_and_pieces_move_between_packings_whole(cast: Cast) -> None:
    answered(order(cast.profile, "4ABCDEFG", 20))
    boxes = [pallet(weight_grams=90_000), carton(sscc=SSCC, pallet="P1", tare_grams=300)]
    inside = [content(quantity=4), content(quantity=5, carton="", pallet="P1"), content(quantity=6, carton="C2")]
    found = put(ROOT, cast.profile, "S-1", boxes, inside)
    other = packing(cast.profile, "S-2")
    do(other, "add", box="carton")
    moved = move_out(cast.who("warehouse"), found, found.version, {"pallet": "P1"}, "S-2")
    assert shown(found) == {"C2": [("1", 6)]}
    assert shown(other) == {"P1": [("1", 5)], "C1": [], "C2": [("1", 4)]}  # C1 was taken there
    box = other.cartons.get(key="C2")
    assert (box.sscc, box.tare_grams, box.pallet.weight_grams) == (SSCC, 300, 90_000)  # type: ignore[union-attr]
    key = found.contents.get().pk
    move_out(ROOT, found, moved.packing.version, {"content": key, "eaches": 2}, "S-3")
    assert shown(Packing.objects.get(reference="S-3")) == {"-": [("1", 2)]}
    found.refresh_from_db()
    for reference, asked, where in (
        ("S-1", {"carton": "C2"}, "reference"),
        ("", {"carton": "C2"}, "reference"),
        ("S-2", {"carton": "C9"}, "carton"),
        ("S-2", {"pallet": "P1"}, "pallet"),
        ("S-2", {"content": key, "eaches": 5}, "eaches"),
        ("S-2", {"content": 999_999}, "content"),
        ("S-2", {}, "content"),
    ):
        with pytest.raises(Refused) as error:
            move_out(ROOT, found, found.version, asked, reference)
        assert [one.where for one in error.value.problems] == [where]
    with pytest.raises(Refused, match="not changed"):
        undo(ROOT, found, found.version)
    put(ROOT, cast.profile, "S-4", [carton(sscc=SSCC)], [content(quantity=1)])
    with pytest.raises(Refused) as error:
        move_out(ROOT, Packing.objects.get(reference="S-2"), 3, {"carton": "C2"}, "S-4")
    assert [one.where for one in error.value.problems] == ["carton"]
    assert sum(one.eaches for one in found.contents.all()) == 4


def test_a_way_out_into_a_packing_that_is_closed_is_refused(cast: Cast) -> None:
    made = order(cast.profile)
    answered(made)
    answered(order(cast.profile, "4HIJKLMN"))
    shut = put(ROOT, cast.profile, "S-2", [], [content("4HIJKLMN")])
    close(ROOT, shut, shut.version)
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=6)])
    with pytest.raises(Refused, match="is closed"):
        move_rest(ROOT, found, found.version, made.lines.get().pk, "S-2")
    with pytest.raises(Refused, match="is closed"):
        move_out(ROOT, found, found.version, {"carton": "C1"}, "S-2")
    assert shown(found) == {"C1": [("1", 6)]}
