"""What was ordered, acknowledged, picked and packed of the lines that have to do with a packing: read at once for all
of its orders, the same number of questions for any number of lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from purveyor.base.db import together
from purveyor.common import clock
from purveyor.orders.domain.ground import Ground, Standing, entry_of, standing
from purveyor.orders.models import Acknowledgement, Answer, Line, Order
from purveyor.orders.states import AnswerCode, OrderState
from purveyor.profiles import dated
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain.limits import Limits, limits_of
from purveyor.warehouse.domain.line_facts import LineFacts, ProductFacts
from purveyor.warehouse.domain.tree import Tree
from purveyor.warehouse.models import Content, Packing, Picked, PickResult
from purveyor.warehouse.states import LIVE, PackingState, PickResultState

_PRODUCT = tuple(ProductFacts.__dataclass_fields__)
_ENDED = (OrderState.CLOSED, OrderState.CANCELLED)
Outcome = Acknowledgement.Outcome


def limits(profile: Profile, now: datetime | None = None) -> Limits:
    """What the checks allow for a profile at a moment (now)."""
    at = now or clock.now()
    return limits_of(profile.marketplace, dated.values(profile, at), at.date())


def facts_of(packing: Packing, tree: Tree, more: Iterable[int] = ()) -> dict[int, LineFacts]:
    """Every line of every order with pieces in the tree, and of those orders named besides; by the line's key, in the
    order of orders and lines."""
    keys = together(set(tree.eaches()))
    orders = set(Line.objects.filter(pk__in=keys).order_by().values_list("order_id", flat=True).distinct())
    return of_orders(packing.profile, orders | set(more), [packing.pk])


def of_orders(profile: Profile, order_ids: Collection[int], here: Collection[int] = ()) -> dict[int, LineFacts]:
    """The lines of orders of one profile; ``here`` are packings that do not count as elsewhere."""
    keys = set(order_ids)
    orders = {order.pk: order for order in Order.objects.filter(pk__in=together(keys)).order_by("number")}
    rows = Line.objects.filter(order__in=together(keys)).select_related("product").order_by("order__number", "position")
    lines = list(rows)
    stands, ways = _standing(lines), _on_their_way(keys)
    picked = picked_of(keys)
    elsewhere = _elsewhere((line.pk for line in lines), here)
    free = _may_change(profile, orders.values(), lines)
    found = {}
    for line in lines:
        order, one = orders[line.order_id], stands[line.pk]
        found[line.pk] = LineFacts(
            id=line.pk,
            number=line.number,
            order_id=order.pk,
            order=order.number,
            ordered=0 if line.cancelled else line.eaches,
            ship_to=order.ship_to,
            vendor_code=order.vendor_code,
            asin=line.asin,
            vendor_product=line.vendor_product,
            acknowledged=_accepted(one),
            on_its_way=order.pk in ways,
            may_change=order.pk in free and order.pk not in ways,
            held=order.holds > 0,
            elsewhere=elsewhere.get(line.pk, 0),
            product=_product(line),
            **picked.get(order.pk, {}).get(line.pk, {"picked": 0 if order.pk in picked else None}),
        )
    return found


def _product(line: Line) -> ProductFacts | None:
    return None if line.product is None else ProductFacts(**{name: getattr(line.product, name) for name in _PRODUCT})


def _standing(lines: Collection[Line]) -> dict[int, Standing]:
    """Each line's answer in force (``orders.domain.ground.standing``), by its key."""
    rows = Answer.objects.filter(
        line__in=together({line.pk for line in lines}), acknowledgement__outcome=Outcome.VERIFIED
    ).order_by("acknowledgement__revision", "id")
    ours: dict[int, dict[int, list[Any]]] = {}
    for row in rows:
        ours.setdefault(row.line_id, {}).setdefault(row.acknowledgement_id, []).append(entry_of(row))
    return {line.pk: standing(line, list(ours.get(line.pk, {}).values())) for line in lines}


def _accepted(one: Standing) -> int | None:
    """What the answer in force accepts: of ours without what is backordered, else what Amazon counts."""
    if not one.answered:
        return None
    if one.entries:
        return sum(entry.eaches for entry in one.entries if entry.code == AnswerCode.ACCEPTED)
    return one.accepted


def _on_their_way(order_ids: Collection[int]) -> set[int]:
    rows = Acknowledgement.objects.filter(order__in=together(order_ids), outcome=Outcome.OPEN).order_by()
    return set(rows.values_list("order_id", flat=True))


def _may_change(profile: Profile, orders: Iterable[Order], lines: Iterable[Line]) -> set[int]:
    """The orders of which Amazon takes other quantities still (FACTS §5.1)."""
    by_order: dict[int, list[Line]] = {}
    for line in lines:
        by_order.setdefault(line.order_id, []).append(line)
    now = clock.now()
    within = timedelta(hours=dated.value(profile, "deadlines.change_hours", now))
    return {
        order.pk
        for order in orders
        if order.state not in _ENDED
        and not Ground(order, by_order.get(order.pk, []), change_within=within).is_late(now)
    }


def picked_of(order_ids: Collection[int]) -> dict[int, dict[int, dict[str, Any]]]:
    """What was picked by order and line, of orders whose live list has a result that stands; ``prepared`` only where
    every piece of it was said to be."""
    results = _results(order_ids)
    orders = results.values_list("pick_list__order", flat=True)
    found: dict[int, dict[int, dict[str, Any]]] = {order: {} for order in orders}
    rows = Picked.objects.filter(result__in=results.values("pk"), eaches__gt=0).order_by()
    names = ("pick_line__pick_list__order", "pick_line__line", "eaches", "prepared")
    for order, line, eaches, prepared in rows.values_list(*names):
        one = found[order].setdefault(line, {"picked": 0, "prepared": True})
        one["picked"] += eaches
        one["prepared"] &= prepared
    return found


def lots_of(order_ids: Collection[int]) -> Mapping[int, list[tuple[int, str, Any]]]:
    """What was picked lot by lot, by line: eaches, lot, expiry."""
    rows = Picked.objects.filter(result__in=_results(order_ids).values("pk"), eaches__gt=0).order_by("pick_line", "id")
    found: dict[int, list[tuple[int, str, Any]]] = {}
    for line, eaches, lot, expiry in rows.values_list("pick_line__line", "eaches", "lot", "expiry"):
        found.setdefault(line, []).append((eaches, lot, expiry))
    return found


def _results(order_ids: Collection[int]) -> QuerySet[PickResult]:
    """The results that stand, of lists that do."""
    rows = PickResult.objects.filter(state=PickResultState.TAKEN, pick_list__state__in=[str(state) for state in LIVE])
    return rows.filter(pick_list__order__in=together(order_ids)).order_by()


def _elsewhere(line_ids: Iterable[int], here: Collection[int]) -> dict[int, int]:
    rows = Content.objects.filter(line__in=together(set(line_ids))).exclude(packing__state=PackingState.DROPPED)
    rows = rows.exclude(packing__in=list(here)) if here else rows
    return dict(rows.order_by().values_list("line").annotate(Sum("eaches")))
