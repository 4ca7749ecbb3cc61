from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import override

from purveyor.base import transition
from purveyor.base.transition import move, on_move
from purveyor.common import clock
from purveyor.common.errors import Conflict
from purveyor.jobs.models import Run
from purveyor.jobs.states import RunState

pytestmark = pytest.mark.integration

Told = list[tuple[Any, ...]]


@pytest.fixture
def told() -> Iterator[Told]:
    """Every move, as a listener hears of it."""
    found: Told = []

    @on_move
    def hear(*what: Any) -> None:
        found.append(what[1:])

    yield found
    transition._listeners.remove(hear)


def a_run(**more: Any) -> Run:
    return Run.objects.create(kind="backfill", by="vera", **more)


@pytest.mark.django_db
def test_move_stamps_changes_and_tells(held_clock: datetime, told: Told) -> None:
    run = a_run()
    clock.turn(timedelta(minutes=5))
    move(run, RunState.RUNNING, by="worker", because="taken", action="run.cancelled", step="one")
    fresh = Run.objects.get()
    for seen in (run, fresh):
        assert (seen.state, seen.step, seen.state_at) == ("running", "one", held_clock + timedelta(minutes=5))
    assert told == [("waiting", "running", "worker", "taken", "run.cancelled", {"step": "one"})]


@pytest.mark.django_db
def test_move_writes_only_what_changes() -> None:
    run = a_run()
    Run.objects.update(step="written by another")
    move(run, RunState.RUNNING, by="worker")
    assert Run.objects.get().step == "written by another"


@pytest.mark.django_db
def test_move_shows_what_the_database_worked_out() -> None:
    run = a_run(done=3)
    Run.objects.update(done=7)
    move(run, RunState.RUNNING, by="worker", done=F("done") + 1)
    assert run.done == 8


@pytest.mark.django_db
def test_move_refuses_an_arrow_that_does_not_exist(told: Told) -> None:
    run = a_run()
    with pytest.raises(ValueError, match="no arrow from waiting to done"):
        move(run, RunState.DONE, by="worker")
    assert (Run.objects.get().state, told) == ("waiting", [])


@pytest.mark.django_db
def test_move_refuses_when_another_was_faster(told: Told) -> None:
    run, other = a_run(), Run.objects.get()
    move(other, RunState.CANCELLED, by="vera")
    told.clear()
    before = run.state_at
    with override("de"), pytest.raises(Conflict) as caught:
        move(run, RunState.RUNNING, by="worker", step="one")
    assert caught.value.message == f"Jemand war schneller: {run} ist nicht mehr im Zustand „waiting“."
    assert (run.state, run.step, run.state_at) == ("waiting", "", before)
    assert (Run.objects.get().state, Run.objects.get().step, told) == ("cancelled", "", [])


@pytest.mark.django_db
def test_move_holding_a_lease_refuses_once_it_is_lost() -> None:
    run = a_run(lease_owner="another")
    with pytest.raises(Conflict):
        move(run, RunState.RUNNING, by="worker", holding="me")
    move(run, RunState.RUNNING, by="worker", holding="another")
    assert Run.objects.get().state == "running"


@pytest.mark.django_db(transaction=True)
def test_move_is_undone_when_a_listener_breaks() -> None:
    run = a_run()

    @on_move
    def breaks(*_: Any) -> None:
        raise RuntimeError("the audit is full")

    try:
        with pytest.raises(RuntimeError):
            move(run, RunState.RUNNING, by="worker")
    finally:
        transition._listeners.remove(breaks)
    assert (run.state, Run.objects.get().state) == ("waiting", "waiting")


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_inside_the_transaction() -> None:
    inside: list[bool] = []

    @on_move
    def hear(*_: Any) -> None:
        inside.append(connection.in_atomic_block)

    try:
        move(a_run(), RunState.RUNNING, by="worker")
    finally:
        transition._listeners.remove(hear)
    assert inside == [True]


def test_a_listener_registered_twice_hears_once() -> None:
    before = list(transition._listeners)
    on_move(len)  # type: ignore[arg-type]  # never called
    on_move(len)  # type: ignore[arg-type]  # never called
    assert transition._listeners == [*before, len]
    transition._listeners.remove(len)  # type: ignore[arg-type]  # as above


def race(take: Any) -> int:
    """How many of eight threads believe they moved the same run."""
    pk, won = a_run().pk, []
    start = threading.Barrier(8)

    def one() -> None:
        run = Run.objects.get(pk=pk)
        start.wait()
        try:
            take(run)
            won.append(1)
        except Conflict:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return len(won)


@pytest.mark.django_db(transaction=True)
def test_of_many_that_move_at_once_one_wins() -> None:
    assert race(lambda run: move(run, RunState.RUNNING, by="worker")) == 1


@pytest.mark.django_db(transaction=True)
def test_without_compare_and_set_all_of_them_win() -> None:
    """The twin: looking first and saving afterwards is no guard."""

    def look_then_save(run: Run) -> None:
        if run.state != RunState.WAITING:
            raise Conflict("too late")
        with transaction.atomic():
            run.state = RunState.RUNNING
            run.save(update_fields=["state"])

    assert race(look_then_save) == 8
