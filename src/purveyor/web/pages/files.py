"""Files: bring one, say which head is which column, see what would be taken, take it, read the report."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.base import filekinds
from purveyor.base.columns import Column
from purveyor.base.filekinds import Kind
from purveyor.channels import load, mapping, queries, read, store
from purveyor.channels.kinds.upload import bring
from purveyor.channels.models import Upload
from purveyor.channels.report import as_csv, reasons, summary
from purveyor.channels.states import UploadState
from purveyor.channels.write import CSV_TYPE, XLSX_TYPE, csv_of, xlsx_of
from purveyor.common import clock
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.profiles.queries import by_name
from purveyor.web.render import page, who_of
from purveyor.web.waiting import RELOAD_SECONDS

SHOWN = 50
SAMPLE = 5
REASONS_SHOWN = 200
MOST_PLACES = 24
SECTION = "products"


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a kind, and the head it was given."""

    column: Column
    head: str


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest) -> HttpResponse:
    """The files that were brought, and the form that brings another."""
    who = who_of(request)
    who.require_somewhere("products.view")
    problem: PurveyorError | None = None
    if request.method == "POST":
        try:
            return redirect("file", _brought(request).pk)
        except Refused as error:
            problem = error
    told: dict[str, Any] = {"uploads": queries.visible_to(who)[:SHOWN], "to_take": queries.kinds_to_take(who)}
    told |= {"to_see": queries.kinds_to_export(who), "wanted": request.GET.get("kind", ""), "problem": problem}
    return page(request, "files", SECTION, status=422 if problem else 200, most=store.MOST_BYTES, **told)


def _brought(request: HttpRequest) -> Upload:
    kind, given = filekinds.find(request.POST.get("kind", "")), request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise Refused(_("Choose a file first."))
    return bring(who_of(request), kind, given.name or "", given.chunks())


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file: its columns, a look at its rows, the report; and the buttons for the next step."""
    upload = queries.one(who_of(request), file_id)
    if request.method != "POST":
        return _page(request, upload)
    try:
        return redirect("file", _acted(request, upload).pk)
    except (Refused, Conflict) as error:
        return _page(request, queries.one(who_of(request), file_id), problem=error, status=422)


def _acted(request: HttpRequest, upload: Upload) -> Upload:
    """What the pressed button means. The columns are stored with each, so that what one sees is what is done."""
    who, does = who_of(request), request.POST.get("do", "")
    if upload.state == UploadState.KEPT:
        upload = _with_facts(request, _with_columns(request, upload))
    if does == "take":
        return load.at_once(load.take(who, upload))
    if does == "again":
        return load.at_once(load.take(who, _copy(request, upload), again=True))
    if does == "resume":
        return load.at_once(load.go_on(who, upload))
    return load.at_once(load.check(who, upload))


def _with_columns(request: HttpRequest, upload: Upload) -> Upload:
    who, kind = who_of(request), filekinds.find(upload.kind)
    if "columns" not in request.POST:
        return upload
    columns = {c.name: head for c in kind.columns if (head := request.POST.get(f"column-{c.name}", ""))}
    options = {"mark": request.POST.get("mark", ""), "headless": bool(upload.options.get("headless"))}
    if columns != upload.columns or options != upload.options:
        upload = load.remap(who, upload, columns, options)
    if name := request.POST.get("save_as", "").strip():
        mapping.save(who, kind, name, columns, options)
        messages.success(request, _("The columns are saved as “%(name)s”.") % {"name": name})
    return upload


def _with_facts(request: HttpRequest, upload: Upload) -> Upload:
    """What was said of the whole, and the profile that was chosen."""
    who, kind = who_of(request), filekinds.find(upload.kind)
    if "columns" not in request.POST or not kind.of_profile:
        return upload
    facts = {fact.name: request.POST.get(f"fact-{fact.name}", "") for fact in kind.facts}
    name = request.POST.get("profile", "")
    profile = by_name(who, name, kind.may_take) if name else None
    if facts != {fact.name: upload.facts.get(fact.name, "") for fact in kind.facts} or profile != upload.profile:
        upload = load.say(who, upload, facts, profile=profile)
    return upload


def _copy(request: HttpRequest, upload: Upload) -> Upload:
    """The same file brought once more, with the columns it had."""
    with store.path_of(upload.sha256).open("rb") as stream:
        pieces = iter(lambda: stream.read(1024 * 1024), b"")
        kind = filekinds.find(upload.kind)
        given: dict[str, Any] = {"columns": upload.columns, "options": upload.options}
        given |= {"profile": upload.profile, "facts": upload.facts}
        return bring(who_of(request), kind, upload.name, pieces, **given)


def _page(
    request: HttpRequest, upload: Upload, status: int = 200, problem: PurveyorError | None = None
) -> HttpResponse:
    who, kind = who_of(request), filekinds.find(upload.kind)
    working = load.at_work(upload)
    kept = upload.state == UploadState.KEPT
    rows = reasons(upload)
    told: dict[str, Any] = {
        "upload": upload,
        "kind": kind,
        "places": _places(kind, upload),
        "facts": [Place(fact, upload.facts.get(fact.name, "")) for fact in kind.facts],
        "profiles": list(who.profiles(kind.may_take)) if kind.of_profile else [],
        "sample": _sample(upload) if kept else [],
        "mark": upload.options.get("mark", ""),
        "heads": [head for head in upload.heads if head],
        "counts": summary(upload),
        "checked": bool(upload.checked),
        "labels": {column.name: column.label for column in kind.columns},
        "reasons": [] if working else rows[:REASONS_SHOWN],
        "more_reasons": max(0, rows.count() - REASONS_SHOWN),
        "working": working,
        "may_take": who.may_somewhere(kind.may_take),
        "problem": problem,
        "reload_after": RELOAD_SECONDS if working else None,
    }
    return page(request, "file", SECTION, status=status, **told)


def _places(kind: Kind, upload: Upload) -> list[Place]:
    """The columns to choose heads for: the first, and beyond them those that have one."""
    columns = [c for at, c in enumerate(kind.columns) if at < MOST_PLACES or c.name in upload.columns]
    return [Place(column, upload.columns.get(column.name, "")) for column in columns]


def _sample(upload: Upload) -> list[tuple[int, list[str]]]:
    """The first rows as they stand in the file; none where it is no longer there."""
    try:
        found = read.look(store.path_of(upload.sha256), read.Shape(**upload.shape))
    except Refused:
        return []
    rows = found.sample if not upload.options.get("headless") else [(1, found.head), *found.sample]
    return rows[:SAMPLE]


@require_POST
def cancel(request: HttpRequest, file_id: int) -> HttpResponse:
    """Stop after the part it is in."""
    try:
        load.cancel(who_of(request), queries.one(who_of(request), file_id))
    except Refused as error:
        messages.error(request, error.message)
    return redirect("file", file_id)


@require_safe
def report(request: HttpRequest, file_id: int) -> StreamingHttpResponse:
    """The rows that were not taken, as CSV."""
    upload = queries.one(who_of(request), file_id)
    headers = {"Content-Disposition": f'attachment; filename="report-{upload.pk}.csv"'}
    return StreamingHttpResponse(as_csv(upload), content_type=CSV_TYPE, headers=headers)


@require_safe
def export(request: HttpRequest, kind: str, form: str) -> StreamingHttpResponse | FileResponse:
    """Everything of a kind, as CSV or XLSX."""
    found, who = filekinds.find(kind), who_of(request)
    name = f"{found.name}-{clock.now():%Y-%m-%d}.{form}"
    if form == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(csv_of(who, found), content_type=CSV_TYPE, headers=headers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        xlsx_of(who, found, path)
        # Open, it can be read though its name is gone.
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=XLSX_TYPE)
