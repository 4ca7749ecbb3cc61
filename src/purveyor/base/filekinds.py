"""What files may hold: each room that takes or gives files registers its kinds here when the application starts.

The channels read, load and report them all alike (``channels``); a kind says what its columns are, what becomes of a
group of rows, and which rows an export has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from purveyor.base.columns import Column
from purveyor.common.errors import NotFound, Problem


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


@dataclass(frozen=True, slots=True)
class Source:
    """The file the rows are of, for kinds that need more than its rows.

    ``who`` has them taken (a ``people.who.Who``), ``profile`` is the one it was brought for, or None. ``columns`` hold
    the head by the column's name, ``heads`` all heads in their order from the first column on, ``facts`` the texts that
    the file or its bringer says of the whole, ``head`` the number of the row the heads stand in and ``sheet`` the name
    of their sheet. ``sha256`` is of its bytes, the same for whichever upload of them.
    """

    who: Any
    profile: Any
    upload: int
    path: Path
    columns: Mapping[str, str]
    heads: Sequence[str]
    facts: Mapping[str, str]
    head: int = 1
    sheet: str = ""
    sha256: str = ""


@dataclass(slots=True)
class Loading:
    """One file on its way: who brought it, its name for the audit, and what its rows so far have laid claim to.

    A ``dry_run`` writes nothing; ``claims`` make it answer what the real one would. ``prepared`` is what the kind made
    of the group of rows before its transaction began.
    """

    by: str
    file: str
    dry_run: bool
    claims: dict[tuple[str, str], Any] = field(default_factory=dict)
    source: Source | None = None
    prepared: Any = None

    @property
    def origin(self) -> Source:
        """The file itself. Raises ValueError for rows that are of none."""
        if self.source is None:
            raise ValueError("these rows are of no file")
        return self.source


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
    export by key, in short reads; None for a kind that is not exported as a list. ``may_take`` and ``may_see`` are
    permissions held somewhere; a kind ``of_profile`` belongs to one profile, and they are then asked on that one.

    ``prepare`` reads what ``take`` needs before that transaction begins (``Loading.prepared``).

    ``facts`` may be said of the whole file, above its heads or by whoever brings it. The heads are looked for among
    the first ``within`` rows, and on every sheet that shows where that is more than one; ``suggest`` finds the columns
    among heads where their known heads do not suffice, and ``passes_over`` rows that are none, such as a sum. Of each
    group of columns in ``one_of`` one is needed. Rows of a ``whole`` kind are taken all in one transaction. ``form`` is
    the only form it comes in (blank: any). ``owner`` finds the profile by what the file says, and ``ready`` tells what
    else is missing before the rows may be looked at. ``preview`` shows the verdict on every row of a file as JSON.
    ``allows`` asks more of who brings it than ``may_take``: somebody, and a profile or None. A kind with a page of its
    own (``own_page``) is not offered on the page of files. ``mend`` says how rows that were refused come again,
    where that is not simply by the mended file: a sentence of the catalogues, not yet translated.
    """

    name: str
    label: Any
    sentence: Any
    columns: tuple[Column, ...]
    take: Callable[[Sequence[Row], Loading], Outcome]
    rows: Callable[[], Iterable[Mapping[str, Any]]] | None
    may_take: str
    may_see: str
    of_profile: bool = False
    facts: tuple[Column, ...] = ()
    within: int = 1
    suggest: Callable[[Sequence[str]], dict[str, str]] | None = None
    one_of: tuple[tuple[str, ...], ...] = ()
    passes_over: Callable[[Sequence[str]], bool] | None = None
    whole: bool = False
    form: str = ""
    owner: Callable[[Any, Mapping[str, str]], Any] | None = None
    ready: Callable[[Source], list[Problem]] | None = None
    prepare: Callable[[Sequence[Row], Source], Any] | None = None
    preview: Callable[[Any, Any], dict[str, Any]] | None = None
    allows: Callable[[Any, Any], bool] | None = None
    own_page: bool = False
    mend: str = ""

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
