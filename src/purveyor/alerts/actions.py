"""What is done about alerts, for the audit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.audit.actions import Action

WEBHOOK = ("name", "host", "profile", "events", "on")
ROUTE = (
    *("name", "on", "profile", "kinds", "severity", "sink", "role", "person", "webhook", "host"),
    *("pace", "daily_at", "zone", "quiet_from", "quiet_until", "serious_breaks"),
)
ACTIONS = [
    Action("alert.opened", _("An alert was raised: %(name)s"), ("kind", "severity", "message")),
    Action("alert.changed", _("The words of an alert changed: %(name)s"), ("severity", "message")),
    Action("alert.worsened", _("A taken alert became worse: %(name)s")),
    Action("alert.taken", _("An alert was taken: %(name)s")),
    Action("alert.closed", _("An alert was closed: %(name)s")),
    Action("alert.assigned", _("An alert was given to somebody: %(name)s")),
    Action("alert.commented", _("An alert was commented: %(name)s"), ("text",)),
    Action("route.added", _("Route %(name)s was added"), ROUTE),
    Action("route.changed", _("Route %(name)s was changed"), ROUTE),
    Action("route.removed", _("Route %(name)s was removed"), ()),
    Action("webhook.added", _("Webhook %(name)s was added"), WEBHOOK),
    Action("webhook.changed", _("Webhook %(name)s was changed"), WEBHOOK),
    Action("webhook.removed", _("Webhook %(name)s was removed"), ()),
    Action(
        "webhook.maker_gone",
        _("Webhook %(name)s was switched off, since its maker may not manage webhooks any more"),
        (),
    ),
    Action("webhook.switched_off", _("Webhook %(name)s was switched off after three days of failures"), ()),
    Action("webhook.secret_rotated", _("Webhook %(name)s was given a new secret"), ("old_until",)),
    Action("webhook.replayed", _("Events of webhook %(name)s were sent again"), ("count", "event", "since")),
]
