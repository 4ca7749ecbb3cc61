"""One description of a list, for pages, the API and the command line alike: filter, search, sort, page.

Sort fields must never be null: pages by key (``after``) compare them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, Refused

M = TypeVar("M", bound=Model)
Query = Mapping[str, str | Sequence[str]]

PAGE = 50
# Beyond this many rows counting costs more than the number tells: "more than".
COUNT_CAP = 10_000
# A filter of persons takes ME for whoever asks; who that is stands in the query under ASKER.
ME, ASKER = "me", "@asker"


@dataclass(frozen=True, slots=True)
class Column:
    """``value`` reads a row; ``number`` aligns right; ``sort`` names the sort its head offers.

    ``always`` cannot be left out; ``shown`` is there until a person chooses. ``keys`` are what an export writes for it,
    keys of the listing's ``row``; its own name with its value where there are none.
    """

    name: str
    label: Any
    value: Callable[[Any], Any]
    number: bool = False
    sort: str = ""
    always: bool = False
    shown: bool = True
    keys: tuple[str, ...] = ()


def columns_of(row: Callable[[Any], Mapping[str, Any]]) -> Callable[..., Column]:
    """What makes the columns of a list whose rows machines see as ``row`` gives them.

    ``column(name, label, *keys, **more)`` is of these fields; the first one is its value.
    """

    def column(name: str, label: Any, *keys: str, **more: Any) -> Column:
        return Column(name, label, lambda one: row(one)[keys[0]], keys=keys, **more)

    return column


@dataclass(frozen=True, slots=True)
class Filter:
    """``apply`` narrows the rows by a value; its ValueError means: no such value. ``choices``: value and label.

    The values of a ``personal`` filter are user names; ME among them is whoever asks.
    """

    name: str
    label: Any
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """Order-by fields, a leading minus for descending. The primary key settles ties."""

    name: str
    label: Any
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """What is shown. ``count`` is at most COUNT_CAP; ``counted`` tells whether it is the whole truth."""

    rows: list[M]
    number: int
    has_next: bool
    count: int
    counted: bool
    sort: str
    search: str
    active: tuple[tuple[Filter, str], ...]
    after: str = ""
    size: int = PAGE

    @property
    def pages(self) -> int:
        """How many numbered pages there are, as far as they are counted; at least one."""
        return max(1, -(-self.count // self.size))


@dataclass(frozen=True, slots=True)
class Listing(Generic[M]):
    """One list. Those that ``base.listings`` knows also say who may see them and where their rows come from:

    ``usual`` are filters that hold where the query does not name them.
    ``permission`` is what seeing it takes, ``rows`` answers what a ``people.who.Who`` may see with everything the
    columns need already joined, ``row`` makes one row as machines see it, ``prepared`` looks up for many rows at once
    what that needs from elsewhere. ``known_by`` finds rows by a number that a person holds in hand, for the one search
    over all lists (``base.search``); lists without it are not part of that.
    """

    name: str
    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    filters: tuple[Filter, ...] = ()
    search: Callable[[QuerySet[M], str], QuerySet[M]] | None = None
    size: int = PAGE
    title: Any = ""
    permission: str = ""
    rows: Callable[[Any], QuerySet[M]] | None = None
    row: Callable[[M], dict[str, Any]] | None = None
    usual: Mapping[str, str] = field(default_factory=dict)
    prepared: Callable[[Iterable[M]], Iterable[M]] | None = None
    known_by: Callable[[QuerySet[M], str], QuerySet[M]] | None = None

    def records(self, rows: Iterable[M], columns: Sequence[Column] = ()) -> list[dict[str, Any]]:
        """``record`` for several rows, what they need from elsewhere looked up at once."""
        return [self.record(row, columns) for row in (self.prepared(rows) if self.prepared else rows)]

    def with_choices(self, **choices: Callable[[], Sequence[tuple[str, Any]]]) -> Listing[M]:
        """The same list whose filters of these names offer their values in words, as a page needs them."""
        filters = tuple(replace(f, choices=choices.get(f.name, f.choices)) for f in self.filters)
        return replace(self, filters=filters)

    def chosen(self, names: Sequence[str] = ()) -> tuple[Column, ...]:
        """The columns of these names in the list's own order, with those that are always there; without names the
        usual ones. Raises Refused for a name that is none."""
        if not names:
            return tuple(c for c in self.columns if c.shown or c.always)
        known = [c.name for c in self.columns]
        if strange := [name for name in names if name not in known]:
            words = {"names": ", ".join(strange), "known": ", ".join(known)}
            said = _("There is no column %(names)s; there are %(known)s.") % words
            raise Refused(_("The list has no such columns."), [Problem(said, "columns")])
        return tuple(c for c in self.columns if c.always or c.name in names)

    def record(self, row: M, columns: Sequence[Column] = ()) -> dict[str, Any]:
        """One row as an export writes it: what these columns show; without columns all there is."""
        whole = self.row(row) if self.row else {}
        if whole and not columns:
            return whole
        told: dict[str, Any] = {}
        for column in columns or self.columns:
            found = {key: whole[key] for key in column.keys if key in whole}
            told |= found or {column.name: column.value(row)}
        return told

    def narrow(self, rows: QuerySet[M], query: Query) -> QuerySet[M]:
        """The rows that meet the query's filters and search, in its order. Raises Refused for nonsense values."""
        unsaid = {name: value for name, value in self.usual.items() if not _one(query, name).strip()}
        for wanted, value in (*self.active(query), *self.active(unsaid)):
            try:
                rows = wanted.apply(rows, _one(query, ASKER) if wanted.personal and value == ME else value)
            except ValueError as error:
                said = _("“%(text)s” is not understood here: %(why)s.") % {"text": value[:80], "why": error}
                raise Refused(_("The list cannot be filtered like this."), [Problem(said, wanted.name)]) from None
        text = _one(query, "q").strip()
        if text and self.search:
            rows = self.search(rows, text)
        return rows.order_by(*_with_key(self.sort_of(query).fields))

    def active(self, query: Query) -> tuple[tuple[Filter, str], ...]:
        """The filters the query names, each with its value; a filter may be named more than once."""
        found = ((f, v) for f in self.filters for v in _all(query, f.name))
        return tuple((f, v.strip()) for f, v in found if v.strip())

    def sort_of(self, query: Query) -> Sort:
        """The sort the query names, else the first. Raises Refused for an unknown one."""
        name = _one(query, "sort")
        found = {s.name: s for s in self.sorts}
        if name and name not in found:
            said = _("There is no sort %(name)s; there are %(names)s.") % {"name": name, "names": ", ".join(found)}
            raise Refused(_("The list cannot be sorted like this."), [Problem(said, "sort")])
        return found[name] if name else self.sorts[0]

    def page(self, rows: QuerySet[M], query: Query) -> Page[M]:
        """One page: by its number (``page``), or what follows a row (``after``, a page's own ``after``)."""
        seen, rows = rows, self.narrow(rows, query)
        count = rows.order_by()[: COUNT_CAP + 1].count()
        number, after = _number(_one(query, "page")), _one(query, "after")
        fields = _with_key(self.sort_of(query).fields)
        # Keys first, then their rows: sorting and skipping wide rows with their joins costs many times more.
        begin = 0 if after else (number - 1) * self.size
        try:
            part = rows.filter(_behind(fields, after)) if after else rows
            keys = list(part.values_list("pk", flat=True)[begin : begin + self.size + 1])
        except (ValueError, TypeError, ArithmeticError, RecursionError, ValidationError):
            # Whoever makes up a place to go on from names values that no field can have.
            if not after:
                raise
            raise _no_place() from None
        whole = {row.pk: row for row in seen.filter(pk__in=keys)}
        found = [whole[key] for key in keys if key in whole]
        more = len(keys) > self.size
        found = found[: self.size]
        return Page(
            rows=found,
            number=number,
            has_next=more,
            count=min(count, COUNT_CAP),
            counted=count <= COUNT_CAP,
            sort=self.sort_of(query).name,
            search=_one(query, "q").strip(),
            active=self.active(query),
            after=_token(found[-1], fields) if more else "",
            size=self.size,
        )


def in_order(rows: QuerySet[M], keys: Sequence[Any], size: int = 500) -> Iterator[list[M]]:
    """The rows of these keys in their order, some at a time, in short reads; those that are gone by then are not."""
    for start in range(0, len(keys), size):
        part = keys[start : start + size]
        whole = {row.pk: row for row in rows.filter(pk__in=part)}
        yield [whole[key] for key in part if key in whole]


def by_key(rows: QuerySet[M], size: int = 500) -> Iterator[M]:
    """All rows in the order of their keys, in short reads: for exports, which must not be one long read."""
    last: Any = None
    while True:
        part = list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:size])
        yield from part
        if len(part) < size:
            return
        last = part[-1].pk


def _with_key(fields: Sequence[str]) -> tuple[str, ...]:
    if any(f.lstrip("-") in ("pk", "id") for f in fields):
        return tuple(fields)
    falling = bool(fields) and fields[-1].startswith("-")
    return (*fields, "-pk" if falling else "pk")


def _token(row: Model, fields: Sequence[str]) -> str:
    values = [_value(row, f.lstrip("-")) for f in fields]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part)
    return row.isoformat() if isinstance(row, datetime | date) else str(row) if isinstance(row, Decimal) else row


def _no_place() -> Refused:
    return Refused(_("The place to go on from is unknown."), [Problem(_("Begin again without it."), "after")])


def _behind(fields: Sequence[str], after: str) -> Q:
    """The rows behind the one a token names: the first field beyond it, or equal and the next one beyond it, …"""
    try:
        values = json.loads(base64.urlsafe_b64decode(after.encode()))
        pairs = list(zip(fields, values, strict=True))
        if "\0" in "".join(value for value in values if isinstance(value, str)):
            raise ValueError("no database keeps this")
    except (ValueError, TypeError):
        raise _no_place() from None
    found, equal = Q(), Q()
    for name, value in pairs:
        beyond = f"{name.lstrip('-')}__{'lt' if name.startswith('-') else 'gt'}"
        found |= equal & Q(**{beyond: value})
        equal &= Q(**{name.lstrip("-"): value})
    return found


def _number(text: str) -> int:
    """A page's number; what is none is the first."""
    return max(int(text), 1) if text.isdecimal() and len(text) < 9 else 1


def _all(query: Query, name: str) -> Sequence[str]:
    found = query.get(name, ())
    return (found,) if isinstance(found, str) else found


def _one(query: Query, name: str) -> str:
    found = _all(query, name)
    return found[-1] if found else ""
