"""Fulfillment centers: list, look, change, settle what an order offers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from purveyor.api import center_shapes as shapes
from purveyor.api import cursors
from purveyor.api.auth import who
from purveyor.api.shapes import Because
from purveyor.centers import queries
from purveyor.centers.domain.update import decline_offer, set_center, take_offer
from purveyor.centers.schemas import center_full, center_row

router = Router(tags=["centers"])


class Filters(Schema):
    """What the list is narrowed by; several are joined by and."""

    q: str = Field("", description="How the code begins, or a part of name, street, city or reference")
    source: str = Field("", description="seed, order, person or file")
    country: str = ""
    unknown: bool = Field(False, description="Only those whose time zone nobody has said")


@router.get("", response=shapes.CentersOut)
def list_centers(
    request: HttpRequest, filters: Query[Filters], cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """The registry, the latest known first. It is the house's: whoever may see it on one profile sees all of it."""
    rows = queries.narrow(queries.visible_to(who(request)), **filters.dict())
    found, after = cursors.newest_first(rows, cursor, limit, by="created_at")
    return {"centers": [center_row(one) for one in found], "next": after}


@router.get("/{code}", response=shapes.CenterFull)
def show(request: HttpRequest, code: str) -> dict[str, Any]:
    """One center with its history."""
    who(request).require_somewhere(queries.VIEW)
    return center_full(queries.find(code))


@router.patch("/{code}", response=shapes.CenterFull)
def change(request: HttpRequest, code: str, body: shapes.CenterAsk) -> dict[str, Any]:
    """Say what is known of a center; one whose code is new is added."""
    given = body.dict(exclude_unset=True)
    facts = (given.get("address") or {}) | {n: given[n] for n in ("time_zone", "internal_reference") if n in given}
    found = set_center(
        who(request),
        code,
        facts,
        valid_from=body.valid_from,
        note=body.source_note,
        expect_version=body.version,
        because=body.because,
    )
    return center_full(found)


@router.post("/{code}/offer/take", response=shapes.CenterFull)
def take(request: HttpRequest, code: str, body: Because) -> dict[str, Any]:
    """Take the address an order offers."""
    return center_full(take_offer(who(request), code, because=body.because))


@router.post("/{code}/offer/decline", response=shapes.CenterFull)
def decline(request: HttpRequest, code: str, body: Because) -> dict[str, Any]:
    """Keep the address as it is; the other is not offered again."""
    return center_full(decline_offer(who(request), code, because=body.because))
