"""What is done to fulfillment centers, and what may be raised about them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.alerts.kinds import Kind
from purveyor.audit.actions import Action

ACTIONS = [
    Action("center.learned", _("Fulfillment center %(name)s became known by an order")),
    Action("center.added", _("Fulfillment center %(name)s was added")),
    Action("center.changed", _("Fulfillment center %(name)s was changed")),
    Action("center.offered", _("An order names another address for fulfillment center %(name)s")),
    Action("center.declined", _("The other address for fulfillment center %(name)s was declined")),
]

UNKNOWN = "center.unknown"
MOVED = "center.moved"

ALERTS = [
    Kind(
        UNKNOWN,
        _("An order goes to a fulfillment center whose time zone nobody has said yet."),
        _("The time zone of the center is stored."),
    ),
    Kind(
        MOVED,
        _("An order names another address for a fulfillment center than a person or a file does."),
        _("The other address is taken or declined, or the center's own is changed."),
    ),
]
