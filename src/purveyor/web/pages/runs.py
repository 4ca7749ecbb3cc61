"""Long work: the page that watches it, and its two buttons."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from purveyor.common.errors import NotFound
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.web.render import part, who_of
from purveyor.web.waiting import waiting_page

SEE = "profiles.view"
RUN = "sync.run"


def _find(request: HttpRequest, run_id: int) -> Run:
    who = who_of(request)
    mine = Q(profile__in=who.profiles(SEE)) | Q(profile=None, by=who.name)
    found = Run.objects.filter(mine, pk=run_id).select_related("profile").first()
    if found is None:
        raise NotFound(_("There is no such work, or it is not yours to see."))
    return found


def _may_run(request: HttpRequest, found: Run) -> bool:
    """Work for no profile is stopped by whoever asked for it."""
    who = who_of(request)
    return found.by == who.name if found.profile is None else who.may(RUN, found.profile)


@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far it is."""
    found = _find(request, run_id)
    return waiting_page(request, found, may_run=_may_run(request, found))


@require_safe
def progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The same, as the part that htmx asks for again and again."""
    found = _find(request, run_id)
    return part(request, "run", run=found, may_run=_may_run(request, found))


@require_POST
def cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Stop it after the step it is in; what is stored stays."""
    found = _find(request, run_id)
    if not _may_run(request, found):
        who_of(request).require(RUN, found.profile)
    runs.cancel(found, by=who_of(request).name)
    return redirect("run", found.pk)


@require_POST
def resume(request: HttpRequest, run_id: int) -> HttpResponse:
    """Let it go on where it stopped."""
    found = _find(request, run_id)
    if not _may_run(request, found):
        who_of(request).require(RUN, found.profile)
    runs.resume(found, by=who_of(request).name)
    return redirect("run", found.pk)
