"""Engines wake workers up, nothing more: the work is rows. One runs per process."""

from __future__ import annotations

from typing import Protocol

from purveyor.config.options import option


class Engine(Protocol):
    """What an engine can do. ``start`` makes this process a worker; ``nudge`` works in every process."""

    def nudge(self, name: str, row_id: int) -> None:
        """Wake a worker for this task and row when the open transaction commits."""

    def start(self) -> None:
        """Begin to work in this process."""

    def stop(self, grace: float) -> bool:
        """Take nothing new, let what runs finish for so many seconds; whether everything did."""


_chosen: Engine | None = None


def kind() -> str:
    """``embedded`` or ``distributed``: the option, or what suits the database."""
    from purveyor.base.db import is_postgres

    said = str(option("PURVEYOR_ENGINE"))
    if said != "auto":
        return said
    return "distributed" if is_postgres() else "embedded"


def engine() -> Engine:
    """The engine of this process."""
    global _chosen
    if _chosen is None:
        _chosen = _make()
    return _chosen


def use(chosen: Engine | None) -> None:
    """Put another engine in place; None chooses anew. Tests put in one that only collects."""
    global _chosen
    _chosen = chosen


def _make() -> Engine:
    threads = int(option("PURVEYOR_WORKER_THREADS"))
    if kind() == "distributed":
        from purveyor.jobs.engines.distributed import Distributed

        return Distributed(threads)
    from purveyor.jobs.engines.embedded import Embedded

    return Embedded(threads)
