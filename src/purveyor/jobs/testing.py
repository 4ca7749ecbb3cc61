"""Run what is due, in order, in the test's thread."""

from __future__ import annotations

import functools
from collections.abc import Collection

from django.db import connection, transaction

from purveyor.common import clock
from purveyor.jobs import perform, registry


class Collector:
    """An engine that remembers nudges instead of waking anybody."""

    def __init__(self) -> None:
        self.nudges: list[tuple[str, int]] = []

    def nudge(self, name: str, row_id: int) -> None:
        transaction.on_commit(functools.partial(self._keep, (name, row_id)))

    def _keep(self, item: tuple[str, int]) -> None:
        if item not in self.nudges:
            self.nudges.append(item)

    def start(self) -> None:
        """Nothing works by itself here."""

    def stop(self, grace: float) -> bool:
        return True

    def take(self, names: Collection[str] | None) -> tuple[str, int] | None:
        """The oldest nudge for one of the names, taken out."""
        found = next((n for n in self.nudges if names is None or n[0] in names), None)
        if found is not None:
            self.nudges.remove(found)
        return found


def collector() -> Collector:
    """The collecting engine, put in place when another one is."""
    from purveyor.jobs import engines

    current = engines.engine()
    if isinstance(current, Collector):
        return current
    fresh = Collector()
    engines.use(fresh)
    return fresh


def run_commit_hooks() -> None:
    """In a test that is wrapped in a transaction nothing is ever committed: run what waits for the commit now."""
    if not all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        return
    while connection.in_atomic_block and connection.run_on_commit:
        entry = connection.run_on_commit.pop(0)
        entry[1]()


def run_due(names: Collection[str] | None = None, limit: int = 1000) -> int:
    """Run everything nudged or due until nothing is left: nudges first, then tasks, then what recurs.

    Errors of a task are raised. Answers how many ran. Raises RuntimeError after ``limit``: something never settles.
    """
    ran = 0
    while (found := _next(names)) is not None:
        if ran >= limit:
            raise RuntimeError(f"something is due again and again; the latest is {found[0]} for row {found[1]}")
        name, row_id = found
        if name in registry.recurring_tasks():
            perform.tick(registry.recurring_tasks()[name])
        else:
            registry.find(name).run(row_id)
        ran += 1
    return ran


def _next(names: Collection[str] | None) -> tuple[str, int] | None:
    run_commit_hooks()
    nudged = collector().take(names)
    if nudged:
        return nudged
    for found in registry.tasks().values():
        if found.due and (names is None or found.name in names):
            ids = found.due(clock.now(), 1)
            if ids:
                return found.name, ids[0]
    ticks = [t for t in perform.ticks_due() if names is None or t in names]
    return (ticks[0], 0) if ticks else None
