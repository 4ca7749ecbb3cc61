"""What the pretended Amazon writes down of an invitation and of its answers."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

BULK, BORN_TO_RUN, ADVANCE = "bulk buy", "born to run", "advance purchase"


class Delivery(msgspec.Struct, frozen=True):
    """Goods that shall arrive between two days, both included."""

    first: date
    last: date


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of an invitation: its number in the sheet, the product, and what is asked of each delivery: ``pieces``
    (0 for nothing) and the ``costs`` of one."""

    number: int
    asin: str
    sku: str
    title: str
    pieces: tuple[int, ...]
    costs: tuple[str, ...]


class Error(msgspec.Struct, frozen=True):
    """What is wrong with an answer: the cell's place such as ``K12``, what stands in it, and why it cannot stand."""

    cell: str
    value: str
    message: str


class Promise(msgspec.Struct, frozen=True):
    """What the vendor promised of one row in one delivery (from 0), at which cost."""

    row: int
    delivery: int
    pieces: int
    cost: str


class Invitation(msgspec.Struct, kw_only=True):
    """One invitation. ``columns`` hold the place (from 0) of each answer column by its role and the delivery's number,
    such as ``quantity_1``. ``sheet`` is the name of the sheet the rows stand in."""

    number: str
    group: str
    vendor_code: str
    layout: str
    variant: str
    program: str
    unsold: str
    currency: str
    zone: str
    created_at: datetime
    expires_at: datetime
    deliveries: tuple[Delivery, ...]
    rows: tuple[Row, ...] = ()
    sheet: str = ""
    columns: dict[str, int] = {}
    answered_at: datetime | None = None
    promises: tuple[Promise, ...] = ()
    orders: tuple[str, ...] = ()

    @property
    def asked(self) -> int:
        """Eaches asked for in all."""
        return sum(sum(row.pieces) for row in self.rows)

    @property
    def promised(self) -> int:
        """Eaches promised in all."""
        return sum(one.pieces for one in self.promises)
