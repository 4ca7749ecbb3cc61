"""A long deed on many orders whose worker is killed: every order counts once. The loss has a twin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cast import Cast, make_cast
from purveyor.common import clock
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.orders.models import Hold, Order
from purveyor.outbox import bulk, bulk_run
from purveyor.outbox.bulk import Ask, Done
from purveyor.outbox.models import BulkDone
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ORDERS = bulk_run.PART + 20


class Killed(BaseException):
    """What ends a worker from outside: no code of ours gets to say anything about it."""


@pytest.fixture
def cast(held_clock: object) -> Cast:
    return make_cast()


@pytest.fixture
def orders(cast: Cast) -> list[Order]:
    told: dict[str, Any] = {name: clock.now() for name in ("state_at", "ordered_at", "first_seen_at", "due_at")} | {
        "amazon_state": "New",
        "vendor_code": "ACME1",
        "eaches": 1,
        "line_count": 1,
    }
    rows = [Order(profile=cast.profile, number=f"N{n:07}", raw_hash="", **told) for n in range(ORDERS)]
    return Order.objects.bulk_create(rows)


def begin(cast: Cast, orders: Sequence[Order], verb: str = "release") -> Run:
    """To release them all: each is on hold, and one that was released already cannot be released again."""
    who = cast.who("vendor_manager")
    for order in orders:
        bulk.find("hold").do(who, order, Ask("wait"))
    return bulk_run.start(who, verb, {order.pk: 1 for order in orders}, Ask("go on"))


def kill_at(monkeypatch: pytest.MonkeyPatch, number: int, name: str = "_note_done") -> None:
    """Kill the worker when it has done so many and is about to do more."""
    seen: list[int] = []
    real: Callable[..., None] = getattr(bulk_run, name)

    def dying(run: Run, done: Any) -> None:
        if len(seen) == number:
            raise Killed
        seen.append(number)
        real(run, done)

    monkeypatch.setattr(bulk_run, name, dying)


def killed(run: Run) -> None:
    with pytest.raises(Killed):
        runs.work(run.pk)


def finished(run: Run) -> dict[str, Any]:
    runs.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == ("done", ORDERS, ORDERS)
    assert run.result is not None
    return dict(run.result)


@pytest.mark.parametrize("number", [0, 1, 30, bulk_run.PART, bulk_run.PART + 7])
def test_killed_deed_counts_every_order_once(
    cast: Cast, orders: list[Order], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    run = begin(cast, orders)
    with monkeypatch.context() as patch:
        kill_at(patch, number)
        killed(run)
    assert Hold.objects.exclude(released_at=None).count() == number
    told = finished(run)
    assert (told["done"], told["refused"], len(told["undo"]), told["reasons"]) == (ORDERS, 0, ORDERS, [])
    assert (Hold.objects.filter(released_at=None).count(), BulkDone.objects.count()) == (0, 0)


def test_killed_deed_counts_what_it_left_out_once(
    cast: Cast, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(cast, orders)
    gone, released = orders[3], orders[5]
    (held,) = Hold.objects.filter(order=released)
    bulk.find("release").do(cast.who("vendor_manager"), released, Ask("before"))
    Hold.objects.filter(order=gone).delete()
    gone.delete()
    with monkeypatch.context() as patch:
        kill_at(patch, 20)
        killed(run)
    told = finished(run)
    assert (told["done"], told["refused"]) == (ORDERS - 2, 2)
    assert told["reasons"] == [["", "There is no such order."], [held.order.number, "It is not on hold."]]


def test_without_the_note_beside_each_deed_what_was_done_counts_as_left_out(
    cast: Cast, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: deeds that are written down once the part is through."""
    kept: list[Done] = []

    def part(run: Run, who: Who, verb: bulk.Verb, part: Sequence[Sequence[int]], ask: Ask) -> None:
        found = Order.objects.filter(pk__in=[key for key, _version in part]).order_by("pk")
        for done in bulk.carry_out(who, verb, found, ask):
            kept.append(done)
            if len(kept) == 30:
                raise Killed
        for done in kept:
            bulk_run._note_done(run, done)

    run = begin(cast, orders)
    with monkeypatch.context() as patch:
        patch.setattr(bulk_run, "_part", part)
        killed(run)
    told = finished(run)
    assert (told["done"], told["refused"]) == (ORDERS - 30, 30)


def test_another_worker_at_the_same_order_ends_the_slower_one(
    cast: Cast, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its deed is undone with its note, and the run goes on without it."""
    run = begin(cast, orders)
    BulkDone.objects.create(run=run, order_id=orders[10].pk, number=orders[10].number, done=True)
    monkeypatch.setattr(bulk_run, "_counted", lambda run: {"done": 0, "refused": 0, "undo": {}, "reasons": []})
    runs.work(run.pk)
    run.refresh_from_db()
    assert run.state == "running"
    assert Hold.objects.exclude(released_at=None).count() == 10
