"""Amazon's order status in our words: all quantities in eaches. Pure."""

from __future__ import annotations

from purveyor.amazon.errors import Unreadable
from purveyor.amazon.messages import orders as messages
from purveyor.amazon.messages.orders import known_enum
from purveyor.common.errors import Remedy
from purveyor.common.windows import zulu
from purveyor.orders.records import ReceivedLineStatus, ReceivedStatus

_WIDTH = 40
_WIDTH_OF_LINE = 20


def status_record(status: messages.OrderStatus) -> ReceivedStatus:
    """The record of a status as read. Raises Unreadable when a word or number is longer than any of Amazon's."""
    number = status.purchase_order_number.strip()
    amazon_status = _word("purchaseOrderStatus", status.purchase_order_status)
    lines = [_line(item) for item in status.item_status]
    words = [amazon_status, number, *(w for line in lines for w in (line.confirmation, line.receipt))]
    if any(len(w) > _WIDTH for w in words) or any(len(line.number) > _WIDTH_OF_LINE for line in lines):
        raise Unreadable("a word in it is too long to be one", number=number, remedy=Remedy.TELL_DEVELOPER)
    return ReceivedStatus(number=number, amazon_status=amazon_status, updated_at=status.last_updated_date, lines=lines)


def _line(item: messages.ItemStatus) -> ReceivedLineStatus:
    acknowledged, receiving = item.acknowledgement_status, item.receiving_status
    return ReceivedLineStatus(
        number=item.item_sequence_number,
        ordered=_eaches(item.ordered_quantity.ordered_quantity),
        confirmation=_word("confirmationStatus", acknowledged.confirmation_status),
        accepted=_eaches(acknowledged.accepted_quantity),
        rejected=_eaches(acknowledged.rejected_quantity),
        acknowledged_on=_echo(acknowledged),
        receipt=_word("receiveStatus", receiving.receive_status),
        received=_eaches(receiving.received_quantity),
        received_at=receiving.last_receive_date,
    )


def _echo(acknowledged: messages.Acknowledged) -> str:
    """The latest acknowledgementDate echoed, in UTC; each answer replaces the one before (OPERATIONS §1.6)."""
    dates = [d.acknowledgement_date for d in acknowledged.acknowledgement_status_details if d.acknowledgement_date]
    return zulu(max(dates)) if dates else ""


def _eaches(quantity: messages.Quantity | None) -> int | None:
    return quantity.units.eaches if quantity else None


def _word(kind: str, text: str) -> str:
    return known_enum(kind, text) or text
