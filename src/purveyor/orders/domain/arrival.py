"""An order came in, changed, or something it was waiting for did: match its lines, say of which type it is, check it,
ask the policy.

Looking again finds the same and changes nothing: what is new is opened, what is no longer so is gone, and what a person
accepted stays accepted while its numbers are the same. A batch is one short transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from purveyor.base import db
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.orders.domain import decisions, deviating, holding, knowledge, typed
from purveyor.orders.domain.check import ANSWERABLE, Found, check
from purveyor.orders.domain.knowledge import Batch, Shared
from purveyor.orders.models import Finding, Order
from purveyor.orders.models.finding import LIVE
from purveyor.orders.states import FindingState, Severity

BY = "system:orders.check"
LOCK = "orders.check"
AT_ONCE = 100
TAKEN_ALONG = 1_000
_COLUMNS = (
    "order_id",
    "line_id",
    "rule",
    "severity",
    "numbers",
    "state",
    "state_at",
    "found_at",
    "way",
    "taken_by",
    "reason",
)


def look_at(order_id: int) -> None:
    """Look at one order."""
    look_at_many([order_id])


def arrived(order_id: int) -> None:
    """An order came in or changed: look at it, and at others nobody has looked at yet, unless somebody just did."""
    waiting = due(clock.now(), TAKEN_ALONG)
    if Order.objects.filter(pk=order_id, looked_version__lt=F("version")).exists():
        look_at_many([order_id, *waiting])


def due(now: datetime, limit: int) -> list[int]:
    """The orders that wait for an answer in a version nobody looked at: new ones, and those whose wake-up was lost."""
    rows = Order.objects.filter(state__in=sorted(ANSWERABLE), looked_version__lt=F("version"))
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:limit])


def look_at_many(order_ids: Iterable[int]) -> None:
    """Look at orders, so many in a transaction."""
    keys = sorted(set(order_ids))
    if not keys:
        return
    shared = knowledge.shared_by(keys)
    for begin in range(0, len(keys), AT_ONCE):
        _look(keys[begin : begin + AT_ONCE], shared)


def _look(keys: Sequence[int], shared: Shared) -> None:
    with transaction.atomic():
        rows = Order.objects.filter(pk__in=db.together(keys)).order_by("pk")
        for profile in sorted(set(rows.order_by().values_list("profile_id", flat=True))):
            db.one_at_a_time(LOCK, profile)
        orders = list(rows.select_related("profile"))
        if not orders:
            return
        batch = knowledge.read(orders, shared, clock.now())
        typed.keep(batch, shared)
        found = {order.pk: check(order, batch.lines[order.pk], batch.facts(order)) for order in orders}
        live = _live(keys)
        _keep(batch, found, live)
        Order.objects.filter(pk__in=db.together([order.pk for order in orders])).update(looked_version=F("version"))
        open_ = _open_ones(found, live)
        deviating.tell(batch.orders, open_, live)
        held = holding.keep(batch.orders, open_, by=BY)
        decisions.rule(batch, held | _blocked(found, live))


_Place = tuple[int | None, str]
_Live = Mapping[int, Mapping[_Place, Finding]]


def _live(keys: Sequence[int]) -> dict[int, dict[_Place, Finding]]:
    found: dict[int, dict[_Place, Finding]] = {}
    rows = Finding.objects.filter(order__in=db.together(keys), state__in=LIVE).select_related("order__profile")
    for one in rows.order_by():
        found.setdefault(one.order_id, {})[one.line_id, one.rule] = one
    return found


def _keep(batch: Batch, found: Mapping[int, Sequence[Found]], live: _Live) -> None:
    """Write down what is new, what changed and what is gone."""
    fresh: list[tuple[object, ...]] = []
    for order in batch.orders:
        held = live.get(order.pk, {})
        now_there = {one.place: one for one in found[order.pk]}
        for place, before in held.items():
            if place not in now_there:
                _end(before, "a later look no longer finds it")
        for place, one in now_there.items():
            if not _still(held.get(place), one):
                values = (one.rule, one.severity, one.numbers, FindingState.OPEN.value, batch.now, batch.now)
                fresh.append((order.pk, one.line, *values, "", "", ""))
    db.bulk_upsert("orders_finding", _COLUMNS, fresh)


def _still(before: Finding | None, one: Found) -> bool:
    """Whether the finding is there already, perhaps with other numbers; an accepted one with others ends."""
    if before is None:
        return False
    if before.state == FindingState.ACCEPTED and before.numbers != one.numbers:
        _end(before, "its numbers changed")
        return False
    if before.state == FindingState.OPEN and (before.numbers, before.severity) != (one.numbers, one.severity):
        before.numbers, before.severity = one.numbers, one.severity
        before.save(update_fields=["numbers", "severity"])
    return True


def _end(finding: Finding, because: str) -> None:
    move(finding, FindingState.GONE, by=BY, because=because)


def _open_ones(found: Mapping[int, Sequence[Found]], live: _Live) -> dict[int, list[Found]]:
    """What is open after this look, by order."""
    return {
        key: [one for one in ones if not _accepted(live.get(key, {}).get(one.place))] for key, ones in found.items()
    }


def _blocked(found: Mapping[int, Sequence[Found]], live: _Live) -> frozenset[int]:
    open_ = _open_ones(found, live)
    return frozenset(key for key, ones in open_.items() if any(one.severity == Severity.BLOCK for one in ones))


def _accepted(before: Finding | None) -> bool:
    return before is not None and before.state == FindingState.ACCEPTED
