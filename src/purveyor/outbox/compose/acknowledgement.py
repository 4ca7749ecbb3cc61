"""A decided acknowledgement as the exact bytes that leave: one order per request, so that one transaction id means one
document. Pure: the same decision always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from purveyor.amazon.messages.acknowledgements import (
    AcknowledgedLine,
    Code,
    OrderAcknowledgement,
    PriceUnit,
    Reason,
    Unit,
    WrittenParty,
    WrittenPrice,
    WrittenQuantity,
    write_acknowledgement,
)
from purveyor.amazon.messages.acknowledgements import LineAnswer as Entry
from purveyor.common.errors import Problem, Refused
from purveyor.common.units import CASES
from purveyor.orders.domain.answer import Answers, LineAnswer
from purveyor.orders.models import Line, Order


def compose(order: Order, lines: Sequence[Line], answers: Answers, at: datetime) -> bytes:
    """The body of submitAcknowledgement for one order's answers, decided at a moment (its acknowledgementDate).

    Lines without an answer are left out: they are the cancelled ones, the rules see to the others. Identifiers, ordered
    quantity and unit are echoed as ordered (FACTS §5.1, OPERATIONS §1.8); list price and discount multiplier belong to
    book vendors and are not sent. Raises Refused for what cannot be written exactly.
    """
    try:
        items = [_item(order, line, answers[line.number]) for line in lines if line.number in answers]
    except ValueError as error:
        raise Refused("The answer cannot be written for Amazon.", [Problem(str(error))]) from None
    return write_acknowledgement(
        OrderAcknowledgement(
            purchase_order_number=order.number,
            selling_party=WrittenParty(party_id=order.vendor_code),
            acknowledgement_date=at,
            items=items,
        )
    )


def _item(order: Order, line: Line, entries: Sequence[LineAnswer]) -> AcknowledgedLine:
    return AcknowledgedLine(
        item_sequence_number=line.number,
        amazon_product_identifier=line.asin,
        vendor_product_identifier=line.vendor_product,
        ordered_quantity=_quantity(line, line.eaches),
        net_cost=_cost(order, line, entries),
        item_acknowledgements=[_entry(line, entry) for entry in entries],
    )


def _entry(line: Line, entry: LineAnswer) -> Entry:
    return Entry(
        acknowledgement_code=Code(entry.code),
        acknowledged_quantity=_quantity(line, entry.eaches),
        scheduled_ship_date=entry.ship_date,
        scheduled_delivery_date=entry.delivery_date,
        rejection_reason=Reason(entry.reason) if entry.reason else None,
    )


def _quantity(line: Line, eaches: int) -> WrittenQuantity:
    """In the unit ordered. Raises ValueError when the eaches fill no whole cases."""
    found = line.quantity.of_eaches(eaches)
    size = found.unit_size if found.unit == CASES else None
    return WrittenQuantity(amount=found.amount, unit_of_measure=Unit(found.unit), unit_size=size)


def _cost(order: Order, line: Line, entries: Sequence[LineAnswer]) -> WrittenPrice:
    """The cost that will be invoiced: what the answer names, else the order's; per weight unit where it is so."""
    amount = next((entry.net_cost for entry in entries if entry.net_cost is not None), line.net_cost)
    if amount is None:
        raise ValueError(f"line {line.number} has no cost")
    unit = PriceUnit(line.cost_unit.upper()) if line.cost_unit else None
    return WrittenPrice(amount=amount, currency_code=line.currency or order.currency, unit_of_measure=unit)
