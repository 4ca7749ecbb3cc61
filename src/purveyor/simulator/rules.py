"""Amazon's own rules for answers to an order: who may say what, until when (FACTS §5.1, OPERATIONS §1.6).

``read`` refuses at once what does not have the shape of an acknowledgement; ``judge`` finds, later and out of sight,
what is wrong in content; ``settle`` says what a good answer means for each line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from purveyor.common.money import decimal_of
from purveyor.common.units import CASES, EACHES
from purveyor.simulator.model import Line, Order, State

ACCEPTED = "Accepted"
BACKORDERED = "Backordered"
REJECTED = "Rejected"
CODES = frozenset({ACCEPTED, BACKORDERED, REJECTED})
REASONS = frozenset({"TemporarilyUnavailable", "InvalidProductIdentifier", "ObsoleteProduct"})

# Quantities and prices may be corrected so long; afterwards only dates.
UPDATE_WITHIN = timedelta(hours=48)


class Party(msgspec.Struct, rename="camel"):
    party_id: str


class Quantity(msgspec.Struct, rename="camel"):
    amount: int = 0
    unit_of_measure: str = ""
    unit_size: int = 0

    def eaches(self, line: Line) -> int:
        """In eaches; what is left unsaid is as the line was ordered."""
        unit = self.unit_of_measure or line.unit
        return self.amount * ((self.unit_size or line.unit_size) if unit == CASES else 1)


class Money(msgspec.Struct, rename="camel"):
    amount: str = ""
    currency_code: str = ""
    unit_of_measure: str = ""


class Entry(msgspec.Struct, rename="camel", kw_only=True):
    acknowledged_quantity: Quantity
    acknowledgement_code: str = ""
    scheduled_ship_date: datetime | None = None
    scheduled_delivery_date: datetime | None = None
    rejection_reason: str = ""


class Item(msgspec.Struct, rename="camel", kw_only=True):
    ordered_quantity: Quantity
    item_acknowledgements: list[Entry] = []
    item_sequence_number: str = ""
    amazon_product_identifier: str = ""
    vendor_product_identifier: str = ""
    net_cost: Money | None = None
    list_price: Money | None = None
    discount_multiplier: str = ""


class Submitted(msgspec.Struct, rename="camel", kw_only=True):
    """One order's acknowledgement, in Amazon's words."""

    purchase_order_number: str
    selling_party: Party
    acknowledgement_date: datetime
    items: list[Item]


def read(body: Any) -> Submitted:
    """The acknowledgement of one order. Raises ValueError saying where the shape is wrong: that is a 400 at once."""
    try:
        return msgspec.convert(body, Submitted)
    except msgspec.ValidationError as problem:
        raise ValueError(str(problem)) from None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in what was answered, as getTransaction tells it."""

    code: str
    message: str

    def as_error(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message}


@dataclass(slots=True)
class Said:
    """What an answer says about one line, in eaches. ``rejected`` is what is left, once ``settle`` has counted."""

    line: Line
    accepted: int = 0
    backordered: int = 0
    rejected: int = 0
    cost: str = ""
    items: list[Item] = field(default_factory=list)

    @property
    def promised(self) -> int:
        return self.accepted + self.backordered


def find_line(order: Order, item: Item) -> Line | None:
    """The line an item speaks of: by its number where given, else by the product."""
    if item.item_sequence_number:
        line = order.items.by_number.get(item.item_sequence_number)
        return line if line is not None and _same_product(line, item) else None
    return next((line for line in order.lines if _named(item) and _same_product(line, item)), None)


def _named(item: Item) -> bool:
    return bool(item.amazon_product_identifier or item.vendor_product_identifier)


def _same_product(line: Line, item: Item) -> bool:
    """The same product identifier as in the order, exactly as received (FACTS §5.1)."""
    asin, sku = item.amazon_product_identifier, item.vendor_product_identifier
    return (not asin or asin == line.asin) and (not sku or sku == line.sku)


def said(order: Order, found: Submitted) -> dict[str, Said]:
    """By line number, the sums of what was answered; items that fit no line are left out."""
    result: dict[str, Said] = {}
    for item in found.items:
        line = find_line(order, item)
        if line is None:
            continue
        one = result.setdefault(line.number, Said(line))
        one.items.append(item)
        one.cost = item.net_cost.amount if item.net_cost else ""
        for entry in item.item_acknowledgements:
            _add(one, entry)
    return result


def _add(one: Said, entry: Entry) -> None:
    eaches = entry.acknowledged_quantity.eaches(one.line)
    if entry.acknowledgement_code == ACCEPTED:
        one.accepted += eaches
    elif entry.acknowledgement_code == BACKORDERED:
        one.backordered += eaches


def judge(order: Order | None, found: Submitted, at: datetime) -> list[Fault]:
    """Everything wrong with an answer; none means Amazon takes it. Nothing is changed."""
    if order is None:
        return [Fault("INVALID_ORDER_ID", "There is no such purchase order for this vendor.")]
    return [*_order_faults(order, found), *_item_faults(order, found), *_update_faults(order, found, at)]


def _order_faults(order: Order, found: Submitted) -> Iterator[Fault]:
    if found.selling_party.party_id != order.vendor_code:
        yield Fault(
            "INVALID_SELLING_PARTY", f"The order belongs to another vendor code than {found.selling_party.party_id}."
        )
    if order.cancelled:
        yield Fault("ORDER_CANCELLED", "The order has been cancelled; it can no longer be answered.")


def _item_faults(order: Order, found: Submitted) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, item in enumerate(found.items, 1):
        line = find_line(order, item)
        if line is None:
            yield Fault("INVALID_ITEM", f"Item {place} matches no line of the order by its number and identifier.")
            continue
        if line.number in seen:
            yield Fault("DUPLICATE_ITEM", f"Line {line.number} is answered more than once.")
        seen.add(line.number)
        yield from _line_faults(line, item)


def _line_faults(line: Line, item: Item) -> Iterator[Fault]:
    if not item.item_acknowledgements:
        yield Fault("MISSING_ACKNOWLEDGEMENT_CODE", f"Line {line.number} carries no acknowledgement code.")
    for entry in item.item_acknowledgements:
        yield from _entry_faults(line, entry)
    total = sum(entry.acknowledged_quantity.eaches(line) for entry in item.item_acknowledgements)
    if total > line.eaches:
        yield Fault("QUANTITY_ABOVE_ORDERED", f"Line {line.number}: {total} answered, {line.eaches} ordered (eaches).")
    yield from _cost_faults(line, item.net_cost)


def _entry_faults(line: Line, entry: Entry) -> Iterator[Fault]:
    code = entry.acknowledgement_code
    if not code:
        yield Fault("MISSING_ACKNOWLEDGEMENT_CODE", f"Line {line.number} carries no acknowledgement code.")
    elif code not in CODES:
        yield Fault("INVALID_ACKNOWLEDGEMENT_CODE", f"Line {line.number}: {code} is not an acknowledgement code.")
    if entry.acknowledged_quantity.amount <= 0:
        yield Fault("INVALID_QUANTITY", f"Line {line.number}: an acknowledged quantity must be above zero.")
    if entry.acknowledged_quantity.unit_of_measure not in {"", CASES, EACHES}:
        yield Fault("INVALID_UNIT_OF_MEASURE", f"Line {line.number}: unknown unit of measure.")
    if entry.rejection_reason and entry.rejection_reason not in REASONS:
        yield Fault("INVALID_REJECTION_REASON", f"Line {line.number}: {entry.rejection_reason} is not a reason.")
    if code == BACKORDERED:
        yield from _backorder_faults(line, entry)


def _backorder_faults(line: Line, entry: Entry) -> Iterator[Fault]:
    if not line.backorder:
        yield Fault("BACKORDER_NOT_ALLOWED", f"Line {line.number} may not be backordered.")
    if entry.scheduled_ship_date is None and entry.scheduled_delivery_date is None:
        yield Fault("MISSING_BACKORDER_DATE", f"Line {line.number}: a backorder needs a ship or delivery date.")


def _cost_faults(line: Line, cost: Money | None) -> Iterator[Fault]:
    if cost is None or not cost.amount:
        yield Fault("MISSING_NET_COST", f"Line {line.number} carries no net cost.")
        return
    amount = _number(cost.amount)
    if amount is None or amount <= 0:
        yield Fault("INVALID_NET_COST", f"Line {line.number}: the net cost must be a number above zero.")
    elif line.cost and amount > decimal_of(line.cost):
        yield Fault("NET_COST_ABOVE_ORDER", f"Line {line.number}: the net cost is above the cost of the order.")
    if cost.currency_code and cost.currency_code != line.currency:
        yield Fault("INVALID_CURRENCY", f"Line {line.number}: the order is in {line.currency}.")


def _number(text: str) -> Decimal | None:
    try:
        return decimal_of(text)
    except ValueError:
        return None


def _update_faults(order: Order, found: Submitted, at: datetime) -> Iterator[Fault]:
    late = order.answered_at is not None and at > _correctable_from(order) + UPDATE_WITHIN
    for number, one in said(order, found).items():
        answers = order.seen(number).answers
        if not answers:
            continue
        last = answers[-1]
        # A line rejected whole stays rejected, whenever it was said (AC-04).
        if last.accepted == 0 and one.promised > 0:
            yield Fault("REJECTED_IS_FINAL", f"Line {number} was rejected; it can no longer be accepted.")
        elif late and (one.promised != last.accepted or _number(one.cost) != _number(last.cost)):
            yield Fault("UPDATE_TOO_LATE", f"Line {number}: after 48 hours only dates may be changed.")


def _correctable_from(order: Order) -> datetime:
    """From when the 48 hours run: the first answer, or a later change of the order by Amazon itself."""
    assert order.answered_at is not None
    return max(order.answered_at, order.changed_at or order.answered_at)


def settle(order: Order, found: Submitted) -> dict[str, Said]:
    """What a good answer means for each line. What is not promised counts as rejected; a line left out of the first
    answer counts as rejected whole, in a later one it keeps the answer it had (FACTS §5.1).
    """
    result = said(order, found)
    for line in order.lines:
        if line.amount > 0 and line.number not in result and not order.seen(line.number).answers:
            result[line.number] = Said(line)
    for one in result.values():
        one.rejected = one.line.eaches - one.promised
    return result


def state_after(order: Order) -> State:
    """Closed when everything still wanted was rejected, else Acknowledged (FACTS §8)."""
    wanted = [line for line in order.lines if line.amount > 0]
    promised = any(answers[-1].accepted for line in wanted if (answers := order.seen(line.number).answers))
    return State.ACKNOWLEDGED if promised else State.CLOSED
