"""Exports of lists: begun, watched, fetched."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest
from ninja import Router, Status

from purveyor.api import shapes_lists as shapes
from purveyor.api.auth import who
from purveyor.channels import exports
from purveyor.jobs import runs
from purveyor.people.who import Who

router = Router(tags=["exports"])


def _row(caller: Who, number: int) -> dict[str, Any]:
    return exports.row(exports.find(caller, number), f"/api/v1/exports/{number}/file")


@router.post("", response={201: shapes.ExportOut})
def begin(request: HttpRequest, body: shapes.ExportNew) -> Status[dict[str, Any]]:
    """Begin to write what the filters let through; ask again until it is done, then fetch the file within a day."""
    caller = who(request)
    sheet = exports.sheet_of(caller, body.list, body.query, body.columns, view=body.view)
    return Status(201, _row(caller, exports.start(caller, sheet, body.format).pk))


@router.get("/{int:number}", response=shapes.ExportOut)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """How far an export of the caller's own is."""
    return _row(who(request), number)


@router.post("/{int:number}/cancel", response=shapes.ExportOut)
def cancel(request: HttpRequest, number: int) -> dict[str, Any]:
    """Stop it; nothing is left of the file."""
    caller = who(request)
    runs.cancel(exports.find(caller, number), by=caller.name)
    return _row(caller, number)


@router.get("/{int:number}/file", response={200: bytes})
def fetch(request: HttpRequest, number: int) -> FileResponse:
    """The file itself."""
    path, name, kind = exports.file_of(who(request), number)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)
