"""Wake a task for a row, once the change that made it due is committed."""

from __future__ import annotations

from collections.abc import Iterable

from purveyor.jobs.engines import engine


def nudge(name: str, row_id: int) -> None:
    """Wake the task of that name for that row, once: while it waits, further nudges change nothing.

    Inside a transaction nobody wakes before it is committed, and nobody at all when it is rolled back. A nudge is a
    courtesy, not a promise: the task's ``due`` finds the row when the wake-up is lost.
    """
    engine().nudge(name, row_id)


def nudge_many(name: str, row_ids: Iterable[int]) -> None:
    """``nudge`` for several rows of one task."""
    for row_id in row_ids:
        engine().nudge(name, row_id)
