"""A run as JSON: one shape for REST and the command line."""

from __future__ import annotations

from typing import Any

from purveyor.jobs.models import Run
from purveyor.jobs.runs import seconds_left


def run_row(run: Run) -> dict[str, Any]:
    """One run with its progress and estimate (whole seconds, null while unknown)."""
    return {
        "id": run.pk,
        "kind": run.kind,
        "profile": run.profile.name if run.profile else None,
        "params": run.params,
        "state": str(run.state),
        "done": run.done,
        "total": run.total,
        "step": run.step,
        "seconds_left": seconds_left(run),
        "result": run.result,
        "problem": run.problem,
        "by": run.by,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "cancel_requested": run.cancel_requested,
    }
