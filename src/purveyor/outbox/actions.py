"""What is done to sending as a whole, beyond the audit's own table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.audit.actions import Action

ACTIONS = [
    Action("sending.held", _("Sending was held")),
    Action("sending.released", _("Sending goes on")),
]
