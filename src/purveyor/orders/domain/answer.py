"""Answers to the lines of an order, as values: proposed, split, read from a machine's file. Nothing here is stored.

An order's answers are a mapping from Amazon's line number to the entries of that line; several entries split it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from purveyor.common import clock
from purveyor.orders.models import Line, Order
from purveyor.orders.states import AnswerCode, RejectionReason


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """One entry of a line's answer. ``eaches`` counts single pieces whatever the unit ordered (OPERATIONS §1.8).

    ``net_cost`` is per each, or per weight unit where the order prices by weight; None means the order's own cost.
    """

    code: str
    eaches: int
    reason: str = ""
    ship_date: datetime | None = None
    delivery_date: datetime | None = None
    net_cost: Decimal | None = None

    @property
    def confirms(self) -> bool:
        """Whether goods are promised: accepted, or backordered, which Amazon counts as accepted (FACTS §8)."""
        return self.code in (AnswerCode.ACCEPTED, AnswerCode.BACKORDERED)


Answers = Mapping[str, Sequence[LineAnswer]]


@dataclass(frozen=True, slots=True)
class Promise:
    """The dates an acceptance names: when it leaves, when it arrives. Either may be missing."""

    ship_date: datetime | None = None
    delivery_date: datetime | None = None


def promise(order: Order, now: datetime) -> Promise:
    """The dates a full acceptance promises: the end of the window the order names.

    With vendor-paid freight the order names a delivery window, with Amazon-paid freight a ship window (FACTS §5.1, last
    row; OPERATIONS §1.5). Its end is the latest moment the order allows, so it promises no more than Amazon asks. A
    window that has passed yields no date: Amazon does not need one with an acceptance, and a past one would be wrong.
    """
    return Promise(_ahead(order.ship_end, now), _ahead(order.delivery_end, now))


def _ahead(end: datetime | None, now: datetime) -> datetime | None:
    return end if end is not None and end > now else None


def open_lines(lines: Iterable[Line]) -> list[Line]:
    """The lines that need an answer: not cancelled by Amazon, still part of the order."""
    return [line for line in lines if not line.cancelled]


def propose_full(
    order: Order, lines: Iterable[Line] | None = None, now: datetime | None = None
) -> dict[str, list[LineAnswer]]:
    """Every open line accepted in full at the order's cost, with the dates of ``promise``."""
    dates = promise(order, now or clock.now())
    found = open_lines(order.lines.all() if lines is None else lines)
    return {line.number: split(line, accepted=line.eaches, accept_by=dates) for line in found}


def split(
    line: Line,
    *,
    accepted: int = 0,
    backordered: int = 0,
    rejected: int = 0,
    reason: str = RejectionReason.TEMPORARILY_UNAVAILABLE,
    accept_by: Promise = Promise(),
    backorder_by: Promise = Promise(),
    net_cost: Decimal | None = None,
) -> list[LineAnswer]:
    """The entries of one line from quantities in eaches; parts of nothing are left out.

    It arranges, it does not judge: whether the parts fill the line is ``answer_rules``' to say.
    """
    cost = line.net_cost if net_cost is None else net_cost
    parts = [
        (AnswerCode.ACCEPTED, accepted, "", accept_by),
        (AnswerCode.BACKORDERED, backordered, "", backorder_by),
        (AnswerCode.REJECTED, rejected, str(reason), Promise()),
    ]
    return [
        LineAnswer(str(code), eaches, why, by.ship_date, by.delivery_date, cost)
        for code, eaches, why, by in parts
        if eaches
    ]


def cut(line: Line, accepted: int, reason: str, accept_by: Promise = Promise()) -> list[LineAnswer]:
    """Accept so many eaches and reject the rest of the line with a reason (OPERATIONS §1.7)."""
    return split(line, accepted=accepted, rejected=line.eaches - accepted, reason=reason, accept_by=accept_by)
