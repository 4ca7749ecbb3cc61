"""A center as machines see it, the same over REST and by command."""

from __future__ import annotations

from typing import Any

from purveyor.centers.domain.facts import ADDRESS
from purveyor.centers.models import Center, Version


def center_row(center: Center) -> dict[str, Any]:
    """One center. ``time_zone`` is null while nobody has said it; ``offered`` what an order says against a person."""
    return {
        "code": center.code,
        "address": {name: value for name in ADDRESS if (value := getattr(center, name))},
        "time_zone": center.time_zone or None,
        "internal_reference": center.internal_reference or None,
        "source": center.source,
        "source_note": center.source_note,
        "valid_from": center.valid_from,
        "offered": center.offered or None,
        "version": center.version,
        "updated_at": center.updated_at,
    }


def center_line(center: Center) -> dict[str, Any]:
    """One center on one level, as a line of a list's export: its address part by part."""
    return {
        "code": center.code,
        **{name: getattr(center, name) for name in ADDRESS},
        "time_zone": center.time_zone,
        "internal_reference": center.internal_reference,
        "source": center.source,
        "source_note": center.source_note,
        "valid_from": center.valid_from,
        "version": center.version,
        "updated_at": center.updated_at,
    }


def center_full(center: Center) -> dict[str, Any]:
    """The same with its history, newest first."""
    return center_row(center) | {"history": [version_row(one) for one in center.versions.order_by("-number")]}


def version_row(version: Version) -> dict[str, Any]:
    """What was known from a change on."""
    return {
        "version": version.number,
        "at": version.at,
        "by": version.by,
        "source": version.source,
        "source_note": version.source_note,
        "valid_from": version.valid_from,
        "facts": version.facts,
    }
