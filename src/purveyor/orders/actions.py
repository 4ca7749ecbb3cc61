"""What is done about orders beyond the audit's own table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.audit.actions import Action

ACTIONS = [
    Action("order.assigned", _("Order %(name)s was assigned"), ("person",)),
]
