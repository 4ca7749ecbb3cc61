"""The page of long work. It reloads itself without script; with script only the part that changes is asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from purveyor.jobs.models import Run
from purveyor.web.render import page

RELOAD_SECONDS = 3


def waiting_page(request: HttpRequest, run: Run, *, may_run: bool) -> HttpResponse:
    """How far some long work is, who began it, and how to stop it."""
    reload_after = None if run.settled else RELOAD_SECONDS
    return page(request, "run", "profiles", run=run, may_run=may_run, reload_after=reload_after)
