"""The alert about an order that is not as its bulk-buy offer was approved; it stands and ends with PO-06."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.base.phrase import _, joined
from purveyor.orders.domain.check import OFFER, Found
from purveyor.orders.domain.findings_said import say
from purveyor.orders.models import Finding, Line, Order
from purveyor.orders.states import FindingState, OrderState

KIND = "order.offer_deviates"
MOST = 5
"""So many lines are told in the alert; the order's page has all."""
_SETTLED = "nothing of it deviates any more, or a person decided about it"


def tell(
    orders: Sequence[Order], open_: Mapping[int, Sequence[Found]], live: Mapping[int, Mapping[Any, Finding]]
) -> None:
    """Raise and close the alerts of orders just looked at; ``live`` are the findings there were before. Asks nothing
    where nothing deviates or did."""
    for order in orders:
        found = [one for one in open_[order.pk] if one.rule == OFFER]
        if found:
            _raise(order, found)
        elif any(rule == OFFER for _line, rule in live.get(order.pk, ())):
            close_alert(cause(order.pk), _SETTLED)


def _raise(order: Order, found: Sequence[Found]) -> None:
    lines = dict(Line.objects.filter(pk__in=[one.line for one in found]).values_list("pk", "number"))
    said = [
        _("Line %(line)s: %(what)s") % {"line": lines.get(one.line or 0, "–"), "what": say(OFFER, one.numbers)}
        for one in found[:MOST]
    ]
    if len(found) > MOST:
        said.append(_("And %(count)d lines more.") % {"count": len(found) - MOST})
    words = {"name": order.number, "offer": found[0].numbers["offer"], "what": joined(said)}
    raise_alert(
        cause(order.pk),
        kind=KIND,
        severity=Severity.WARN,
        message=_("Order %(name)s deviates from bulk-buy offer %(offer)s. %(what)s") % words,
        hint=_("Take a way out on the order's page, or say there of which type it is."),
        profile_id=order.profile_id,
    )


def cause(order_id: int) -> str:
    """What the alert about an order's deviations is known by."""
    return f"order:{order_id}:offer"


def moved(row: models.Model, old: str, new: str, *_more: Any) -> None:
    """An order that is over deviates from nothing (``base.transition.on_move``)."""
    over = isinstance(row, Order) and new in (OrderState.CANCELLED, OrderState.CLOSED)
    if over and Finding.objects.filter(order=row.pk, rule=OFFER, state=FindingState.OPEN).exists():
        close_alert(cause(row.pk), "the order is over")
