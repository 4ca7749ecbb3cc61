"""Documents that could not be understood: nothing of them is lost."""

from __future__ import annotations

import zlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from purveyor.api import cursors, shapes
from purveyor.api.auth import who
from purveyor.common.errors import NotFound
from purveyor.intake.queries import open_asides
from purveyor.intake.schemas import aside_row

router = Router(tags=["intake"])


@router.get("", response=shapes.AsidesOut)
def list_asides(
    request: HttpRequest, profile: str = "", cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """What stands aside in the caller's profiles, newest first, each with its reason."""
    rows = open_asides(who(request))
    rows = rows.filter(profile__name=profile) if profile else rows
    found, after = cursors.newest_first(rows, cursor, limit, by="at")
    return {"asides": [aside_row(one) for one in found], "next": after}


@router.get("/{int:number}/document", response={200: bytes})
def document(request: HttpRequest, number: int) -> HttpResponse:
    """The document word for word as Amazon sent it; it need not be whole JSON."""
    found = open_asides(who(request)).defer(None).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such document."))
    return HttpResponse(zlib.decompress(bytes(found.raw)), content_type="application/octet-stream")
