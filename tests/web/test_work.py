"""The work list of Today: by deadline and by what helps; what one may only see stands below; empty when it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from cast import Cast
from deliver import placed, pull
from deliver import work as deliver
from purveyor.alerts.raise_ import raise_alert
from purveyor.base import work
from purveyor.base.phrase import Phrase
from purveyor.base.work import Found, Item, Source, work_of
from purveyor.common import clock
from purveyor.jobs.testing import run_due
from purveyor.orders.domain import hold
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.domain.changed import seen
from purveyor.orders.models import Order
from purveyor.outbox.models import Document
from purveyor.simulator.world import World

from .conftest import Browser
from .test_order import text_of
from .test_orders_many import fill

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


def subjects(tasks: list[work.Task]) -> list[str]:
    return [task.item.subject for task in tasks]


def test_work_is_sorted_by_deadline_then_by_what_helps(held_clock: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def item(name: str, hours: int | None, remedy: str = "") -> Item:
        due = None if hours is None else held_clock + timedelta(hours=hours)
        return Item(name, "…", ("alerts",), due=due, remedy=remedy)

    items = [
        item("waits", None, "wait"),
        item("later", 2),
        item("mend", None, "mend the data"),
        item("unsaid", None),
        item("soon-wait", 1, "wait"),
        item("soon-mend", 1, "mend the data"),
        item("settings", None, "mend the settings"),
        item("amazon", None, "ask Amazon"),
    ]
    source = Source("test", "Test", "orders.view", "orders.view", lambda who, scope: Found(items, len(items)))
    monkeypatch.setattr(work, "sources", lambda: [source])
    may: Any = SimpleNamespace(may=lambda *_: True, may_somewhere=lambda *_: True)
    assert subjects(work_of(may).mine) == [
        "soon-mend",
        "soon-wait",
        "later",
        "mend",
        "settings",
        "amazon",
        "waits",
        "unsaid",
    ]


def test_each_role_sees_its_own_work_above_and_the_others_below(cast: Cast, order: Order) -> None:
    raise_alert("cause", kind="profile.trouble", severity="bad", message=Phrase("Bad."))
    manager, warehouse = work_of(cast.who("vendor_manager")), work_of(cast.who("warehouse"))
    assert (subjects(manager.mine), subjects(manager.others)) == ([order.number], [])
    assert (subjects(warehouse.mine), subjects(warehouse.others)) == ([], [order.number])
    assert (work_of(cast.who("stranger")).mine, work_of(cast.who("stranger")).others) == ([], [])


def test_others_work_stands_quiet_below(cast: Cast, browser: Browser, order: Order) -> None:
    page = text_of(browser(cast.warehouse).get("/"))
    assert "1 thing waits for somebody else" in page
    assert "Needs you" not in page
    assert "Nothing needs you now" in page


def test_list_empties_when_the_work_is_done(anna: Client, cast: Cast, order: Order) -> None:
    assert f"Needs you 1 Due What What happened What helps 1 d 0 h left {order.number} New" in text_of(anna.get("/"))
    acknowledge(cast.who("vendor_manager"), order.pk)
    deliver()
    assert "Nothing needs you now" in text_of(anna.get("/"))


def test_held_order_stands_with_its_reason_once(anna: Client, cast: Cast, order: Order) -> None:
    hold.hold(cast.who("vendor_manager"), order, "the price is wrong")
    found = work_of(cast.who("vendor_manager"))
    assert [(task.source.name, task.item.sentence) for task in found.mine] == [
        ("orders.held", "On hold: the price is wrong")
    ]
    assert (found.mine[0].item.due, found.counts["orders.answer"]) == (order.due_at, 0)


def test_document_that_asks_keeps_the_deadline_of_its_order(cast: Cast, order: Order) -> None:
    acknowledge(cast.who("vendor_manager"), order.pk)
    deliver()
    Document.objects.update(state="asked", problem={"message": "Who knows?", "remedy": "ask Amazon"})
    (task,) = work_of(cast.who("vendor_manager")).mine
    assert (task.source.name, task.item.due, task.item.remedy) == ("documents.asked", order.due_at, "ask Amazon")


def test_more_than_are_shown_are_counted_one_click_away(anna: Client, cast: Cast) -> None:
    fill(cast.profile, 15, due_at=clock.now() + timedelta(hours=3))
    found = work_of(cast.who("vendor_manager"))
    assert (len(found.mine), found.count, [one.count for one in found.more]) == (12, 15, [3])
    page = anna.get("/").content.decode()
    assert '<a href="/orders/?state=waiting&amp;held=no&amp;sort=due">Orders to answer: 3 more</a>' in page


def test_profile_in_view_limits_the_work(cast: Cast, order: Order) -> None:
    assert work_of(cast.who("administrator"), cast.other.name).mine == []
    assert subjects(work_of(cast.who("administrator"), cast.profile.name).mine) == [order.number]


def test_sources_have_names_of_their_own() -> None:
    with pytest.raises(ValueError, match="named alerts already"):
        work.register(Source("alerts", "", "alerts.view", "alerts.take", lambda who, scope: Found()))


def test_work_is_told_to_machines(cast: Cast, order: Order) -> None:
    from purveyor.outbox.overview import overview

    told = overview(cast.who("vendor_manager"))["work"]
    assert [(row["kind"], row["subject"], row["page"], row["id"]) for row in told["mine"]] == [
        ("orders.answer", order.number, "order", order.pk)
    ]
    assert (told["count"], told["counts"]["orders.answer"]) == (1, 1)


def test_what_belongs_to_no_profile_is_theirs_who_may_act_on_any(monkeypatch: pytest.MonkeyPatch) -> None:
    may: Any = SimpleNamespace(may=lambda _name, profile: profile is not None, may_somewhere=lambda *_: True)
    for anywhere in (True, False):
        found = Found([Item("B0NOBODY01", "…", ("unmatched",))], 1)
        source = Source("test", "Test", "orders.view", "products.manage", lambda *_, f=found: f, anywhere=anywhere)
        monkeypatch.setattr(work, "sources", lambda s=source: [s])
        assert (len(work_of(may).mine), len(work_of(may).others)) == (int(anywhere), int(not anywhere))


def changed_after_the_answer(world: World, cast: Cast, order: Order) -> Order:
    acknowledge(cast.who("vendor_manager"), order.pk)
    deliver()
    clock.turn(timedelta(minutes=1))
    world.change(order.number, costs={"1": "3.90"})
    found = pull(order.profile, order.number)
    run_due(["orders.tell-change"])
    look_at(found.pk)
    return found


def about(order: Order, cast: Cast) -> list[work.Task]:
    """What Today says of an order, and alerts; that nobody knows its product is another story."""
    found = work_of(cast.who("vendor_manager")).mine
    return [task for task in found if task.item.subject == order.number or task.source.name == "alerts"]


def test_what_amazon_changed_is_told_once(anna: Client, cast: Cast, plugged: World, order: Order) -> None:
    """Its hold tells it: neither the finding nor the alert says it a second time."""
    found = changed_after_the_answer(plugged, cast, order)
    (task,) = about(order, cast)
    assert (task.source.name, task.item.sentence) == (
        "orders.held",
        "On hold: Line 1: cost from 4.20 EUR to 3.90 EUR.",
    )
    page = text_of(anna.get(f"/orders/{found.pk}/"))
    assert page.count("Amazon changed it after the answer") == 1
    assert "Amazon changed the order after our answer" not in page


def test_change_without_a_hold_stands_by_itself_until_it_is_seen(cast: Cast, plugged: World, order: Order) -> None:
    found = changed_after_the_answer(plugged, cast, order)
    who = cast.who("vendor_manager")
    for one in hold.held(found):
        hold.release(who, found, one.pk)
    (task,) = about(order, cast)
    assert (task.source.name, task.item.sentence) == (
        "orders.changed",
        "Amazon changed it. Line 1: cost from 4.20 EUR to 3.90 EUR.",
    )
    with override("de"):
        (task,) = about(order, cast)
        assert task.item.sentence.endswith("Position 1: Preis von 4.20 EUR auf 3.90 EUR.")
    seen(who, found)
    assert about(order, cast) == []


def test_changes_of_many_orders_are_the_same_questions(cast: Cast, plugged: World, order: Order) -> None:
    who = cast.who("vendor_manager")
    (source,) = [one for one in work.sources() if one.name == "orders.changed"]
    counts = []
    for _round in range(2):
        found = [placed(plugged, order.profile) for _one in range(2)]
        for one in found:
            clock.turn(timedelta(minutes=1))
            plugged.change(one.number, quantities={"1": 4})
            pull(order.profile, one.number)
        run_due(["orders.tell-change"])
        source.find(who, "")
        with CaptureQueriesContext(connection) as queries:
            assert source.find(who, "").count == len(source.find(who, "").items) > 0
        counts.append(len(queries))
    assert counts[0] == counts[1]
