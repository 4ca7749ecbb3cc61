"""What the checks of a batch of orders have to know, read at once: the same number of questions for any number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Q

from purveyor.base.db import set_column, together
from purveyor.offers.domain.consume import Book, offering
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.domain.check import ANSWERABLE, ANSWERED, Agreed, Facts, Stocked
from purveyor.orders.domain.ground import entry_of
from purveyor.orders.models import Acknowledgement, Change, Line, Order, Reservation
from purveyor.orders.states import OrderState, Severity
from purveyor.products.domain.match import Pair, match_many
from purveyor.products.models import Product
from purveyor.products.queries import costs_on
from purveyor.profiles import dated
from purveyor.profiles.models import VendorCode

_LINE = (
    *("order_id", "number", "position", "asin", "vendor_product", "amount", "unit", "unit_size", "eaches"),
    *("backorder_allowed", "net_cost", "currency", "cost_unit", "gone", "product_id"),
)


class Row(msgspec.Struct, gc=False):
    """A line as the checks read it, of ``_LINE``: twenty thousand of them are at hand at once."""

    pk: int
    order_id: int
    number: str
    position: int
    asin: str
    vendor_product: str
    amount: int
    unit: str
    unit_size: int
    eaches: int
    backorder_allowed: bool
    net_cost: Decimal | None
    currency: str
    cost_unit: str
    gone: bool
    product_id: int | None

    @property
    def cancelled(self) -> bool:
        """As a line's own."""
        return self.gone or self.eaches == 0


Answered = tuple[int, Mapping[str, Sequence[LineAnswer]]]


@dataclass(slots=True)
class Batch:
    """Orders with their lines and everything the checks look at."""

    orders: Sequence[Order]
    now: datetime
    lines: dict[int, list[Line]] = field(default_factory=dict)
    settings: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    vendor_codes: dict[int, set[str]] = field(default_factory=dict)
    stocked: dict[int, Stocked] = field(default_factory=dict)
    reserved: dict[int, dict[int, int]] = field(default_factory=dict)
    costs: dict[tuple[str, date], dict[int, Agreed | None]] = field(default_factory=dict)
    twins: dict[int, list[str]] = field(default_factory=dict)
    answered: dict[int, Answered] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)
    deviates: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    agreed: Set[int] = frozenset()

    def facts(self, order: Order) -> Facts:
        """What is known for one of the orders. Pieces promised to the order itself count as free for it."""
        version, answers = self.answered.get(order.pk, (None, {}))
        return Facts(
            now=self.now,
            settings=self.settings[order.profile_id],
            vendor_codes=frozenset(self.vendor_codes.get(order.profile_id, ())),
            products=self._free_for(order),
            costs=self.costs.get(_where_and_when(order), {}),
            twins=self.twins.get(order.pk, ()),
            answers=answers,
            answered_version=version,
            changed_version=self.changed.get(order.pk, 0),
            deviates=self.deviates,
            agreed=self.agreed,
        )

    def _free_for(self, order: Order) -> Mapping[int, Stocked]:
        own = self.reserved.get(order.pk)
        if not own:
            return self.stocked
        mine = {
            key: Stocked(found.case_pack, None if found.free is None else found.free + own[key])
            for key in own
            if (found := self.stocked.get(key)) is not None
        }
        return self.stocked | mine


@dataclass(slots=True)
class Shared:
    """What is asked once for all batches: which products lines mean, costs (None where none is agreed), which profiles
    have a completed bulk-buy offer, and what these offers are."""

    matches: Mapping[Pair, int]
    offering: frozenset[int] = frozenset()
    book: Book = field(default_factory=Book)
    costs: dict[tuple[str, date], dict[int, Agreed | None]] = field(default_factory=dict)


def shared_by(keys: Sequence[int]) -> Shared:
    """Which product each line of these orders means; asked before anything is written."""
    pairs = Line.objects.filter(order__in=together(keys)).order_by().values_list("asin", "vendor_product").distinct()
    return Shared({pair: match.product_id for pair, match in match_many(set(pairs)).items()}, offering())


def read(orders: Sequence[Order], shared: Shared, now: datetime, *, write: bool = True) -> Batch:
    """Write down which products the lines of orders mean, and read the rest of what is to be known; without ``write``
    read only."""
    found = Batch(orders, now)
    keys = [order.pk for order in orders]
    profiles = {order.profile_id: order.profile for order in orders}
    found.lines = _lines(keys)
    _match((line for lines in found.lines.values() for line in lines), shared.matches, write=write)
    found.settings = dated.values_of(profiles.values(), now)
    if not Product.objects.exists():
        found.settings = {key: _without_catalogue(values) for key, values in found.settings.items()}
    for profile, code in VendorCode.objects.filter(profile__in=profiles).order_by().values_list("profile", "code"):
        found.vendor_codes.setdefault(profile, set()).add(code)
    _stock(found, keys)
    _costs(found, shared)
    found.twins = _twins(found)
    found.answered = _answered([order.pk for order in orders if order.state in ANSWERED])
    found.changed = _changed(found.answered)
    return found


def _without_catalogue(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """A house that keeps no products yet knows none: every order would be held. It is told of them all the same."""
    grave = settings["checks.product"] in (Severity.HOLD, Severity.BLOCK)
    return {**settings, "checks.product": str(Severity.WARN)} if grave else settings


def _lines(keys: Sequence[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {key: [] for key in keys}
    rows = Line.objects.filter(order__in=together(keys)).order_by("order_id", "position")
    for values in rows.values_list("pk", *_LINE):
        row: Any = Row(*values)
        found[row.order_id].append(row)
    return found


def _match(lines: Iterable[Line], matches: Mapping[Pair, int], *, write: bool) -> None:
    """One statement for all lines whose product is another than was written down."""
    news = []
    for line in lines:
        key = matches.get((line.asin, line.vendor_product))
        if key != line.product_id and not line.cancelled:
            line.product_id = key
            news.append((line.pk, key))
    set_column("orders_line", "product_id", news if write else ())


def _stock(found: Batch, keys: Sequence[int]) -> None:
    products = {line.product_id for lines in found.lines.values() for line in lines if line.product_id is not None}
    rows = Product.objects.filter(pk__in=together(products)).order_by()
    for key, case_pack, on_hand, reserved in rows.values_list("pk", "case_pack", "on_hand", "reserved"):
        found.stocked[key] = Stocked(case_pack, None if on_hand is None else max(on_hand - reserved, 0))
    own = Reservation.objects.filter(order__in=together(keys)).order_by()
    for order, product, eaches in own.values_list("order", "product", "eaches"):
        mine = found.reserved.setdefault(order, {})
        mine[product] = mine.get(product, 0) + eaches


def _where_and_when(order: Order) -> tuple[str, date]:
    return order.profile.marketplace, order.ordered_at.date()


def _costs(found: Batch, shared: Shared) -> None:
    wanted: dict[tuple[str, date], set[int]] = defaultdict(set)
    for order in found.orders:
        mine = (line.product_id for line in found.lines[order.pk])
        wanted[_where_and_when(order)].update(key for key in mine if key is not None)
    for (marketplace, day), products in wanted.items():
        known = shared.costs.setdefault((marketplace, day), {})
        missing = products - known.keys()
        agreed = costs_on(missing, marketplace, day) if missing else {}
        known.update(dict.fromkeys(missing))
        known.update({key: Agreed(cost.amount, cost.currency) for key, cost in agreed.items()})
        found.costs[marketplace, day] = known


def _twins(found: Batch) -> dict[int, list[str]]:
    """Earlier orders of the same profile, center and lines, within the days of the setting."""
    waiting = [order for order in found.orders if order.state in ANSWERABLE and order.eaches]
    if not waiting:
        return {}
    longest = timedelta(days=max(s["checks.duplicate_days"] for s in found.settings.values()))
    near = Q(
        profile__in={order.profile_id for order in waiting},
        ordered_at__gte=min(order.ordered_at for order in waiting) - longest,
        ordered_at__lte=max(order.ordered_at for order in waiting) + longest,
        eaches__in=together({order.eaches for order in waiting}),
    )
    rows = Order.objects.filter(near).exclude(state=OrderState.CANCELLED).order_by("pk")
    alike: dict[tuple[Any, ...], list[tuple[int, str, datetime]]] = defaultdict(list)
    for key, number, at, *rest in rows.values_list("pk", "number", "ordered_at", *_ALIKE):
        alike[tuple(rest)].append((key, number, at))
    candidates = {
        order.pk: [
            one
            for one in alike[tuple(getattr(order, name) for name in _ALIKE)]
            if one[0] < order.pk and abs(one[2] - order.ordered_at) <= _days(found, order)
        ]
        for order in waiting
    }
    return _same_lines({key: ones for key, ones in candidates.items() if ones})


_ALIKE = ("profile_id", "ship_to", "line_count", "eaches")


def _days(found: Batch, order: Order) -> timedelta:
    return timedelta(days=found.settings[order.profile_id]["checks.duplicate_days"])


def _same_lines(candidates: Mapping[int, Sequence[tuple[int, str, datetime]]]) -> dict[int, list[str]]:
    if not candidates:
        return {}
    keys = {*candidates, *(one[0] for ones in candidates.values() for one in ones)}
    contents: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    rows = Line.objects.filter(order__in=together(keys), gone=False).order_by("order_id", "asin", "vendor_product")
    for order, asin, vendor_product, eaches in rows.values_list("order_id", "asin", "vendor_product", "eaches"):
        contents[order].append((asin, vendor_product, eaches))
    return {
        key: twins
        for key, ones in candidates.items()
        if (twins := [number for other, number, _at in ones if contents[other] == contents[key]])
    }


def _answered(keys: Sequence[int]) -> dict[int, Answered]:
    """The newest answer of ours that did not fail, by order: its version and its entries by line number."""
    if not keys:
        return {}
    rows = Acknowledgement.objects.filter(order__in=together(keys)).exclude(outcome=Acknowledgement.Outcome.FAILED)
    found: dict[int, Answered] = {}
    for one in rows.order_by("order", "revision").prefetch_related("answers__line"):
        entries: dict[str, list[LineAnswer]] = {}
        for row in one.answers.all():
            entries.setdefault(row.line.number, []).append(entry_of(row))
        found[one.order_id] = one.order_version, entries
    return found


def _changed(keys: Iterable[int]) -> dict[int, int]:
    """The version in which Amazon changed each order last; one where only its own state differs is no change."""
    keys = list(keys)
    rows = Change.objects.filter(order__in=together(keys)).order_by("version") if keys else Change.objects.none()
    return dict(rows.values_list("order", "version"))
