"""Whether the status Amazon shows is our answer. Pure: the body we sent, what was shown before, what is shown now.

The proof is the acknowledgementDate where Amazon echoes it: it is ours alone, to the millisecond. Where it does not,
quantities that differ from before and match ours. Backordered counts as accepted (FACTS §8); all in eaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from purveyor.amazon.messages.acknowledgements import Code, OrderAcknowledgement, WrittenQuantity, read_acknowledgement
from purveyor.common.units import Quantity
from purveyor.common.windows import moment_or_none


class Verdict(StrEnum):
    """What a look at the status tells about a document."""

    ARRIVED = "arrived"
    UNCHANGED = "unchanged"
    CANNOT_TELL = "cannot tell"
    DIFFERS = "differs"


class Shown(msgspec.Struct, frozen=True):
    """What Amazon shows of one line: eaches accepted and rejected, and the acknowledgementDate it echoes."""

    accepted: int = 0
    rejected: int = 0
    acknowledged_on: str = ""

    @property
    def quantities(self) -> tuple[int, int]:
        return self.accepted, self.rejected

    @property
    def date(self) -> datetime | None:
        """The echoed date; None where there is none or it cannot be read."""
        return moment_or_none(self.acknowledged_on)


Status = Mapping[str, Shown]
CLOCKS_DIFFER = timedelta(minutes=5)
NOTHING = Shown()


class Ours(msgspec.Struct, frozen=True):
    """What our document says: its date, and per line the eaches it confirms and rejects."""

    date: datetime
    lines: dict[str, tuple[int, int]]


def ours_of(body: bytes) -> Ours:
    """The quantities of a document as Amazon's status will count them. Raises Unreadable."""
    (order,) = read_acknowledgement(body).acknowledgements
    return Ours(order.acknowledgement_date, dict(_lines(order)))


def _lines(order: OrderAcknowledgement) -> Iterable[tuple[str, tuple[int, int]]]:
    for item in order.items:
        confirmed = rejected = 0
        for entry in item.item_acknowledgements:
            eaches = _eaches(entry.acknowledged_quantity)
            if entry.acknowledgement_code == Code.REJECTED:
                rejected += eaches
            else:
                confirmed += eaches
        yield item.item_sequence_number, (confirmed, rejected)


def _eaches(quantity: WrittenQuantity) -> int:
    return Quantity(quantity.amount, quantity.unit_of_measure, quantity.unit_size or 1).eaches


def judge(body: bytes, before: Status, now: Status | None, *, taken: bool = False) -> Verdict:
    """What the status now says about the document, ``before`` being what it said when the document was made.

    ``now`` is None when Amazon does not show the order at all. Only lines of the document count. ``taken``: Amazon gave
    it a transaction id; then quantities as ours under a date that is new since also show it, which is all there is to
    see of a correction of dates where Amazon writes a date of its own.
    """
    ours = ours_of(body)
    if now is None or not ours.lines.keys() <= now.keys():
        return Verdict.CANNOT_TELL
    echoed = {now[n].date == ours.date for n in ours.lines}
    matching = {now[n].quantities == said for n, said in ours.lines.items()}
    if echoed == {True}:
        return Verdict.ARRIVED if matching == {True} else Verdict.DIFFERS
    differs = any(before.get(n, NOTHING).quantities != said for n, said in ours.lines.items())
    stamped = taken and all(now[n].date != before.get(n, NOTHING).date for n in ours.lines)
    if matching == {True} and (differs or stamped) and not _older(ours, now):
        return Verdict.ARRIVED
    return _without_proof(ours, before, now)


def _older(ours: Ours, now: Status) -> bool:
    """Whether what is shown was said before us: somebody gave the same answer elsewhere, unseen when ours was made."""
    return any((date := now[n].date) is not None and date < ours.date - CLOCKS_DIFFER for n in ours.lines)


def _without_proof(ours: Ours, before: Status, now: Status) -> Verdict:
    moved = [n for n in ours.lines if not _same(now[n], before.get(n, NOTHING))]
    if not moved:
        # What we said is what was there before: whether it arrived leaves no trace in the quantities.
        said_before = all(before.get(n, NOTHING).quantities == said for n, said in ours.lines.items())
        echoes = any(before.get(n, NOTHING).date is not None for n in ours.lines)
        return Verdict.CANNOT_TELL if said_before and not echoes else Verdict.UNCHANGED
    ours_so_far = all(now[n].quantities == ours.lines[n] for n in moved)
    return Verdict.CANNOT_TELL if ours_so_far else Verdict.DIFFERS


def _same(now: Shown, before: Shown) -> bool:
    return now.quantities == before.quantities and now.date == before.date


def baseline_of(status: Status) -> dict[str, Any]:
    """A status as JSON, for ``Document.baseline``."""
    return {number: msgspec.to_builtins(shown) for number, shown in status.items()}


def status_of(baseline: Mapping[str, Any]) -> dict[str, Shown]:
    """The other way round."""
    return {number: msgspec.convert(shown, Shown) for number, shown in baseline.items()}
