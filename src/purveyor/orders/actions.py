"""What is done about orders beyond the audit's own table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.audit.actions import Action

ACTIONS = [
    Action("finding.accepted", _("Finding %(name)s was accepted")),
    Action("order.provisional", _("Order %(name)s was answered provisionally")),
    Action("order.picked", _("A pick result for order %(name)s came"), ("lines",)),
    Action("order.reserved", _("Pieces were promised to order %(name)s"), ("lines",)),
    Action("order.released", _("Pieces promised to order %(name)s are free again"), ("lines",)),
    Action("order.second_asked", _("The answer to order %(name)s waits for a second person")),
    Action("order.second_confirmed", _("A second person confirmed the answer to order %(name)s")),
    Action("order.second_declined", _("The answer to order %(name)s that waited for a second person was declined")),
    Action("order.mapped", _("A product was mapped; %(name)s"), ("asin", "vendor_product", "product", "orders")),
]
