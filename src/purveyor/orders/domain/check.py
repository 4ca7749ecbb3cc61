"""What is checked of an order on its arrival and after each change (OPERATIONS §9.1, PRODUCT §3). Pure.

PO-01 number and parties        PO-02 cases of a known size     PO-03 case size as in the catalogue
PO-04 cost as agreed            PO-05 changed after our answer  PO-06 as the bulk-buy offer was approved
AC-08 promised dates inside the window
PRODUCT, CASE, STOCK on a line; OVER, SHORT (window), DUPLICATE, TYPE on the order
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from purveyor.common.money import plain
from purveyor.common.units import CASES, EACHES
from purveyor.common.windows import zulu
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.models import Line, Order
from purveyor.orders.states import OrderState

OFF = "off"
NUMBER = re.compile(r"[A-Z0-9]{8}")
REGULAR = "RegularOrder"
OFFER = "PO-06"
ANSWERABLE = frozenset({OrderState.NEW, OrderState.FAILED})
ANSWERED = frozenset({OrderState.ACKNOWLEDGING, OrderState.ACKNOWLEDGED})

Numbers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stocked:
    """A product as far as the checks look. ``free`` are eaches promised to nobody else; None where nobody counted."""

    case_pack: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What Amazon has agreed to pay for one each."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known besides the order itself. ``settings`` are those in force (``checks.…``).

    ``costs`` by product on the order's date in its marketplace; ``twins`` are numbers of orders that look the same;
    ``answers`` by line number and ``answered_version`` are those of our answer in force; ``changed_version`` is the
    newest version in which Amazon changed anything but its own state. ``deviates`` by line key is what differs from a
    bulk-buy offer, ``agreed`` are lines whose cost is the one approved in theirs (``domain.classify``).
    """

    now: datetime
    settings: Mapping[str, Any]
    vendor_codes: frozenset[str] = frozenset()
    products: Mapping[int, Stocked] = field(default_factory=dict)
    costs: Mapping[int, Agreed | None] = field(default_factory=dict)
    twins: Sequence[str] = ()
    answers: Mapping[str, Sequence[LineAnswer]] = field(default_factory=dict)
    answered_version: int | None = None
    changed_version: int = 0
    deviates: Mapping[int, Numbers] = field(default_factory=dict)
    agreed: Set[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as a value; ``line`` is the line's key, None for the order as a whole."""

    rule: str
    line: int | None
    severity: str
    numbers: Numbers

    @property
    def place(self) -> tuple[int | None, str]:
        return self.line, self.rule


def check(order: Order, lines: Sequence[Line], facts: Facts) -> list[Found]:
    """Everything to be said about an order. Nothing is said of one that is over, or was answered elsewhere."""
    if order.state not in ANSWERABLE | ANSWERED:
        return []
    found = list(_of_order(order, facts))
    rules = [(name, rule, facts.settings[f"checks.{key}"]) for name, key, rule in _rules(order, _ON_LINES)]
    rules = [one for one in rules if one[2] != OFF]
    for line in lines:
        if line.cancelled:
            continue
        for name, rule, severity in rules:
            numbers = rule(order, line, facts)
            if numbers is not None:
                found.append(Found(name, line.pk, severity, numbers))
    return found


def _of_order(order: Order, facts: Facts) -> Iterator[Found]:
    for name, key, rule in _rules(order, _ON_ORDER):
        severity = facts.settings[f"checks.{key}"]
        numbers = rule(order, facts) if severity != OFF else None
        if numbers is not None:
            yield Found(name, None, severity, numbers)


def _rules(order: Order, table: Sequence[tuple[str, str, Any, frozenset[OrderState]]]) -> list[tuple[str, str, Any]]:
    return [(name, key, rule) for name, key, rule, states in table if order.state in states]


def _identity(order: Order, facts: Facts) -> Numbers | None:
    odd = [] if NUMBER.fullmatch(order.number) else ["number"]
    if facts.vendor_codes and order.vendor_code not in facts.vendor_codes:
        odd.append("vendor code")
    return {"number": order.number, "vendor_code": order.vendor_code, "odd": odd} if odd else None


def _changed(order: Order, facts: Facts) -> Numbers | None:
    if facts.answered_version is None or facts.changed_version <= facts.answered_version:
        return None
    return {"answered": facts.answered_version, "version": facts.changed_version}


def _over(order: Order, facts: Facts) -> Numbers | None:
    if order.window_end is None or order.window_end > facts.now:
        return None
    return {"end": zulu(order.window_end)}


def _short(order: Order, facts: Facts) -> Numbers | None:
    """Whole hours from the order's own date, so that the finding does not change with every look."""
    needed = timedelta(hours=facts.settings["checks.lead_hours"])
    if order.window_end is None or order.window_end <= facts.now or order.window_end - order.first_seen_at >= needed:
        return None
    left = order.window_end - order.first_seen_at
    return {"hours": max(int(left.total_seconds() // 3600), 0), "needed": int(needed.total_seconds() // 3600)}


def _duplicate(order: Order, facts: Facts) -> Numbers | None:
    return {"twin": facts.twins[0]} if facts.twins else None


def _type(order: Order, facts: Facts) -> Numbers | None:
    return None if order.amazon_type in ("", REGULAR) else {"type": order.amazon_type}


def _product(order: Order, line: Line, facts: Facts) -> Numbers | None:
    return {"asin": line.asin, "vendor_product": line.vendor_product} if line.product_id is None else None


def _unit(order: Order, line: Line, facts: Facts) -> Numbers | None:
    if line.unit == EACHES or (line.unit == CASES and f"line {line.number}: {UNSIZED}" not in order.flags):
        return None
    return {"amount": line.amount, "unit": line.unit}


def _stocked(line: Line, facts: Facts) -> Stocked | None:
    return facts.products.get(line.product_id) if line.product_id is not None else None


def _case_size(order: Order, line: Line, facts: Facts) -> Numbers | None:
    known = _stocked(line, facts)
    if known is None or not known.case_pack or line.unit != CASES or line.unit_size == known.case_pack:
        return None
    return {"size": line.unit_size, "case": known.case_pack}


def _case_multiple(order: Order, line: Line, facts: Facts) -> Numbers | None:
    known = _stocked(line, facts)
    if known is None or not known.case_pack or line.eaches % known.case_pack == 0:
        return None
    return {"eaches": line.eaches, "case": known.case_pack, "whole": line.eaches // known.case_pack * known.case_pack}


def _stock(order: Order, line: Line, facts: Facts) -> Numbers | None:
    known = _stocked(line, facts)
    if known is None or known.free is None or line.eaches <= known.free:
        return None
    return {"eaches": line.eaches, "free": known.free}


def _cost(order: Order, line: Line, facts: Facts) -> Numbers | None:
    """A cost per weight unit is not comparable and left to a person's eyes; one approved in an offer is agreed."""
    if line.pk in facts.agreed:
        return None
    agreed = facts.costs.get(line.product_id) if line.product_id is not None else None
    if agreed is None or line.net_cost is None or line.cost_unit:
        return None
    currency = line.currency or order.currency
    same_money = not currency or currency == agreed.currency
    if same_money and abs(line.net_cost - agreed.amount) <= allowance(agreed.amount, facts.settings):
        return None
    return {
        "cost": plain(line.net_cost),
        "currency": currency,
        "agreed": plain(agreed.amount),
        "agreed_currency": agreed.currency,
        "difference": plain(line.net_cost - agreed.amount) if same_money else "",
    }


def _offer(order: Order, line: Line, facts: Facts) -> Numbers | None:
    numbers = facts.deviates.get(line.pk)
    return None if numbers is None else dict(numbers)


def allowance(agreed: Decimal, settings: Mapping[str, Any]) -> Decimal:
    """How far a cost may be from the agreed one: the larger of the amount and the percentage."""
    amount: Decimal = settings["checks.cost_tolerance"]
    percent: Decimal = settings["checks.cost_tolerance_percent"]
    return max(amount, agreed * percent / 100)


def _dates(order: Order, line: Line, facts: Facts) -> Numbers | None:
    return date_outside(order, facts.answers.get(line.number, ()))


def date_outside(order: Order, entries: Sequence[LineAnswer]) -> Numbers | None:
    """The first promised date outside of the order's window for it, with that window."""
    for entry in entries:
        for at, start, end in (
            (entry.ship_date, order.ship_start, order.ship_end),
            (entry.delivery_date, order.delivery_start, order.delivery_end),
        ):
            if at is not None and ((start and at < start) or (end and at > end)):
                return {"date": zulu(at), "start": zulu(start) if start else "", "end": zulu(end) if end else ""}
    return None


UNSIZED = "Cases without unitSize"
"""How intake flags a line ordered in cases of no known size."""

OrderRule = Callable[[Order, Facts], Numbers | None]
LineRule = Callable[[Order, Line, Facts], Numbers | None]
_EVER = ANSWERABLE | ANSWERED
_ON_ORDER: tuple[tuple[str, str, OrderRule, frozenset[OrderState]], ...] = (
    ("PO-01", "identity", _identity, _EVER),
    ("PO-05", "changed", _changed, ANSWERED),
    ("OVER", "window_over", _over, ANSWERABLE),
    ("SHORT", "window_short", _short, ANSWERABLE),
    ("DUPLICATE", "duplicate", _duplicate, ANSWERABLE),
    ("TYPE", "type", _type, ANSWERABLE),
)
_ON_LINES: tuple[tuple[str, str, LineRule, frozenset[OrderState]], ...] = (
    ("PRODUCT", "product", _product, _EVER),
    ("PO-02", "unit", _unit, ANSWERABLE),
    ("PO-03", "case_size", _case_size, ANSWERABLE),
    ("PO-04", "cost", _cost, ANSWERABLE),
    (OFFER, "offer", _offer, _EVER),
    ("CASE", "case_multiple", _case_multiple, ANSWERABLE),
    ("STOCK", "stock", _stock, ANSWERABLE),
    ("AC-08", "dates", _dates, ANSWERED),
)
RULES: tuple[tuple[str, str], ...] = tuple((name, key) for name, key, *_rest in (*_ON_ORDER, *_ON_LINES))
"""Every rule with the key of its setting."""
