"""The list of orders: filtered, sorted, searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from purveyor.base.listing import Column, Filter, Listing, Sort
from purveyor.common import clock
from purveyor.orders import queries
from purveyor.orders.domain.check import RULES
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.profiles import dated
from purveyor.web import parts
from purveyor.web.addresses import with_query
from purveyor.web.lists import show
from purveyor.web.render import frame_of, page, who_of

WAITING = "waiting"
_DUE = {"over": timedelta(0), "6": timedelta(hours=6), "24": timedelta(hours=24)}


def _state(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value == WAITING:
        return queries.waiting(rows)
    if value not in set(OrderState):
        raise ValueError(_("there is no such state"))
    return rows.filter(state=value)


def _due(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value not in _DUE:
        raise ValueError(_("there is no such time"))
    return queries.waiting(rows).filter(due_at__lte=clock.now() + _DUE[value])


def _finding(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value not in dict(RULES):
        raise ValueError(_("there is no such check"))
    return queries.with_finding(rows, value)


def _held(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value != "yes":
        raise ValueError(_("there is no such choice"))
    return queries.held(rows)


def _held_words() -> list[tuple[str, Any]]:
    return [("yes", gettext_lazy("yes"))]


def _rules() -> list[tuple[str, Any]]:
    return [(name, dated.find(f"checks.{key}").title) for name, key in RULES]


def _states() -> list[tuple[str, Any]]:
    words = [(str(state), parts.badge("order", state).word) for state in OrderState]
    return [(WAITING, gettext_lazy("To answer")), *words]


def _times() -> list[tuple[str, Any]]:
    return [
        ("over", gettext_lazy("overdue")),
        ("6", gettext_lazy("within 6 hours")),
        ("24", gettext_lazy("within 24 hours")),
    ]


_number = gettext_lazy("Order")
_placed = gettext_lazy("Order date")
_due_word = gettext_lazy("Answer due")
_value = gettext_lazy("Value")
_window = gettext_lazy("Window")

ORDERS: Listing[Order] = Listing(
    name="orders",
    columns=(
        Column("number", _number, lambda order: order.number, sort="number"),
        Column("due", _due_word, lambda order: order.due_at, sort="due"),
        Column("window", _window, lambda order: order.window_end, sort="window"),
        Column("value", _value, lambda order: order.total, number=True, sort="-value"),
        Column("placed", _placed, lambda order: order.ordered_at, sort="-placed"),
    ),
    sorts=(
        Sort("-placed", _placed, ("-ordered_at",)),
        Sort("placed", _placed, ("ordered_at",)),
        Sort("due", _due_word, ("due_at",)),
        Sort("-due", _due_word, ("-due_at",)),
        Sort("number", _number, ("number",)),
        Sort("-number", _number, ("-number",)),
        Sort("-value", _value, ("-total",)),
        Sort("value", _value, ("total",)),
        Sort("window", _window, ("window_end",)),
        Sort("-window", _window, ("-window_end",)),
    ),
    filters=(
        Filter("state", pgettext_lazy("of an order", "State"), _state, _states),
        Filter("due", _due_word, _due, _times),
        Filter("finding", gettext_lazy("Finding"), _finding, _rules),
        Filter("held", gettext_lazy("On hold"), _held, _held_words),
        Filter("profile", gettext_lazy("Profile"), lambda rows, value: rows.filter(profile__name=value)),
        Filter("center", gettext_lazy("Fulfillment center"), lambda rows, value: rows.filter(ship_to=value.upper())),
        Filter("vendor", gettext_lazy("Vendor code"), lambda rows, value: rows.filter(vendor_code=value.upper())),
    ),
    search=queries.search,
)
TABS = ("", WAITING, str(OrderState.ACKNOWLEDGING), str(OrderState.ACKNOWLEDGED), str(OrderState.ELSEWHERE))


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
    listing = show(request, ORDERS, rows_in_view(request))
    who = who_of(request)
    return page(
        request,
        "orders",
        "orders",
        listing=listing,
        tabs=_tabs(request),
        times=_times(),
        rules=_rules(),
        selectable=who.may_somewhere("orders.acknowledge") and any(o.state in queries.WAITING for o in listing.rows),
        waiting=queries.WAITING,
        query=request.GET.urlencode(),
    )


def _tabs(request: HttpRequest) -> list[Tab]:
    profiles = frame_of(request).within("orders.view")
    counted = Order.objects.filter(profile__in=profiles).order_by().values_list("state").annotate(Count("pk"))
    counts: dict[str, int] = dict(counted)
    counts[WAITING] = sum(counts.get(str(state), 0) for state in queries.WAITING)
    counts[""] = sum(counts.get(str(state), 0) for state in OrderState)
    words = dict(_states()) | {"": gettext_lazy("All")}
    current = request.GET.get("state", "")
    return [Tab(words[name], with_query(request, state=name), counts.get(name, 0), name == current) for name in TABS]
