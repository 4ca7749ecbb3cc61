"""Something done to many orders: the preview with what is left out and why, each alone, undo, long work."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from cast import Cast
from deliver import work
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.jobs.models import Run
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Acknowledgement, Hold, Order
from purveyor.outbox import bulk_run
from purveyor.people.models import Grant
from purveyor.profiles.models import Profile

from .conftest import Browser
from .test_order import text_of
from .test_orders import numbers

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


def hidden(answer: HttpResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found is not None
    return html.unescape(found.group(1))


def whose() -> list[str | None]:
    return list(Order.objects.order_by("pk").values_list("assigned_to__username", flat=True))


def many(client: Client, verb: str, *orders: Order, **more: str) -> HttpResponse:
    answer = client.post(f"/orders/many/{verb}/", {"order": [order.pk for order in orders]} | more)
    assert isinstance(answer, HttpResponse)
    return answer


def test_preview_says_how_many_and_why_some_are_left_out_and_does_nothing(
    anna: Client, cast: Cast, place: Place
) -> None:
    one, two, theirs = place(), place(), place()
    Order.objects.filter(pk=theirs.pk).update(assigned_to=cast.vendor_manager)
    answer = many(anna, "assign", one, two, theirs)
    text = text_of(answer)
    assert "Assign: 2 orders" in text
    assert "Left out 1 1 It is theirs already." in text
    assert hidden(answer, "seen") == f"{one.pk}:1,{two.pk}:1"
    assert whose() == [None, None, "vendor-manager"]


def test_orders_are_assigned_and_taken_back(anna: Client, cast: Cast, place: Place) -> None:
    one, two = place(), place()
    answer = many(anna, "assign", one, two, person="warehouse", do="go", because="holidays")
    assert "Done for 2 orders" in text_of(answer)
    assert whose() == ["warehouse", "warehouse"]
    told = Entry.objects.filter(action="order.assigned").order_by("pk").values_list("by", "old", "new", "because")
    assert told[0] == ("user:vendor-manager", {"person": ""}, {"person": "warehouse"}, "holidays")
    Order.objects.filter(pk=two.pk).update(assigned_to=cast.finance)
    back = anna.post("/orders/many/assign/undo/", {"undo": hidden(answer, "undo")})
    assert "Taken back for 1 order" in text_of(back)
    assert f"Somebody assigned order {two.number} meanwhile." in text_of(back)
    assert whose() == [None, "finance"]


def test_nobody_is_given_what_they_may_not_see(anna: Client, cast: Cast, order: Order) -> None:
    answer = many(anna, "assign", order, person="stranger", do="go")
    assert "stranger may not see the orders of" in text_of(answer)
    assert "nobody named ghost" in text_of(many(anna, "assign", order, person="ghost", do="go"))
    assert (whose(), Entry.objects.filter(action="order.assigned").count()) == ([None], 0)


@pytest.mark.parametrize("verb", ["assign", "hold", "release", "acknowledge"])
def test_who_may_not_is_refused_and_nothing_changes(verb: str, cast: Cast, browser: Browser, order: Order) -> None:
    assert many(browser(cast.warehouse), verb, order, do="go", because="x", person="").status_code == 403
    assert many(browser(cast.stranger), verb, order, do="go", because="x").headers["Location"] == "/orders/"
    undo = {"undo": json.dumps({order.pk: [1]})}
    assert browser(cast.warehouse).post(f"/orders/many/{verb}/undo/", undo).status_code == 403
    order.refresh_from_db()
    assert (order.state, order.holds, order.assigned_to) == ("new", 0, None)


def test_each_profile_needs_its_own_right(cast: Cast, browser: Browser, order: Order) -> None:
    """May assign elsewhere and see here: what is seen is named as left out, not passed over in silence."""
    Grant.objects.create(user=cast.warehouse, role="commerce", profile=cast.other)
    answer = many(browser(cast.warehouse), "assign", order, person="warehouse", do="go")
    assert "You may not assign the orders of" in text_of(answer)
    assert whose() == [None]


def test_hold_needs_a_reason_and_is_released_and_held_again(anna: Client, place: Place) -> None:
    one, closed = place(), place()
    Order.objects.filter(pk=closed.pk).update(state="closed")
    assert many(anna, "hold", one, do="go").status_code == 422
    answer = many(anna, "hold", one, closed, do="go", because="the price")
    assert "Done for 1 order" in text_of(answer)
    assert "closed or cancelled" in text_of(answer)
    assert numbers(anna, "/orders/?held=yes") == [one.number]
    released = many(anna, "release", one, closed, do="go")
    assert "It is not on hold." in text_of(released)
    assert numbers(anna, "/orders/?held=yes") == []
    anna.post("/orders/many/release/undo/", {"undo": hidden(released, "undo")})
    one.refresh_from_db()
    assert (one.holds, one.held.get(released_at=None).because) == (1, "the price")


def test_held_is_taken_back(anna: Client, order: Order) -> None:
    answer = many(anna, "hold", order, do="go", because="the price")
    anna.post("/orders/many/hold/undo/", {"undo": hidden(answer, "undo")})
    order.refresh_from_db()
    assert order.holds == 0


def test_what_was_held_before_stays_held_when_the_deed_is_taken_back(anna: Client, place: Place) -> None:
    before, other = place(), place()
    many(anna, "hold", before, do="go", because="the price")
    answer = many(anna, "hold", before, other, do="go", because="the season")
    anna.post("/orders/many/hold/undo/", {"undo": hidden(answer, "undo")})
    assert list(Hold.objects.filter(released_at=None).values_list("order", "because")) == [(before.pk, "the season")]
    again = many(anna, "hold", before, do="go", because="the price")
    assert 'name="undo"' not in again.content.decode()


def test_answer_that_waits_is_withdrawn_and_one_that_left_is_not(anna: Client, place: Place) -> None:
    stays, leaves = place(), place()
    Profile.objects.update(sending=False)
    answer = anna.post("/orders/acknowledge/", {"order": [stays.pk, leaves.pk], "do": "send"})
    work()
    from purveyor.outbox.models import Document

    Document.objects.filter(subject=leaves.number).update(state="sent")
    back = anna.post("/orders/many/acknowledge/undo/", {"undo": hidden(answer, "undo")})
    assert "Taken back for 1 order" in text_of(back)
    assert "It has left already." in text_of(back)
    stays.refresh_from_db()
    leaves.refresh_from_db()
    assert (stays.state, leaves.state) == ("answer failed", "acknowledging")


@pytest.mark.parametrize("undo", ["", "[]", '{"x": 1}', '{"1": "a"}', '{"1": true}', '{"1": [[1]]}', '{"1": -1}'])
def test_undo_of_nonsense_is_refused(undo: str, anna: Client, order: Order) -> None:
    assert anna.post("/orders/many/assign/undo/", {"undo": undo}).status_code == 422


def fill(profile: Profile, count: int, **more: object) -> list[Order]:
    now = clock.now()
    told = {"state": "new", "state_at": now, "due_at": now, "ordered_at": now, "first_seen_at": now, "eaches": 1}
    rows = [
        Order(profile=profile, number=f"N{i:07}", raw_hash="", content_hash="", **(told | more)) for i in range(count)
    ]
    return Order.objects.bulk_create(rows)


def test_everything_the_filters_show_is_taken_as_long_work_with_progress(anna: Client, cast: Cast) -> None:
    fill(cast.profile, bulk_run.AT_ONCE + 3)
    Order.objects.filter(number="N0000000").update(state="closed")
    told = {"every": "on", "query": "state=new", "person": "warehouse"}
    preview = anna.post("/orders/many/assign/", told)
    assert "Assign: 502 orders" in text_of(preview)
    seen = hidden(preview, "seen")
    answer = anna.post("/orders/many/assign/", {"seen": seen, "person": "warehouse", "do": "go"})
    run = Run.objects.get()
    assert answer.headers["Location"] == f"/runs/{run.pk}/"
    assert Order.objects.filter(assigned_to=None).count() == 503
    run_due(["jobs.run"])
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == ("done", 502, 502)
    assert (run.result["done"], run.result["refused"]) == (502, 0)
    assert Order.objects.filter(assigned_to=cast.warehouse).count() == 502
    anna.post("/orders/many/assign/undo/", {"undo": hidden(anna.get(f"/runs/{run.pk}/"), "undo")})
    assert Order.objects.filter(assigned_to=None).count() == 503


def test_long_work_is_its_askers_own_and_asks_for_their_rights_again(
    cast: Cast, browser: Browser, anna: Client
) -> None:
    orders = fill(cast.profile, bulk_run.AT_ONCE + 1)
    seen = ",".join(f"{order.pk}:1" for order in orders)
    anna.post("/orders/many/assign/", {"seen": seen, "person": "warehouse", "do": "go"})
    run = Run.objects.get()
    assert browser(cast.administrator).get(f"/runs/{run.pk}/").status_code == 404
    Grant.objects.filter(user=cast.vendor_manager).update(role="auditor")
    run_due(["jobs.run"])
    run.refresh_from_db()
    assert (run.result["done"], run.result["refused"]) == (0, 501)
    assert Order.objects.exclude(assigned_to=None).count() == 0


def test_long_work_is_cancelled_and_goes_on_where_it_stopped(anna: Client, cast: Cast) -> None:
    orders = fill(cast.profile, bulk_run.AT_ONCE + 1)
    seen = ",".join(f"{order.pk}:1" for order in orders)
    anna.post("/orders/many/assign/", {"seen": seen, "person": "warehouse", "do": "go"})
    run = Run.objects.get()
    anna.post(f"/runs/{run.pk}/cancel/")
    run_due(["jobs.run"])
    assert Order.objects.exclude(assigned_to=None).count() == 0
    Run.objects.update(result={"done": 500, "refused": 0, "undo": {}, "reasons": []})
    anna.post(f"/runs/{run.pk}/resume/")
    run_due(["jobs.run"])
    run.refresh_from_db()
    assert (run.state, run.result["done"]) == ("done", 501)
    assert Order.objects.exclude(assigned_to=None).count() == 1


def test_more_than_are_taken_at_once_is_refused(anna: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("purveyor.outbox.bulk.MOST", 2)
    fill(cast.profile, 3)
    answer = anna.post("/orders/many/assign/", {"every": "on", "query": "", "person": "warehouse"})
    assert (answer.status_code, "At most 2 orders" in text_of(answer)) == (422, True)
    assert Acknowledgement.objects.count() == 0


def test_mine_and_nobodys(anna: Client, cast: Cast, place: Place) -> None:
    mine, theirs, nobodys = place(), place(), place()
    Order.objects.filter(pk=mine.pk).update(assigned_to=cast.vendor_manager)
    Order.objects.filter(pk=theirs.pk).update(assigned_to=cast.warehouse)
    assert numbers(anna, "/orders/?assigned=me") == [mine.number]
    assert numbers(anna, "/orders/?assigned=warehouse") == [theirs.number]
    assert numbers(anna, "/orders/?assigned=nobody") == [nobodys.number]
    assert "Assigned to: me" in text_of(anna.get("/orders/?assigned=me"))
    assert anna.get("/orders/?assigned=ghost").status_code == 422


def held_one(client: Client, place: Place) -> tuple[Order, Order]:
    free, held = place(), place()
    many(client, "hold", held, do="go", because="the price")
    return free, held


def accept(client: Client, *orders: Order, **more: str) -> HttpResponse:
    answer = client.post("/orders/acknowledge/", {"order": [order.pk for order in orders]} | more)
    assert isinstance(answer, HttpResponse)
    return answer


def test_held_orders_are_left_out_of_accepting_until_somebody_says_they_know(anna: Client, place: Place) -> None:
    free, held = held_one(anna, place)
    page = text_of(accept(anna, free, held))
    assert "Accept 1 order in full" in page
    assert "I know that 1 of these orders is on hold; answer it all the same." in page
    every = hidden(accept(anna, free, held), "seen")
    answer = anna.post("/orders/acknowledge/", {"seen": every, "confirm_hold": "1", "do": "preview"})
    assert "Accept 2 orders in full" in text_of(answer)
    assert answer.content.decode().count('name="confirm_hold" value="1"') == 2
    assert not Acknowledgement.objects.exists()
    accept(anna, free, held, do="send")
    assert list(Acknowledgement.objects.values_list("order", flat=True)) == [free.pk]
    accept(anna, held, do="send", confirm_hold="1")
    assert Acknowledgement.objects.count() == 2


def test_tick_is_not_shown_where_nothing_is_held(anna: Client, order: Order) -> None:
    assert "confirm_hold" not in accept(anna, order).content.decode()
    assert "confirm_hold" not in many(anna, "assign", order).content.decode()


def test_many_held_orders_are_answered_as_long_work_when_somebody_knows(
    anna: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, held = held_one(anna, place)
    monkeypatch.setattr(bulk_run, "AT_ONCE", 1)
    page = accept(anna, free, held)
    assert "1 It is on hold." in text_of(page)
    every = hidden(page, "seen")
    assert every == f"{free.pk}:1,{held.pk}:1"
    known = anna.post("/orders/many/acknowledge/", {"seen": every, "confirm_hold": "1"})
    assert "Accept in full: 2 orders" in text_of(known)
    anna.post("/orders/many/acknowledge/", {"seen": every, "confirm_hold": "1", "do": "go"})
    assert Run.objects.get().params["confirm_hold"] is True
    run_due()
    assert Acknowledgement.objects.count() == 2
