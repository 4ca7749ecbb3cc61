"""Long work a person watches: start, report, cancel, resume. A dead worker's run continues on another."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from django.db.models import Q

from purveyor.base.progress import estimate
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, PurveyorError, Refused
from purveyor.jobs import lease, stopping
from purveyor.jobs.models import Run
from purveyor.jobs.nudge import nudge
from purveyor.jobs.states import RunState

Kind = Callable[[Run], dict[str, Any] | None]

TASK = "jobs.run"
# A run reports at least this often, or another worker takes it over.
LEASE_SECONDS = 120.0
SYSTEM = "system"

_kinds: dict[str, Kind] = {}


def run_kind(name: str) -> Callable[[Kind], Kind]:
    """Register the function that does the work of a kind of run. What it answers is the run's result.

    It calls ``step`` at least once a minute, returns when ``should_stop``, and may be called again for the same run:
    it goes on where its own rows say it stopped. Raises ValueError when the name is taken.
    """

    def register(fn: Kind) -> Kind:
        if name in _kinds:
            raise ValueError(f"there is a kind of run named {name} already")
        _kinds[name] = fn
        return fn

    return register


def kinds() -> list[str]:
    """Every kind there is, by name."""
    from purveyor.jobs.registry import autodiscover

    autodiscover()
    return sorted(_kinds)


def start(kind: str, profile: Any, params: dict[str, Any], by: str) -> Run:
    """A new run, to be taken by a worker. ``profile`` is the profile it is for, or None. Raises NotFound."""
    if kind not in kinds():
        raise NotFound(f"there is no long work named {kind}")
    run = Run.objects.create(kind=kind, profile=profile, params=params, by=by)
    nudge(TASK, run.pk)
    return run


def step(run: Run, done: int | None = None, total: int | None = None, text: str | None = None) -> None:
    """Report how far it is, and keep the lease. Raises Conflict when another worker has taken the run over."""
    said = {"done": done, "total": total, "step": None if text is None else text[:200]}
    changes = {n: v for n, v in said.items() if v is not None and v != getattr(run, n)}
    for name, value in changes.items():
        setattr(run, name, value)
    if not changes and not _lease_is_half_over(run):
        return
    run.lease_until = clock.now() + lease.seconds(LEASE_SECONDS)
    held = Run.objects.filter(pk=run.pk, lease_owner=run.lease_owner)
    if not held.update(lease_until=run.lease_until, **changes):
        raise Conflict(f"another worker has taken over run {run.pk}")


def _lease_is_half_over(run: Run) -> bool:
    return run.lease_until is None or run.lease_until - clock.now() < lease.seconds(LEASE_SECONDS / 2)


def should_stop(run: Run) -> bool:
    """Whether to return now: a person cancelled, or this worker stops. Asked between two steps; keeps the lease."""
    step(run)
    run.cancel_requested = Run.objects.filter(pk=run.pk, cancel_requested=True).exists()
    run.told_to_stop = run.cancel_requested or stopping.is_stopping()
    return run.told_to_stop


def cancel(run: Run, by: str) -> None:
    """Cancel: at once when it has not begun, else at its next step. Raises Refused when it is settled already."""
    run.refresh_from_db()
    if run.settled:
        raise Refused(f"It is {run.state} already.")
    Run.objects.filter(pk=run.pk).update(cancel_requested=True)
    run.cancel_requested = True
    if run.state != RunState.WAITING:
        return
    # A worker that takes it right now finds the request at its next step.
    with contextlib.suppress(Conflict):
        move(run, RunState.CANCELLED, by=by, because="cancelled", action="run.cancelled", finished_at=clock.now())


def resume(run: Run, by: str) -> None:
    """Let a failed or cancelled run go on where it stopped. Raises Refused for any other."""
    run.refresh_from_db()
    if run.state not in (RunState.FAILED, RunState.CANCELLED):
        raise Refused(f"Only a failed or cancelled run can go on; this one is {run.state}.")
    move(
        run,
        RunState.WAITING,
        by=by,
        because="resumed",
        cancel_requested=False,
        problem="",
        finished_at=None,
    )
    nudge(TASK, run.pk)


def seconds_left(run: Run) -> int | None:
    """How long it will still take at its pace so far; None while nobody can know."""
    if run.state != RunState.RUNNING:
        return None
    return estimate(run.done, run.total, run.started_at, clock.now())


def due() -> Q:
    """Runs that wait, and those a dead worker left."""
    return Q(state__in=[RunState.WAITING, RunState.RUNNING]) & lease.is_free(clock.now())


def work(run_id: int) -> None:
    """Take a run and do it: the body of the task. Whoever comes second does nothing."""
    owner = lease.claim((Run, run_id), LEASE_SECONDS, state__in=[RunState.WAITING, RunState.RUNNING])
    if owner is None:
        return
    run = Run.objects.select_related("profile").get(pk=run_id)
    try:
        _take(run)
        if run.state == RunState.RUNNING:
            _do(run)
    except Conflict:
        return  # another worker has taken it over, or a person settled it
    finally:
        lease.give_back(run, owner)


def _take(run: Run) -> None:
    if run.state == RunState.RUNNING:
        _move(run, RunState.WAITING, because="its worker died")
    if run.cancel_requested:
        _move(run, RunState.CANCELLED, because="cancelled", action="run.cancelled", finished_at=clock.now())
        return
    started = run.started_at or clock.now()
    _move(run, RunState.RUNNING, because="a worker takes it", started_at=started)


def _do(run: Run) -> None:
    kind = _kinds.get(run.kind)
    if kind is None:
        _fail(run, f"This version has no long work named {run.kind}.")
        return
    try:
        result = kind(run)
    except Conflict:
        raise
    except PurveyorError as error:
        _fail(run, f"{error.message} {error.hint}".strip())
        return
    except Exception as error:
        _fail(run, f"{type(error).__name__}: see the log.")
        raise
    if not run.told_to_stop:
        _settle(run, RunState.DONE, result=result)
    elif run.cancel_requested:
        _settle(run, RunState.CANCELLED, because="cancelled", action="run.cancelled")
    else:
        _move(run, RunState.WAITING, because="its worker stops")


def _fail(run: Run, problem: str) -> None:
    """It cannot go on; ``problem`` says why and what to do."""
    _settle(run, RunState.FAILED, because=problem, problem=problem)


def _settle(run: Run, target: RunState, **more: Any) -> None:
    _move(run, target, finished_at=clock.now(), **more)


def _move(run: Run, target: RunState, **more: Any) -> None:
    move(run, target, by=SYSTEM, holding=run.lease_owner, **more)
