"""The workers' own tasks."""

from __future__ import annotations

from datetime import datetime, timedelta

from purveyor.jobs import jumps, lease, runs
from purveyor.jobs.models import Run, Tick
from purveyor.jobs.registry import recurring_tasks, task


def _due(now: datetime, limit: int) -> list[int]:
    return list(Run.objects.filter(runs.due()).order_by("pk").values_list("pk", flat=True)[:limit])


@task(runs.TASK, due=_due)
def run(row_id: int) -> None:
    """Do a piece of long work."""
    runs.work(row_id)


@jumps.mender
def mend(now: datetime, jumped: bool) -> None:
    """Leases and ticks that a clock that ran ahead has put too far away."""
    lease.pull_back(now)
    for recurring in recurring_tasks().values():
        furthest = now + timedelta(seconds=recurring.every)
        Tick.objects.filter(name=recurring.name, next_at__gt=furthest).update(next_at=now)
