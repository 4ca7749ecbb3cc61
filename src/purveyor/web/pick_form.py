"""The form that says what was picked, line by line, as a plain page: several rows of a line for several lots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from purveyor.warehouse.domain.said import SHORT
from purveyor.warehouse.models import PickLine

FIELDS = ("quantity", "unit", "lot", "expiry", "reason")
MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a line: the number of the row within it, and what was typed."""

    line: str
    number: int
    typed: Mapping[str, str]
    problem: str = ""

    @property
    def key(self) -> str:
        return f"{self.line}-{self.number}"


@dataclass
class PickForm:
    """The lines of a list with what was typed; ``problems`` by the place of what was sent, ``lines[3].expiry``."""

    lines: Sequence[PickLine]
    data: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    more: str = ""

    @property
    def reasons(self) -> list[tuple[str, Any]]:
        """Why less may be picked."""
        return list(SHORT.items())

    @property
    def rows(self) -> list[tuple[PickLine, list[Entry]]]:
        """Each line with its entries, one more where that was asked for."""
        return [(line, self._entries(line)) for line in self.lines]

    def _entries(self, line: PickLine) -> list[Entry]:
        number = line.line.number
        count = self._count(number) + (self.more == number)
        return [Entry(number, at, self._typed(number, at), self._problem(number, at)) for at in range(count)]

    def _count(self, number: str) -> int:
        there = [at for at in range(1, MOST_ROWS) if f"quantity-{number}-{at}" in self.data]
        return 1 + len(there)

    def _typed(self, number: str, at: int) -> dict[str, str]:
        return {name: self.data.get(f"{name}-{number}-{at}", "").strip()[:80] for name in FIELDS}

    def _problem(self, number: str, at: int) -> str:
        place = next((p for p, (one, row) in enumerate(self._sent()) if (one, row) == (number, at)), None)
        mine = (said for where, said in self.problems.items() if where.partition(".")[0] == f"lines[{place}]")
        return " ".join(mine)

    def _sent(self) -> list[tuple[str, int]]:
        """The entries that say anything, in the order in which they are sent."""
        return [
            (line.line.number, at)
            for line in self.lines
            for at in range(self._count(line.line.number))
            if any(self._typed(line.line.number, at)[name] for name in ("quantity", "reason"))
        ]

    def given(self) -> list[dict[str, Any]]:
        """What was typed, as rows by the columns of a pick file; a reason alone means that nothing was picked."""
        rows = []
        for number, at in self._sent():
            typed = {name: value for name, value in self._typed(number, at).items() if value}
            rows.append({"line": number, "quantity": "0", **typed})
        return rows

    def as_asked(self) -> list[dict[str, Any]]:
        """Everything as it is asked."""
        return [{"line": one.line.number, "quantity": one.asked} for one in self.lines if one.asked]
