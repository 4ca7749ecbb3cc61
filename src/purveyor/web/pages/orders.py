"""The list of orders: filtered, sorted, searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from purveyor.orders import queries, tables
from purveyor.orders.domain.check import RULES
from purveyor.orders.models import Order
from purveyor.orders.states import WAITING, OrderState
from purveyor.outbox.bulk import VERBS
from purveyor.profiles import dated
from purveyor.web import parts
from purveyor.web.addresses import with_query
from purveyor.web.lists import default_view, show
from purveyor.web.render import frame_of, page, who_of


def _rules() -> list[tuple[str, Any]]:
    return [(name, dated.find(f"checks.{key}").title) for name, key in RULES]


def _states() -> list[tuple[str, Any]]:
    words = [(str(state), parts.badge("order", state).word) for state in OrderState]
    return [(tables.WAITING, gettext_lazy("To answer")), *words]


def _times() -> list[tuple[str, Any]]:
    return [
        ("over", gettext_lazy("overdue")),
        ("6", gettext_lazy("within 6 hours")),
        ("24", gettext_lazy("within 24 hours")),
    ]


def _whose() -> list[tuple[str, Any]]:
    return [(tables.NOBODY, gettext_lazy("nobody"))]


ORDERS = tables.ORDERS.with_choices(state=_states, due=_times, assigned=_whose, finding=_rules)
TABS = ("", tables.WAITING, str(OrderState.ACKNOWLEDGING), str(OrderState.ACKNOWLEDGED), str(OrderState.ELSEWHERE))


@dataclass(frozen=True, slots=True)
class Tab:
    """A state's own view of the list, with how many there are."""

    word: Any
    href: str
    count: int
    current: bool


def rows_in_view(request: HttpRequest) -> QuerySet[Order]:
    """The orders in view: of every visible profile, or of the one the switcher names."""
    who_of(request).require_somewhere("orders.view")
    rows = queries.visible_to(who_of(request))
    scope = frame_of(request).scope
    return rows.filter(profile__name=scope) if scope else rows


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The list."""
    if elsewhere := default_view(request, ORDERS):
        return redirect(elsewhere)
    listing = show(request, ORDERS, rows_in_view(request))
    rows = list(queries.zoned(listing.rows))
    who = who_of(request)
    may = {verb.name: True for verb in VERBS.values() if who.may_somewhere(verb.permission)}
    return page(
        request,
        "orders",
        "orders",
        listing=listing,
        orders=rows,
        tabs=_tabs(request),
        times=_times(),
        selectable=bool(may),
        may=may,
        rules=_rules(),
        waiting=WAITING,
        query=request.GET.urlencode(),
    )


def _tabs(request: HttpRequest) -> list[Tab]:
    profiles = frame_of(request).within("orders.view")
    counted = Order.objects.filter(profile__in=profiles).order_by().values_list("state").annotate(Count("pk"))
    counts: dict[str, int] = dict(counted)
    counts[tables.WAITING] = sum(counts.get(str(state), 0) for state in WAITING)
    counts[""] = sum(counts.get(str(state), 0) for state in OrderState)
    words = dict(_states()) | {"": gettext_lazy("All")}
    current = request.GET.get("state", "")
    return [Tab(words[name], with_query(request, state=name), counts.get(name, 0), name == current) for name in TABS]
