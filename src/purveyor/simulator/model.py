"""What the pretended Amazon writes down: orders with their lines, what was answered, what was received.

Quantities are kept in eaches wherever sums are made; a line remembers the unit it was ordered in (OPERATIONS §1.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from purveyor.common import clock
from purveyor.common.canon import canonical, sha256
from purveyor.common.units import CASES, EACHES


class State(StrEnum):
    """Amazon's purchaseOrderState (FACTS §8)."""

    NEW = "New"
    ACKNOWLEDGED = "Acknowledged"
    CLOSED = "Closed"


class Outcome(StrEnum):
    """What became of an acknowledgement that was taken with 202."""

    PENDING = "pending"
    GOOD = "good"
    BAD = "bad"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line as ordered. ``amount`` is in ``unit``; costs are Amazon's decimal strings per each."""

    number: str
    asin: str = ""
    sku: str = ""
    amount: int = 1
    unit: str = EACHES
    unit_size: int = 1
    cost: str = ""
    list_price: str = ""
    currency: str = "EUR"
    backorder: bool = False

    @property
    def size(self) -> int:
        """Eaches in one unit of this line."""
        return self.unit_size if self.unit == CASES else 1

    @property
    def eaches(self) -> int:
        return self.amount * self.size


class Items:
    """The lines of an order, shared by all orders that have the very same ones.

    ``key`` is the hash of the content; ``wire`` keeps the serialised lines once somebody made them.
    """

    __slots__ = ("by_number", "key", "lines", "wire")

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = tuple(lines)
        self.key = sha256(canonical(self.lines))
        self.by_number = {line.number: line for line in self.lines}
        self.wire = b""


class Step(msgspec.Struct):
    """One change of an ordered quantity, in the line's own unit: so much more, or so much cancelled."""

    at: datetime
    ordered: int = 0
    cancelled: int = 0


class Answer(msgspec.Struct):
    """What the vendor said about one line, in eaches. Backordered pieces count as accepted (FACTS §8)."""

    received_at: datetime
    visible_at: datetime
    date: datetime
    accepted: int
    rejected: int
    cost: str = ""
    source: str = "api"


class Track(msgspec.Struct):
    """What happened to one line after it was placed."""

    steps: list[Step] = []
    answers: list[Answer] = []
    received: int = 0
    received_at: datetime | None = None

    def visible(self, at: datetime) -> list[Answer]:
        """The answers that the status shows at a moment, oldest first."""
        return [a for a in self.answers if a.visible_at <= at]


class Order(msgspec.Struct, kw_only=True):
    """One purchase order as Amazon knows it now.

    ``created_at`` is the moment it became available to the API, ``changed_at`` when Amazon last changed it (None:
    never), ``updated_at`` what the status operation calls lastUpdatedDate.
    """

    number: str
    group: str
    vendor_code: str
    center: str
    created_at: datetime
    updated_at: datetime
    state_changed_at: datetime
    items: Items
    changed_at: datetime | None = None
    state: State = State.NEW
    type: str = "RegularOrder"
    payment: str = "Invoice"
    deal: str = ""
    ship_window: str = ""
    delivery_window: str = ""
    import_details: dict[str, str] | None = None
    parties: dict[str, dict[str, Any]] = {}
    tracks: dict[str, Track] = {}
    answered_at: datetime | None = None
    cancelled: bool = False
    versions: int = 1

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.items.lines

    def line(self, number: str) -> Line:
        """The line with that number. Raises KeyError when there is none."""
        return self.items.by_number[str(number)]

    def track(self, number: str) -> Track:
        """The record of a line, begun when there is none yet."""
        return self.tracks.setdefault(number, Track())

    def seen(self, number: str) -> Track:
        """The record of a line for reading; an empty one when nothing has happened."""
        return self.tracks.get(number) or Track()


class Acknowledgement(msgspec.Struct, kw_only=True):
    """One order's part of a submission that was taken with 202, kept as proof: ``body`` is what was sent."""

    number: str
    group: str
    transaction_id: str
    received_at: datetime
    body: dict[str, Any]
    outcome: Outcome = Outcome.PENDING
    problems: list[dict[str, str]] = []


class Transaction(msgspec.Struct, kw_only=True):
    """What getTransaction tells. ``fault`` names the misbehaviour that befell it, if any."""

    id: str
    group: str
    received_at: datetime
    status: str = "Processing"
    errors: list[dict[str, str]] = []
    fault: str = ""


@dataclass(slots=True)
class Settings:
    """How this Amazon behaves. Delays are seconds before ``speed`` shortens them.

    ``echo_dates``: the status repeats the acknowledgementDate that was sent. ``honour_sort``: getPurchaseOrders obeys
    sortOrder (Amazon's does not, FACTS §11 row 7). ``refuse_ascending``: the status answers sortOrder=ASC with 400, as
    seen for some vendors (row 8). ``generous``: limits are named but not counted. ``latency``: each API answer takes so
    many seconds. ``approval_delay``: how long a restricted role is looked at before a developer has it.
    ``bulk_order_delay``: how long after an answered invitation the promised pieces are ordered.
    """

    outcome_delay: float = 2.0
    visibility_delay: float = 5.0
    receive_delay: float = 259_200.0
    echo_dates: bool = True
    honour_sort: bool = False
    refuse_ascending: bool = False
    generous: bool = False
    latency: float = 0.0
    approval_delay: float = 3600.0
    bulk_order_delay: float = 3600.0


def stamp(at: datetime | None = None) -> datetime:
    """A moment as this Amazon writes it: whole milliseconds. Now, when none is given."""
    at = at or clock.now()
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def millis(at: datetime) -> int:
    """Milliseconds since 1970, exactly."""
    return round(at.timestamp() * 1000)
