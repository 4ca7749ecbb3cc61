"""What row 3 hands over: an order and its status as received, in our words. Pure values."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec


class ReceivedLine(msgspec.Struct, frozen=True, gc=False):
    """One line of a received order. ``eaches`` are worked out already; ``cost_unit`` is empty for a cost per each."""

    position: int
    number: str
    asin: str
    vendor_product: str
    amount: int
    unit: str
    unit_size: int
    eaches: int
    backorder_allowed: bool
    net_cost: Decimal | None
    list_price: Decimal | None
    currency: str
    cost_unit: str


class ReceivedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One purchase order as received. ``flags`` are short words for what was odd about it; nothing was lost over them.

    ``amazon_state`` is Amazon's own word, in Amazon's own case where we know it; ``ordered_at`` the order's own date.
    """

    number: str
    amazon_state: str
    amazon_state_at: datetime | None
    amazon_type: str
    vendor_code: str
    ship_to: str
    parties: dict[str, Any]
    payment_method: str
    deal_code: str
    import_details: dict[str, Any] | None
    ordered_at: datetime
    changed_at: datetime | None
    ship_start: datetime | None
    ship_end: datetime | None
    delivery_start: datetime | None
    delivery_end: datetime | None
    window_end: datetime | None
    currency: str
    total: Decimal
    eaches: int
    flags: list[str]
    lines: list[ReceivedLine]


class ReceivedLineStatus(msgspec.Struct, frozen=True, gc=False):
    """What Amazon shows of one line, in eaches. None means that Amazon says nothing about it.

    ``acknowledged_on`` is the latest acknowledgementDate Amazon echoes, in UTC; empty when it echoes none.
    """

    number: str
    ordered: int | None
    confirmation: str
    accepted: int | None
    rejected: int | None
    acknowledged_on: str
    receipt: str
    received: int | None
    received_at: datetime | None


class ReceivedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The status of one order as received: OPEN or CLOSED in Amazon's word, when it was last updated, and its lines."""

    number: str
    amazon_status: str
    updated_at: datetime | None
    lines: list[ReceivedLineStatus]

    @property
    def answered(self) -> bool:
        """Whether Amazon shows an answer to any line."""
        return any(line.accepted or line.rejected or line.acknowledged_on for line in self.lines)


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One document that came: what it says, its bytes compressed (``keep.pack``), the hashes of bytes and content.

    The latter is empty while nobody had to compare it (``keep.content``).
    """

    record: ReceivedOrder | ReceivedStatus
    packed: bytes
    raw_hash: str
    content_hash: str
    request_id: str = ""
    source: str = ""


class Counts(msgspec.Struct, kw_only=True):
    """What became of the documents of one or more pages. ``aside`` could not be understood; nothing is lost."""

    seen: int = 0
    stored: int = 0
    changed: int = 0
    unchanged: int = 0
    aside: int = 0

    def add(self, other: Counts) -> None:
        """Count the other's documents too."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def as_dict(self) -> dict[str, int]:
        return msgspec.structs.asdict(self)
