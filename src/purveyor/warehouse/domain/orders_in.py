"""Which orders a packing is about: their pieces come into it, not placed yet, and leave it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from purveyor.base.db import together
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import identifier
from purveyor.orders.models import Order
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain import numbers
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.moves import refuse
from purveyor.warehouse.domain.tree import NOWHERE, Sort, Tree
from purveyor.warehouse.models import Content, Packing
from purveyor.warehouse.states import PackingState

MOST_ORDERS = 500
Lot = tuple[str, date | None]
Step = tuple[Tree, dict[str, Any], dict[str, Any]]
"""The tree after a step, what it says of itself, and fields of the packing that it sets."""


def bring(who: Who, packing: Packing, old: Tree, asked: Mapping[str, Any]) -> Step:
    """What is there to be packed of ``orders`` (PO numbers) and does not lie in any packing yet, lot by lot as it was
    picked. Raises Refused where an order is unknown, or nothing is left of all of them."""
    orders = orders_of(who, packing.profile, asked.get("orders"))
    lines = numbers.facts_of(packing, old, [order.pk for order in orders])
    new, count = old.copy(), 0
    wanted = {order.pk for order in orders}
    lots = rest_by_lot(line for line in lines.values() if line.order_id in wanted)
    here = old.eaches()
    for line in lines.values():
        left = max(line.to_pack - here.get(line.id, 0), 0) if line.order_id in wanted else 0
        count += put_rest(new, line, left, lots.get(line.id, []))
    if not count:
        raise refuse(_("Nothing is left to pack of these orders."), "orders")
    told = {"kind": "bring", "orders": [order.number for order in orders][:20], "eaches": count}
    center = {} if packing.ship_to else {"ship_to": orders[0].ship_to}
    return new, told, center


def put_rest(tree: Tree, line: LineFacts, left: int, lots: list[tuple[int, str, date | None]]) -> int:
    """So many pieces of a line into *not placed*, by the lots there are; answers how many."""
    product, wanted = line.product.id if line.product else None, left
    for eaches, lot, expiry in lots:
        taken = min(left, eaches)
        if taken:
            tree.put(Sort(line.id, product, lot, expiry), taken, NOWHERE)
        left -= taken
    if left:
        tree.put(Sort(line.id, product), left, NOWHERE)
    return wanted


def rest_by_lot(lines: Any) -> dict[int, list[tuple[int, str, date | None]]]:
    """What was picked of lines lot by lot, without what lies in any packing already."""
    found: list[LineFacts] = list(lines)
    picked = numbers.lots_of({line.order_id for line in found})
    had = _packed_by_lot({line.id for line in found})
    rest: dict[int, list[tuple[int, str, date | None]]] = {}
    for line in found:
        for eaches, lot, expiry in picked.get(line.id, ()):
            left = eaches - had.get((line.id, lot, expiry), 0)
            if left > 0:
                rest.setdefault(line.id, []).append((left, lot, expiry))
    return rest


def _packed_by_lot(line_ids: Collection[int]) -> dict[tuple[int, str, date | None], int]:
    rows = Content.objects.filter(line__in=together(line_ids)).exclude(packing__state=PackingState.DROPPED).order_by()
    sums = rows.values_list("line", "lot", "expiry").annotate(Sum("eaches"))
    return {(line, lot, expiry): eaches for line, lot, expiry, eaches in sums}


def orders_of(who: Who, profile: Profile, given: Any) -> list[Order]:
    """The orders of these numbers. Raises Refused for those that are not there, or not theirs to see."""
    if not isinstance(given, list | tuple) or not 1 <= len(given) <= MOST_ORDERS:
        raise refuse(_("Name 1 to %(most)d orders.") % {"most": MOST_ORDERS}, "orders")
    wanted = [number for number in dict.fromkeys(identifier(str(one)).upper() for one in given) if number]
    rows = Order.objects.filter(profile=profile, number__in=together(set(wanted))) if wanted else Order.objects.none()
    known = {order.number: order for order in rows} if who.may("orders.view", profile) else {}
    problems = [
        Problem(_("There is no order %(number)s.") % {"number": number}, where=f"orders[{place}]")
        for place, number in enumerate(wanted)
        if number not in known
    ]
    if problems or not wanted:
        raise Refused(_("The packing was not changed."), problems)
    return [known[number] for number in wanted]


def leave_out(who: Who, packing: Packing, old: Tree, asked: Mapping[str, Any]) -> Step:
    """Pieces out of the packing altogether: an ``order``, or a ``line`` of one, or so many ``eaches`` of the line,
    those not placed first."""
    lines = numbers.facts_of(packing, old)
    number, only = str(asked.get("order") or ""), asked.get("line")
    mine = {line.id for line in lines.values() if (only is None and line.order == number) or line.id == only}
    items = sorted((item for item in old.items.values() if item.sort.line in mine), key=lambda one: bool(one.place))
    most = sum(item.eaches for item in items)
    left = eaches = most if asked.get("eaches") is None else asked["eaches"]
    if isinstance(left, bool) or not isinstance(left, int) or not 1 <= left <= most:
        raise refuse(_("From 1 to %(most)d pieces can be left out.") % {"most": most}, "eaches")
    new = old.copy()
    for item in items:
        taken = min(left, item.eaches)
        if taken:
            new.take(item.id, taken)
        left -= taken
    named = lines[next(iter(mine))]
    told = {"kind": "leave_out", "order": named.order, "eaches": eaches}
    return new, told | ({"line": named.number, "sku": named.sku} if only is not None else {}), {}
