"""The list of orders: filtered, sorted, searched, exported, and answered many at once."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from purveyor.base.listing import Column, Filter, Listing, Sort, by_key
from purveyor.common import clock
from purveyor.common.errors import Problem, PurveyorError, Refused
from purveyor.orders import queries
from purveyor.orders.domain.acknowledge import acknowledge_many, check
from purveyor.orders.domain.answer import propose_full
from purveyor.orders.models import Acknowledgement, Order
from purveyor.orders.schemas import order_row
from purveyor.orders.states import OrderState
from purveyor.outbox.compose.acknowledgement import compose
from purveyor.web import parts
from purveyor.web.addresses import with_query
from purveyor.web.lists import show
from purveyor.web.pages.order import totals
from purveyor.web.render import frame_of, page, who_of

WAITING = "waiting"
_DUE = {"over": timedelta(0), "6": timedelta(hours=6), "24": timedelta(hours=24)}
SAFE_START = ("=", "+", "-", "@", "\t", "\r")


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


def _rows(request: HttpRequest) -> QuerySet[Order]:
    """The orders in view: of every visible profile, or of the one the switcher names."""
    who_of(request).require_somewhere("orders.view")
    rows = queries.visible_to(who_of(request))
    scope = frame_of(request).scope
    return rows.filter(profile__name=scope) if scope else rows


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The list."""
    listing = show(request, ORDERS, _rows(request))
    who = who_of(request)
    return page(
        request,
        "orders",
        "orders",
        listing=listing,
        tabs=_tabs(request),
        times=_times(),
        selectable=any(order.state in queries.WAITING for order in listing.rows) and who.may_somewhere("orders.acknowledge"),
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


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Everything the list's filters let through, all pages of it, as CSV or JSON."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    rows = (order_row(order) for order in by_key(ORDERS.narrow(_rows(request), query)))
    name = f"orders-{clock.now():%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "json":
        return StreamingHttpResponse(_json(rows), content_type="application/json", headers=headers)
    return StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _json(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield '{"orders": ['
    for place, row in enumerate(rows):
        yield (",\n" if place else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]}\n"


class _Line:
    """What csv writes to: it hands each line straight on."""

    def write(self, line: str) -> str:
        return line


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"  # so that spreadsheets read it as UTF-8
    for place, row in enumerate(rows):
        flat = dict(_flat(row))
        if not place:
            yield writer.writerow(flat)
        yield writer.writerow([safe(value) for value in flat.values()])


def _flat(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if name.endswith("_window"):
            yield f"{name}_start", (value or {}).get("start")
            yield f"{name}_end", (value or {}).get("end")
        else:
            yield name, " ".join(map(str, value)) if isinstance(value, list) else value


def safe(value: Any) -> Any:
    """A cell no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(SAFE_START) else value


@dataclass
class Planned:
    """One order of a bulk answer: what will be sent for it, or why nothing can be."""

    order: Order
    problems: list[Problem] = field(default_factory=list)
    totals: dict[str, Any] = field(default_factory=dict)
    body: str = ""


@dataclass
class Done:
    """What became of one order of a bulk answer."""

    order: Order
    error: PurveyorError | None = None

    @property
    def reasons(self) -> list[str]:
        if self.error is None:
            return []
        problems = self.error.problems if isinstance(self.error, Refused) else ()
        return [problem.message for problem in problems] or [self.error.message]


@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Accept many orders in full: first what would be sent for each, then, confirmed, the decision for each alone."""
    who = who_of(request)
    chosen = _chosen(request)
    if not chosen:
        return redirect("orders")
    for profile in {order.profile_id: order.profile for order in chosen}.values():
        who.require("orders.acknowledge", profile)
    because = request.POST.get("because", "").strip()[:500]
    if request.POST.get("do") != "send":
        plan = [_planned(order) for order in chosen]
        good = [one for one in plan if not one.problems]
        return page(request, "bulk", "orders", plan=plan, good=good, because=because, sums=_sums(good))
    orders = {order.pk: order for order in chosen}
    results = acknowledge_many(who, orders, because=because)
    done = [Done(orders[key], result if isinstance(result, PurveyorError) else None) for key, result in results]
    taken = [one for one in done if one.error is None]
    return page(request, "bulk_done", "orders", done=taken, refused=[one for one in done if one.error])


def _chosen(request: HttpRequest) -> list[Order]:
    keys = [int(text) for text in request.POST.getlist("order") if text.isdecimal() and len(text) < 19]
    return list(_rows(request).filter(pk__in=keys[:500]).order_by("due_at", "pk"))


def _planned(order: Order) -> Planned:
    now = clock.now()
    lines = list(order.lines.all())
    answers = propose_full(order, lines, now)
    problems = check(order, answers, now=now)
    if problems:
        return Planned(order, problems)
    try:
        body = compose(order, lines, answers, now)
    except Refused as error:
        return Planned(order, list(error.problems) or [Problem(error.message)])
    return Planned(order, totals=totals(lines, answers), body=json.dumps(json.loads(body), indent=2))


def _sums(plan: Iterable[Planned]) -> dict[str, Any]:
    """What all of them come to: eaches, and the value by currency."""
    eaches, values = 0, {}
    for one in plan:
        eaches += one.totals["accepted"]
        currency = one.order.currency
        values[currency] = values.get(currency, 0) + one.totals["value"]
    return {"eaches": eaches, "values": [(value, currency) for currency, value in sorted(values.items())]}
