"""What happens to an order after its release stops its picking: compared again, until nothing newer is left.

The orders nudge ``warehouse.reconsider`` with an order's key; ``due`` finds what no nudge told of.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q

from purveyor.jobs.nudge import nudge
from purveyor.orders.domain.hold import held
from purveyor.orders.domain.policy import DEADLINE
from purveyor.orders.models import Acknowledgement, Decision, Line, Order
from purveyor.orders.states import DecisionState, OrderState
from purveyor.warehouse.domain import said
from purveyor.warehouse.domain.asked import Asked, asked_of
from purveyor.warehouse.domain.hold import put_on_hold, take_back
from purveyor.warehouse.domain.renew import ship_to_moved
from purveyor.warehouse.models import PickList
from purveyor.warehouse.states import LIVE, PickListState

BY = "system:warehouse.reconsider"
RECONSIDER = "warehouse.reconsider"
BEING_PICKED = (PickListState.RELEASED, PickListState.PICKED)
OVER = (OrderState.CANCELLED, OrderState.CLOSED)
LATELY = timedelta(days=30)
"""So long after its release a list that was picked is looked for without a nudge."""
Reason = Mapping[str, Any]


def due(now: datetime, limit: int) -> list[int]:
    """Orders with a list that was not compared with them as they are now; those on hold or over whose list goes on."""
    answers = Acknowledgement.objects.filter(order=OuterRef("order"), revision__gt=OuterRef("checked_answer"))
    received = Line.objects.filter(order=OuterRef("order"), received__gt=0)
    newer = Q(order__version__gt=F("checked_version")) | Q(order__holds__gt=0) | Exists(answers)
    over = Q(order__state=OrderState.CANCELLED) | Q(order__state=OrderState.CLOSED) & ~Exists(received)
    lately = Q(state=PickListState.PICKED, released_at__gt=now - LATELY)
    open_ = Q(state__in=[PickListState.RELEASED, PickListState.HELD])
    rows = PickList.objects.filter(Q(state__in=BEING_PICKED) & newer | over, open_ | lately)
    return list(rows.order_by("pk").values_list("order_id", flat=True)[:limit])


def reconsider(order_id: int) -> None:
    """Compare the live list of an order with it; hold it or take it back where they differ. Else it goes on, and the
    version that was looked at is noted."""
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=order_id).first()
        found = PickList.objects.select_for_update(of=("self",)).filter(order=order_id, state__in=LIVE).first()
        if order is None or found is None:
            return
        found.order = order
        if order.state in OVER:
            _end(found)
        elif found.state in BEING_PICKED:
            _compare(found)


def _end(found: PickList) -> None:
    """An order that Amazon took goods of is over in the ordinary way."""
    order = found.order
    cancelled = order.state == OrderState.CANCELLED or order.eaches == 0
    if cancelled or not order.lines.filter(received__gt=0).exists():
        take_back(found, {"why": said.CANCELLED if cancelled else said.CLOSED}, by=BY)
    else:
        _note(found, asked_of(order))


def _compare(found: PickList) -> None:
    asked = asked_of(found.order)
    reason = _on_hold(found.order) or _differs(found, asked)
    if reason is None:
        _note(found, asked)
    else:
        put_on_hold(found, reason, by=BY)


def _note(found: PickList, asked: Asked) -> None:
    seen = {"checked_version": found.order.version, "checked_answer": _newest_answer(found.order)}
    PickList.objects.filter(pk=found.pk).update(**seen)


def _newest_answer(order: Order) -> int:
    """The revision of the newest answer, also of one that failed: it was looked at."""
    return order.acknowledgements.order_by("-revision").values_list("revision", flat=True).first() or 0


def _on_hold(order: Order) -> Reason | None:
    holds = [{"check": one.check_id, "told": one.told, "because": one.because} for one in held(order)]
    return {"why": said.HELD, "holds": holds} if holds else None


def _differs(found: PickList, asked: Asked) -> Reason | None:
    """What the list asks for and the order no longer does. What was picked is settled with the order by its own rule
    (``settle``), and a provisional answer waits for the picking: there only a change of Amazon's counts."""
    changed = found.order.version > found.checked_version
    if not changed and (found.state == PickListState.PICKED or _provisional(found.order)):
        return None
    numbers = {line.pk: line.number for line in asked.lines}
    there = dict(found.lines.values_list("line_id", "asked"))
    numbers |= dict(found.lines.values_list("line_id", "line__number"))
    lines: list[dict[str, Any]] = [
        {"line": numbers[key], "old": there.get(key, 0), "new": asked.eaches.get(key, 0)}
        for key in [*there, *(key for key in asked.eaches if key not in there)]
        if there.get(key, 0) != asked.eaches.get(key, 0)
    ]
    if not changed:
        fewer = [one for one in lines if one["new"] < one["old"]]
        return {"why": said.ANSWERED, "lines": fewer[: said.MOST_LINES]} if fewer else None
    ship_to = ship_to_moved(found)
    if not lines and ship_to is None:
        return None
    return {"why": said.CHANGED, "lines": lines[: said.MOST_LINES]} | ({"ship_to": ship_to} if ship_to else {})


def _provisional(order: Order) -> bool:
    done = {"order_version": order.version, "state": DecisionState.DONE, "mode": DEADLINE}
    return Decision.objects.filter(order=order, **done).exists()


def moved(
    row: models.Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]
) -> None:
    """Listens to every move: an order that was answered elsewhere, or is over, is compared with its list once that is
    committed (``base.transition.on_move``). Our own answers are found by ``due``, for answering shall cost no more."""
    watched = (OrderState.ELSEWHERE, *OVER)
    if isinstance(row, Order) and new in watched and PickList.objects.filter(order=row, state__in=LIVE).exists():
        nudge(RECONSIDER, row.pk)
