"""What an order that came in or changed sets going again: what changed is kept and told, an answered order is held.

Receiving calls ``as_held``, ``note`` and ``arrived`` in its transaction, a page at a time; whatever can wait is nudged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from purveyor.alerts.raise_ import close_alert
from purveyor.audit.plain import plain
from purveyor.audit.secrecy import find_secret
from purveyor.audit.write import record
from purveyor.base.db import together
from purveyor.jobs.nudge import nudge_many
from purveyor.orders.domain import changes, hold, standing
from purveyor.orders.domain.keep import Version
from purveyor.orders.models import Change, Line, Order
from purveyor.orders.records import ReceivedLine, ReceivedOrder
from purveyor.orders.states import OrderState

CHECK_TASK = "orders.check"
TELL_TASK = "orders.tell-change"
WAREHOUSE = "warehouse.reconsider"
"""The task that compares an order with what the warehouse was asked to pick of it."""
ANSWERED = (OrderState.ACKNOWLEDGING, OrderState.ACKNOWLEDGED, OrderState.ELSEWHERE)

_ANSWERED = "the order was answered in its new version"
_ORDER = ReceivedOrder.__struct_fields__[:-1]
_LINE = ReceivedLine.__struct_fields__


def arrived(order_ids: Iterable[int]) -> None:
    """Orders came in or changed: whoever looks at such orders is woken, once the page is committed."""
    nudge_many(CHECK_TASK, order_ids)


def as_held(order_ids: Iterable[int]) -> dict[int, ReceivedOrder]:
    """Orders as they are held, as records, by their key: two questions. The lines that are gone are left out."""
    keys = together(list(order_ids))
    lines: dict[int, list[ReceivedLine]] = {}
    rows = Line.objects.filter(order_id__in=keys, gone=False).order_by("order_id", "position")
    for key, *values in rows.values_list("order_id", *_LINE):
        lines.setdefault(key, []).append(ReceivedLine(*values))
    found = Order.objects.filter(pk__in=keys).order_by().values_list("pk", *_ORDER)
    return {
        key: ReceivedOrder(**dict(zip(_ORDER, values, strict=True)), lines=lines.get(key, [])) for key, *values in found
    }


def note(
    before: Mapping[int, ReceivedOrder], versions: Sequence[Version], now: datetime, *, by: str, quietly: bool
) -> list[int]:
    """Keep what each version changed, tell the audit, hold what was answered. Answers the orders that really changed.

    ``quietly``: a back-fill brings old news, which is kept and told to the audit only. Joins the caller's transaction.
    """
    differing = {v.order_id: (v, found) for v in versions if (found := _diff(before, v))}
    if not differing:
        return []
    orders = {o.pk: o for o in Order.objects.filter(pk__in=list(differing)).select_related("profile")}
    holds = hold.held_of(list(orders.values()))
    rows = []
    for key, (version, found) in differing.items():
        order = orders[key]
        answered = order.answered_at is not None or order.state in ANSWERED or bool(order.elsewhere)
        rows.append(_row(order, version, found, now, answered, quietly))
        _record(order, version, found, by)
        if answered and not quietly and _goes_on(order):
            earlier = [told for h in holds.get(key, ()) if h.check_id == hold.CHANGED for told in h.told]
            hold.place(order, check=hold.CHANGED, by=by, told=[*earlier, *changes.stored(found)])
    made = Change.objects.bulk_create(rows)
    nudge_many(TELL_TASK, [row.pk for row in made if row.told_at is None])
    nudge_many(WAREHOUSE, list(differing))
    return list(differing)


def _goes_on(order: Order) -> bool:
    """Whether there is an order to hold: none that Amazon has cancelled or closed with this very change."""
    path = standing.path(order.state, standing.word_of(order), order.eaches, answered=bool(order.answered_at))
    return [str(order.state), *path][-1] not in hold.SETTLED


def _diff(before: Mapping[int, ReceivedOrder], version: Version) -> tuple[changes.Change, ...]:
    record: Any = version.document.record
    return changes.diff(before[version.order_id], record)


def _row(
    order: Order, version: Version, found: Sequence[changes.Change], now: datetime, answered: bool, quietly: bool
) -> Change:
    return Change(
        order=order,
        version=version.number,
        at=now,
        changes=changes.stored(found),
        answered=answered,
        told_at=now if quietly else None,
    )


def _record(order: Order, version: Version, found: Sequence[changes.Change], by: str) -> None:
    """The event. Amazon's words are Amazon's: what looks like a secret in them is left out, and stops no page."""
    old: dict[str, Any] = {"version": version.number - 1}
    new: dict[str, Any] = {"version": version.number}
    for change in found:
        name = f"line {change.line} {change.field}" if change.line else change.field
        old[name], new[name] = change.old, change.new
    told = {"old": plain(old), "new": plain(new)}
    if find_secret(told) is not None:
        told = {"old": {"version": version.number - 1}, "new": {"version": version.number}}
    record("order.changed", by=by, obj=order, **told)


def answered(order: Order, by: str) -> None:
    """The order was answered in its newest version: its changes are dealt with."""
    if order.version == 1:
        return
    hold.let_go(order, check=hold.CHANGED, by=by, because=_ANSWERED)
    close_alert(cause(order.pk), _ANSWERED)


def cause(order_id: int) -> str:
    """What the alert about an order's changes is known by."""
    return f"order:{order_id}:changed"
