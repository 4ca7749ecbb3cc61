"""A list as a page shows it: rows, heads that sort, filters as chips to be taken away, pages (base.listing); its
columns as a person chose them, and the views they may open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from purveyor.base.listing import ASKER, COUNT_CAP, ME, PAGE, Column, Listing, Page
from purveyor.people.domain import views
from purveyor.people.models import View
from purveyor.web import figures
from purveyor.web.addresses import with_query
from purveyor.web.render import who_of

# The view that is none: the list as it is, also where another one is the default.
PLAIN = "0"


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
    columns: Sequence[Column]
    kept: views.Kept = field(default_factory=views.Kept)
    heads: dict[str, Head] = field(default_factory=dict)

    @cached_property
    def on(self) -> dict[str, bool]:
        """Which columns are shown, by name."""
        return dict.fromkeys((column.name for column in self.columns), True)

    @property
    def view(self) -> View | None:
        """The view that the address names."""
        wanted = self.request.GET.get("view", "")
        return next((view for view in self.kept.views if str(view.pk) == wanted), None)

    @property
    def views(self) -> list[tuple[View, str]]:
        """The views to choose from, each with its address."""
        return [(view, address_of(view)) for view in self.kept.views]

    @property
    def plain(self) -> str:
        """The address of the list as it is."""
        return f"{self.request.path}?view={PLAIN}" if self.kept.default else self.request.path

    @property
    def asked(self) -> str:
        """What the address says of filters, search and sort: what a view keeps and an export follows."""
        query = self.request.GET.copy()
        for name in views.APART:
            query.pop(name, None)
        return query.urlencode()

    @property
    def shown(self) -> str:
        """The same with the columns: what an export of what is shown is asked for."""
        columns = urlencode({"columns": ",".join(column.name for column in self.columns)})
        return f"{self.asked}&{columns}" if self.asked else columns

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
    def more_than_shown(self) -> bool:
        """Whether there are other pages."""
        return self.page.has_next or self.page.number > 1

    @property
    def narrowed(self) -> bool:
        """Whether filters or a search hide something."""
        return bool(self.page.active or self.page.search)

    @property
    def chips(self) -> list[Chip]:
        """The filters in force and the search, each with the address without it."""
        found = [
            Chip(f"{wanted.label}: {_words(wanted, value)}", without(self.request, wanted.name, value))
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
    """The page of a list that the address names. Raises Refused for filters, sorts and columns that are none."""
    kept = _kept(request, listing)
    columns = listing.chosen(names_of(request.GET) or [n for n in kept.columns if n in _names(listing)])
    found = Shown(request, listing, listing.page(rows, asked(request)), columns, kept)
    found.heads = _heads(request, listing, found.page.sort)
    return found


def _kept(request: HttpRequest, listing: Listing[Any]) -> views.Kept:
    """What the person keeps of this list, asked for once."""
    if not listing.permission:
        return views.Kept()
    found: dict[str, views.Kept] = request.__dict__.setdefault("kept_views", {})
    if listing.name not in found:
        found[listing.name] = views.kept(who_of(request), listing.name)
    return found[listing.name]


def _names(listing: Listing[Any]) -> set[str]:
    """The columns this version knows: a choice kept by another one holds no page up."""
    return {column.name for column in listing.columns}


def asked(request: HttpRequest, query: QueryDict | None = None) -> dict[str, Any]:
    """What the address asks of a list, with the one who asks."""
    given = request.GET if query is None else query
    user = who_of(request).user
    return {name: given.getlist(name) for name in given} | {ASKER: user.username if user else ""}


def names_of(query: QueryDict) -> list[str]:
    """The columns an address names, by commas or one by one."""
    return [name for text in query.getlist("columns") for name in text.split(",") if name]


def default_view(request: HttpRequest, listing: Listing[Any]) -> str:
    """Where a bare address leads who has a view the list opens with; empty for nowhere else."""
    if request.GET:
        return ""
    default = _kept(request, listing).default
    return address_of(default) if default else ""


def address_of(view: View) -> str:
    """The page of a view's list as the view keeps it."""
    query = {name: value for name, value in views.query_of(view).items() if value}
    if view.columns:
        query["columns"] = [",".join(view.columns)]
    return f"{reverse(view.listing)}?{urlencode(query | {'view': [str(view.pk)]}, doseq=True)}"


def without(request: HttpRequest, name: str, value: str) -> str:
    """This page's address without one value of a filter."""
    query = request.GET.copy()
    query.pop("page", None)
    query.setlist(name, [kept for kept in query.getlist(name) if kept.strip() != value])
    return f"?{query.urlencode()}" if any(query.values()) else f"{request.path}?view={PLAIN}"


def _words(wanted: Any, value: str) -> Any:
    if wanted.personal and value == ME:
        return _("me")
    return dict(wanted.choices()).get(value, value) if wanted.choices else value


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
