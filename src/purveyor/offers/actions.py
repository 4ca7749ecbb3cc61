"""What is done about bulk-buy offers, for the audit and the events; and what may be raised about them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.alerts.kinds import Kind
from purveyor.audit.actions import Action

FACTS = ("number", "title", "program", "unsold", "vendor_code", "currency", "expires_at", "zone")
"""What a person may correct about an offer."""
_CELLS = ("stage", "cells", "how")
_STAGE = ("state", "approved_by", "second_by", "reason")
_STATE = ("state", "reason", "completed_at", "completed_by")

ACTIONS = [
    Action("offer.received", _("Offer %(name)s came in"), (*FACTS, "rows", "unmapped", "deliveries", "stages", "file")),
    Action("offer.changed", _("The facts of offer %(name)s were changed"), (*FACTS, "deliveries")),
    Action("offer.mapped", _("A row of offer %(name)s was mapped to a product"), ("rows", "product")),
    Action("offer.answered", _("Cells of offer %(name)s were answered"), _CELLS),
    Action("offer.stage_open", _("A stage of an offer began: %(name)s"), _STAGE),
    Action("offer.stage_proposed", _("A stage of an offer waits for a second person: %(name)s"), _STAGE),
    Action("offer.stage_done", _("A stage of an offer is done: %(name)s"), _STAGE),
    Action("offer.stage_waiting", _("A stage of an offer waits for an earlier one: %(name)s"), _STAGE),
    Action("offer.sent_back", _("Offer %(name)s was sent back to an earlier stage"), ("stage", "to")),
    Action("offer.revoked", _("A stage took back its approval of offer %(name)s"), ("stage",)),
    Action("offer.declined", _("A second person declined a stage of offer %(name)s"), ("stage",)),
    Action("offer.completed", _("Offer %(name)s was completed"), _STATE),
    Action("offer.reopened", _("Offer %(name)s was opened again"), _STATE),
    Action("offer.withdrawn", _("Offer %(name)s was given up"), _STATE),
    Action("offer.taken_up", _("Offer %(name)s was taken up again"), _STATE),
    Action("offer.exported", _("The answers of offer %(name)s were written into its workbook"), ("cells",)),
    Action("offer.consumed", _("An order used pieces of offer %(name)s"), ("order", "lines")),
    Action("offer.given_back", _("An order gave pieces of offer %(name)s back"), ("order", "lines")),
    Action(
        "offer.deputy_appointed",
        _("Somebody answers offers in another's place: %(name)s"),
        ("stage", "absent", "deputy", "begins_at", "ends_at"),
    ),
    Action(
        "offer.deputy_dismissed",
        _("Somebody no longer answers offers in another's place: %(name)s"),
        ("stage", "absent", "deputy", "begins_at", "ends_at"),
    ),
]

ALERTS = [
    Kind(
        "offer.expires",
        _("A bulk-buy offer that is not completed expires soon, or has expired."),
        _("The offer was completed or given up, or its time was set later."),
    ),
    Kind(
        "offer.unmapped",
        _("Rows of a bulk-buy offer name products nobody knows."),
        _("Every row is mapped, or the offer is completed or given up."),
    ),
]
