"""Routes, webhooks and deliveries as JSON: one shape for REST and the command line; never a secret."""

from __future__ import annotations

from typing import Any

from purveyor.alerts.deliver import Said, headers_of
from purveyor.alerts.domain.routes import told
from purveyor.alerts.events import event_id, event_of
from purveyor.alerts.models import Delivery, Route, Webhook
from purveyor.alerts.states import DeliveryState

MASKED = "t=•••,v1=•••"


def route_row(route: Route) -> dict[str, Any]:
    """One route; of a chat's address only the host is told."""
    return {"id": route.pk} | told(route)


def webhook_row(hook: Webhook) -> dict[str, Any]:
    """One webhook, without its secrets."""
    return {
        "id": hook.pk,
        "name": hook.name,
        "url": hook.url,
        "profile": hook.profile.name if hook.profile else None,
        "events": hook.events,
        "on": hook.on,
        "made_by": hook.made_by,
        "created_at": hook.created_at,
        "failing_since": hook.failing_since,
        "paused_until": hook.paused_until,
        "last_good_at": hook.last_good_at,
    }


def delivery_row(one: Delivery) -> dict[str, Any]:
    """One delivery; ``event`` is the event's id, ``answer`` the beginning of what the other side said."""
    return {
        "id": one.pk,
        "webhook": one.webhook_id,
        "event": event_id(one.entry),
        "type": one.entry.action,
        "object": one.entry.object_name,
        "state": one.state,
        "tries": one.tries,
        "due_at": one.due_at if one.state == DeliveryState.WAITING else None,
        "tried_at": one.tried_at,
        "status": one.status,
        "answer": one.answer,
        "error": one.error,
        "seconds": one.seconds,
        "created_at": one.created_at,
    }


def delivery_full(one: Delivery) -> dict[str, Any]:
    """One delivery with what is sent: the event, and the headers with their signature masked."""
    event = event_of(one.entry)
    headers = headers_of(one, event) | {"purveyor-signature": MASKED}
    return delivery_row(one) | {"headers": headers, "body": event}


def said_row(said: Said) -> dict[str, Any]:
    """What came of a test."""
    return {
        "ok": said.ok,
        "status": said.status,
        "answer": said.answer,
        "error": said.error,
        "seconds": round(said.seconds, 3),
    }
