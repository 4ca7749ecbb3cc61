"""Saved views of lists."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.api import shapes_lists as shapes
from purveyor.api.auth import who
from purveyor.base import listings
from purveyor.people.domain import views
from purveyor.people.view_schemas import view_row

router = Router(tags=["views"])


@router.get("", response=shapes.ViewsOut)
def list_views(request: HttpRequest, list: str = "orders") -> dict[str, Any]:
    """The views of a list that the caller may open: their own, and what others share."""
    caller, listing = who(request), listings.find(list)
    caller.require_somewhere(listing.permission)
    kept = views.kept(caller, listing.name)
    return {"views": [view_row(view, kept.default) for view in kept.views]}


@router.post("", response={201: shapes.ViewOut})
def save(request: HttpRequest, body: shapes.ViewNew) -> Status[dict[str, Any]]:
    """Keep filters, sort and columns under a name; one of the caller's own of that name is replaced."""
    told = body.dict(exclude={"list", "name", "query"})
    query = {name: [value] if isinstance(value, str) else value for name, value in body.query.items()}
    return Status(201, view_row(views.save(who(request), body.list, body.name, query, **told)))


@router.post("/default", response=shapes.ViewsOut)
def make_default(request: HttpRequest, body: shapes.DefaultAsk) -> dict[str, Any]:
    """The view that the caller's list opens with."""
    views.make_default(who(request), body.list, body.view)
    return list_views(request, body.list)


@router.get("/{int:number}", response=shapes.ViewOut)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One view."""
    return view_row(views.find(who(request), number))


@router.patch("/{int:number}", response=shapes.ViewOut)
def change(request: HttpRequest, number: int, body: shapes.ViewChange) -> dict[str, Any]:
    """Rename it, share it, or share it no longer."""
    return view_row(views.change(who(request), number, **body.dict()))


@router.delete("/{int:number}", response={204: None})
def delete(request: HttpRequest, number: int) -> Status[None]:
    """Take it away, for everybody it was shared with."""
    views.delete(who(request), number)
    return Status(204, None)
