"""Which cells of completed offers an order may come from, and how its window lies beside theirs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from purveyor.offers.domain.consume import EVER, NEVER, OpenCell
from purveyor.orders.models import Line

Cells = Mapping[int, Sequence[OpenCell]]


class Rules(msgspec.Struct, frozen=True):
    """The settings ``types.…`` in force. ``tolerance`` is in percent, the others are days."""

    slack: int
    tolerance: Decimal
    min_days: int
    weekly_days: int
    near_days: int

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Rules:
        return cls(
            slack=settings["types.slack_days"],
            tolerance=settings["types.price_tolerance_percent"],
            min_days=settings["types.min_days"],
            weekly_days=settings["types.weekly_days"],
            near_days=settings["types.near_days"],
        )


class Seen(msgspec.Struct, frozen=True):
    """An order as the rules see it: the days of its window where it goes to, and how many of them lie between its
    own date and the first; None where Amazon names none."""

    first: date | None
    last: date | None
    days: int | None
    vendor_code: str = ""
    currency: str = ""
    prefer: int | None = None
    """The offer it is linked to already: of equals that one stays."""


class Window(msgspec.Struct, gc=False):
    """An order's window beside a delivery's: whether it fits, whether both are near, by how many days it sticks out of
    the delivery's and how many lie between both."""

    ok: bool
    near: bool
    out: int
    gap: int


class Eyes(msgspec.Struct):
    """How one order is looked at. Deliveries are few and lines are many: each delivery is compared once."""

    seen: Seen
    rules: Rules
    first: int | None
    last: int | None
    far: int
    windows: dict[tuple[int, int], Window] = {}

    @classmethod
    def of(cls, seen: Seen, rules: Rules) -> Eyes:
        days = (seen.first, seen.last)
        first, last = (day.toordinal() if day and all(days) else None for day in days)
        return cls(seen, rules, first, last, max(rules.near_days, rules.slack))

    @property
    def reach(self) -> tuple[int, int]:
        """The days between which a delivery is near."""
        if self.first is None or self.last is None:
            return EVER, NEVER
        return self.first - self.far, self.last + self.far

    def window(self, cell: OpenCell) -> Window:
        """The order's window beside that of a cell."""
        key = cell.opens, cell.closes
        found = self.windows.get(key)
        if found is None:
            found = self.windows[key] = self._compare(*key)
        return found

    def _compare(self, opens: int, closes: int) -> Window:
        if self.first is None or self.last is None:
            whenever = (opens, closes) == (EVER, NEVER)
            return Window(whenever, whenever, 0, 0)
        early, late = opens - self.first, self.last - closes
        gap = max(opens - self.last, self.first - closes, 0)
        ok = early <= self.rules.slack and late <= self.rules.slack
        return Window(ok, ok or gap <= self.far, max(early, 0) + max(late, 0), gap)


class Sight(msgspec.Struct):
    """An order's open lines beside the cells that may be meant, by offer and line key. ``only`` as in ``look``."""

    eyes: Eyes
    lines: list[Line]
    offers: dict[int, dict[int, Sequence[OpenCell]]]
    only: int | None

    def cells(self) -> Iterator[OpenCell]:
        """Every cell that may be meant."""
        return (cell for by_line in self.offers.values() for cells in by_line.values() for cell in cells)


def look(seen: Seen, lines: Sequence[Line], cells: Cells, rules: Rules, *, only: int | None = None) -> Sight:
    """The cells an order may come from: those near its window, of an offer and line with none near all.

    ``cells`` by product are those of completed offers, each offer's together. With ``only`` a person said that it comes
    from this offer: that means all of it, whichever vendor code it names.
    """
    eyes = Eyes.of(seen, rules)
    open_ = [line for line in lines if not line.cancelled]
    begin, end = eyes.reach if only is None else (EVER, NEVER)
    code = "" if only is not None else seen.vendor_code
    found: dict[int, dict[int, Sequence[OpenCell]]] = {}
    for line in open_ if cells else ():
        mine: Sequence[OpenCell] = cells.get(line.product_id or 0, ())
        if code:
            mine = [one for one in mine if one.vendor_code in ("", code)]
        elif only is not None:
            mine = [one for one in mine if one.offer_id == only]
        for offer, near in _near(mine, begin, end):
            if offer not in found:
                found[offer] = {}
            found[offer][line.pk] = near
    return Sight(eyes, open_, found, only)


def _near(cells: Sequence[OpenCell], begin: int, end: int) -> Iterable[tuple[int, Sequence[OpenCell]]]:
    """The cells of each offer that are open between two days; of one with none of them all."""
    near = [one for one in cells if one.opens <= end and one.closes >= begin]
    if near and cells[0].offer_id == cells[-1].offer_id:
        return ((near[0].offer_id, near),)  # as nearly always: an offer's cells stand together
    there = {one.offer_id for one in near}
    found: dict[int, list[OpenCell]] = {}
    for one in (*near, *(one for one in cells if one.offer_id not in there)):
        found.setdefault(one.offer_id, []).append(one)
    return found.items()
