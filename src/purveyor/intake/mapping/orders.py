"""Amazon's purchase order in our words. Pure; never fails on a word Amazon invents (FACTS §9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from purveyor.amazon.errors import Unreadable
from purveyor.amazon.messages import orders as messages
from purveyor.amazon.messages.orders import known_enum
from purveyor.common.errors import Remedy
from purveyor.common.units import CASES, EACHES
from purveyor.common.windows import Window
from purveyor.orders.records import ReceivedLine, ReceivedOrder

NONE = Decimal(0)
_UNITS = frozenset({CASES, EACHES})
# What the columns hold once they are rounded to four places, and 64 bits.
_MOST_MONEY = Decimal("999999999999.9999")
_MOST_EACHES = 2**63
_WIDTHS_OF_ORDER = (40, 40, 40, 20, 20, 40, 80, 3)


def order_record(order: messages.PurchaseOrder) -> ReceivedOrder:
    """The record of a purchase order as read.

    Raises Unreadable, with the order's number, when it cannot be kept as an order: no details, no date, no lines, or
    values beyond any measure.
    """
    number, details = order.purchase_order_number.strip(), order.order_details
    if details is None:
        raise _unreadable("it came without its details", number)
    if details.purchase_order_date is None:
        raise _unreadable("it has no date that can be read", number)
    if not details.items:
        raise _unreadable("it has no lines", number)
    lines = [_line(place, item, number) for place, item in enumerate(details.items, 1)]
    found = _record(order, details, details.purchase_order_date, lines)
    _check_widths(_words(found), _WIDTHS_OF_ORDER, number)
    if found.eaches >= _MOST_EACHES or abs(found.total) > _MOST_MONEY:
        raise _unreadable("its quantities or costs are beyond any measure", number)
    return found


def _record(
    order: messages.PurchaseOrder, details: messages.OrderDetails, ordered_at: datetime, lines: list[ReceivedLine]
) -> ReceivedOrder:
    state, kind = order.purchase_order_state, details.purchase_order_type
    ship, delivery = _window(details.ship_window), _window(details.delivery_window)
    return ReceivedOrder(
        number=order.purchase_order_number.strip(),
        amazon_state=known_enum("purchaseOrderState", state) or state,
        amazon_state_at=details.purchase_order_state_changed_date,
        amazon_type=known_enum("purchaseOrderType", kind) or kind,
        vendor_code=details.selling_party.party_id.strip(),
        ship_to=details.ship_to_party.party_id.strip(),
        parties=_parties(details),
        payment_method=known_enum("paymentMethod", details.payment_method) or details.payment_method,
        deal_code=details.deal_code,
        import_details=_filled(details.import_details) if details.import_details else None,
        ordered_at=ordered_at,
        changed_at=details.purchase_order_changed_date,
        ship_start=ship.start if ship else None,
        ship_end=ship.end if ship else None,
        delivery_start=delivery.start if delivery else None,
        delivery_end=delivery.end if delivery else None,
        window_end=min((w.end for w in (ship, delivery) if w), default=None),
        currency=next((line.currency for line in lines if line.currency), ""),
        total=sum((line.net_cost * line.eaches for line in lines if line.net_cost and not line.cost_unit), NONE),
        eaches=sum(line.eaches for line in lines),
        flags=messages.flags(order) + list(_odd(order, details)),
        lines=lines,
    )


def _line(position: int, item: messages.OrderItem, number: str) -> ReceivedLine:
    ordered, cost, price = item.ordered_quantity, item.net_cost, item.list_price
    unit = ordered.unit_of_measure
    if unit not in _UNITS:
        unit = known_enum("unitOfMeasure", unit) or unit
    size = ordered.unit_size or 1
    cost_unit = cost.unit_of_measure if cost else ""
    line = ReceivedLine(
        position,
        item.item_sequence_number,
        item.amazon_product_identifier.strip(),
        item.vendor_product_identifier.strip(),
        ordered.amount,
        unit,
        size,
        ordered.amount * size if unit == CASES else ordered.amount,
        item.is_back_order_allowed,
        cost.amount if cost else None,
        price.amount if price else None,
        cost.currency_code if cost else price.currency_code if price else "",
        (known_enum("priceUnit", cost_unit) or cost_unit) if cost_unit else "",
    )
    if not _fits(line):
        raise _unreadable(f"a word or a cost of line {line.number[:20]} is beyond any measure", number)
    return line


def _fits(line: ReceivedLine) -> bool:
    """Whether the columns hold it. Written out, as it is asked a million times."""
    return (
        len(line.number) <= 20
        and len(line.asin) <= 20
        and len(line.vendor_product) <= 80
        and len(line.unit) <= 20
        and len(line.currency) <= 3
        and len(line.cost_unit) <= 12
        and (line.net_cost is None or abs(line.net_cost) <= _MOST_MONEY)
        and (line.list_price is None or abs(line.list_price) <= _MOST_MONEY)
    )


def _window(text: str) -> Window | None:
    return messages.window(text) if text else None


def _words(record: ReceivedOrder) -> tuple[str, ...]:
    names = ("number", "amazon_state", "amazon_type", "vendor_code", "ship_to", "payment_method", "deal_code")
    return (*(getattr(record, name) for name in names), record.currency)


def _check_widths(words: tuple[str, ...], widths: tuple[int, ...], number: str) -> None:
    for word, width in zip(words, widths, strict=True):
        if len(word) > width:
            raise _unreadable(f"{word[:20]!r}… is longer than {width} characters", number)


def _odd(order: messages.PurchaseOrder, details: messages.OrderDetails) -> Iterator[str]:
    """What a person should know that is no matter of words or moments."""
    if not order.purchase_order_state:
        yield "no purchaseOrderState"
    for item in details.items:
        ordered = item.ordered_quantity
        if not ordered.unit_size and known_enum("unitOfMeasure", ordered.unit_of_measure) == CASES:
            yield f"line {item.item_sequence_number}: Cases without unitSize"


def _parties(details: messages.OrderDetails) -> dict[str, Any]:
    """The parties that have a name or an address, by role."""
    roles = {
        "buying": details.buying_party,
        "selling": details.selling_party,
        "ship_to": details.ship_to_party,
        "bill_to": details.bill_to_party,
    }
    return {role: found for role, party in roles.items() if (found := _party(party))}


def _party(party: messages.Party) -> dict[str, Any]:
    found: dict[str, Any] = {"id": party.party_id} if party.party_id else {}
    if party.address:
        found["address"] = _filled(party.address)
    if party.tax_info:
        found["tax"] = _filled(party.tax_info)
    return found


def _filled(struct: messages.Address | messages.TaxInfo | messages.ImportDetails) -> dict[str, str]:
    return {name: value for name, value in msgspec.structs.asdict(struct).items() if value}


def _unreadable(reason: str, number: str) -> Unreadable:
    return Unreadable(reason, number=number, remedy=Remedy.TELL_DEVELOPER)
