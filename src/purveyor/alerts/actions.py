"""What is done about alerts, for the audit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.audit.actions import Action

ACTIONS = [
    Action("alert.opened", _("An alert was raised: %(name)s"), ("kind", "severity", "message")),
    Action("alert.changed", _("The words of an alert changed: %(name)s"), ("severity", "message")),
    Action("alert.worsened", _("A taken alert became worse: %(name)s")),
    Action("alert.taken", _("An alert was taken: %(name)s")),
    Action("alert.closed", _("An alert was closed: %(name)s")),
]
