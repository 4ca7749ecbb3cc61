from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction

from purveyor.base.db import is_postgres
from purveyor.jobs import stopping
from purveyor.jobs.models import Tick

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

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


def sql(text: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return list(cursor.fetchall()) if cursor.description else []


def waiting() -> list[tuple[Any, ...]]:
    """The wake-ups that wait, as (name, row)."""
    return sql("SELECT args->>'name', (args->>'row_id')::int FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")


@pytest.fixture(autouse=True)
def _an_empty_queue(db: None) -> Iterator[None]:
    if not is_postgres():
        pytest.skip("needs PostgreSQL: scripts/with-postgres")
    sql("DELETE FROM procrastinate_jobs")
    yield
    sql("DELETE FROM procrastinate_jobs")


@pytest.fixture
def engine() -> Iterator[Callable[..., Any]]:
    from purveyor.jobs.engines.distributed import Distributed

    made: list[Any] = []

    def make(threads: int = 2, start: bool = True) -> Any:
        made.append(Distributed(threads))
        if start:
            made[-1].start()
        return made[-1]

    yield make
    for one in made:
        assert one.stop(SOON)


def test_a_nudge_joins_the_transaction(engine: Any) -> None:
    idle = engine(start=False)
    with transaction.atomic():
        idle.nudge("test.seen", 1)
        assert waiting() == [("test.seen", 1)]
        transaction.set_rollback(True)
    assert waiting() == []
    with transaction.atomic():
        idle.nudge("test.seen", 2)
    assert waiting() == [("test.seen", 2)]


def test_a_row_waits_once(engine: Any) -> None:
    idle = engine(start=False)
    with transaction.atomic():
        idle.nudge("test.seen", 1)
        idle.nudge("test.seen", 1)
        idle.nudge("test.seen", 2)
        Tick.objects.create(name="the transaction goes on")
    idle.nudge("test.seen", 1)
    assert waiting() == [("test.seen", 1), ("test.seen", 2)]
    assert Tick.objects.count() == 1


def test_the_patience_of_a_nudge_ends_with_it(engine: Any) -> None:
    idle = engine(start=False)
    with transaction.atomic():
        before = sql("SHOW lock_timeout")
        idle.nudge("test.seen", 1)
        idle.nudge("test.seen", 1)
        assert sql("SHOW lock_timeout") == before


def test_transactions_that_nudge_crosswise_do_not_kill_each_other(engine: Any) -> None:
    idle = engine(start=False)
    met = threading.Barrier(2, timeout=SOON)
    broken: list[BaseException] = []

    def nudge(rows: list[int]) -> None:
        try:
            with transaction.atomic():
                idle.nudge("test.seen", rows[0])
                met.wait()
                idle.nudge("test.seen", rows[1])
                Tick.objects.create(name=f"kept {rows[0]}")
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=nudge, args=[rows]) for rows in ([1, 2], [2, 1])]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert broken == []
    assert Tick.objects.count() == 2
    assert sorted(waiting()) == [("test.seen", 1), ("test.seen", 2)]


def test_a_worker_runs_what_is_nudged_and_keeps_nothing(a_task: Any, engine: Any) -> None:
    seen = Seen()
    a_task("test.seen", seen)
    working = engine()
    working.nudge("test.seen", 7)
    assert seen.wait(1) == [7]
    assert working.stop(SOON)
    assert sql("SELECT id FROM procrastinate_jobs WHERE args->>'name' = 'test.seen'") == []


def test_a_worker_finds_what_is_due_without_a_nudge(a_task: Any, engine: Any) -> None:
    seen = Seen()
    a_task("test.due", seen, due=lambda now, limit: [5, 6][:limit], every=0.1)
    engine()
    assert set(seen.wait(4)) == {5, 6}


def test_what_recurs_runs_on_one_of_many(a_chore: Any, engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("purveyor.jobs.scans.TICK_SECONDS", 0.1)
    daily, often = Seen(), Seen()
    a_chore("test.daily", daily, every=86400)
    a_chore("test.often", often, every=0.01)
    engine()
    engine()
    often.wait(5)
    assert daily.wait(1) == [0]


def test_a_broken_task_does_not_end_the_worker(a_task: Any, engine: Any) -> None:
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
    seen = Seen()

    def ask(row_id: int) -> None:
        Tick.objects.count()
        used.append(connections["default"])

    a_task("test.ask", ask)
    a_task("test.seen", seen)
    working = engine(threads=1)
    working.nudge("test.ask", 1)
    working.nudge("test.seen", 2)
    seen.wait(1)
    assert [c.connection for c in used] == [None]


def test_as_many_tasks_run_side_by_side_as_there_are_threads(a_task: Any, engine: Any) -> None:
    met = threading.Barrier(9, timeout=SOON)
    a_task("test.meet", lambda row: met.wait())
    working = engine(threads=9)
    for n in range(9):
        working.nudge("test.meet", n)
    seen = Seen()
    a_task("test.seen", seen)
    working.nudge("test.seen", 1)
    seen.wait(1)
    assert not met.broken


def test_stopping_lets_what_runs_finish_and_takes_nothing_new(a_task: Any, engine: Any) -> None:
    begun, finished = threading.Event(), Seen()

    def slow(row_id: int) -> None:
        begun.set()
        while not stopping.is_stopping():
            threading.Event().wait(0.01)
        finished(row_id)

    a_task("test.slow", slow)
    working = engine(threads=1)
    working.nudge("test.slow", 1)
    working.nudge("test.slow", 2)
    assert begun.wait(SOON)
    assert working.stop(SOON)
    assert finished.rows == [1]


def test_stopping_does_not_wait_for_ever(a_task: Any, engine: Any) -> None:
    begun, release = threading.Event(), threading.Event()

    def hangs(row_id: int) -> None:
        begun.set()
        release.wait(SOON)

    a_task("test.hangs", hangs)
    working = engine(threads=1)
    working.nudge("test.hangs", 1)
    assert begun.wait(SOON)
    assert not working.stop(0.01)
    release.set()
    assert working.stop(SOON)


def test_a_worker_whose_database_went_away_comes_back(a_task: Any, engine: Any) -> None:
    seen = Seen()
    a_task("test.seen", seen)
    working = engine(threads=1)
    working.nudge("test.seen", 1)
    seen.wait(1)
    sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()"
    )
    working.nudge("test.seen", 2)
    assert seen.wait(2) == [1, 2]


def test_what_dead_workers_left_is_tidied(engine: Any) -> None:
    from purveyor.jobs.engines.distributed import tidy

    idle = engine(start=False)
    for row in (1, 2, 3):
        idle.nudge("test.seen", row)
    dead, alive = (
        sql(f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '{age}') RETURNING id")[0][0]
        for age in ("61 s", "50 s")
    )
    for row, worker in ((1, dead), (2, alive)):
        sql(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE args->>'row_id' = %s",
            worker,
            str(row),
        )
    assert tidy() == 1
    assert sql("SELECT (args->>'row_id')::int FROM procrastinate_jobs ORDER BY id") == [(2,), (3,)]
    sql("DELETE FROM procrastinate_workers")
