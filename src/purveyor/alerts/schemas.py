"""Alerts and what is said about them as JSON: one shape for REST and the command line."""

from __future__ import annotations

from typing import Any

from purveyor.alerts.models import Alert, Comment
from purveyor.base.phrase import WITH


def alert_row(alert: Alert) -> dict[str, Any]:
    """One alert; ``profile`` is null for what concerns the whole installation.

    ``message`` and ``hint`` are in the language of the moment, ``values`` what is filled in there: numbers, names,
    moments; those of a sentence within the sentence by its own ``message``. It is null of an alert from before that.
    """
    return {
        "id": alert.pk,
        "kind": alert.kind,
        "severity": str(alert.severity),
        "state": str(alert.state),
        "profile": alert.profile.name if alert.profile else None,
        "message": alert.said,
        "hint": alert.advice,
        "values": alert.told["message"].get(WITH, {}) if alert.told else None,
        "remedy": alert.remedy,
        "request_id": alert.request_id,
        "taken_by": alert.taken_by,
        "opened_at": alert.opened_at,
        "updated_at": alert.updated_at,
        "closed_at": alert.closed_at,
    }


def comment_row(comment: Comment) -> dict[str, Any]:
    """What somebody said about an alert."""
    return {"id": comment.pk, "by": comment.by, "at": comment.at, "text": comment.text}
