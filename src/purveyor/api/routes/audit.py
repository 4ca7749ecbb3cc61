"""The audit: entries and the verdict over their chain."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from purveyor.api import cursors, shapes
from purveyor.api.auth import who
from purveyor.audit import queries
from purveyor.audit.models import Entry
from purveyor.audit.verify import verify

router = Router(tags=["audit"])


@router.get("", response=shapes.EntriesOut)
def entries(
    request: HttpRequest,
    cursor: cursors.Cursor = "",
    by: str = "",
    name: str = "",
    limit: cursors.Limit = cursors.PAGE,
) -> dict[str, Any]:
    """Entries of the caller's profiles, newest first; ``by`` whom, or about the object of a ``name``."""
    caller = who(request)
    caller.require_somewhere("audit.view")
    rows = queries.visible(Entry.objects.all(), caller.profile_names("audit.view"))
    rows = rows.filter(by=by) if by else rows
    rows = rows.filter(object_name=name) if name else rows
    found, after = cursors.newest_first(rows, cursor, limit, by="at")
    return {"entries": [queries.as_dict(e) for e in found], "next": after}


@router.get("/verdict", response=shapes.VerdictOut)
def verdict(request: HttpRequest) -> dict[str, Any]:
    """Walk the chain: was an entry changed, removed, added or moved?"""
    who(request).require("audit.view")
    return asdict(verify())
