"""A list as a page shows it: rows, heads that sort, filters as chips to be taken away, pages (base.listing)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from purveyor.base.listing import COUNT_CAP, PAGE, Listing, Page
from purveyor.web import figures
from purveyor.web.addresses import with_query


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force: its words, and the address without it."""

    word: str
    href: str


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head that sorts. ``direction`` is aria's word, empty while another column sorts."""

    word: Any
    href: str
    direction: str = ""


@dataclass
class Shown:
    """One page of a list with everything its template needs."""

    request: HttpRequest
    listing: Listing[Any]
    page: Page[Any]
    heads: dict[str, Head] = field(default_factory=dict)

    @property
    def rows(self) -> Sequence[Any]:
        return self.page.rows

    @property
    def first(self) -> int:
        return (self.page.number - 1) * PAGE + 1 if self.page.rows else 0

    @property
    def last(self) -> int:
        return (self.page.number - 1) * PAGE + len(self.page.rows)

    @property
    def total(self) -> str:
        """How many there are, in words where they were not all counted."""
        if self.page.counted:
            return figures.number(self.page.count)
        return _("more than %(count)s") % {"count": figures.number(COUNT_CAP)}

    @property
    def previous(self) -> str:
        return self._to(self.page.number - 1) if self.page.number > 1 else ""

    @property
    def next(self) -> str:
        return self._to(self.page.number + 1) if self.page.has_next else ""

    @property
    def narrowed(self) -> bool:
        """Whether filters or a search hide something."""
        return bool(self.page.active or self.page.search)

    @property
    def chips(self) -> list[Chip]:
        """The filters in force and the search, each with the address without it."""
        found = [
            Chip(f"{wanted.label}: {_words(wanted.choices, value)}", without(self.request, wanted.name, value))
            for wanted, value in self.page.active
        ]
        if self.page.search:
            found.append(Chip(f"“{self.page.search}”", with_query(self.request, q=None)))
        return found

    def _to(self, number: int) -> str:
        query = self.request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"


def show(request: HttpRequest, listing: Listing[Any], rows: QuerySet[Any]) -> Shown:
    """The page of a list that the address names. Raises Refused for filters and sorts that are none."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    found = Shown(request, listing, listing.page(rows, query))
    found.heads = _heads(request, listing, found.page.sort)
    return found


def without(request: HttpRequest, name: str, value: str) -> str:
    """This page's address without one value of a filter."""
    query = request.GET.copy()
    query.pop("page", None)
    query.setlist(name, [kept for kept in query.getlist(name) if kept.strip() != value])
    return f"?{query.urlencode()}" if any(query.values()) else request.path


def _words(choices: Any, value: str) -> Any:
    return dict(choices()).get(value, value) if choices else value


def _heads(request: HttpRequest, listing: Listing[Any], sort: str) -> dict[str, Head]:
    """One head per column that sorts. A sort ``x`` may have its opposite ``-x``; a click turns it round."""
    known = {s.name: s for s in listing.sorts}
    found = {}
    for column in listing.columns:
        if not column.sort:
            continue
        bare = column.sort.lstrip("-")
        turned = f"-{bare}" if sort == bare and f"-{bare}" in known else bare
        wanted = turned if turned in known else column.sort
        found[column.name] = Head(column.label, with_query(request, sort=wanted), _direction(known, sort, bare))
    return found


def _direction(known: dict[str, Any], sort: str, bare: str) -> str:
    if sort.lstrip("-") != bare:
        return ""
    falling = known[sort].fields[0].startswith("-")
    return "descending" if falling else "ascending"
