"""What a route says: one alert, or several gathered, each once and as it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.alerts.models import Alert, Severity
from purveyor.alerts.schemas import alert_row
from purveyor.alerts.states import AlertState
from purveyor.config.options import option


@dataclass(frozen=True, slots=True)
class Message:
    """A subject of one line, a text for people, and the alerts as JSON for programs."""

    subject: str
    text: str
    alerts: tuple[dict[str, Any], ...]


def compose(alerts: Sequence[Alert]) -> Message:
    """In the language that is active. What still stands comes first, the worst of it before all."""
    ranked = sorted(alerts, key=lambda one: (one.state == AlertState.CLOSED, -_rank(one), one.pk))
    if len(ranked) == 1:
        subject = _head(ranked[0])
    else:
        subject = ngettext("%(count)d alert", "%(count)d alerts", len(ranked)) % {"count": len(ranked)}
    text = "\n\n".join(_paragraph(one) for one in ranked)
    return Message(" ".join(f"Purveyor: {subject}".split())[:200], text, tuple(alert_row(one) for one in ranked))


def trial() -> Message:
    """What the test button sends."""
    said = _("This is a test. Alerts of this route will come here.")
    return Message(f"Purveyor: {_('Test')}", said, ())


def _head(alert: Alert) -> str:
    """One line: how it stands, where, what."""
    state = _("Closed") if alert.state == AlertState.CLOSED else str(Severity(alert.severity).label)
    where = f" ({alert.profile.name})" if alert.profile else ""
    return f"{state}{where}: {alert.said}"


def _paragraph(alert: Alert) -> str:
    lines = [_head(alert)]
    if alert.state != AlertState.CLOSED:
        lines += [f"  {alert.advice}"] if alert.hint else []
        lines += [f"  {address}/alerts/{alert.pk}/"] if (address := option("PURVEYOR_PUBLIC_URL")) else []
    return "\n".join(lines)


def _rank(alert: Alert) -> int:
    return Severity.values.index(alert.severity)
