"""Files: bring, check, take, report, export; saved mappings of columns."""

from __future__ import annotations

import json
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from purveyor.api import cursors
from purveyor.api import product_shapes as shapes
from purveyor.api.auth import who
from purveyor.base import filekinds
from purveyor.base.filekinds import Kind
from purveyor.channels import load, queries
from purveyor.channels import mapping as mappings
from purveyor.channels.download import pieces
from purveyor.channels.kinds.upload import bring as bring_it
from purveyor.channels.report import mapping_row, upload_report, upload_row
from purveyor.channels.write import FORMS
from purveyor.common.errors import Problem, Refused
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.profiles.queries import by_name

router = Router(tags=["files"])


@router.get("", response=shapes.FilesOut)
def list_files(
    request: HttpRequest, kind: str = "", cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """The files that were brought, newest first."""
    rows = queries.visible_to(who(request))
    rows = rows.filter(kind=filekinds.find(kind).name) if kind else rows
    found, after = cursors.newest_first(rows, cursor, limit, by="created_at")
    return {"files": [upload_row(one) for one in found], "next": after}


@router.get("/kinds", response=shapes.KindsOut)
def kinds(request: HttpRequest) -> dict[str, Any]:
    """The kinds of files there are, with their columns."""
    found = [
        {
            "name": kind.name,
            "columns": [{"name": c.name, "needed": c.needed, "heads": list(c.heads)} for c in kind.columns],
            "facts": [{"name": fact.name, "heads": list(fact.heads)} for fact in kind.facts],
            "of_profile": kind.of_profile,
        }
        for kind in queries.kinds_to_see(who(request))
    ]
    return {"kinds": found}


@router.post("/bring/{kind}", response={201: shapes.FileReport})
def bring(
    request: HttpRequest,
    kind: str,
    file: File[UploadedFile],
    mapping: Form[str] = "",
    mark: Form[str] = "",
    headless: Form[bool] = False,
    encoding: Form[str] = "",
    separator: Form[str] = "",
    dates: Form[str] = "",
    units: Form[str] = "",
    constants: Form[str] = "",
    profile: Form[str] = "",
    facts: Form[str] = "",
) -> Status[dict[str, Any]]:
    """Hand over a CSV or XLSX file; nothing of it is taken yet. Then check or take it.

    Of kinds that belong to a profile (offers) name it. `facts` are a JSON object of what the file does not say of
    itself; `units` and `constants` JSON objects by the column's name.
    An Idempotency-Key is not needed: the same content has no second effect.
    """
    caller, found = who(request), filekinds.find(kind)
    options: dict[str, Any] = {"mark": mark, "headless": headless, "encoding": encoding, "separator": separator}
    options |= {"dates": dates, "units": _texts("units", units), "constants": _texts("constants", constants)}
    given: dict[str, Any] = {"saved": mapping, "options": options}
    given |= {"profile": _profile(caller, found, profile), "facts": _texts("facts", facts)}
    return Status(201, upload_report(bring_it(caller, found, file.name or "", file.chunks(), **given)))


def _profile(caller: Who, kind: Kind, name: str) -> Profile | None:
    return by_name(caller, name, kind.may_take) if name and kind.of_profile else None


def _texts(field: str, text: str) -> dict[str, str]:
    """A field of a form that is a JSON object of texts. Raises Refused."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        said = _("This is to be one JSON object of texts.")
        raise Refused(said, [Problem(said, where=field)])
    return found


@router.get("/{int:number}", response=shapes.FileReport)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One file: how far it is, and every row that was not taken with its reason."""
    return upload_report(queries.one(who(request), number))


@router.put("/{int:number}/columns", response=shapes.FileReport)
def columns(request: HttpRequest, number: int, body: shapes.FileAsk) -> dict[str, Any]:
    """Say which head is which column, and what the file does not say of itself, before anything is taken."""
    caller = who(request)
    upload = queries.one(caller, number)
    profile = _profile(caller, filekinds.find(upload.kind), body.profile)
    if body.facts or profile:
        upload = load.say(caller, upload, body.facts, profile=profile)
    return upload_report(load.remap(caller, upload, body.columns, body.options))


@router.get("/{int:number}/preview", response=shapes.PreviewOut)
def preview(request: HttpRequest, number: int) -> dict[str, Any]:
    """The verdict on every row of an offer's invitation, before anything of it is taken."""
    caller = who(request)
    return queries.preview(caller, queries.one(caller, number))


@router.post("/{int:number}/check", response={200: shapes.FileReport, 202: shapes.FileReport})
def check(request: HttpRequest, number: int) -> Status[dict[str, Any]]:
    """A dry run: what would be taken, what not and why. 202 while a worker is at it: ask for the file again."""
    caller = who(request)
    return _begun(caller, load.check(caller, queries.one(caller, number)).pk)


@router.post("/{int:number}/take", response={200: shapes.FileReport, 202: shapes.FileReport})
def take(request: HttpRequest, number: int, again: bool = False) -> Status[dict[str, Any]]:
    """Take the rows. 202 while a worker is at it. With `again` also where the same content was taken before."""
    caller = who(request)
    return _begun(caller, load.take(caller, queries.one(caller, number), again=again).pk)


@router.post("/{int:number}/cancel", response=shapes.FileReport)
def cancel(request: HttpRequest, number: int) -> dict[str, Any]:
    """Stop after the part it is in; what is taken stays."""
    caller = who(request)
    load.cancel(caller, queries.one(caller, number))
    return upload_report(queries.one(caller, number))


@router.post("/{int:number}/resume", response={200: shapes.FileReport, 202: shapes.FileReport})
def resume(request: HttpRequest, number: int) -> Status[dict[str, Any]]:
    """Go on where it stopped."""
    caller = who(request)
    return _begun(caller, load.go_on(caller, queries.one(caller, number)).pk)


def _begun(caller: Who, number: int) -> Status[dict[str, Any]]:
    """A small file is done at once, a large one by a worker."""
    upload = load.at_once(queries.one(caller, number))
    return Status(202 if load.at_work(upload) else 200, upload_report(upload))


@router.get("/export/{kind}", response={200: None})
def export(request: HttpRequest, kind: str, format: Literal["csv", "xlsx", "json"] = "csv") -> HttpResponse:
    """Everything of a kind as CSV, XLSX or JSON: as the same kind of file is brought, so that it can be read again."""
    found = filekinds.find(kind)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}.{format}"'}
    return HttpResponse(pieces(who(request), found, format), content_type=FORMS[format], headers=headers)


@router.get("/mappings", response=shapes.MappingsOut)
def list_mappings(request: HttpRequest, kind: str = "") -> dict[str, Any]:
    """The saved mappings of columns."""
    return {"mappings": [mapping_row(one) for one in queries.mappings(who(request), kind)]}


@router.post("/mappings", response=shapes.MappingOut)
def save_mapping(request: HttpRequest, body: shapes.MappingAsk) -> dict[str, Any]:
    """Save a mapping, over one of the same name."""
    kind = filekinds.find(body.kind)
    return mapping_row(mappings.save(who(request), kind, body.name, body.columns, body.options))


@router.delete("/mappings/{kind}/{name}", response={204: None})
def remove_mapping(request: HttpRequest, kind: str, name: str) -> Status[None]:
    """Remove a saved mapping."""
    mappings.remove(who(request), filekinds.find(kind), name)
    return Status(204, None)
