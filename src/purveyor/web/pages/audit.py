"""What was done: the whole audit, the history of one object, and the export."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from purveyor.audit import queries
from purveyor.audit.models import Entry
from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import NotFound
from purveyor.people.tables import AUDIT, SEE_AUDIT, actions, visible_entries
from purveyor.web.lists import default_view, show
from purveyor.web.render import page, who_of
from purveyor.web.timeline import steps_of

VIEW = SEE_AUDIT


def _visible(request: HttpRequest) -> QuerySet[Entry]:
    who = who_of(request)
    who.require_somewhere(VIEW)
    return visible_entries(who)


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Everything that was done, newest first."""
    if elsewhere := default_view(request, AUDIT):
        return redirect(elsewhere)
    listing = show(request, AUDIT, _visible(request))
    return page(request, "audit", "history", listing=listing, steps=steps_of(listing.rows), actions=actions())


@require_safe
def history(request: HttpRequest, kind: str, object_id: str) -> HttpResponse:
    """Everything that was done to one object."""
    rows = _visible(request).filter(object_kind=kind, object_id=object_id)
    listing = show(request, AUDIT, rows)
    if not listing.rows and not listing.narrowed:
        raise NotFound(_("Nothing is written down about this, or it is not yours to see."))
    name = listing.rows[0].object_name if listing.rows else object_id
    return page(request, "history", "history", listing=listing, steps=steps_of(listing.rows), name=name)


@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All of it that one may see, as JSON lines, oldest first; that it was exported is written down too."""
    rows = _visible(request)
    record("audit.exported", by=who_of(request).name)
    name = f"audit-{clock.now():%Y-%m-%d}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(queries.export(rows), content_type="application/jsonl", headers=headers)
