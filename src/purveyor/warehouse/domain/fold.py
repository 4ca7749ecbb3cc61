"""What the rows of one pick result come to. Pure: any split of the rows over files and parts, in any order, comes to
the same.

Everything said of a line is kept lot by lot as it came; what counts and what is too much is worked out anew from that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from purveyor.warehouse.domain.said import SHORT

Lot = tuple[str, date | None]
"""A lot and its expiry; blank and None where nobody named them."""
_WEIGHT = {code: place for place, code in enumerate(["", *SHORT])}


@dataclass(slots=True)
class Heap:
    """What was said to be picked of one lot of one line, in eaches, too much or not."""

    eaches: int = 0
    short: str = ""
    prepared: bool = False

    def add(self, eaches: int, short: str, prepared: bool) -> None:
        """One more row of it. It is prepared only if every row with goods says so."""
        if eaches:
            self.prepared = prepared and (self.prepared or not self.eaches)
        self.eaches += eaches
        self.short = weightier(self.short, short)


def weightier(one: str, other: str) -> str:
    """Of two reasons why less was picked, the one that says more."""
    return max(one, other, key=_weight)


def _weight(code: str) -> int:
    return _WEIGHT.get(code, len(_WEIGHT))


Lots = dict[Lot, Heap]


@dataclass(slots=True)
class Standing:
    """The result that stands for a list, as far as it is looked at: its ``reference``, the latest moment its rows tell,
    and the lots of its lines by the line's key."""

    reference: str
    picked_at: datetime | None = None
    lines: dict[int, Lots] = field(default_factory=dict)

    def told_at(self, at: datetime | None) -> None:
        """Rows tell a moment; the latest counts."""
        if at is not None:
            self.picked_at = at if self.picked_at is None else max(at, self.picked_at)

    def is_older(self, at: datetime | None) -> bool:
        """Whether rows of another result, picked then, are older than this one; unknown where one tells no time."""
        return at is not None and self.picked_at is not None and at < self.picked_at


def counted(lots: Mapping[Lot, Heap], asked: int) -> dict[Lot, tuple[int, int]]:
    """Of each lot: the eaches that count, and those beyond what is asked. What expires first counts first."""
    found, left = {}, asked
    for lot in sorted(lots, key=_first):
        takes = min(lots[lot].eaches, left)
        found[lot] = takes, lots[lot].eaches - takes
        left -= takes
    return found


def _first(lot: Lot) -> tuple[date, str]:
    return lot[1] or date.max, lot[0]
