"""What one version of an order changed in the one before it (FACTS §5.1, OPERATIONS §1.9). Pure.

A change is kept as plain JSON and put into words only when it is read, in the reader's language. What Amazon merely
restates, and its own state, is no change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
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
    for field, names, write in _ORDER_FIELDS:
        old, new = names(before), names(now)
        if old != new and write(old) != write(new):
            yield Change(field, "", write(old), write(new))


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


def _window(window: tuple[datetime | None, datetime | None]) -> dict[str, str] | None:
    start, end = window
    return {"start": zulu(start) if start else "", "end": zulu(end) if end else ""} if start or end else None


def _address(parties: dict[str, Any]) -> Value:
    """The ship-to's own words, without its code, which is a field of its own."""
    party = parties.get("ship_to") or {}
    return party.get("address") or None


def _others(parties: dict[str, Any]) -> Value:
    return {role: party for role, party in parties.items() if role not in ("ship_to", "selling")} or None


def _same(value: Value) -> Value:
    return value


# What is compared as it is, and how it is written down where it differs.
_ORDER_FIELDS: tuple[tuple[str, Callable[[Any], Any], Callable[[Any], Value]], ...] = (
    ("ship_window", attrgetter("ship_start", "ship_end"), _window),
    ("delivery_window", attrgetter("delivery_start", "delivery_end"), _window),
    ("ship_to", attrgetter("ship_to"), _same),
    ("ship_to_address", attrgetter("parties"), _address),
    ("type", attrgetter("amazon_type"), _same),
    ("ordered_at", attrgetter("ordered_at"), zulu),
    ("vendor_code", attrgetter("vendor_code"), _same),
    ("payment_method", attrgetter("payment_method"), _same),
    ("deal_code", attrgetter("deal_code"), _same),
    ("freight", attrgetter("import_details"), lambda found: found or None),
    ("parties", attrgetter("parties"), _others),
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
