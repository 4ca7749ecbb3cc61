from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connections, transaction

from purveyor.jobs import stopping
from purveyor.jobs.engines.embedded import Embedded
from purveyor.jobs.engines.wake import send
from purveyor.jobs.models import Tick

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

SOON = 15.0


class Seen:
    """Rows a task ran for, and a way to wait for them."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self._more = threading.Condition()

    def __call__(self, row_id: int = 0) -> None:
        with self._more:
            self.rows.append(row_id)
            self._more.notify_all()

    def wait(self, count: int) -> list[int]:
        with self._more:
            assert self._more.wait_for(lambda: len(self.rows) >= count, SOON), self.rows
            return list(self.rows)


@pytest.fixture
def engine() -> Iterator[Callable[..., Embedded]]:
    started: list[Embedded] = []

    def start(threads: int = 2) -> Embedded:
        made = Embedded(threads)
        made.start()
        started.append(made)
        return made

    yield start
    for made in started:
        made.stop(SOON)


def test_a_nudge_runs_the_task(a_task: Any, engine: Any) -> None:
    seen = Seen()
    a_task("test.seen", seen)
    engine().nudge("test.seen", 7)
    assert seen.wait(1) == [7]


def test_nobody_wakes_before_the_commit(a_task: Any, engine: Any) -> None:
    seen = Seen()
    a_task("test.seen", seen)
    working = engine()
    with transaction.atomic():
        working.nudge("test.seen", 1)
        assert seen.rows == []
        working.nudge("test.seen", 2)
    assert sorted(seen.wait(2)) == [1, 2]


def test_nobody_wakes_after_a_rollback(a_task: Any, engine: Any) -> None:
    seen = Seen()
    a_task("test.seen", seen)
    working = engine(threads=1)
    with transaction.atomic():
        working.nudge("test.seen", 1)
        transaction.set_rollback(True)
    working.nudge("test.seen", 2)
    assert seen.wait(1) == [2]


def test_another_process_wakes_it(a_task: Any, engine: Any) -> None:
    seen = Seen()
    a_task("test.seen", seen)
    engine()
    with transaction.atomic():
        Embedded(1).nudge("test.seen", 9)
        assert seen.rows == []
    assert seen.wait(1) == [9]


def test_a_wake_up_for_an_unknown_task_is_left_alone(a_task: Any, engine: Any, home: Any) -> None:
    seen = Seen()
    a_task("test.seen", seen)
    engine(threads=1)
    send(home, "test.nonsense", 1)
    send(home, "test.seen", 2)
    assert seen.wait(1) == [2]


def test_what_is_due_is_found_without_a_nudge(a_task: Any, engine: Any) -> None:
    seen = Seen()
    due = [5, 6]
    a_task("test.due", seen, due=lambda now, limit: due[:limit], every=0.05)
    engine()
    assert set(seen.wait(4)) == {5, 6}


def test_a_scan_does_not_let_more_wait_than_is_fair(a_task: Any, engine: Any) -> None:
    limits: list[int] = []
    release, asked = threading.Event(), Seen()

    def due(now: datetime, limit: int) -> list[int]:
        limits.append(limit)
        asked(limit)
        return list(range(limit))

    a_task("test.slow", lambda row: release.wait(SOON), due=due, every=0.05)
    engine(threads=2)
    asked.wait(2)
    release.set()
    assert limits[0] == 8
    assert max(limits) <= 8


def test_a_task_that_breaks_does_not_take_its_thread_along(a_task: Any, engine: Any) -> None:
    seen = Seen()

    def breaks(row_id: int) -> None:
        raise RuntimeError("broken")

    a_task("test.breaks", breaks)
    a_task("test.seen", seen)
    working = engine(threads=1)
    working.nudge("test.breaks", 1)
    working.nudge("test.seen", 2)
    assert seen.wait(1) == [2]


def test_threads_close_their_connections(a_task: Any, engine: Any) -> None:
    used: list[Any] = []

    def ask(row_id: int) -> None:
        Tick.objects.count()
        used.append(connections["default"])

    seen = Seen()
    a_task("test.ask", ask)
    a_task("test.seen", seen)
    working = engine(threads=1)
    working.nudge("test.ask", 1)
    working.nudge("test.seen", 2)
    seen.wait(1)
    assert [c.connection for c in used] == [None]


def test_what_recurs_runs_on_one_of_many(a_chore: Any, engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("purveyor.jobs.scans.TICK_SECONDS", 0.05)
    daily, often = Seen(), Seen()
    a_chore("test.daily", daily, every=86400)
    a_chore("test.often", often, every=0.01)
    engine()
    engine()
    often.wait(5)
    assert daily.wait(1) == [0]


def test_stopping_lets_what_runs_finish_and_takes_nothing_new(a_task: Any) -> None:
    begun, release = threading.Event(), threading.Event()
    finished: list[int] = []

    def slow(row_id: int) -> None:
        begun.set()
        while not stopping.is_stopping():
            release.wait(0.01)
        finished.append(row_id)

    a_task("test.slow", slow)
    working = Embedded(1)
    working.start()
    working.nudge("test.slow", 1)
    working.nudge("test.slow", 2)
    assert begun.wait(SOON)
    assert working.stop(SOON)
    assert finished == [1]


def test_stopping_does_not_wait_for_ever(a_task: Any) -> None:
    begun, release, ended = threading.Event(), threading.Event(), Seen()

    def hangs(row_id: int) -> None:
        begun.set()
        release.wait(SOON)
        ended(row_id)

    a_task("test.hangs", hangs)
    working = Embedded(1)
    working.start()
    working.nudge("test.hangs", 1)
    assert begun.wait(SOON)
    assert not working.stop(0.01)
    release.set()
    ended.wait(1)
