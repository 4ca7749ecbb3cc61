"""An alert as JSON: one shape for REST and the command line."""

from __future__ import annotations

from typing import Any

from purveyor.alerts.models import Alert


def alert_row(alert: Alert) -> dict[str, Any]:
    """One alert; ``profile`` is null for what concerns the whole installation."""
    return {
        "id": alert.pk,
        "kind": alert.kind,
        "severity": str(alert.severity),
        "state": str(alert.state),
        "profile": alert.profile.name if alert.profile else None,
        "message": alert.message,
        "hint": alert.hint,
        "remedy": alert.remedy,
        "request_id": alert.request_id,
        "taken_by": alert.taken_by,
        "opened_at": alert.opened_at,
        "updated_at": alert.updated_at,
        "closed_at": alert.closed_at,
    }
