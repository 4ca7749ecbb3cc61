"""What is done about orders beyond the audit's own table, and what may be raised about them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.alerts.kinds import Kind
from purveyor.audit.actions import Action

ACTIONS = [
    Action("order.assigned", _("Order %(name)s was assigned"), ("person",)),
    Action("finding.accepted", _("Finding %(name)s was accepted")),
    Action("order.provisional", _("Order %(name)s was answered provisionally")),
    Action("order.picked", _("A pick result for order %(name)s came"), ("lines",)),
    Action("order.reserved", _("Pieces were promised to order %(name)s"), ("lines",)),
    Action("order.released", _("Pieces promised to order %(name)s are free again"), ("lines",)),
    Action("order.second_asked", _("The answer to order %(name)s waits for a second person")),
    Action("order.second_confirmed", _("A second person confirmed the answer to order %(name)s")),
    Action("order.second_declined", _("The answer to order %(name)s that waited for a second person was declined")),
    Action("order.mapped", _("A product was mapped; %(name)s"), ("asin", "vendor_product", "product", "orders")),
    Action("order.change_seen", _("Somebody looked at what Amazon changed in order %(name)s"), ("version",)),
    Action("order.typed", _("The rules said of which type order %(name)s is"), ("type", "offer")),
    Action("order.overruled", _("A person said of which type order %(name)s is"), ("type", "offer")),
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
        "order.offer_deviates",
        _("An order of a bulk-buy offer's products is not as the offer was approved."),
        _("Nothing deviates any more, somebody took a way out or said of which type it is, or it is answered or over."),
    ),
    Kind(
        "order.status_differs",
        _("Amazon counts other quantities for an order than we answered."),
        _("Amazon's status shows what we answered."),
    ),
]
