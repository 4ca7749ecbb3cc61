"""Ask for one order anew whose status shows that its state moved: Amazon's lists tell a change, but no state alone.

A courtesy: the daily comparison of numbers and states (``sweeps.missing``) finds what is lost here, and no decision
waits for it.
"""

from __future__ import annotations

import logging

from purveyor.amazon.errors import NotFoundAtAmazon
from purveyor.common.errors import PurveyorError
from purveyor.intake import pull
from purveyor.intake.kinds import ORDERS, one_order
from purveyor.intake.models import Cursor
from purveyor.intake.sweeps.new import NEW
from purveyor.orders.domain import standing
from purveyor.orders.models import Order
from purveyor.profiles.clients import clear_trouble, client_for, note_trouble
from purveyor.profiles.models import Profile

SOURCE = "refresh"
BY = "system:intake.refresh"
PATIENCE = 3
"""Tries of one question; the comparison comes anyway."""

log = logging.getLogger(__name__)


def refresh(order_id: int) -> bool:
    """Ask for an order, unless the sweep for new ones reads it again within minutes; whether it was asked for."""
    order = Order.objects.select_related("profile").filter(pk=order_id).first()
    if order is None or not _is_wanted(order):
        return False
    profile = order.profile
    try:
        page = one_order(client_for(profile, patience=PATIENCE), order.number)
    except NotFoundAtAmazon:
        return False
    except PurveyorError as error:
        log.info("Order %s of %s could not be asked for anew: %s", order.number, profile, error)
        note_trouble(profile, error)
        return False
    pull.store(profile, pull.prepare(profile, ORDERS, page, SOURCE), sweep=SOURCE, by=BY)
    clear_trouble(profile, ORDERS.operation)
    return True


def _is_wanted(order: Order) -> bool:
    profile: Profile = order.profile
    known = order.amazon_state.lower() == standing.CLOSED
    if known or not profile.importing or profile.paused_at is not None:
        return False
    return standing.word_of(order) == standing.CLOSED or not _is_read_again(order)


def _is_read_again(order: Order) -> bool:
    sweep = Cursor.objects.filter(profile=order.profile_id, sweep=NEW.name).first()
    return sweep is not None and sweep.position is not None and order.ordered_at > sweep.position - NEW.overlap
