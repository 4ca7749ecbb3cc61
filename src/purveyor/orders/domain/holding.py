"""Findings that hold an order hold it by ``domain.hold``, one hold for each rule; the hold ends with its last finding.

What a person released by hand is not held again over the same findings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from purveyor.base.db import together
from purveyor.orders.domain import hold
from purveyor.orders.domain.check import RULES, Found, Numbers
from purveyor.orders.models import Finding, Hold, Order
from purveyor.orders.states import FindingState, Severity

MINE = frozenset(name for name, _key in RULES) - {hold.CHANGED}
"""The rules whose holds are kept here; what changed after its answer is held by whoever takes the change in."""
MOST_TOLD = 20
"""So many findings of a rule are told with its hold; the order shows all of them."""
GONE = "what was found is gone, or somebody took a way out of it"


def keep(orders: Sequence[Order], open_: Mapping[int, Sequence[Found]], *, by: str) -> frozenset[int]:
    """Begin and end holds as the open findings ask; answers the keys of the orders on hold then. Joins the caller's
    transaction."""
    there = {key: {one.check_id: one for one in held} for key, held in hold.held_of(orders).items()}
    wanted = {order.pk: _seen(open_[order.pk]) for order in orders}
    let = _released([key for key, seen in wanted.items() if seen.keys() - there.get(key, {}).keys()])
    for order in orders:
        mine, seen = there.get(order.pk, {}), wanted[order.pk]
        for rule in mine.keys() & MINE - seen.keys():
            hold.let_go(order, check=rule, by=by, because=GONE)
        for rule, told in seen.items():
            known = mine.get(rule)
            if (known is None and (order.pk, rule) not in let) or (known is not None and known.told != told):
                hold.place(order, check=rule, by=by, told=told)
    return frozenset(order.pk for order in orders if order.holds)


def _seen(open_: Sequence[Found]) -> dict[str, list[Numbers]]:
    """The numbers of what holds, by rule; the same ones once."""
    found: dict[str, list[Numbers]] = {}
    for one in open_:
        if one.severity == Severity.HOLD and one.rule in MINE:
            mine = found.setdefault(one.rule, [])
            if one.numbers not in mine and len(mine) < MOST_TOLD:
                mine.append(one.numbers)
    return found


def _released(keys: Sequence[int]) -> set[tuple[int, str]]:
    """Orders and rules whose hold a person released after everything now open of that rule was found."""
    if not keys:
        return set()
    rows = Hold.objects.filter(order__in=together(keys), released_at__isnull=False, check_id__in=MINE)
    let = {
        (order, check): at
        for order, check, at in rows.exclude(released_by__startswith="system:")
        .order_by("released_at")
        .values_list("order_id", "check_id", "released_at")
    }
    found = Finding.objects.filter(order__in=together(keys), state=FindingState.OPEN).order_by("found_at")
    last = {(order, rule): at for order, rule, at in found.values_list("order_id", "rule", "found_at")}
    return {place for place, at in let.items() if at is not None and place in last and last[place] <= at}
