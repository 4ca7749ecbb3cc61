"""What orders use of completed offers. Two orders never use the same piece: one statement decides about each cell.

A cell's ``consumed`` is the sum of its consumptions; it never falls below 0 nor rises above what was approved. The
statement that writes asks again, and the database's own constraints stand behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec
from django.db import transaction
from django.db.models import F

from purveyor.base import db
from purveyor.common import clock
from purveyor.offers.models import Cell, Consumption, Offer
from purveyor.offers.states import OfferState

EVER, NEVER = 0, 10**7
"""Days as numbers for a delivery that names no first or no last one."""
Place = tuple[int, int]
"""A line and a cell, by their keys."""


class OpenCell(msgspec.Struct, frozen=True, gc=False):
    """A cell of a completed offer with pieces approved. ``price`` and the days are None where nobody said any.

    ``opens`` and ``closes`` are the days as numbers, for quick comparison.
    """

    cell_id: int
    offer_id: int
    offer_number: str
    vendor_code: str
    currency: str
    row: int
    delivery: int
    product_id: int
    price: Decimal | None
    approved: int
    consumed: int
    first_day: date | None
    last_day: date | None
    opens: int
    closes: int

    @property
    def left(self) -> int:
        """Eaches no order has used."""
        return self.approved - self.consumed


_CELL = (
    *("pk", "row__offer_id", "row__offer__number", "row__offer__vendor_code", "row__offer__currency", "row__number"),
    *("delivery__position", "row__product_id", "approved_price", "approved", "consumed"),
    *("delivery__first_day", "delivery__last_day"),
)


def offering() -> frozenset[int]:
    """The profiles with a completed offer, by their keys."""
    rows = Offer.objects.filter(state=OfferState.COMPLETED).order_by()
    return frozenset(rows.values_list("profile_id", flat=True).distinct())


class Book:
    """The cells of completed offers, read once for many batches of orders. What is used of them, and whether an offer
    changed meanwhile, is asked for each batch."""

    def __init__(self) -> None:
        self._offers: dict[int, tuple[int, int]] = {}
        self._known: set[int] = set()
        self._cells: dict[int, dict[int, list[OpenCell]]] = {}

    def open(self, profiles: Collection[int], products: Collection[int]) -> dict[int, dict[int, list[OpenCell]]]:
        """The cells for these products, by profile and product, in the order of completion.

        Until the transaction ends nobody opens one of these offers again.
        """
        offers = Offer.objects.select_for_update().filter(profile__in=list(profiles), state=OfferState.COMPLETED)
        rows = offers.order_by("pk").values_list("pk", "profile_id", "version")
        found = {key: (profile, version) for key, profile, version in rows}
        if found != self._offers:
            self._offers, self._known, self._cells = found, set(), {}
        missing = set(products) - self._known
        if found and missing:
            self._add(completed_cells(profiles, missing))
            self._known |= missing
        return self._cells

    def _add(self, fresh: dict[int, dict[int, list[OpenCell]]]) -> None:
        for profile, by_product in fresh.items():
            self._cells.setdefault(profile, {}).update(by_product)


def left_of(cells: Iterable[OpenCell]) -> dict[int, int]:
    """What no order has used of these cells, as it is now, by key."""
    approved = {one.cell_id: one.approved for one in cells}
    if not approved:
        return {}
    rows = Cell.objects.filter(pk__in=db.together(approved)).order_by().values_list("pk", "consumed")
    return {key: approved[key] - used for key, used in rows}


def completed_cells(profiles: Collection[int], products: Collection[int]) -> dict[int, dict[int, list[OpenCell]]]:
    """The cells of completed offers for these products, by profile and product, in the order of completion."""
    rows = Cell.objects.filter(
        row__offer__profile__in=list(profiles),
        row__offer__state=OfferState.COMPLETED,
        row__product__in=db.together(products),
        approved__gt=0,
    ).order_by("row__offer__completed_at", "row__offer_id", "delivery__position", "row__number")
    found: dict[int, dict[int, list[OpenCell]]] = {}
    for profile, *values in rows.values_list("row__offer__profile_id", *_CELL):
        first, last = values[-2:]
        days = first.toordinal() if first else EVER, last.toordinal() if last else NEVER
        one = OpenCell(*values, *days)  # type: ignore[call-arg]  # a value for each field, as _CELL names them
        found.setdefault(profile, {}).setdefault(one.product_id, []).append(one)
    return found


def consume(cell_id: int, eaches: int) -> bool:
    """Use pieces of a cell; False, and nothing used, where so many are not left. Raises ValueError below zero."""
    _check(eaches)
    free = Cell.objects.filter(pk=cell_id, approved__gte=F("consumed") + eaches)
    return not eaches or bool(free.update(consumed=F("consumed") + eaches))


def give_back(cell_id: int, eaches: int) -> bool:
    """Give used pieces back; False, and nothing changed, where fewer are used. Raises ValueError below zero."""
    _check(eaches)
    used = Cell.objects.filter(pk=cell_id, consumed__gte=eaches)
    return not eaches or bool(used.update(consumed=F("consumed") - eaches))


def used_by(orders: Collection[int]) -> dict[int, dict[Place, int]]:
    """What these orders use, by order, line and cell."""
    found: dict[int, dict[Place, int]] = {}
    rows = (
        Consumption.objects.filter(order__in=db.together(orders)).order_by("pk")
        if orders
        else Consumption.objects.none()
    )
    for order, line, cell, eaches in rows.values_list("order_id", "line_id", "cell_id", "eaches"):
        found.setdefault(order, {})[line, cell] = eaches
    return found


def follow(before: Mapping[int, Mapping[Place, int]], after: Mapping[int, Mapping[Place, int]]) -> bool:
    """Make orders use ``after`` instead of ``before`` (by order, line and cell, in eaches), in one statement a table.

    False, and nothing changed, where a cell has fewer pieces left, or gave back what it had not: somebody was faster.
    Joins the caller's transaction.
    """
    deltas: dict[int, int] = {}
    for sign, uses in ((-1, before), (1, after)):
        for ones in uses.values():
            for (_line, cell), eaches in ones.items():
                deltas[cell] = deltas.get(cell, 0) + sign * eaches
    deltas = {cell: eaches for cell, eaches in deltas.items() if eaches}
    with transaction.atomic():
        if _apply(deltas) != len(deltas):
            transaction.set_rollback(True)
            return False
        _write(before, after)
    return True


def _apply(deltas: Mapping[int, int]) -> int:
    """Change what cells have used; answers how many took it."""
    return db.add_within(Cell._meta.db_table, "consumed", "approved", deltas.items())


def _write(before: Mapping[int, Mapping[Place, int]], after: Mapping[int, Mapping[Place, int]]) -> None:
    gone = [place for order, old in before.items() for place in old if not after.get(order, {}).get(place)]
    if gone:
        lines, cells = {line for line, _cell in gone}, {cell for _line, cell in gone}
        rows = Consumption.objects.filter(line__in=db.together(lines), cell__in=db.together(cells))
        places = set(gone)
        keys = [
            key for key, *place in rows.order_by().values_list("pk", "line_id", "cell_id") if tuple(place) in places
        ]
        Consumption.objects.filter(pk__in=db.together(keys)).delete()
    now = db.ready(clock.now())
    fresh = []
    for order, new in after.items():
        old = before.get(order, {})
        fresh += [(order, *place, eaches, now) for place, eaches in new.items() if eaches and old.get(place) != eaches]
    columns = ("order_id", "line_id", "cell_id", "eaches", "at")
    once = ("line_id", "cell_id")
    db.bulk_upsert(Consumption._meta.db_table, columns, fresh, conflict=once, update=("eaches", "at"), ready=True)


def _check(eaches: int) -> None:
    if eaches < 0:
        raise ValueError("pieces are used and given back in numbers from 0 up")
