"""Channels, their files and their ways as machines see them; never a secret."""

from __future__ import annotations

from typing import Any

from purveyor.channels import ways
from purveyor.channels.models import Arrival, Channel, Departure
from purveyor.channels.setup import QUIET, told


def channel_row(channel: Channel) -> dict[str, Any]:
    """A channel. ``state`` is on, off or failing; ``secrets`` names the fields that are kept and not shown."""
    more = {"name": channel.name, "state": state_of(channel), "version": channel.version}
    options = {name: value for name, value in channel.options.items() if name not in ("quiet", "form")}
    return (
        more
        | told(channel)
        | {
            "options": options,
            "quiet": channel.options.get("quiet", QUIET),
            "form": channel.options.get("form", "csv"),
            "problem": channel.problem,
            "failing_since": channel.failed_since,
            "looked_at": channel.looked_at,
            "by": channel.by,
            "created_at": channel.created_at,
        }
    )


def state_of(channel: Channel) -> str:
    """on, off or failing."""
    if not channel.on:
        return "off"
    return "failing" if channel.failed_since is not None else "on"


def arrival_row(one: Arrival) -> dict[str, Any]:
    """A file that came. ``file`` is the number its report is found by, null while nothing of it is kept."""
    upload = one.upload
    return {
        "id": one.pk,
        "name": one.name,
        "size": one.size,
        "state": one.state,
        "kept_as": one.kept_as,
        "file": one.upload_id,
        "taken": upload.taken if upload else 0,
        "refused_rows": upload.refused if upload else 0,
        "effects": upload.effects if upload else {},
        "repeats": upload.repeats_id if upload else None,
        "problem": one.problem,
        "seen_at": one.seen_at,
        "state_at": one.state_at,
    }


def departure_row(one: Departure) -> dict[str, Any]:
    """A file that goes out."""
    return {
        "id": one.pk,
        "name": one.name,
        "subject": one.subject,
        "state": one.state,
        "attempts": one.attempts,
        "due_at": one.due_at if one.state == "queued" else None,
        "problem": one.problem,
        "state_at": one.state_at,
    }


def way_row(way: ways.Way) -> dict[str, Any]:
    """A way, with what is to be said when a channel of it is set up."""
    return {"name": way.name, "label": str(way.label), "every": way.every, "fields": [_field(f) for f in way.fields]}


def _field(one: ways.Field) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": str(one.label),
        "help": str(one.help),
        "kind": one.kind,
        "needed": one.needed,
        "secret": one.secret,
        "default": one.default,
        "choices": [value for value, _word in one.choices],
    }
