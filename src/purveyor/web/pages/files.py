"""Files: bring one, say which head is which column, see what would be taken, take it, read the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.base import filekinds
from purveyor.base.columns import Column
from purveyor.base.filekinds import Kind
from purveyor.channels import load, manner, mapping, queries, read, setup, store
from purveyor.channels.download import pieces
from purveyor.channels.kinds.upload import bring
from purveyor.channels.models import Mapping, Upload
from purveyor.channels.report import as_csv, reasons, summary
from purveyor.channels.states import UploadState
from purveyor.channels.workbooks import offers as invitations
from purveyor.channels.write import CSV_TYPE, FORMS
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, PurveyorError, Refused
from purveyor.people.who import Who
from purveyor.profiles.queries import by_name
from purveyor.web.render import frame_of, page, who_of
from purveyor.web.waiting import RELOAD_SECONDS

SHOWN = 50
SAMPLE = 5
REASONS_SHOWN = 200
SECTION = "products"
MANY_COLUMNS = 20
"""Of more than so many columns, those the file does not have are folded away."""


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a kind, and the head it was given."""

    column: Column
    head: str
    constant: str = ""
    unit: str = ""

    @property
    def units(self) -> list[str]:
        """The units it may be in; none for what is not measured."""
        return list(manner.UNITS.get(self.column.measure, ()))


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved mapping as the page lists it."""

    mapping: Mapping
    kind: Any
    removable: bool


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
    told |= {"to_see": queries.kinds_to_export(who), "mappings": _mappings(who), "problem": problem}
    told |= {"wanted": request.POST.get("kind", request.GET.get("kind", ""))}
    return page(request, "files", SECTION, status=422 if problem else 200, most=store.MOST_BYTES, **told)


def _mappings(who: Who) -> list[Saved]:
    """The saved mappings one may see, each with whether one may remove it."""
    kinds = {kind.name: kind for kind in queries.kinds_to_see(who)}
    found = queries.mappings(who)
    return [Saved(one, kinds[one.kind].label, who.may_somewhere(kinds[one.kind].may_take)) for one in found]


@require_POST
def mapping_remove(request: HttpRequest, mapping_id: int) -> HttpResponse:
    """Remove a saved mapping; files that were taken with it stay as they are."""
    who = who_of(request)
    found = queries.mappings(who).filter(pk=mapping_id).first()
    if found is None:
        raise NotFound(_("There is no such mapping any more."))
    mapping.remove(who, filekinds.find(found.kind), found.name)
    messages.success(request, _("The columns “%(name)s” are removed.") % {"name": found.name})
    return redirect("files")


def _brought(request: HttpRequest) -> Upload:
    kind, given = filekinds.find(request.POST.get("kind", "")), request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise Refused(_("Choose a file first."))
    options = {"headless": bool(request.POST.get("headless"))}
    return bring(who_of(request), kind, given.name or "", given.chunks(), options=options)


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
    if upload.state == UploadState.KEPT and does not in ("heads", "reread"):
        upload = _with_columns(request, upload)
    if does == "take":
        return load.at_once(load.take(who, upload))
    if does == "again":
        return load.at_once(load.take(who, _copy(request, upload), again=True))
    if does == "heads":
        return load.reread(who, upload, {"headless": not upload.options.get("headless")})
    if does == "reread":
        return load.reread(who, upload, {name: request.POST.get(name, "") for name in ("encoding", "separator")})
    if does == "resume":
        return load.at_once(load.go_on(who, upload))
    return load.at_once(load.check(who, upload))


def _with_columns(request: HttpRequest, upload: Upload) -> Upload:
    who, kind = who_of(request), filekinds.find(upload.kind)
    if "facts" in request.POST:
        upload = _with_facts(request, upload)
    if "columns" not in request.POST:
        return upload
    columns = {c.name: head for c in kind.columns if (head := request.POST.get(f"column-{c.name}", ""))}
    options = _manner(request, upload, kind)
    if columns != upload.columns or options != upload.options:
        upload = load.remap(who, upload, columns, options)
    if name := request.POST.get("save_as", "").strip():
        mapping.save(who, kind, name, columns, options)
        messages.success(request, _("The columns are saved as “%(name)s”.") % {"name": name})
        if upload.via is not None and request.POST.get("for_channel"):
            setup.use_mapping(who, upload.via, name)
    return upload


def _manner(request: HttpRequest, upload: Upload, kind: Kind) -> dict[str, Any]:
    """How the texts of the file are meant, as the form says it; encoding and separator stay."""
    told = {name: upload.options[name] for name in ("headless", "encoding", "separator") if name in upload.options}
    told |= {"mark": request.POST.get("mark", ""), "dates": request.POST.get("dates", "")}
    for name in ("units", "constants"):
        told[name] = {column.name: request.POST.get(f"{name[:-1]}-{column.name}", "") for column in kind.columns}
    return manner.tidied(kind, told)


def _with_facts(request: HttpRequest, upload: Upload) -> Upload:
    """What was said of the whole, where the file says it not, or otherwise."""
    who, kind, name = who_of(request), filekinds.find(upload.kind), request.POST.get("profile", "")
    told = {fact.name: request.POST.get(f"fact-{fact.name}", "").strip() for fact in kind.facts}
    given = {key: text for key, text in told.items() if text != upload.facts.get(key, "")}
    profile = by_name(who, name, kind.may_see) if name and name != str(upload.profile or "") else None
    return load.say(who, upload, given, profile=profile) if given or profile else upload


def _copy(request: HttpRequest, upload: Upload) -> Upload:
    """The same file brought once more, with the columns it had."""
    with store.path_of(upload.sha256).open("rb") as stream:
        pieces = iter(lambda: stream.read(1024 * 1024), b"")
        kind, columns = filekinds.find(upload.kind), upload.columns
        said = {"columns": columns, "options": upload.options, "facts": upload.facts, "profile": upload.profile}
        return bring(who_of(request), kind, upload.name, pieces, **said)


def _page(
    request: HttpRequest, upload: Upload, status: int = 200, problem: PurveyorError | None = None
) -> HttpResponse:
    who, kind = who_of(request), filekinds.find(upload.kind)
    working = load.at_work(upload)
    kept = upload.state == UploadState.KEPT
    rows = reasons(upload)
    constants, units = upload.options.get("constants", {}), upload.options.get("units", {})
    places = [
        Place(one, upload.columns.get(one.name, ""), constants.get(one.name, ""), units.get(one.name, ""))
        for one in kind.columns
    ]
    long = len(places) > MANY_COLUMNS
    invitation = invitations.preview(who, upload) if kept and kind.name == invitations.NAME else None
    told: dict[str, Any] = {
        "upload": upload,
        "kind": kind,
        "places": [one for one in places if one.head or not long],
        "more_places": [one for one in places if not one.head and long],
        "facts": [Place(fact, upload.facts.get(fact.name, "")) for fact in kind.facts],
        "profiles": [one for one in frame_of(request).profiles if who.may(kind.may_take, one)],
        "invitation": invitation,
        "verdicts": dict(invitation.counts) if invitation else {},
        "offer": invitations.offer_of(upload) if kind.name == invitations.NAME else None,
        "sample": _sample(upload) if kept else [],
        "mark": upload.options.get("mark", ""),
        "dates": upload.options.get("dates", ""),
        "has_days": any(column.measure == "day" for column in kind.columns),
        "encodings": manner.ENCODINGS[1:],
        "encoding": upload.options.get("encoding", ""),
        "separator": upload.options.get("separator", "").replace("\t", "tab"),
        "is_text": upload.shape.get("form") == read.CSV,
        "headless": bool(upload.options.get("headless")),
        "heads": [head for head in upload.heads if head],
        "counts": summary(upload),
        "checked": bool(upload.checked),
        "labels": {column.name: column.label for column in kind.columns},
        "reasons": [] if working else rows[:REASONS_SHOWN],
        "more_reasons": max(0, rows.count() - REASONS_SHOWN),
        "working": working,
        "may_take": _may_take(request, upload),
        "problem": problem,
        "reload_after": RELOAD_SECONDS if working else None,
    }
    section = "offers" if kind.own_page else "warehouse" if kind.of_profile else SECTION
    return page(request, "file", section, status=status, **told)


def _sample(upload: Upload) -> list[tuple[int, list[str]]]:
    """The first rows as they stand in the file; none where it is no longer there."""
    try:
        found = read.look(store.path_of(upload.sha256), read.Shape(**upload.shape))
    except Refused:
        return []
    rows = found.sample if not upload.options.get("headless") else [(1, found.head), *found.sample]
    return rows[:SAMPLE]


def _may_take(request: HttpRequest, upload: Upload) -> bool:
    who, kind = who_of(request), filekinds.find(upload.kind)
    if kind.of_profile and upload.profile is not None:
        return who.may(kind.may_take, upload.profile)
    return who.may_somewhere(kind.may_take)


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
def export(request: HttpRequest, kind: str, form: str) -> StreamingHttpResponse:
    """Everything of a kind, as CSV, XLSX or JSON."""
    found = filekinds.find(kind)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}-{clock.now():%Y-%m-%d}.{form}"'}
    return StreamingHttpResponse(pieces(who_of(request), found, form), content_type=FORMS[form], headers=headers)
