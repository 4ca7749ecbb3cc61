"""What an answer accepts, line by line, and why: in full, from stock, as picked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from purveyor.common.units import CASES
from purveyor.orders.domain.answer import LineAnswer, Promise, open_lines, promise, split
from purveyor.orders.models import Finding, Line, Order

CUT, ROUND, APPROVED = "cut", "round", "approved"
FULL, SHORT, WAY, PICKED, REFUSED = "full", "stock", "way", "picked", "refused"


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of an answer, in eaches. ``why`` is one of this module's words; ``had`` what there was to give."""

    line: str
    ordered: int
    accepted: int
    backordered: int
    rejected: int
    why: str
    had: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Terms:
    """How an answer is made: what becomes of what is lacking, and when a backorder is promised for."""

    now: datetime
    backorder: bool = False
    backorder_days: int = 14

    @classmethod
    def of(cls, settings: Mapping[str, Any], now: datetime) -> Terms:
        return cls(now, settings["policy.rest"] == "backorder", settings["policy.backorder_days"])


def plan(
    lines: Sequence[Line],
    findings: Sequence[Finding],
    terms: Terms,
    *,
    had: Mapping[int, int] | None = None,
    picked: bool = False,
    refused: frozenset[str] = frozenset(),
) -> list[Planned]:
    """What each open line gets. ``had`` by line key is what there is to give (stock, or pieces picked); None means all.

    A way out taken of a finding counts too: cut to stock, round to cases. Lines ordered in cases get whole ones. A line
    rejected before stays rejected (AC-04).
    """
    ways = caps(findings)
    found = []
    for line in open_lines(lines):
        give, why = line.eaches, FULL
        if line.number in refused:
            give, why = 0, REFUSED
        if ways.get(line.pk, give) < give:
            give, why = ways[line.pk], WAY
        if had is not None and had.get(line.pk, 0) < give:
            give, why = had.get(line.pk, 0), PICKED if picked else SHORT
        found.append(_planned(line, _whole(line, give), why, terms, None if had is None else had.get(line.pk, 0)))
    return found


def _planned(line: Line, give: int, why: str, terms: Terms, had: int | None) -> Planned:
    left = line.eaches - give
    later = left if terms.backorder and line.backorder_allowed and why != REFUSED else 0
    return Planned(line.number, line.eaches, give, later, left - later, why, had)


def caps(findings: Sequence[Finding]) -> dict[int, int]:
    """At most so many eaches of a line, by its key, as ways out taken say."""
    found: dict[int, int] = {}
    for one in findings:
        most = {CUT: one.numbers.get("free"), ROUND: one.numbers.get("whole"), APPROVED: one.numbers.get("left")}.get(
            one.way
        )
        if one.line_id is not None and most is not None and one.state == "accepted":
            found[one.line_id] = min(int(most), found.get(one.line_id, int(most)))
    return found


def _whole(line: Line, eaches: int) -> int:
    size = line.unit_size if line.unit == CASES and line.unit_size > 0 else 1
    return eaches // size * size


def answers_of_plan(
    order: Order, lines: Sequence[Line], planned: Sequence[Planned], terms: Terms
) -> dict[str, list[LineAnswer]]:
    """The answers a plan comes to, with the dates of ``promise``; a backorder arrives or leaves some days later."""
    by_number = {line.number: line for line in lines}
    dates = promise(order, terms.now)
    later = terms.now + timedelta(days=terms.backorder_days)
    backorder = Promise(delivery_date=later) if order.delivery_end else Promise(ship_date=later)
    return {
        one.line: split(
            by_number[one.line],
            accepted=one.accepted,
            backordered=one.backordered,
            rejected=one.rejected,
            accept_by=dates,
            backorder_by=backorder,
        )
        for one in planned
    }
