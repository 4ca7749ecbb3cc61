"""Webhooks: receivers of events, and what was sent to each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Status

from purveyor.alerts import events
from purveyor.alerts.domain import resend, webhooks
from purveyor.alerts.outward import delivery_full, delivery_row, said_row, webhook_row
from purveyor.api import alert_shapes as shapes
from purveyor.api import cursors
from purveyor.api.auth import who

router = Router(tags=["webhooks"])
deliveries = Router(tags=["webhooks"])
event_router = Router(tags=["webhooks"])

State = Annotated[Literal["all", "waiting", "done", "dead"], Field(description="`dead` never got through")]


@router.get("", response=shapes.WebhooksOut)
def list_webhooks(request: HttpRequest) -> dict[str, Any]:
    """The webhooks the caller manages, by name."""
    return {"webhooks": [webhook_row(one) for one in webhooks.webhooks(who(request))]}


@router.post("", response={201: shapes.WebhookMade})
def add(request: HttpRequest, body: shapes.WebhookNew) -> Status[dict[str, Any]]:
    """Add a webhook; its secret is in this answer only. Those of every profile need webhooks.manage on every one."""
    made, secret = webhooks.add(who(request), body.name, body.url, body.profile, body.events)
    return Status(201, webhook_row(made) | {"secret": secret})


@router.get("/{int:number}", response=shapes.WebhookOut)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One webhook."""
    return webhook_row(webhooks.one(who(request), number))


@router.patch("/{int:number}", response=shapes.WebhookOut)
def change(request: HttpRequest, number: int, body: shapes.WebhookChange) -> dict[str, Any]:
    """Change its name, address or events, or switch it. Switched on, it takes what happens from then on."""
    told = body.dict(exclude_none=True)
    told |= {"types": told.pop("events")} if "events" in told else {}
    return webhook_row(webhooks.change(who(request), number, **told))


@router.delete("/{int:number}", response={204: None})
def remove(request: HttpRequest, number: int) -> Status[None]:
    """Remove a webhook with its deliveries."""
    webhooks.remove(who(request), number)
    return Status(204, None)


@router.post("/{int:number}/secret", response=shapes.SecretOut)
def rotate(request: HttpRequest, number: int, body: shapes.RotateAsk) -> dict[str, Any]:
    """Give it a new secret, which is in this answer only; the old one signs beside it for a while."""
    return {"secret": webhooks.rotate(who(request), number, timedelta(hours=body.keep_hours))}


@router.post("/{int:number}/test", response=shapes.SaidOut)
def test(request: HttpRequest, number: int) -> dict[str, Any]:
    """Send an event of the type webhook.test now and say what the other side answered."""
    return said_row(webhooks.try_out(who(request), number))


@router.get("/{int:number}/deliveries", response=shapes.DeliveriesOut)
def list_deliveries(
    request: HttpRequest,
    number: int,
    state: State = "all",
    cursor: cursors.Cursor = "",
    limit: cursors.Limit = cursors.PAGE,
) -> dict[str, Any]:
    """What was and will be sent to it, the latest first."""
    rows = webhooks.deliveries(who(request), number)
    rows = rows if state == "all" else rows.filter(state=state)
    found, after = cursors.newest_first(rows, cursor, limit, by="created_at")
    return {"deliveries": [delivery_row(one) for one in found], "next": after}


@router.post("/{int:number}/replay", response=shapes.CountOut)
def replay_missed(request: HttpRequest, number: int, since: datetime | None = None) -> dict[str, Any]:
    """Send again all that never got through; with ``since`` also what happened from then on while it was off."""
    at = since.replace(tzinfo=UTC) if since is not None and since.tzinfo is None else since
    return {"count": resend.replay_missed(who(request), number, at)}


@deliveries.get("/{int:number}", response=shapes.DeliveryFull)
def show_delivery(request: HttpRequest, number: int) -> dict[str, Any]:
    """One delivery with what is sent and what the other side said."""
    return delivery_full(webhooks.delivery(who(request), number))


@deliveries.post("/{int:number}/replay", response=shapes.DeliveryOut)
def replay(request: HttpRequest, number: int) -> dict[str, Any]:
    """Send an event again, under its own id."""
    return delivery_row(webhooks.replay(who(request), number))


@event_router.get("/schemas", response=shapes.SchemasOut)
def schemas(request: HttpRequest) -> dict[str, Any]:
    """The JSON schema of every type of event."""
    return {"schemas": events.schemas()}
