"""Until when what has to be done about an order, and the alerts on the way there (OPERATIONS §9.1 AC-07, §9.2).

The answer's clock runs from the order's date to ``Order.due_at``. Its alert rises from notice to warning to serious and
closes when the order waits no longer. A back-filled order raises none: it may have been handled long ago.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from purveyor.alerts.models import Alert, Severity
from purveyor.alerts.queries import standing as standing_of
from purveyor.alerts.raise_ import close_alert, raise_alert, says
from purveyor.alerts.states import AlertState
from purveyor.base.phrase import Moment, Phrase, _
from purveyor.centers.domain.resolve import choose
from purveyor.common import clock
from purveyor.common.deadlines import OVER, Deadline
from purveyor.orders.models import Order
from purveyor.orders.states import WAITING, OrderState
from purveyor.profiles import dated

ANSWER = "answer"
CHANGE = "change"
SHIP = "ship"
DELIVER = "deliver"
KIND = "order.answer_due"

# Orders that were due longer ago raise no alert any more, and their alert stays as it is.
FORGET = timedelta(days=30)
LONGEST = timedelta(hours=240)
AT_ONCE = 500


def deadlines(order: Order, first_answered_at: datetime | None, values: Mapping[str, Any]) -> list[Deadline]:
    """The clocks that run for an order, as its profile's settings say: only those that still ask for something."""
    if order.state in (OrderState.CANCELLED, OrderState.CLOSED):
        return []
    found = []
    if order.state in WAITING:
        found.append(Deadline(ANSWER, order.ordered_at, order.due_at))
    if first_answered_at is not None:
        limit = timedelta(hours=values["deadlines.change_hours"])
        found.append(Deadline(CHANGE, first_answered_at, first_answered_at + limit))
    if order.ship_end is not None:
        found.append(Deadline(SHIP, order.ordered_at, order.ship_end))
    if order.delivery_end is not None:
        found.append(Deadline(DELIVER, order.ordered_at, order.delivery_end))
    return found


def meaning(kind: str) -> str:
    """What has to be done until then, and what counts."""
    said = {
        ANSWER: _("Answer: Amazon has to have taken it."),
        CHANGE: _("Change quantities and costs of the answer; afterwards only dates."),
        SHIP: _("Ship: the goods have left by the end of the ship window."),
        DELIVER: _("Deliver: the goods have arrived by the end of the delivery window."),
    }
    return said[kind]


def stages_of(values: Mapping[str, Any]) -> tuple[int, ...]:
    """At how many percent a profile is alerted."""
    return tuple(sorted(values[f"deadlines.{name}_alert"] for name in ("first", "second", "third")))


def look(now: datetime | None = None) -> int:
    """Raise and worsen the alerts of the answers that are due, close those of orders that wait no longer.

    Answers how many alerts it touched. It asks for the waiting orders whose time may be half over, by the index on
    state and deadline, a batch at a time; what has an alert in the right words is left alone. Running it twice, or on
    two workers, changes nothing more.
    """
    at = now or clock.now()
    standing = {a.cause: a for a in Alert.objects.filter(kind=KIND).exclude(state=AlertState.CLOSED)}
    waiting: set[str] = set()
    touched = 0
    for batch in _batches(at):
        values = dated.values_of({o.profile_id: o.profile for o in batch}.values())
        for order in batch:
            waiting.add(cause(order.pk))
            touched += _tell(order, values[order.profile_id], standing.get(cause(order.pk)), at)
    for gone in standing.keys() - waiting:
        touched += _close_if_done(gone)
    return touched


def look_at(order_id: int) -> None:
    """One order came in: its time may be half over already."""
    order = Order.objects.select_related("profile").filter(pk=order_id, state__in=WAITING, backfilled=False).first()
    if order is not None:
        _tell(order, dated.values(order.profile), standing_of(cause(order.pk)).first(), clock.now())


def cause(order_id: int) -> str:
    """What the alert about an order's answer is known by."""
    return f"order:{order_id}:answer"


def moved(
    row: models.Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]
) -> None:
    """Close the alert the moment an order waits no longer (``base.transition.on_move``)."""
    if isinstance(row, Order) and old in WAITING and new not in WAITING and not row.backfilled:
        close_alert(cause(row.pk), _ANSWERED)


_ANSWERED = "the order waits for no answer any more"
_SEVERITIES = (Severity.INFO, Severity.WARN, Severity.BAD)


def _batches(at: datetime) -> Iterator[Sequence[Order]]:
    """Waiting orders that may have reached their first stage, the nearest first."""
    rows = Order.objects.filter(
        state__in=WAITING, backfilled=False, due_at__gt=at - FORGET, due_at__lte=at + LONGEST
    ).select_related("profile")
    after: tuple[Any, int] | None = None
    while True:
        found: Sequence[Order] = list(_after(rows, after).order_by("due_at", "pk")[:AT_ONCE])
        if found:
            yield found
        if len(found) < AT_ONCE:
            return
        after = (found[-1].due_at, found[-1].pk)


def _after(rows: Any, after: tuple[Any, int] | None) -> Any:
    if after is None:
        return rows
    due, key = after
    return rows.filter(models.Q(due_at__gt=due) | models.Q(due_at=due, pk__gt=key))


def _tell(order: Order, values: Mapping[str, Any], standing: Alert | None, at: datetime) -> int:
    stages = stages_of(values)
    stage = Deadline(ANSWER, order.ordered_at, order.due_at).stage(at, stages)
    if not stage:
        return 0
    severity = _severity(stage, stages)
    message = _message(order, stage)
    if says(standing, severity, message):
        return 0
    raise_alert(
        cause(order.pk),
        kind=KIND,
        severity=severity,
        message=message,
        hint=_("Answer the order."),
        profile_id=order.profile_id,
    )
    return 1


def _severity(stage: int, stages: Sequence[int]) -> Severity:
    return Severity.BAD if stage == OVER else _SEVERITIES[max(i for i, s in enumerate(stages) if s == stage)]


def _message(order: Order, stage: int) -> Phrase:
    due = Moment(order.due_at, choose("", "", order.profile.marketplace).name)
    words = {"name": order.number, "percent": stage, "due": due}
    if stage == OVER:
        return _("Order %(name)s is overdue: its answer was due at %(due)s.") % words
    return _("Order %(name)s waits for its answer: %(percent)d %% of the time are over, it is due at %(due)s.") % words


def _close_if_done(cause_: str) -> int:
    """An alert whose order was not among those waiting: closed unless it waits all the same, overdue for long."""
    key = int(cause_.split(":")[1])
    if Order.objects.filter(pk=key, state__in=WAITING, backfilled=False, due_at__lte=clock.now() + LONGEST).exists():
        return 0
    return int(close_alert(cause_, _ANSWERED))
