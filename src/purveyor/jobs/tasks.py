"""The workers' own tasks."""

from __future__ import annotations

from datetime import datetime

from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.registry import task


def _due(now: datetime, limit: int) -> list[int]:
    return list(Run.objects.filter(runs.due()).order_by("pk").values_list("pk", flat=True)[:limit])


@task(runs.TASK, due=_due)
def run(row_id: int) -> None:
    """Do a piece of long work."""
    runs.work(row_id)
