"""What is done to profiles beyond the audit's own table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.alerts.kinds import Kind
from purveyor.audit.actions import Action

ACTIONS = [
    Action("profile.trouble", _("The connection of profile %(name)s changed between good and troubled"), None),
]

KINDS = [
    Kind(
        "profile.check",
        _("The connection check found something that does not stop the work yet, or that only you can judge."),
        _("The check finds nothing more."),
    ),
]
