"""Documents that could not be understood: nothing of them is lost."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from purveyor.api import cursors, shapes
from purveyor.api.auth import who
from purveyor.intake.queries import aside_of, open_asides
from purveyor.intake.schemas import aside_row
from purveyor.profiles.queries import named

router = Router(tags=["intake"])


@router.get("", response=shapes.AsidesOut)
def list_asides(
    request: HttpRequest, profile: str = "", cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """What stands aside in the caller's profiles, newest first, each with its reason."""
    caller = who(request)
    rows, name = open_asides(caller), named(caller, profile, "orders.view")
    rows = rows.filter(profile__name=name) if name else rows
    found, after = cursors.newest_first(rows, cursor, limit, by="at")
    return {"asides": [aside_row(one) for one in found], "next": after}


@router.get("/{int:number}/document", response={200: bytes})
def document(request: HttpRequest, number: int) -> HttpResponse:
    """The document word for word as Amazon sent it; it need not be whole JSON."""
    return HttpResponse(aside_of(who(request), number).document(), content_type="application/octet-stream")
