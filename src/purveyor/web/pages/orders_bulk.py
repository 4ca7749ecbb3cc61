"""Many orders accepted in full at once: first what would be sent for each, then the decision for each alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from purveyor.common import clock
from purveyor.common.errors import Problem, PurveyorError, Refused
from purveyor.orders.domain.acknowledge import acknowledge_many, check, in_full
from purveyor.orders.models import Order
from purveyor.outbox import bulk, bulk_run
from purveyor.outbox.compose.acknowledgement import compose
from purveyor.web.pages.order import totals
from purveyor.web.pages.orders_many import Chosen, ask_of, chosen_of, plan_page
from purveyor.web.render import page, who_of


@dataclass
class Planned:
    """One order of a bulk answer: what will be sent for it, or why nothing can be."""

    order: Order
    problems: list[Problem] = field(default_factory=list)
    totals: dict[str, Any] = field(default_factory=dict)
    body: str = ""


@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Accept many orders in full: first what would be sent for each, then, confirmed, the decision for each alone."""
    who = who_of(request)
    found = chosen_of(request)
    chosen = sorted(found.orders, key=lambda order: (order.due_at, order.pk))
    if not chosen:
        return redirect("orders")
    if len(chosen) > bulk_run.AT_ONCE:
        return plan_page(request, bulk.find("acknowledge"), found, ask_of(request, bulk.find("acknowledge"), found)[0])
    for profile in {order.profile_id: order.profile for order in chosen}.values():
        who.require("orders.acknowledge", profile)
    because, confirmed = request.POST.get("because", "").strip()[:500], bool(request.POST.get("confirm_hold"))
    if request.POST.get("do") != "send":
        return _preview(request, found, [_planned(order, confirmed) for order in chosen], because, confirmed)
    orders = {order.pk: order for order in chosen}
    versions = _versions(request, orders)
    results = acknowledge_many(who, orders, because=because, confirm_hold=confirmed, versions=versions)
    done = [
        bulk.Done(orders[key], error=result) if isinstance(result, PurveyorError) else bulk.Done(orders[key], result.pk)
        for key, result in results
    ]
    taken = [one for one in done if one.error is None]
    undo = json.dumps({str(one.order.pk): one.undo for one in taken})
    return page(request, "bulk_done", "orders", done=taken, refused=[one for one in done if one.error], undo=undo)


def _preview(request: HttpRequest, found: Chosen, plan: list[Planned], because: str, confirmed: bool) -> HttpResponse:
    """What would be sent for each; whether those on hold are answered too is asked where there are any."""
    good = [one for one in plan if not one.problems]
    told: dict[str, Any] = {"because": because, "sums": _sums(good), "confirm_hold": confirmed, "seen": found.seen}
    return page(request, "bulk", "orders", plan=plan, good=good, held=found.held, **told)


def _versions(request: HttpRequest, keys: Iterable[int]) -> dict[int, int]:
    """The version of each order that was previewed: what Amazon changed since is not sent unseen."""
    typed = {key: request.POST.get(f"version-{key}", "") for key in keys}
    return {key: int(text) for key, text in typed.items() if text.isdecimal() and len(text) < 10}


def _planned(order: Order, confirm_hold: bool = False) -> Planned:
    now = clock.now()
    lines = list(order.lines.all())
    try:
        answers = in_full(order, lines, now)
        problems = check(order, answers, now=now, confirm_hold=confirm_hold)
        if problems:
            return Planned(order, problems)
        body = compose(order, lines, answers, now)
    except Refused as error:
        return Planned(order, list(error.problems) or [Problem(error.message)])
    return Planned(order, totals=totals(lines, answers), body=json.dumps(json.loads(body), indent=2))


def _sums(plan: Iterable[Planned]) -> dict[str, Any]:
    """What all of them come to: eaches, and the value by currency."""
    eaches, values = 0, dict[str, Decimal]()
    for one in plan:
        eaches += one.totals["accepted"]
        currency = one.order.currency
        values[currency] = values.get(currency, Decimal(0)) + one.totals["value"]
    return {"eaches": eaches, "values": [(value, currency) for currency, value in sorted(values.items())]}
