"""Findings that hold an order hold it by ``domain.hold``, one hold for each rule; the hold ends with its last finding.

What a person released by hand is not held again over the same findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from purveyor.base.db import together
from purveyor.orders.domain import hold
from purveyor.orders.domain.changes import read
from purveyor.orders.domain.changes_said import in_short
from purveyor.orders.domain.check import RULES, Found
from purveyor.orders.domain.findings_said import say
from purveyor.orders.models import Change, Finding, Hold, Order
from purveyor.orders.states import FindingState, Severity

MINE = frozenset(name for name, _key in RULES) - {hold.CHANGED}
"""The rules whose holds are kept here; what changed after its answer is held by whoever takes the change in."""
GONE = "what was found is gone, or somebody took a way out of it"


def keep(orders: Sequence[Order], open_: Mapping[int, Sequence[Found]], *, by: str) -> frozenset[int]:
    """Begin and end holds as the open findings ask; answers the keys of the orders on hold then. Joins the caller's
    transaction."""
    there = {key: {one.check_id: one for one in held} for key, held in hold.held_of(orders).items()}
    wanted = {order.pk: _reasons(open_[order.pk]) for order in orders}
    let = _released([key for key, reasons in wanted.items() if reasons.keys() - there.get(key, {}).keys()])
    for order in orders:
        mine, reasons = there.get(order.pk, {}), wanted[order.pk]
        for rule in mine.keys() & MINE - reasons.keys():
            hold.let_go(order, check=rule, by=by, because=GONE)
        for rule, because in reasons.items():
            known = mine.get(rule)
            if (known is None and (order.pk, rule) not in let) or (known is not None and known.because != because):
                hold.place(order, because, check=rule, by=by)
    return frozenset(order.pk for order in orders if order.holds)


def _reasons(open_: Sequence[Found]) -> dict[str, str]:
    """The sentences of what holds, by rule."""
    found: dict[str, list[str]] = {}
    for one in open_:
        if one.severity == Severity.HOLD and one.rule in MINE:
            found.setdefault(one.rule, []).append(say(one.rule, one.numbers))
    return {rule: " ".join(dict.fromkeys(said))[:1000] for rule, said in found.items()}


def said(holds: Iterable[Hold]) -> dict[int, str]:
    """Why each holds, by the hold's key, in the reader's language: as its findings say it now, or what Amazon changed;
    a person's hold in that person's own words. Two questions for any number."""
    held = list(holds)
    found: dict[tuple[int, str], list[str]] = {}
    wanted = together({one.order_id for one in held if one.check_id in MINE})
    rows = Finding.objects.filter(order__in=wanted, state=FindingState.OPEN, severity=Severity.HOLD).order_by("pk")
    for one in rows:
        found.setdefault((one.order_id, one.rule), []).append(say(one.rule, one.numbers))
    changed = together({one.order_id for one in held if one.check_id == hold.CHANGED})
    for row in Change.objects.filter(order__in=changed, seen_at=None).order_by("version", "pk"):
        found.setdefault((row.order_id, hold.CHANGED), []).append(in_short(read(row.changes)))
    return {one.pk: " ".join(dict.fromkeys(found.get((one.order_id, one.check_id), ()))) or one.because for one in held}


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
