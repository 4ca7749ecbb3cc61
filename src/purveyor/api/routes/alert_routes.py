"""Routes: who is told of which alerts, where and when."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.alerts.domain import routes
from purveyor.alerts.outward import route_row, said_row
from purveyor.api import alert_shapes as shapes
from purveyor.api.auth import who

router = Router(tags=["routes"])


@router.get("", response=shapes.RoutesOut)
def list_routes(request: HttpRequest) -> dict[str, Any]:
    """The routes the caller may edit, by name."""
    return {"routes": [route_row(one) for one in routes.routes(who(request))]}


@router.post("", response={201: shapes.RouteOut})
def add(request: HttpRequest, body: shapes.RouteNew) -> Status[dict[str, Any]]:
    """Add a route. Those of every profile need alerts.route on every profile."""
    return Status(201, route_row(routes.add(who(request), routes.Asked(**body.dict()))))


@router.get("/{int:number}", response=shapes.RouteOut)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One route."""
    return route_row(routes.one(who(request), number))


@router.patch("/{int:number}", response=shapes.RouteOut)
def change(request: HttpRequest, number: int, body: shapes.RouteChange) -> dict[str, Any]:
    """Change what is named; all else stays."""
    return route_row(routes.change(who(request), number, body.dict(exclude_unset=True)))


@router.delete("/{int:number}", response={204: None})
def remove(request: HttpRequest, number: int) -> Status[None]:
    """Remove a route with what it has still to tell."""
    routes.remove(who(request), number)
    return Status(204, None)


@router.post("/{int:number}/test", response=shapes.SaidOut)
def test(request: HttpRequest, number: int) -> dict[str, Any]:
    """Send a test now and say what the other side answered. Mail goes to the caller alone."""
    return said_row(routes.try_out(who(request), number))
