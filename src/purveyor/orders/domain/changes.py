"""What one version of an order changed in the one before it (FACTS §5.1, OPERATIONS §1.9). Pure.

A change is kept as plain JSON and put into words only when it is read, in the reader's language. What Amazon merely
restates, and its own state, is no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from purveyor.common import money
from purveyor.common.windows import zulu
from purveyor.orders.records import ReceivedLine, ReceivedOrder

_PLACES = Decimal("0.0001")
Value = Any


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One thing that differs. ``line`` is Amazon's line number, empty for the order as a whole.

    ``old`` and ``new`` are text, truth values or small tables, None where there was, or is, none: a window
    {"start", "end"} in UTC, a quantity {"eaches", "amount", "unit", "unit_size"}, a cost {"amount", "currency", "per"}.
    """

    field: str
    line: str
    old: Value
    new: Value


def diff(before: ReceivedOrder, now: ReceivedOrder) -> tuple[Change, ...]:
    """Everything a vendor has to know of, the order first, then its lines in the order of the new version."""
    return (*_of_order(before, now), *_of_lines(before.lines, now.lines))


def _of_order(before: ReceivedOrder, now: ReceivedOrder) -> Iterator[Change]:
    if bool(before.eaches) != bool(now.eaches):
        yield Change("uncancelled" if now.eaches else "cancelled", "", before.eaches, now.eaches)
    for field, read in _ORDER_FIELDS:
        old, new = read(before), read(now)
        if old != new:
            yield Change(field, "", old, new)


def _of_lines(before: Iterable[ReceivedLine], now: Iterable[ReceivedLine]) -> Iterator[Change]:
    held = {line.number: line for line in before}
    for line in now:
        old = held.pop(line.number, None)
        if old is None:
            yield Change("line_added", line.number, None, _added(line))
        elif old != line:
            yield from _of_line(old, line)
    for line in held.values():
        yield Change("line_gone", line.number, _added(line), None)


def _of_line(before: ReceivedLine, now: ReceivedLine) -> Iterator[Change]:
    old, new = quantity(before), quantity(now)
    if old != new:
        field = "quantity" if before.eaches and now.eaches else "line_restored" if now.eaches else "line_cancelled"
        yield Change(field if before.eaches != now.eaches else "quantity", now.number, old, new)
    for name, read in _LINE_FIELDS:
        was, then = read(before), read(now)
        if was != then:
            yield Change(name, now.number, was, then)


def quantity(line: ReceivedLine) -> dict[str, Any]:
    """How much is ordered, in eaches and as Amazon writes it."""
    return {"eaches": line.eaches, "amount": line.amount, "unit": line.unit, "unit_size": line.unit_size}


def _cost(amount: Decimal | None, line: ReceivedLine) -> dict[str, str] | None:
    if amount is None:
        return None
    return {"amount": money.plain(amount.quantize(_PLACES)), "currency": line.currency, "per": line.cost_unit}


def _added(line: ReceivedLine) -> dict[str, Any]:
    product = {"asin": line.asin, "vendor_product": line.vendor_product}
    return product | {"quantity": quantity(line), "cost": _cost(line.net_cost, line)}


def _window(start: datetime | None, end: datetime | None) -> dict[str, str] | None:
    return {"start": zulu(start) if start else "", "end": zulu(end) if end else ""} if start or end else None


def _address(order: ReceivedOrder) -> Value:
    """The ship-to's own words, without its code, which is a field of its own."""
    party = order.parties.get("ship_to") or {}
    return party.get("address") or None


def _others(order: ReceivedOrder) -> Value:
    return {role: party for role, party in order.parties.items() if role not in ("ship_to", "selling")} or None


_ORDER_FIELDS = (
    ("ship_window", lambda order: _window(order.ship_start, order.ship_end)),
    ("delivery_window", lambda order: _window(order.delivery_start, order.delivery_end)),
    ("ship_to", lambda order: order.ship_to),
    ("ship_to_address", _address),
    ("type", lambda order: order.amazon_type),
    ("ordered_at", lambda order: zulu(order.ordered_at)),
    ("vendor_code", lambda order: order.vendor_code),
    ("payment_method", lambda order: order.payment_method),
    ("deal_code", lambda order: order.deal_code),
    ("freight", lambda order: order.import_details or None),
    ("parties", _others),
)
_LINE_FIELDS = (
    ("cost", lambda line: _cost(line.net_cost, line)),
    ("list_price", lambda line: _cost(line.list_price, line)),
    ("asin", lambda line: line.asin),
    ("vendor_product", lambda line: line.vendor_product),
    ("backorder", lambda line: line.backorder_allowed),
)


def stored(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """As they are kept, and as machines see them."""
    return [{"field": c.field, "line": c.line, "old": c.old, "new": c.new} for c in changes]


def read(rows: Iterable[Mapping[str, Any]]) -> list[Change]:
    """What ``stored`` wrote."""
    return [Change(row["field"], row["line"], row["old"], row["new"]) for row in rows]


def costs_before(changes: Sequence[Change]) -> dict[str, Decimal]:
    """What each line cost before these changes, oldest first, where they changed it."""
    found: dict[str, Decimal] = {}
    for change in changes:
        if change.field == "cost" and change.old:
            found.setdefault(change.line, Decimal(change.old["amount"]))
    return found
