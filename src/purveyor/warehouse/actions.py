"""What is done in the warehouse, for the audit and the events; and what may be raised about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.alerts.kinds import Kind
from purveyor.audit.actions import Action

_LIST = ("state", "reason", "order_version", "checked_version", "checked_answer")
_NEW_NUMBER = ("revision", "number", "printed_at", "sent_at")
_STEP = ("step", "version")
_MOVED = ("state",)

ACTIONS = [
    Action(
        "picklist.released",
        _("Pick list %(name)s was released to the warehouse"),
        ("order", "ship_to", "ship_by", "lines", "replaces"),
    ),
    Action("picklist.held", _("Pick list %(name)s was put on hold"), _LIST),
    Action("picklist.let_go", _("Pick list %(name)s goes on"), (*_LIST, *_NEW_NUMBER)),
    Action("picklist.picked", _("Pick list %(name)s was picked"), _LIST),
    Action("picklist.to_pick_again", _("Pick list %(name)s is to be picked again"), _LIST),
    Action("picklist.printed", _("Pick list %(name)s was printed"), ()),
    Action("picklist.cancelled", _("Pick list %(name)s was taken back"), _LIST),
    Action(
        "picklist.result",
        _("The pick result of pick list %(name)s was settled"),
        ("reference", "lines", "excess", "what"),
    ),
    Action("picklist.result_replaced", _("Pick result %(name)s counts no longer"), ("state", "settled_at")),
    Action("packing.opened", _("Packing %(name)s was begun"), ("reference",)),
    Action("packing.changed", _("Packing %(name)s was changed"), _STEP),
    Action("packing.undone", _("A step of packing %(name)s was taken back"), _STEP),
    Action("packing.closed", _("Packing %(name)s was closed: it may ship"), _MOVED),
    Action("packing.reopened", _("Packing %(name)s was opened again"), _MOVED),
    Action("packing.dropped", _("Packing %(name)s was given up"), _MOVED),
    Action(
        "packing.accepted",
        _("A difference in packing %(name)s was let stand"),
        ("order", "line", "acknowledged", "picked", "packed"),
    ),
    Action("packing.cut", _("An order of packing %(name)s was answered by what is packed"), ("order", "revision")),
]

ALERTS = [
    Kind(
        "warehouse.excess",
        _("More was picked than the order asks for; what is too much does not count."),
        _("A person closes it once the goods are back on their shelf."),
    ),
    Kind(
        "warehouse.packing",
        _("What was packed does not add up with what was picked or acknowledged, or breaks a limit."),
        _("Nothing stands against the packing any more, or it is given up."),
    ),
    Kind(
        "warehouse.held",
        _("Picking is on hold because the order changed after its release."),
        _("The pick list goes on or is taken back."),
    ),
]
