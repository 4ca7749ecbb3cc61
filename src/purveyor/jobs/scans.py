"""The timers of a worker: every few seconds, ask each task what is due and each tick whether its time has come.

One thread asks, one question after the other; it keeps its connection, so an idle worker costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from django.db import close_old_connections, connection

from purveyor.jobs import jumps, lease, perform, registry

Ask = Callable[[str], None]
# A tick is looked at this often; what recurs may be late by so much.
TICK_SECONDS = 5.0
# No beat is that far away, unless the clock has jumped.
FAR = timedelta(minutes=5)


def _close() -> None:
    connection.close()  # looked up here: every thread has a connection of its own


class _OneThread(ThreadPoolExecutor):  # type: ignore[misc]  # the library has no types
    """A thread that closes its connection at its end."""

    def __init__(self) -> None:
        super().__init__(1)

    def shutdown(self, wait: bool = True) -> None:
        self._pool.submit(_close)
        super().shutdown(wait)


class _Timers(BackgroundScheduler):  # type: ignore[misc]  # the library has no types
    """The library goes by the wall clock. Set back, it would sleep as long; set forward by years, it would count every
    beat in between."""

    def _process_jobs(self) -> float:
        now = datetime.now(UTC)
        for job in self.get_jobs():
            if abs(job.next_run_time - now) > FAR:
                job.modify(next_run_time=now)
        return min(super()._process_jobs() or 0.0, TICK_SECONDS)


def scanner(task_due: Ask, tick_due: Ask) -> BackgroundScheduler:
    """Timers that call ``task_due`` for every task that can be due and ``tick_due`` for every tick whose time came.

    The first question is asked at once: after a crash, what waits is not left waiting longer.
    """
    at_once = datetime.now(UTC)
    timers = _Timers(
        executors={"default": _OneThread()},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )
    for every in sorted({t.every for t in registry.tasks().values() if t.due}):
        name = f"due every {every} s"
        timers.add_job(_ask_tasks, "interval", args=[task_due, every], seconds=every, id=name, next_run_time=at_once)
    timers.add_job(_bury, "interval", seconds=TICK_SECONDS, id="the dead", next_run_time=at_once)
    timers.add_job(_ask_ticks, "interval", args=[tick_due], seconds=TICK_SECONDS, id="ticks", next_run_time=at_once)
    return timers


def _ask_tasks(task_due: Ask, every: float) -> None:
    close_old_connections()
    jumps.look()
    for found in list(registry.tasks().values()):
        if found.due and found.every == every:
            task_due(found.name)


def _bury() -> None:
    close_old_connections()
    lease.free_the_dead()


def _ask_ticks(tick_due: Ask) -> None:
    close_old_connections()
    for name in perform.ticks_due():
        tick_due(name)
