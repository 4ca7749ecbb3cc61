"""Run one task for one row, or one tick, the same way on every engine."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from django.db import connection
from django.db.utils import Error as DatabaseError

from purveyor.common import clock
from purveyor.config import metrics
from purveyor.jobs import registry
from purveyor.jobs.lease import claim, give_back
from purveyor.jobs.models import Tick

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 300.0
_KEPT = 10_000


class Pauses:
    """Rows whose task broke are left alone for a while, twice as long each time, so that none spins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[tuple[str, int], tuple[int, float]] = {}

    def broke(self, name: str, row_id: int) -> None:
        with self._lock:
            times = self._until.get((name, row_id), (0, 0.0))[0] + 1
            if len(self._until) >= _KEPT:
                self._until.clear()
            self._until[name, row_id] = times, time.monotonic() + min(5.0 * 2 ** min(times, 8), _LONGEST_PAUSE)

    def worked(self, name: str, row_id: int) -> None:
        with self._lock:
            self._until.pop((name, row_id), None)

    def paused(self, name: str, row_id: int) -> bool:
        with self._lock:
            return self._until.get((name, row_id), (0, 0.0))[1] > time.monotonic()


pauses = Pauses()


def perform(name: str, row_id: int) -> bool:
    """Run a task for a row, in a thread that has nothing else open. Whether it ended without an error.

    An error is logged and counted, never raised: the row is due again, after a pause.
    """
    try:
        registry.find(name).run(row_id)
    except Exception:
        log.exception("The task %s broke on row %s.", name, row_id)
        metrics.JOBS.labels(name, "failed").inc()
        pauses.broke(name, row_id)
        return False
    else:
        metrics.JOBS.labels(name, "done").inc()
        pauses.worked(name, row_id)
        return True
    finally:
        connection.close()


def due(name: str, limit: int) -> list[int]:
    """The rows of a task whose time has come, without those that pause. Database errors are logged: [] then."""
    found = registry.find(name)
    if found.due is None or limit <= 0:
        return []
    try:
        return [i for i in found.due(clock.now(), limit) if not pauses.paused(name, i)]
    except DatabaseError:
        log.exception("What is due for %s could not be asked.", name)
        connection.close()
        return []


def ticks_due() -> list[str]:
    """What recurs and is due now and run by nobody, in one question. Missing rows are made, due at once."""
    now, wanted = clock.now(), registry.recurring_tasks()
    known = dict(Tick.objects.filter(name__in=wanted).values_list("name", "next_at"))
    for name in wanted.keys() - known.keys():
        known[name] = Tick.objects.get_or_create(name=name, defaults={"next_at": now})[0].next_at
    held = set(Tick.objects.filter(lease_until__gt=now).values_list("name", flat=True)) if known else set()
    return [name for name in wanted if known[name] <= now and name not in held]


def tick(recurring: registry.Recurring) -> bool:
    """Run what recurs if it is due and no other worker runs it; whether it ran.

    Raises what it raises; then it is due again after its time or a minute, whichever comes first.
    """
    row = Tick.objects.filter(name=recurring.name).only("pk").first()
    owner = claim(row, recurring.lease, next_at__lte=clock.now()) if row else None
    if row is None or owner is None:
        return False
    wait = min(recurring.every, 60.0)
    try:
        recurring.run()
        wait = recurring.every
    finally:
        now = clock.now()
        give_back(row, owner, next_at=now + timedelta(seconds=wait), last_at=now)
    return True


def perform_tick(name: str) -> None:
    """``tick`` in a worker's thread: errors are logged and counted."""
    try:
        if tick(registry.recurring_tasks()[name]):
            metrics.JOBS.labels(name, "done").inc()
    except Exception:
        log.exception("The recurring task %s broke.", name)
        metrics.JOBS.labels(name, "failed").inc()
    finally:
        connection.close()
