"""What files may hold: each room that takes or gives files registers its kinds here when the application starts.

The channels read, load and report them all alike (``channels``); a kind says what its columns are, what becomes of a
group of rows, and which rows an export has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from purveyor.base.columns import Column
from purveyor.common.errors import NotFound


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: its number in the file (the head is 1), the value of each filled column by name, its texts."""

    number: int
    values: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row, or one cell of it, was not taken. ``value`` is as it stood in the file."""

    row: int
    column: str
    value: str
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """The shape of DESIGN's contract."""
        return {"row": self.row, "column": self.column, "value": self.value, "reason": self.reason}


@dataclass(slots=True)
class Loading:
    """One file on its way: who brought it, its name for the audit, and what its rows so far have laid claim to.

    A ``dry_run`` writes nothing; ``claims`` make it answer what the real one would.
    """

    by: str
    file: str
    dry_run: bool
    claims: dict[tuple[str, str], Any] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What became of rows: how many were taken, why others were not, and what it came to (such as ``added``)."""

    taken: int = 0
    refused: list[Refusal] = field(default_factory=list)
    effects: Counter[str] = field(default_factory=Counter)

    def refuse(self, row: Row, column: str, reason: str) -> None:
        """Note why a row is not taken."""
        self.refused.append(Refusal(row.number, column, row.texts.get(column, ""), reason))

    def add(self, more: Outcome) -> None:
        """Count in what became of further rows."""
        self.taken += more.taken
        self.refused += more.refused
        self.effects += more.effects


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.

    ``take`` gets a group of rows, none of them without the needed columns, and writes them in one short transaction;
    it refuses rows, never the group. It may get the same rows again after a crash. ``rows`` gives the records of an
    export by key, in short reads. ``may_take`` and ``may_see`` are permissions held somewhere.
    """

    name: str
    label: Any
    sentence: Any
    columns: tuple[Column, ...]
    take: Callable[[Sequence[Row], Loading], Outcome]
    rows: Callable[[], Iterable[Mapping[str, Any]]]
    may_take: str
    may_see: str

    def column(self, name: str) -> Column:
        """The column of a name. Raises KeyError."""
        found = {column.name: column for column in self.columns}
        return found[name]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known. Raises ValueError when the name is taken by another."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"there is a kind of file named {kind.name} already")


def kinds() -> list[Kind]:
    """Every kind there is, in the order of registration."""
    return list(_kinds.values())


def find(name: str) -> Kind:
    """The kind of a name. Raises NotFound, which names those there are."""
    found = _kinds.get(name.strip().lower())
    if found is None:
        words = {"name": name, "names": ", ".join(_kinds)}
        raise NotFound(_("There is no kind of file %(name)s; there are %(names)s.") % words)
    return found
