"""Every entry of the audit as an event: its shape, its schema, its signature. Pure.

``docs/developer/events.md`` and ``GET /api/v1/events/schemas`` are made from the audit's table of actions.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from purveyor.audit.actions import ACTIONS, Action
from purveyor.audit.models import Entry
from purveyor.common import canon
from purveyor.common.windows import zulu

TEST = "webhook.test"
"""The type of the event that the test button sends; no entry of the audit has it."""
NOTICE = "alerts.notice"
"""The type of what a route tells a webhook; no entry of the audit has it."""


def event_id(entry: Entry) -> str:
    """The same for every webhook and every try. The link tells installations apart that share their beginnings."""
    return f"evt_{entry.position}_{entry.link[:12]}"


def event_of(entry: Entry) -> dict[str, Any]:
    """A sealed entry as an event."""
    known = ACTIONS.get(entry.action)
    return {
        "id": event_id(entry),
        "type": entry.action,
        "version": known.version if known else 1,
        "at": zulu(entry.at),
        "profile": entry.profile or None,
        "object": {"kind": entry.object_kind, "id": entry.object_id, "name": entry.object_name},
        "by": entry.by,
        "old": entry.old,
        "new": entry.new,
        "because": entry.because,
    }


def as_body(event: dict[str, Any]) -> bytes:
    """The bytes that are signed and sent; the same for the same event."""
    return canon.canonical(event)


def wants(prefixes: Iterable[str], action: str) -> bool:
    """Whether a webhook with these beginnings takes events of a type; without any it takes all."""
    asked = [prefix.rstrip(".") for prefix in prefixes]
    return not asked or any(action == one or action.startswith(f"{one}.") for one in asked)


def signature(secrets: Iterable[str], at: datetime, body: bytes) -> str:
    """The header that proves who sent it and when: one ``v1`` for each secret in force."""
    stamp = str(int(at.timestamp()))
    signed = stamp.encode() + b"." + body
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={stamp}", *(f"v1={mark}" for mark in marks)])


def schema_of(action: Action) -> dict[str, Any]:
    """The JSON schema of one type of event. Readers accept keys they do not know."""
    text = {"type": "string"}
    properties = {
        "id": text,
        "type": {"const": action.name},
        "version": {"const": action.version},
        "at": {"type": "string", "format": "date-time"},
        "profile": {"type": ["string", "null"]},
        "object": {
            "type": "object",
            "properties": {"kind": text, "id": text, "name": text},
            "required": ["kind", "id", "name"],
        },
        "by": text,
        "old": action.schema(),
        "new": action.schema(),
        "because": text,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": action.name,
        "description": str(action.sentence).replace("%(", "{").replace(")s", "}"),
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of every type of event, by type."""
    return {name: schema_of(action) for name, action in sorted(ACTIONS.items())}
