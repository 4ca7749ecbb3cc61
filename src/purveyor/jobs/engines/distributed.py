"""Many machines: Procrastinate on the same PostgreSQL. It carries wake-ups; the work stays in our rows.

A nudge is inserted inside the caller's transaction, so it goes out with the commit and dies with a rollback. A dead
worker's wake-ups are not given back by Procrastinate; the due scan wakes its rows again once their leases are over.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from apscheduler.schedulers.background import BackgroundScheduler
from django.db import OperationalError, connection, transaction
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django import connector_params
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.tasks import Task
from psycopg.errors import LockNotAvailable

from purveyor.config.metrics import WORKER_BUSY
from purveyor.jobs import perform, registry, scans, stopping

log = logging.getLogger(__name__)
T = TypeVar("T")

_QUEUE = "purveyor"
_TICK = "tick:"
# How many rows of one task a scan wakes for each thread.
_DEEP = 4
# Two transactions that nudge the same rows in another order would wait for each other; whoever waits gives up early.
_PATIENCE = "'50ms'"
_DEAD_AFTER = 60.0


class Distributed:
    """Defers wake-ups from any process; ``start`` makes this one a worker with so many threads."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._timers: BackgroundScheduler | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._stop_now: Callable[[], object] = self._stop.set

    def nudge(self, name: str, row_id: int) -> None:
        with transaction.atomic():
            _set_patience(_PATIENCE)
            _defer(name, row_id)
            _set_patience("DEFAULT")

    def start(self) -> None:
        registry.autodiscover()
        stopping.forget()
        _wake_task()
        self._timers = scans.scanner(self._task_due, self._tick_due)
        self._timers.add_job(tidy, "interval", seconds=_DEAD_AFTER, id="tidy")
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()
        self._timers.start()

    def stop(self, grace: float) -> bool:
        stopping.begin()
        self._stop.set()
        self._stop_now()
        if self._timers is not None:
            self._timers.shutdown(wait=True)
            self._timers = None
        if self._thread is None:
            return True
        self._thread.join(grace)
        return not self._thread.is_alive()

    def _task_due(self, name: str) -> None:
        for row_id in perform.due(name, self._threads * _DEEP):
            self.nudge(name, row_id)

    def _tick_due(self, name: str) -> None:
        self.nudge(_TICK + name, 0)

    def _work(self) -> None:
        """Until told to stop: work; when the database goes away, come back to it."""
        while not self._stop.is_set():
            try:
                asyncio.run(self._worker())
            except Exception:
                log.exception("The worker was interrupted; it starts again.")
                self._stop.wait(5)

    async def _worker(self) -> None:
        asyncio.get_running_loop().set_default_executor(_Daemons(self._threads))
        async with worker_app().open_async() as app:
            work = asyncio.create_task(
                app.run_worker_async(
                    queues=[_QUEUE],
                    concurrency=self._threads,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    fetch_job_polling_interval=15.0,
                )
            )
            loop = asyncio.get_running_loop()
            self._stop_now = functools.partial(_call_soon, loop, work.cancel)
            if self._stop.is_set():
                work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work


def _call_soon(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    """Call from another thread; nothing when the loop has ended."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call)


@cache
def _wake_task() -> Task[Any, Any, Any]:
    """Procrastinate's one task of ours: run the registry's task of that name."""
    return django_app.task(name="purveyor.perform", queue=_QUEUE)(_perform)


def _perform(name: str, row_id: int) -> None:
    if stopping.is_stopping():
        return  # taken too late; another worker's due scan finds the row
    with WORKER_BUSY.track_inprogress():
        if name.startswith(_TICK):
            perform.perform_tick(name.removeprefix(_TICK))
        else:
            perform.perform(name, row_id)


def worker_app() -> App:
    """The app on a small connection pool of its own, as a worker needs it."""
    _wake_task()
    return django_app.with_connector(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4))


def _defer(name: str, row_id: int) -> None:
    deferrer = _wake_task().configure(queueing_lock=f"{name}:{row_id}")
    try:
        with transaction.atomic():
            deferrer.defer(name=name, row_id=row_id)
    except AlreadyEnqueued:
        return  # it waits already
    except (OperationalError, ConnectorException) as error:
        if not _somebody_else_nudges(error):
            raise


def _somebody_else_nudges(error: BaseException | None) -> bool:
    """Whether an error comes from another open transaction that is nudging the same row right now."""
    while error is not None:
        if isinstance(error, LockNotAvailable):
            return True
        error = error.__cause__
    return False


def _set_patience(length: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout TO {length}")


def tidy() -> int:
    """Delete the wake-ups dead workers left behind; how many. Their rows are found by the due scans."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => %s)", [_DEAD_AFTER]
        )
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status <> 'todo' AND worker_id IS NULL")
        return int(cursor.rowcount)


class _Daemons(ThreadPoolExecutor):
    """Threads that do not keep a stopping process alive; asyncio accepts no other kind of executor as its default."""

    def __init__(self, threads: int) -> None:
        super().__init__(max_workers=threads)
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()
        self._count = threads
        for n in range(threads):
            threading.Thread(target=self._serve, name=f"worker-{n}", daemon=True).start()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        self._calls.put((future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        for _ in range(self._count):
            self._calls.put(None)

    def _serve(self) -> None:
        while (item := self._calls.get()) is not None:
            future, call = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)
