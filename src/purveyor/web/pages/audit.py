"""What was done: the whole audit, the history of one object, and the export."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from purveyor.audit import queries
from purveyor.audit.actions import ACTIONS
from purveyor.audit.models import Entry
from purveyor.audit.write import record
from purveyor.base.listing import Column, Filter, Listing, Sort
from purveyor.common import clock
from purveyor.common.errors import NotFound
from purveyor.web.lists import show
from purveyor.web.render import page, who_of
from purveyor.web.timeline import steps_of

VIEW = "audit.view"


def _on(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(action=value)


AUDIT: Listing[Entry] = Listing(
    name="audit",
    columns=(Column("at", gettext_lazy("When"), lambda entry: entry.at, sort="-at"),),
    sorts=(Sort("-at", gettext_lazy("Newest first"), ("-id",)), Sort("at", gettext_lazy("Oldest first"), ("id",))),
    filters=(
        Filter("by", gettext_lazy("Who"), lambda rows, value: rows.filter(by=value)),
        Filter("action", gettext_lazy("What"), _on, lambda: [(name, name) for name in sorted(ACTIONS)]),
        Filter("profile", gettext_lazy("Profile"), lambda rows, value: rows.filter(profile=value)),
    ),
    search=lambda rows, text: rows.filter(object_name=text) | rows.filter(by=text) | rows.filter(by=f"user:{text}"),
)


def _visible(request: HttpRequest) -> QuerySet[Entry]:
    who = who_of(request)
    who.require_somewhere(VIEW)
    return queries.visible(Entry.objects.all(), who.profile_names(VIEW))


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Everything that was done, newest first."""
    listing = show(request, AUDIT, _visible(request))
    actions = [(name, name) for name in sorted(ACTIONS)]
    return page(request, "audit", "history", listing=listing, steps=steps_of(listing.rows), actions=actions)


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
