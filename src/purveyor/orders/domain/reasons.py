"""The reasons for a type: as the rules give them, as they are kept, and as they are read. Pure.

Kept is what lines share once (the window, the deliveries' days, the tolerance) and each line as one short row: a tenth
of what every rule's own numbers take. A line whose product stands in no offer is its number alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from purveyor.common.money import plain

COMPLETED, WINDOW, PRICE, QUANTITY, DAYS = "COMPLETED", "WINDOW", "PRICE", "QUANTITY", "DAYS"
NEAR, SOON = "NEAR", "SOON"


class Reason(msgspec.Struct, gc=False):
    """One rule, whether it is met, and the numbers it looked at. The sentence is made when it is read."""

    rule: str
    ok: bool
    numbers: dict[str, Any]


class LineSaid(msgspec.Struct, gc=False):
    """What the rules say of a line, beside which row of the offer."""

    line: str
    rules: list[Reason]
    row: int | None = None
    delivery: int | None = None


class Beside(msgspec.Struct, array_like=True, gc=False):
    """A line beside the cell of the offer it belongs to: the numbers of both, and which rules are not met. ``window``
    is the delivery's place in ``Reasons.windows``; the price's currency is the offer's."""

    line: str
    row: int
    delivery: int
    window: int
    cost: Decimal | None
    currency: str
    price: Decimal | None
    eaches: int
    left: int
    approved: int
    missed: tuple[str, ...] = ()


class Reasons(msgspec.Struct, omit_defaults=True):
    """Why an order is of its type, beside which offer: the rules for all of it, and its lines. ``first`` and ``last``
    are its window's days, ``slack`` days and ``tolerance`` percent; ``currency`` is the offer's. ``long`` are lines
    that were kept in full, as they were before."""

    offer: str = ""
    rules: list[Reason] = []
    lines: list[Beside | str] = []
    first: date | None = None
    last: date | None = None
    slack: int = 0
    tolerance: str = ""
    currency: str = ""
    windows: list[tuple[date | None, date | None]] = []
    long: list[LineSaid] = []

    def stored(self) -> str:
        """As they are kept, in JSON."""
        return _encode(self).decode()

    def missed(self) -> list[str]:
        """The rules that are not met, each once."""
        of_lines = [rule for one in self.lines for rule in ((COMPLETED,) if isinstance(one, str) else one.missed)]
        of_rules = [one.rule for of in (self.rules, *(line.rules for line in self.long)) for one in of if not one.ok]
        return list(dict.fromkeys([*of_rules, *of_lines]))

    def said(self) -> list[LineSaid]:
        """Line by line, each rule with its numbers."""
        return [*self.long, *(self._said(one) for one in self.lines)]

    def _said(self, one: Beside | str) -> LineSaid:
        if isinstance(one, str):
            return LineSaid(one, [Reason(COMPLETED, False, {})])
        numbers = {
            COMPLETED: {"approved": one.approved},
            WINDOW: self.windows_of(one),
            PRICE: self.prices_of(one),
            QUANTITY: self.quantities_of(one),
        }
        rules = [Reason(rule, rule not in one.missed, told) for rule, told in numbers.items()]
        return LineSaid(one.line, rules, one.row, one.delivery)

    def windows_of(self, one: Beside) -> dict[str, Any]:
        """The order's window and the delivery's, as texts; empty where there is none."""
        begin, end = self.windows[one.window]
        days = {"first": self.first, "last": self.last, "from": begin, "to": end}
        return {name: day.isoformat() if day else "" for name, day in days.items()} | {"slack": self.slack}

    def prices_of(self, one: Beside) -> dict[str, Any]:
        """The order's cost and the approved price, as texts."""
        return {
            "cost": "" if one.cost is None else plain(one.cost),
            "currency": one.currency,
            "price": "" if one.price is None else plain(one.price),
            "price_currency": self.currency,
            "tolerance": self.tolerance,
        }

    def quantities_of(self, one: Beside) -> dict[str, Any]:
        """The eaches ordered, left and approved."""
        return {"eaches": one.eaches, "left": one.left, "approved": one.approved}


_encode = msgspec.json.Encoder().encode


def read(kept: Mapping[str, Any]) -> Reasons:
    """The reasons as they were kept; none where there are none."""
    long = [one for one in kept.get("lines", ()) if isinstance(one, Mapping)]
    return msgspec.convert(dict(kept) | ({"lines": [], "long": long} if long else {}), Reasons)
