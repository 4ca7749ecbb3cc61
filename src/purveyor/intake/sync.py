"""Run sweeps: by their timers, in the foreground for a person at the shell, or as long work for a person at a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, PurveyorError, Refused
from purveyor.common.windows import zulu
from purveyor.intake import cursors
from purveyor.intake.cursors import Held
from purveyor.intake.kinds import ORDERS
from purveyor.intake.sweeps import missing, windowed
from purveyor.intake.sweeps.backfill import result_of, start_backfill
from purveyor.intake.sweeps.changed import CHANGED
from purveyor.intake.sweeps.new import NEW
from purveyor.intake.sweeps.status import STATUS
from purveyor.intake.sweeps.windowed import Progress
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.states import RunState
from purveyor.orders.records import Counts
from purveyor.people.who import Who
from purveyor.profiles.clients import clear_trouble, note_trouble
from purveyor.profiles.models import Profile

KIND = "sync"
USUAL = ("new", "changed", "status")
WINDOWED = {sweep.name: sweep for sweep in (NEW, CHANGED, STATUS)}
SWEEPS = (*WINDOWED, missing.NAME)
# How long somebody at the shell waits for the same sweep to end in the background.
PATIENCE = 120.0
_POLL = 0.5


def _silent(text: str) -> None:
    """Progress nobody watches."""


def sync(
    profile: Profile,
    sweeps: Sequence[str] = USUAL,
    *,
    since: datetime | None = None,
    who: Who,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run sweeps now, in the foreground; with ``since``, *new* is a back-fill from there.

    Answers ``{"sweeps": {NAME: {"seen", "stored", "changed", "unchanged", "aside"}}}``. ``progress`` gets a line of
    text from time to time. Raises Denied, NotFound for a sweep there is not, Conflict when another worker keeps at the
    same sweep, AmazonError.
    """
    who.require("sync.run", profile)
    _check(sweeps)
    record("sync.run", by=who.name, obj=profile, new={"sweeps": list(sweeps), "since": zulu(since) if since else ""})
    said = progress or _silent
    found: dict[str, dict[str, Any]] = {}
    for name in sweeps:
        if name == NEW.name and since is not None:
            found[name] = _backfill_now(profile, since, who, said).as_dict()
        else:
            found[name] = run_sweep(profile, name, by=who.name, since=since, wait=PATIENCE, progress=said).as_dict()
    return {"sweeps": found}


def start_sync(profile: Profile, sweeps: Sequence[str] = USUAL, *, since: datetime | None = None, who: Who) -> Run:
    """The same as long work a worker does: with ``since`` a back-fill, which ends by beginning the status anew. Raises
    as ``sync``, and Refused for ``since`` with sweeps of which *new* is none."""
    who.require("sync.run", profile)
    _check(sweeps)
    if since is not None and NEW.name in sweeps:
        return start_backfill(profile, since, who=who)
    if since is not None:
        said = _("Only new orders are fetched from a date on: leave the date out, or name the sweep new.")
        raise Refused(said, [Problem(said, where="since")])
    record("sync.run", by=who.name, obj=profile, new={"sweeps": list(sweeps), "since": ""})
    return runs.start(KIND, profile, {"sweeps": list(sweeps)}, who.name)


def run_sweep(
    profile: Profile,
    name: str,
    *,
    by: str,
    since: datetime | None = None,
    wait: float = 0.0,
    progress: Progress = _silent,
) -> Counts:
    """Run one sweep to its end; a failure is kept on its cursor and, when it lasts, on the profile, and raised.

    Raises Conflict when another worker is at it for longer than ``wait`` seconds.
    """
    held = cursors.take(profile, name, wait=wait)
    try:
        counts, more = _run(held, name, since, by, progress)
    except Conflict:
        raise
    except BaseException as error:
        held.failed(error)
        if isinstance(error, PurveyorError):
            note_trouble(profile, error)
        raise
    held.done(counts, **more)
    clear_trouble(profile, asked_by(name))
    return counts


def _run(held: Held, name: str, since: datetime | None, by: str, progress: Progress) -> tuple[Counts, dict[str, Any]]:
    if name == missing.NAME:
        return missing.run(held, since=since, by=by, progress=progress)
    return windowed.run(WINDOWED[name], held, since=since, by=by, progress=progress)


def asked_by(name: str) -> str:
    """The operation a sweep asks."""
    sweep = WINDOWED.get(name)
    return sweep.kind.operation if sweep is not None else ORDERS.operation


def _check(sweeps: Sequence[str]) -> None:
    for name in sweeps:
        if name not in SWEEPS:
            raise NotFound(
                _("There is no sweep %(name)s; there are %(all)s.") % {"name": name, "all": ", ".join(SWEEPS)}
            )


def _backfill_now(profile: Profile, since: datetime, who: Who, progress: Progress) -> Counts:
    """A back-fill in this process; where a worker is quicker to take it, wait for that one. Raises as the run did."""
    run = start_backfill(profile, since, who=who)
    runs.work(run.pk)
    run.refresh_from_db()
    while not run.settled:
        progress(f"{profile} backfill: {run.step}")
        clock.sleep(_POLL)
        run.refresh_from_db()
    if run.state != RunState.DONE:
        raise PurveyorError(run.problem or f"The back-fill was {run.state}.", code="backfill")
    return result_of(run)


@runs.run_kind(KIND)
def work(run: Run) -> dict[str, Any] | None:
    """The sweeps of a run one after the other; asked again after a stop, each begins where its cursor is."""
    profile: Any = run.profile
    names = [str(name) for name in run.params["sweeps"]]
    found: dict[str, Any] = {}
    for place, name in enumerate(names):
        if runs.should_stop(run):
            return None
        runs.step(run, done=place, total=len(names), text=name)
        counts = run_sweep(profile, name, by=run.by, wait=PATIENCE, progress=_stepping(run))
        found[name] = counts.as_dict()
    return {"sweeps": found}


def _stepping(run: Run) -> Callable[[str], None]:
    return lambda text: runs.step(run, text=text)
