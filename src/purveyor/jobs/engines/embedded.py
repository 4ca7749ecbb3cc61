"""One machine: threads and timers inside the process; other processes wake it through a socket in the home folder."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler
from django.db import transaction

from purveyor.config.home import ensure_home, home
from purveyor.config.metrics import WORKER_BUSY
from purveyor.jobs import perform, registry, scans, stopping
from purveyor.jobs.engines.queue import Queue
from purveyor.jobs.engines.wake import Ear, send

# Ticks run in the same pool; they wait under this name's prefix with their number as the row.
_TICK = "tick:"
# How many rows of one task a scan may let wait for each thread: enough to keep busy, few enough to be fair.
_DEEP = 4


class Embedded:
    """Threads that take from a queue, filled by nudges and by the due scans."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._queue = Queue()
        self._timers: BackgroundScheduler | None = None
        self._ear: Ear | None = None

    def nudge(self, name: str, row_id: int) -> None:
        transaction.on_commit(functools.partial(self._wake, name, row_id), robust=True)

    def _wake(self, name: str, row_id: int) -> None:
        if self._timers is not None:
            self._queue.put((name, row_id))
        else:
            send(home(), name, row_id)

    def start(self) -> None:
        registry.autodiscover()
        stopping.forget()
        self._ear = Ear(ensure_home())
        self._timers = scans.scanner(self._task_due, self._tick_due)
        for n in range(self._threads):
            _thread(f"worker-{n}", self._work)
        _thread("wake", functools.partial(self._listen, self._ear))
        self._timers.start()

    def stop(self, grace: float) -> bool:
        # Closed before anybody hears of the stop: a thread that hears and finishes must not take another row.
        self._queue.close()
        stopping.begin()
        if self._timers is not None:
            self._timers.shutdown(wait=True)
        if self._ear is not None:
            self._ear.close()
        ended = self._queue.wait_idle(grace)
        self._timers, self._ear = None, None
        return ended

    def _task_due(self, name: str) -> None:
        room = self._threads * _DEEP - self._queue.waiting(name)
        for row_id in perform.due(name, room):
            self._queue.offer((name, row_id))

    def _tick_due(self, name: str) -> None:
        self._queue.offer((_TICK + name, 0))

    def _listen(self, ear: Ear) -> None:
        for name, row_id in ear.heard():
            if name in registry.tasks():
                self._queue.put((name, row_id))

    def _work(self) -> None:
        while (item := self._queue.take()) is not None:
            name, row_id = item
            try:
                with WORKER_BUSY.track_inprogress():
                    if name.startswith(_TICK):
                        perform.perform_tick(name.removeprefix(_TICK))
                    else:
                        perform.perform(name, row_id)
            finally:
                self._queue.done(item)


def _thread(name: str, target: Callable[[], None]) -> None:
    # Daemons: a task that hangs past the grace must not keep the process alive; its lease runs out instead.
    threading.Thread(target=target, name=name, daemon=True).start()
