"""Pieces of an offer that an order no longer uses go back to it; who waits for them is looked at anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from purveyor.audit.write import record
from purveyor.base.db import together
from purveyor.common.errors import Conflict
from purveyor.jobs.nudge import nudge
from purveyor.offers.domain import consume
from purveyor.offers.models import Offer, Row
from purveyor.offers.states import OfferState
from purveyor.orders.domain import arrival
from purveyor.orders.domain.check import ANSWERABLE
from purveyor.orders.domain.wake import wake
from purveyor.orders.models import Line, Order
from purveyor.orders.states import OrderState

RECONSIDER = "orders.offers"


def release(order: Order, by: str) -> None:
    """Give back everything an order uses of its offer; the link stays to be read. Joins the caller's transaction."""
    used = consume.used_by([order.pk])
    if not used or order.offer is None:
        return
    if not consume.follow(used, {}):
        raise Conflict("others use the same offer at this moment", hint="Look at it again.")
    numbers = dict(Line.objects.filter(order=order).values_list("pk", "number"))
    lines: dict[str, int] = {}
    for (line, _cell), eaches in used[order.pk].items():
        lines[numbers[line]] = lines.get(numbers[line], 0) + eaches
    record("offer.given_back", by=by, obj=order.offer, new={"order": order.number, "lines": lines})
    wake(concerned(order.offer))


def on_order_moved(
    row: models.Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]
) -> None:
    """Listens to every move. What nobody will ship goes back: a cancelled order, and one that was closed without an
    answer. What was answered elsewhere, failed or was opened again is looked at: the answer says how much is used."""
    if not isinstance(row, Order):
        return
    unanswered = old in ANSWERABLE or row.eaches == 0
    if new == OrderState.CANCELLED or (new == OrderState.CLOSED and unanswered):
        release(row, by)
    elif new in (OrderState.ELSEWHERE, OrderState.FAILED, OrderState.NEW):
        wake([row.pk])


def on_offer_moved(
    row: models.Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]
) -> None:
    """Listens to every move. An offer was completed, or opened again: the orders that wait are due for another look."""
    if isinstance(row, Offer) and OfferState.COMPLETED in (old, new):
        Order.objects.filter(pk__in=together(concerned(row))).update(looked_version=0)
        nudge(RECONSIDER, row.pk)


def concerned(offer: Offer) -> list[int]:
    """The orders that wait for an answer and name a product of an offer, or are linked to it."""
    products = Row.objects.filter(offer=offer).exclude(product=None).values_list("product", flat=True)
    waiting = Order.objects.filter(profile=offer.profile_id, state__in=sorted(ANSWERABLE)).order_by()
    named = waiting.filter(lines__product__in=together(set(products))).values_list("pk", flat=True)
    return sorted({*named.distinct(), *waiting.filter(offer=offer).values_list("pk", flat=True)})


def reconsider(offer_id: int) -> int:
    """Look anew at the orders an offer concerns; answers how many."""
    offer = Offer.objects.filter(pk=offer_id).first()
    keys = concerned(offer) if offer is not None else []
    arrival.look_at_many(keys)
    return len(keys)
