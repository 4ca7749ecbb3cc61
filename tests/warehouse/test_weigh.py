"""Packings are weighed up: counted for lists and Today, told where nobody looks, closed by themselves when even."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cast import Cast, make_cast
from purveyor.alerts.models import Alert
from purveyor.base.transition import move
from purveyor.base.work import work_of
from purveyor.common import clock
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.profiles.domain.settings import set_setting
from purveyor.warehouse.domain import weigh
from purveyor.warehouse.domain.pack import close, drop, put
from purveyor.warehouse.models import Packing, PickList
from purveyor.warehouse.states import PickListState
from warehouse.boxes import ROOT, answered, carton, content, do, line, order, packing, picked

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast(held_clock: object) -> Cast:
    return make_cast()


def weighed(of: Packing) -> tuple[str, int, int, int]:
    """State and counts once everything due is done."""
    run_due(["warehouse.weigh"])
    of.refresh_from_db()
    return of.state, of.differences, of.blocks, of.warnings


def alerts() -> list[tuple[str, str]]:
    return list(Alert.objects.filter(kind="warehouse.packing").order_by("pk").values_list("state", "severity"))


def today(cast: Cast, who: str = "warehouse") -> list[tuple[str, str, str]]:
    found = work_of(cast.who(who))
    tasks = [task for task in (*found.mine, *found.others) if task.source.name == "warehouse.packings"]
    return [(task.item.subject, task.item.sentence, task.item.facts) for task in tasks]


def test_what_came_whole_and_adds_up_closes_by_itself(cast: Cast) -> None:
    answered(order(cast.profile))
    found = put(ROOT, cast.profile, "S-1", [], [content()])
    assert weighed(found) == ("packed", 0, 0, 0)
    assert (alerts(), today(cast)) == ([], [])


@pytest.mark.parametrize("how", ["setting", "touched", "warning", "by hand"])
def test_what_a_person_shall_see_does_not_close_by_itself(cast: Cast, how: str) -> None:
    answered(order(cast.profile))
    if how == "setting":
        set_setting(ROOT, cast.profile, "packing.close", "no")
    if how == "by hand":
        found = packing(cast.profile, "S-1", "4ABCDEFG")
        do(found, "propose")
    else:
        boxes = [carton(weight_grams=99_000)] if how == "warning" else []
        found = put(ROOT, cast.profile, "S-1", boxes, [content()])
    if how == "touched":
        do(found, "add", box="pallet")
        do(found, "remove", box="pallet", key="P1")
    assert weighed(found)[0] == "open"
    assert alerts() == []
    expected = {
        "setting": [("S-1", "It adds up: close it.", "")],
        "warning": [("S-1", "It adds up, with warnings: close it with a reason.", "1 warning")],
    }
    assert today(cast) == expected.get(how, [])


def test_what_differs_is_told_until_it_is_solved(cast: Cast) -> None:
    answered(order(cast.profile))
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=12)])
    assert weighed(found) == ("open", 1, 1, 0)
    assert alerts() == [("open", "warn")]
    alert = Alert.objects.get()
    assert alert.message == (
        "Packing S-1: Order 4ABCDEFG, line 1 (B000000001): 12 pieces are packed here, and only 10 may be."
        " Order 4ABCDEFG, line 1 (B000000001): acknowledged 10, packed 12."
    )
    said = "Packed, picked and acknowledged differ, or a limit is broken: solve it."
    assert today(cast) == [("S-1", said, "1 difference · 1 block")]
    assert today(cast, "stranger") == []
    put(ROOT, cast.profile, "S-1", [], [content()])
    assert weighed(found) == ("packed", 0, 0, 0)
    assert (alerts(), today(cast)) == ([("closed", "warn")], [])


def test_giving_up_closes_the_alert(cast: Cast) -> None:
    answered(order(cast.profile))
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=9)])
    weighed(found)
    drop(ROOT, found, found.version)
    assert weighed(found)[0] == "dropped"
    assert (alerts(), today(cast)) == ([("closed", "warn")], [])


def test_what_changes_after_the_closing_is_told_loudly(cast: Cast) -> None:
    made = order(cast.profile)
    answered(made)
    found = put(ROOT, cast.profile, "S-1", [], [content()])
    close(ROOT, found, found.version)
    weighed(found)
    line(made, 2, 4)
    Order.objects.filter(pk=made.pk).update(state=OrderState.ACKNOWLEDGED)
    made.refresh_from_db()
    move(made, OrderState.CLOSED, by="test")
    assert weighed(found) == ("packed", 1, 0, 0)
    assert alerts() == [("open", "bad")]
    said = "Something changed after it was closed: solve it before anything ships."
    assert today(cast) == [("S-1", said, "1 difference")]


def test_orders_and_pick_lists_that_move_mark_their_packings_and_no_other(cast: Cast) -> None:
    first, second = order(cast.profile), order(cast.profile, "4HIJKLMN")
    for made in (first, second):
        answered(made)
    one = put(ROOT, cast.profile, "S-1", [], [content(quantity=9)])
    two = put(ROOT, cast.profile, "S-2", [], [content("4HIJKLMN", 9)])
    weighed(one)
    marked = Packing.objects.filter(weighed_at=None)
    assert marked.count() == 0
    picked(first, {"1": 9})
    move(PickList.objects.get(), PickListState.HELD, by="test")
    assert [row.pk for row in marked.all()] == [one.pk]
    weighed(one)
    move(second, OrderState.CLOSED, by="test")
    assert [row.pk for row in marked.all()] == [two.pk]
    weighed(two)
    drop(ROOT, two, two.version)
    Packing.objects.filter(pk=two.pk).update(weighed_at=clock.now())
    move(second, OrderState.ACKNOWLEDGED, by="test")
    assert marked.count() == 0


def test_the_clock_finds_what_nothing_marked(cast: Cast) -> None:
    answered(order(cast.profile))
    open_one = put(ROOT, cast.profile, "S-1", [], [content(quantity=3)])
    shut = put(ROOT, cast.profile, "S-2", [], [content(quantity=6)])
    gone = put(ROOT, cast.profile, "S-3", [], [content(quantity=1)])
    drop(ROOT, gone, gone.version)
    weighed(open_one)
    Packing.objects.filter(pk=shut.pk).update(state="packed", state_at=clock.now())
    due: list[list[int]] = []
    for later in (timedelta(minutes=4), timedelta(minutes=2), timedelta(hours=1), timedelta(days=31)):
        clock.turn(later)
        due.append(sorted(weigh.due(clock.now(), 10)))
    assert due == [[], [open_one.pk], [open_one.pk, shut.pk], [open_one.pk]]
    assert weigh.due(clock.now(), 0) == []


def test_a_packing_that_changed_while_it_was_weighed_stays_marked(cast: Cast) -> None:
    answered(order(cast.profile))
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=3)])
    judged = weigh.judge(found)
    do(found, "clear")
    assert weigh._keep(judged) is False
    found.refresh_from_db()
    assert (found.weighed_at, found.differences) == (None, 0)
