from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError

from purveyor.common import clock
from purveyor.jobs import perform, registry
from purveyor.jobs.models import Tick
from purveyor.jobs.perform import Pauses, pauses

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)


def breaks(*_: Any) -> None:
    raise RuntimeError("broken")


@pytest.mark.django_db(transaction=True)
def test_perform_runs_the_task_with_the_row(a_task: Any) -> None:
    seen: list[int] = []
    a_task("test.seen", seen.append)
    assert perform.perform("test.seen", 7)
    assert seen == [7]


@pytest.mark.django_db(transaction=True)
def test_a_broken_task_is_logged_and_pauses(a_task: Any, caplog: pytest.LogCaptureFixture) -> None:
    a_task("test.breaks", breaks, due=lambda now, limit: [1, 2][:limit])
    with caplog.at_level(logging.ERROR):
        assert not perform.perform("test.breaks", 1)
    assert caplog.messages == ["The task test.breaks broke on row 1."]
    assert perform.due("test.breaks", 10) == [2]


@pytest.mark.django_db(transaction=True)
def test_a_task_that_works_again_pauses_no_more(a_task: Any) -> None:
    a_task("test.mended", lambda row: None, due=lambda now, limit: [1])
    pauses.broke("test.mended", 1)
    assert perform.due("test.mended", 10) == []
    assert perform.perform("test.mended", 1)
    assert perform.due("test.mended", 10) == [1]


@pytest.mark.unit
def test_pauses_grow_and_are_forgotten() -> None:
    made = Pauses()
    for times in range(1, 12):
        made.broke("a", 1)
        assert made._until["a", 1][0] == times
    assert (made.paused("a", 1), made.paused("a", 2), made.paused("b", 1)) == (True, False, False)
    made.worked("a", 1)
    assert not made.paused("a", 1)


@pytest.mark.django_db(transaction=True)
def test_due_asks_with_the_clock_and_the_room_there_is(a_task: Any, held_clock: datetime) -> None:
    asked: list[tuple[datetime, int]] = []

    def due(now: datetime, limit: int) -> list[int]:
        asked.append((now, limit))
        return [3]

    a_task("test.due", breaks, due=due)
    assert perform.due("test.due", 4) == [3]
    assert perform.due("test.due", 0) == []
    assert asked == [(held_clock, 4)]
    a_task("test.never-due", breaks)
    assert perform.due("test.never-due", 4) == []


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_costs_one_scan(a_task: Any, caplog: pytest.LogCaptureFixture) -> None:
    def due(now: datetime, limit: int) -> list[int]:
        raise OperationalError("away")

    a_task("test.away", breaks, due=due)
    with caplog.at_level(logging.ERROR):
        assert perform.due("test.away", 4) == []
    assert caplog.messages == ["What is due for test.away could not be asked."]


@pytest.fixture
def beats(a_chore: Any) -> list[datetime]:
    """When the recurring test.beat ran; it recurs daily."""
    found: list[datetime] = []
    a_chore("test.beat", lambda: found.append(clock.now()), every=DAY.total_seconds())
    return found


def tick() -> bool:
    return perform.tick(registry.recurring_tasks()["test.beat"])


def is_due() -> bool:
    return "test.beat" in perform.ticks_due()


@pytest.mark.django_db(transaction=True)
def test_what_recurs_runs_at_once_and_then_in_its_time(held_clock: datetime, beats: list[datetime]) -> None:
    assert is_due()
    assert [tick(), tick()] == [True, False]
    assert not is_due()
    row = Tick.objects.get(name="test.beat")
    assert (row.last_at, row.next_at, row.lease_owner) == (held_clock, held_clock + DAY, "")
    clock.turn(DAY - timedelta(microseconds=1))
    assert (is_due(), tick()) == (False, False)
    clock.turn(timedelta(microseconds=1))
    assert (is_due(), tick()) == (True, True)
    assert beats == [held_clock, held_clock + DAY]


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_runs_is_left_to_it(held_clock: datetime, beats: list[datetime]) -> None:
    is_due()
    Tick.objects.filter(name="test.beat").update(lease_owner="other", lease_until=held_clock + timedelta(minutes=1))
    assert (is_due(), tick(), beats) == (False, False, [])
    clock.turn(timedelta(minutes=1))
    assert (is_due(), tick()) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_what_broke_is_tried_again_in_a_minute(held_clock: datetime, a_chore: Any) -> None:
    name = a_chore("test.breaks-daily", breaks, every=86400)
    assert name in perform.ticks_due()
    with pytest.raises(RuntimeError):
        perform.tick(registry.recurring_tasks()[name])
    assert Tick.objects.get(name=name).next_at == held_clock + timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_broken_tick_is_logged(a_chore: Any, caplog: pytest.LogCaptureFixture) -> None:
    name = a_chore("test.breaks-daily", breaks, every=86400)
    perform.ticks_due()
    with caplog.at_level(logging.ERROR):
        perform.perform_tick(name)
    assert caplog.messages == ["The recurring task test.breaks-daily broke."]


@pytest.mark.django_db(transaction=True)
def test_asking_for_ticks_costs_two_questions(beats: list[datetime], django_assert_num_queries: Any) -> None:
    perform.ticks_due()
    with django_assert_num_queries(2):
        perform.ticks_due()


def race(run_tick: Any, beats: list[datetime]) -> int:
    """How often a tick ran when eight workers saw it due at once."""
    assert is_due()
    start = threading.Barrier(8)

    def one() -> None:
        row = Tick.objects.get(name="test.beat")
        start.wait()
        run_tick(row)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return len(beats)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_runs_a_tick(held_clock: datetime, beats: list[datetime]) -> None:
    assert race(lambda row: tick(), beats) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_every_worker_runs_the_tick(held_clock: datetime, beats: list[datetime]) -> None:
    """The twin: looking at the row and running is no guard."""

    def look_then_run(row: Tick) -> None:
        if row.next_at <= clock.now():
            registry.recurring_tasks()["test.beat"].run()

    assert race(look_then_run, beats) == 8
