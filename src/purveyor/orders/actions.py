"""What is done about orders beyond the audit's own table, and what may be raised about them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.alerts.kinds import Kind
from purveyor.audit.actions import Action

ACTIONS = [
    Action("order.assigned", _("Order %(name)s was assigned"), ("person",)),
    Action("order.change_seen", _("Somebody looked at what Amazon changed in order %(name)s"), ("version",)),
    Action("order.held", _("Order %(name)s was put on hold"), ("check", "because")),
    Action("order.hold_released", _("A hold of order %(name)s was released"), ("check",)),
]

ALERTS = [
    Kind(
        "order.changed",
        _("Amazon changed an order that was answered, or that waits for its answer."),
        _("The order was answered in its new version, needs no answer, or a person said that they saw the change."),
    ),
    Kind(
        "order.answer_due",
        _("An order waits for its answer, and half, three quarters or nine tenths of its time are over."),
        _("The order was answered, or needs no answer any more."),
    ),
    Kind(
        "order.status_differs",
        _("Amazon counts other quantities for an order than we answered."),
        _("Amazon's status shows what we answered."),
    ),
]
