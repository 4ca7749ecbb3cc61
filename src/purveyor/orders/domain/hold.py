"""Orders on hold: nothing goes on with them by itself until a person, or what held them, lets them go.

A held order is not answered automatically and not in passing; a person may confirm over it (``domain.acknowledge``).
Each check holds an order once; ``Order.holds`` counts what is open, in the same transaction. An order that Amazon
cancelled or closed holds nothing; should it come back, what persons held is held again, and the checks look anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.jobs.nudge import nudge
from purveyor.orders.domain.hold_said import CHANGED, Told, in_english, words
from purveyor.orders.domain.wake import wake
from purveyor.orders.models import Finding, Hold, Order
from purveyor.orders.models.finding import LIVE
from purveyor.orders.states import FindingState, OrderState
from purveyor.people.who import Who

__all__ = ["CHANGED", "PERMISSION", "PERSON", "held", "held_of", "hold", "let_go", "place", "release", "words"]

PERMISSION = "orders.hold"
WAREHOUSE = "warehouse.reconsider"
"""The task that stops the picking of an order on hold."""
PERSON = "PERSON"
SETTLED = frozenset({OrderState.CANCELLED, OrderState.CLOSED})
SETTLED_BY = "system:orders.settled"


def hold(who: Who, order: Order, because: str, *, check: str = PERSON, told: Told = ()) -> Hold:
    """Put an order on hold for a reason; held by that check already, it gets the new reason.

    Raises Denied, and Refused without a reason.
    """
    who.require(PERMISSION, order.profile)
    return place(order, _reason(because), check=check, by=who.name, told=told)


def release(who: Who, order: Order, hold_id: int, because: str = "") -> Hold:
    """End one hold of an order. Raises NotFound, Denied, and Conflict when it was released already."""
    found = Hold.objects.filter(pk=hold_id, order=order).first()
    if found is None:
        raise NotFound(_("Order %(name)s has no such hold.") % {"name": order.number})
    who.require(PERMISSION, order.profile)
    found.order = order
    with transaction.atomic():
        if not _end(found, who.name, because.strip()):
            raise Conflict(_("This hold was released already."))
        if found.check_id == CHANGED:
            _accept(order, who.name, because.strip())
    return found


def _accept(order: Order, by: str, because: str) -> None:
    """Whoever releases what Amazon's change held has gone past the finding that says the same."""
    same = Finding.objects.filter(order=order, rule=CHANGED, line=None, state=FindingState.OPEN)
    for finding in same.select_related("order__profile"):
        said = {"way": "accept", "taken_by": by, "reason": because[:500]}
        move(finding, FindingState.ACCEPTED, by=by, because=because[:500], action="finding.accepted", **said)


def held(order: Order) -> list[Hold]:
    """What holds an order, oldest first; asks nothing where nothing does."""
    return list(Hold.objects.filter(order=order, released_at=None).order_by("pk")) if order.holds else []


def place(order: Order, because: str = "", *, check: str, by: str, told: Told = ()) -> Hold:
    """``hold`` in the name of the hub itself: whoever calls it answers for the right to. ``told`` is what a check saw;
    its sentence is made of that, and ``because`` needed by none but persons."""
    because = because or in_english(check, told)
    with transaction.atomic():
        found = _open(order, check)
        if found is None:
            try:
                return _begin(order, because, check, by, told)
            except IntegrityError:
                found = Hold.objects.get(order=order, check_id=check, released_at=None)
        if (found.because, found.told) != (because, list(told)):
            old, found.because, found.told = found.because, because, list(told)
            found.save(update_fields=["because", "told"])
            _tell("order.held", order, by, because, old={"check": check, "because": old})
    return found


def let_go(order: Order, *, check: str, by: str, because: str) -> bool:
    """End what one check holds, because its cause is gone; False where it holds nothing."""
    with transaction.atomic():
        found = _open(order, check)
        if found is None:
            return False
        found.order = order
        return _end(found, by, because)


def moved(
    row: models.Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]
) -> None:
    """A settled order holds nothing; one that comes back is held by what persons held (``base.transition.on_move``)."""
    if not isinstance(row, Order):
        return
    if new in SETTLED:
        for found in Hold.objects.filter(order=row, released_at=None).order_by("pk"):
            found.order = row
            _end(found, SETTLED_BY, because)
        if Finding.objects.filter(order=row, state__in=LIVE).exists():
            wake([row.pk])
    elif old in SETTLED:
        last = Hold.objects.filter(order=row, check_id=PERSON).order_by("-pk").first()
        if last is not None and last.released_by == SETTLED_BY:
            place(row, last.because, check=PERSON, by=SETTLED_BY)


def held_of(orders: Sequence[Order]) -> dict[int, list[Hold]]:
    """What holds each of these orders, by its key; one question, and none where nothing is held."""
    keys = [order.pk for order in orders if order.holds]
    found: dict[int, list[Hold]] = {}
    for one in Hold.objects.filter(order__in=keys, released_at=None).order_by("pk") if keys else ():
        found.setdefault(one.order_id, []).append(one)
    return found


def _open(order: Order, check: str) -> Hold | None:
    return Hold.objects.filter(order=order, check_id=check, released_at=None).first()


def _begin(order: Order, because: str, check: str, by: str, told: Told) -> Hold:
    values = {"because": because, "told": list(told), "by": by, "at": clock.now()}
    with transaction.atomic():
        made = Hold.objects.create(order=order, check_id=check, **values)
        _count(order, 1)
        _tell("order.held", order, by, because, new={"check": check})
        nudge(WAREHOUSE, order.pk)
    return made


def _end(found: Hold, by: str, because: str) -> bool:
    now = clock.now()
    with transaction.atomic():
        mine = Hold.objects.filter(pk=found.pk, released_at=None)
        if not mine.update(released_at=now, released_by=by, released_because=because):
            return False
        _count(found.order, -1)
        _tell("order.hold_released", found.order, by, because, old={"check": found.check_id})
        wake([found.order_id])
    found.released_at, found.released_by, found.released_because = now, by, because
    return True


def _count(order: Order, by: int) -> None:
    Order.objects.filter(pk=order.pk).update(holds=F("holds") + by)
    order.refresh_from_db(fields=["holds"])


def _tell(action: str, order: Order, by: str, because: str, **values: Any) -> None:
    record(action, by=by, obj=order, because=because, **values)


def _reason(because: str) -> str:
    text = because.strip()
    if not text:
        said = _("Say why the order is put on hold.")
        raise Refused(said, [Problem(said, where="because")])
    return text
