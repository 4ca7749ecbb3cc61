"""The alert about what Amazon changed in an order: raised once the page is committed, closed when it was dealt with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.audit.write import record
from purveyor.base.db import together
from purveyor.base.phrase import Phrase, _
from purveyor.centers.domain.resolve import zone_of
from purveyor.common import clock
from purveyor.orders.domain import hold
from purveyor.orders.domain.changes import read
from purveyor.orders.domain.changes_said import in_short
from purveyor.orders.domain.reopen import cause
from purveyor.orders.models import Acknowledgement, Change, Order
from purveyor.orders.states import OrderState
from purveyor.people.who import Who

KIND = "order.changed"
Outcome = Acknowledgement.Outcome


def untold(now: datetime, limit: int) -> list[int]:
    """Changes that nobody was told of yet."""
    return list(Change.objects.filter(told_at=None).order_by("pk").values_list("pk", flat=True)[:limit])


def tell(change_id: int) -> None:
    """Raise the alert about an order's changes, if they still concern anybody; once for each change."""
    with transaction.atomic():
        change = Change.objects.filter(pk=change_id, told_at=None).first()
        if change is None:
            return
        order = Order.objects.select_for_update(of=("self",)).select_related("profile").get(pk=change.order_id)
        open_ones = still_open(order)
        if open_ones and concerns(order):
            raise_alert(
                cause(order.pk),
                kind=KIND,
                severity=Severity.WARN,
                message=_message(order, open_ones),
                hint=_("Answer the order in its new version, or say on its page that you saw the change."),
                profile_id=order.profile_id,
            )
        Change.objects.filter(pk=change.pk).update(told_at=clock.now())


def still_open(order: Order) -> list[Change]:
    """The changes nobody looked at, of versions after the one that was answered last; oldest first."""
    return open_of([order.pk]).get(order.pk, [])


def open_of(order_ids: Collection[int]) -> dict[int, list[Change]]:
    """``still_open`` for many orders, by their keys; two questions."""
    decided = Acknowledgement.objects.filter(order__in=together(order_ids)).exclude(outcome=Outcome.FAILED)
    answered = dict(decided.order_by("revision").values_list("order_id", "order_version"))
    found: dict[int, list[Change]] = {}
    for one in Change.objects.filter(order__in=together(order_ids), seen_at=None).order_by("order", "version"):
        if one.version > answered.get(one.order_id, 0):
            found.setdefault(one.order_id, []).append(one)
    return found


def concerns(order: Order) -> bool:
    """Whether a change still asks for somebody: not once the order is closed, nor where a cancellation came before any
    answer. A cancellation after an answer always does, also where Amazon closes the order with it."""
    if order.eaches == 0:
        return order.answered_at is not None or bool(order.elsewhere)
    return order.state != OrderState.CLOSED


def _message(order: Order, found: list[Change]) -> Phrase:
    """Windows by the clock of the center the order goes to."""
    zone = zone_of(order.ship_to, order.profile.marketplace).info
    words = {"name": order.number, "what": in_short((c for change in found for c in read(change.changes)), zone)}
    return _("Amazon changed order %(name)s. %(what)s") % words


def seen(who: Who, order: Order) -> int:
    """Somebody looked at an order's changes: their alert closes. A hold stays until it is released or answered.

    Answers how many versions were still unseen. Raises Denied.
    """
    who.require(hold.PERMISSION, order.profile)
    with transaction.atomic():
        rows = order.changes.filter(seen_at=None)
        latest = max(rows.values_list("version", flat=True), default=0)
        count = rows.filter(version__lte=latest).update(seen_at=clock.now(), seen_by=who.name, told_at=clock.now())
        if count:
            record("order.change_seen", by=who.name, obj=order, new={"version": latest})
            close_alert(cause(order.pk), "a person looked at the change")
    return count


def moved(
    row: models.Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]
) -> None:
    """Close the alert of an order that asks for nobody any more, and end the hold of one whose answer never arrived:
    there is nothing to be answered again (``base.transition.on_move``)."""
    if not isinstance(row, Order):
        return
    if new in (OrderState.CLOSED, OrderState.CANCELLED) and not concerns(row):
        close_alert(cause(row.pk), "the order needs no answer any more")
    if new == OrderState.FAILED and row.answered_at is None:
        hold.let_go(row, check=hold.CHANGED, by=by, because="the answer before the change never arrived")
