"""A list as a file: what its filters let through, or what was selected; many rows as long work."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from purveyor.base import listings
from purveyor.channels import exports
from purveyor.channels.sheets import FORMS, Sheet, stream, write
from purveyor.common import clock
from purveyor.web.lists import names_of
from purveyor.web.render import frame_of, page, who_of


def _sheet(request: HttpRequest, name: str, query: QueryDict, only: list[int] | None = None) -> Sheet:
    """What the address asks for, within the profile in view."""
    listing, scope = listings.find(name), frame_of(request).scope
    given: dict[str, Any] = {key: query.getlist(key) for key in query}
    filters = {wanted.name for wanted in listing.filters}
    if scope and "profile" in filters and "profile" not in given:
        given["profile"] = [scope]
    return exports.sheet_of(who_of(request), name, given, names_of(query), only=only)


@require_safe
def export(request: HttpRequest, form: str, name: str = "orders") -> HttpResponseBase:
    """Everything the list's filters let through, all pages of it; where that is much, a page that offers to begin."""
    sheet = _sheet(request, name, request.GET)
    if len(sheet.keys) > exports.AT_ONCE:
        asked = request.GET.urlencode()
        return page(request, "export", name, listing=sheet.listing, count=len(sheet.keys), form=form, query=asked)
    return _at_once(sheet, form)


@require_POST
def begin(request: HttpRequest, name: str) -> HttpResponseBase:
    """The same for what a form selected (``order``), or for everything its filters show (``every``, ``query``)."""
    form = exports.form_of(request.POST.get("form", "csv"))
    chosen = [int(t) for t in request.POST.getlist("order") if t.isdecimal() and len(t) < 19]
    every = bool(request.POST.get("every")) or not chosen
    sheet = _sheet(request, name, QueryDict(request.POST.get("query", "")), None if every else chosen)
    if len(sheet.keys) <= exports.AT_ONCE:
        return _at_once(sheet, form)
    return redirect("run", exports.start(who_of(request), sheet, form).pk)


def _at_once(sheet: Sheet, form: str) -> HttpResponseBase:
    name = f"{sheet.listing.name}-{clock.now():%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "xlsx":
        return HttpResponse(_book(sheet), content_type=FORMS[form], headers=headers)
    kind = "text/csv; charset=utf-8" if form == "csv" else FORMS[form]
    return StreamingHttpResponse(_text(sheet, form), content_type=kind, headers=headers)


def _text(sheet: Sheet, form: str) -> Iterator[str]:
    yield from stream(sheet, form)


def _book(sheet: Sheet) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        for _written in write(sheet, "xlsx", path):
            pass
        return path.read_bytes()


@require_safe
def fetch(request: HttpRequest, run_id: int) -> FileResponse:
    """The file of an export of one's own, for a day."""
    path, name, kind = exports.file_of(who_of(request), run_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)
