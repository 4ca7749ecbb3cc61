"""Alerts: what a person has to know, one per cause while it stands."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Status

from purveyor.alerts import domain, queries
from purveyor.alerts.schemas import alert_row, comment_row
from purveyor.api import alert_shapes, cursors, shapes
from purveyor.api.auth import who

router = Router(tags=["alerts"])

State = Annotated[
    Literal["standing", "open", "taken", "closed", "all"], Field(description="`standing` is open or taken")
]


@router.get("", response=shapes.AlertsOut)
def list_alerts(
    request: HttpRequest,
    profile: str = "",
    state: State = "standing",
    cursor: cursors.Cursor = "",
    limit: cursors.Limit = cursors.PAGE,
) -> dict[str, Any]:
    """The alerts of the caller's profiles, newest first; those that stand unless another state is asked for."""
    rows = queries.in_state(queries.visible_to(who(request)), state)
    rows = rows.filter(profile__name=profile) if profile else rows
    found, after = cursors.newest_first(rows, cursor, limit, by="opened_at")
    return {"alerts": [alert_row(one) for one in found], "next": after}


@router.get("/{int:number}", response=alert_shapes.AlertFull)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One alert with what was said about it."""
    found = queries.one(who(request), number)
    return alert_row(found) | {"comments": [comment_row(one) for one in queries.comments(found)]}


@router.post("/{int:number}/comments", response={201: alert_shapes.CommentOut})
def comment(request: HttpRequest, number: int, body: alert_shapes.CommentNew) -> Status[dict[str, Any]]:
    """Say something about it."""
    return Status(201, comment_row(domain.comment(who(request), number, body.text)))


@router.post("/{int:number}/assign", response=shapes.AlertOut)
def assign(request: HttpRequest, number: int, body: alert_shapes.AssignAsk) -> dict[str, Any]:
    """Have somebody look after it who may see it."""
    return alert_row(domain.assign(who(request), number, body.person))


@router.post("/{int:number}/take", response=shapes.AlertOut)
def take(request: HttpRequest, number: int) -> dict[str, Any]:
    """Look after it, also where somebody else took it before."""
    return alert_row(domain.take(who(request), number))


@router.post("/{int:number}/close", response=shapes.AlertOut)
def close(request: HttpRequest, number: int, body: shapes.Because) -> dict[str, Any]:
    """Close one that does not close by itself."""
    return alert_row(domain.close(who(request), number, body.because))
