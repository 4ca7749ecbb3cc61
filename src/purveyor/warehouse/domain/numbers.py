"""What was ordered, acknowledged, picked and packed of the lines that have to do with a packing: read at once for all
of its orders, the same number of questions for any number of lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.db.models import QuerySet, Sum

from purveyor.base.db import together
from purveyor.common import clock
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.domain.ground import Ground, Standing, standing
from purveyor.orders.models import Acknowledgement, Answer, Line, Order
from purveyor.orders.states import AnswerCode, OrderState
from purveyor.products.models import Product
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


class _Read(NamedTuple):
    """What is read of a line; the rules of orders look at it as at the line itself. Plain rows: there may be many."""

    pk: int
    number: str
    order_id: int
    eaches: int
    gone: bool
    asin: str
    vendor_product: str
    product_id: int | None
    accepted: int | None
    rejected: int | None
    confirmation: str
    acknowledged_on: str


def of_orders(profile: Profile, order_ids: Collection[int], here: Collection[int] = ()) -> dict[int, LineFacts]:
    """The lines of orders of one profile; ``here`` are packings that do not count as elsewhere."""
    keys = set(order_ids)
    orders = {order.pk: order for order in Order.objects.filter(pk__in=together(keys)).order_by("number")}
    rows = Line.objects.filter(order__in=together(keys)).order_by("order__number", "position")
    lines = [_Read(*row) for row in rows.values_list(*_Read._fields)]
    accepted, ways, picked = _accepted(lines), _on_their_way(keys), picked_of(keys)
    elsewhere = _elsewhere((line.pk for line in lines), here)
    products = _products({line.product_id for line in lines if line.product_id is not None})
    free = _may_change(profile, orders.values(), lines) - ways
    found = {}
    for line in lines:
        order = orders[line.order_id]
        told = picked.get(order.pk, {}).get(line.pk) or _unpicked(order.pk in picked)
        found[line.pk] = LineFacts(
            id=line.pk,
            number=line.number,
            order_id=order.pk,
            order=order.number,
            ordered=0 if line.gone else line.eaches,
            ship_to=order.ship_to,
            vendor_code=order.vendor_code,
            asin=line.asin,
            vendor_product=line.vendor_product,
            acknowledged=accepted[line.pk],
            on_its_way=order.pk in ways,
            may_change=order.pk in free,
            held=order.holds > 0,
            picked=told["picked"],
            prepared=told["prepared"],
            elsewhere=elsewhere.get(line.pk, 0),
            product=products.get(line.product_id or 0),
        )
    return found


def _unpicked(known: bool) -> dict[str, Any]:
    """What is said of a line of which nothing was picked: none of it, where there is a result at all."""
    return {"picked": 0 if known else None, "prepared": None}


def _products(keys: Collection[int]) -> dict[int, ProductFacts]:
    rows = Product.objects.filter(pk__in=together(keys)).order_by().values_list(*_PRODUCT)
    return {row[0]: ProductFacts(*row) for row in rows}


def _accepted(lines: Sequence[_Read]) -> dict[int, int | None]:
    """What each line's answer in force accepts (``orders.domain.ground.standing``): of ours without what is
    backordered, else what Amazon counts; None where there is none."""
    rows = Answer.objects.filter(
        line__in=together({line.pk for line in lines}), acknowledgement__outcome=Outcome.VERIFIED
    ).order_by("acknowledgement__revision", "id")
    ours: dict[int, dict[int, list[LineAnswer]]] = {}
    for line, acknowledgement, code, eaches in rows.values_list("line", "acknowledgement", "code", "eaches"):
        ours.setdefault(line, {}).setdefault(acknowledgement, []).append(LineAnswer(code, eaches))
    return {line.pk: _of_standing(standing(cast(Line, line), [*ours.get(line.pk, {}).values()])) for line in lines}


def _of_standing(one: Standing) -> int | None:
    if not one.answered:
        return None
    if one.entries:
        return sum(entry.eaches for entry in one.entries if entry.code == AnswerCode.ACCEPTED)
    return one.accepted


def _on_their_way(order_ids: Collection[int]) -> set[int]:
    rows = Acknowledgement.objects.filter(order__in=together(order_ids), outcome=Outcome.OPEN).order_by()
    return set(rows.values_list("order_id", flat=True))


def _may_change(profile: Profile, orders: Iterable[Order], lines: Iterable[_Read]) -> set[int]:
    """The orders of which Amazon takes other quantities still (FACTS §5.1)."""
    by_order: dict[int, list[Line]] = {}
    for line in lines:
        if line.acknowledged_on:
            by_order.setdefault(line.order_id, []).append(cast(Line, line))
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
