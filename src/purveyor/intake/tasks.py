"""The timers of the sweeps, and reading again what stood aside."""

from __future__ import annotations

import logging
from datetime import datetime

from purveyor.common.errors import PurveyorError
from purveyor.config.metrics import SWEEPS
from purveyor.intake import cursors, sync
from purveyor.intake import refresh as _refresh
from purveyor.intake.models import Cursor
from purveyor.intake.sweeps import backfill as _backfill  # registers its kind of run
from purveyor.jobs import jumps
from purveyor.jobs.registry import task
from purveyor.orders.domain.receive_status import REFRESH_TASK

__all__ = ["_backfill", "sweep"]

log = logging.getLogger(__name__)


def _due(now: datetime, limit: int) -> list[int]:
    cursors.ensure_all()
    return list(cursors.due(now).values_list("pk", flat=True)[:limit])


@task("intake.sweep", due=_due)
def sweep(cursor_id: int) -> None:
    """Run the sweep of a cursor. What went wrong is kept on the cursor; it tries again by itself."""
    cursor = Cursor.objects.select_related("profile").filter(pk=cursor_id).first()
    if cursor is None:
        return
    try:
        sync.run_sweep(cursor.profile, cursor.sweep, by=f"system:intake.{cursor.sweep}")
        SWEEPS.labels(cursor.sweep, "done").inc()
    except PurveyorError as error:
        SWEEPS.labels(cursor.sweep, "failed").inc()
        log.warning("The sweep %s of %s stopped: %s", cursor.sweep, cursor.profile, error)


@task(REFRESH_TASK)
def refresh(order_id: int) -> None:
    """Amazon's state of an order moved, as its status shows: ask for it anew."""
    _refresh.refresh(order_id)


@jumps.mender
def mend(now: datetime, jumped: bool) -> None:
    """Sweeps that a clock that ran ahead has sent into the time to come."""
    cursors.pull_back(now)
