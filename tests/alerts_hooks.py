"""Webhooks and the audit for the tests of this room."""

from __future__ import annotations

import json
from typing import Any

from purveyor.alerts import deliver, fan_out
from purveyor.alerts.domain import webhooks
from purveyor.alerts.models import Delivery, Webhook
from purveyor.audit.write import record
from purveyor.people.who import Who
from receiver import Receiver

ROOT = Who.cli()


def added(url: str, **more: Any) -> tuple[Webhook, str]:
    """A webhook of every profile and its secret."""
    return webhooks.add(ROOT, more.pop("name", "erp"), url, **more)


def happened(name: str = "PO-1", action: str = "order.received", profile: str = "acme-de") -> None:
    """Something is done, and told to the audit."""
    record(action, by="system:test", name=name, profile=profile, new={"state": "new"})


def sent(hook: Webhook) -> int:
    """Hand out and send what is due."""
    fan_out.fan_out()
    return deliver.send_due(hook.pk)


def rows(hook: Webhook) -> list[tuple[str, str, int]]:
    """What became of each event."""
    found = Delivery.objects.filter(webhook=hook).select_related("entry").order_by("pk")
    return [(one.entry.object_name or one.entry.action, one.state, one.tries) for one in found]


def names(there: Receiver) -> list[str]:
    """What the events were about that came there."""
    return sorted(json.loads(came.body)["object"]["name"] for came in there.requests)
