"""Long work: progress, cancel, resume."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from purveyor.api import cursors, shapes
from purveyor.api.auth import who
from purveyor.common.errors import NotFound
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.schemas import run_row
from purveyor.people.who import Who

router = Router(tags=["runs"])


def _rows(caller: Who) -> QuerySet[Run]:
    mine = Q(profile__in=caller.profiles("sync.run")) | Q(profile=None, by=caller.name)
    return Run.objects.select_related("profile").filter(mine)


def _one(caller: Who, number: int) -> Run:
    found = _rows(caller).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no run %(number)s.") % {"number": number})
    return found


@router.get("", response=shapes.RunsOut)
def list_runs(request: HttpRequest, cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE) -> dict[str, Any]:
    """The runs of the caller's profiles, newest first."""
    found, after = cursors.newest_first(_rows(who(request)), cursor, limit, by="created_at")
    return {"runs": [run_row(r) for r in found], "next": after}


@router.get("/{int:number}", response=shapes.RunOut)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One run with its progress and estimate."""
    return run_row(_one(who(request), number))


@router.post("/{int:number}/cancel", response=shapes.RunOut)
def cancel(request: HttpRequest, number: int) -> dict[str, Any]:
    """Stop it after the step it is in; what is stored stays."""
    caller = who(request)
    found = _one(caller, number)
    runs.cancel(found, by=caller.name)
    return run_row(_one(caller, number))


@router.post("/{int:number}/resume", response=shapes.RunOut)
def resume(request: HttpRequest, number: int) -> dict[str, Any]:
    """Let it go on where it stopped."""
    caller = who(request)
    found = _one(caller, number)
    runs.resume(found, by=caller.name)
    return run_row(_one(caller, number))
