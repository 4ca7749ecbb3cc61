"""Pieces promised to the lines of an order: taken from free stock, given back when nobody will ship them.

Two orders never share a piece: one statement of ``products.domain.stock`` decides about each product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.orders.domain.plan import whole
from purveyor.orders.models import Line, Order, Reservation
from purveyor.orders.states import AnswerCode, OrderState
from purveyor.products.domain import stock
from purveyor.products.models import Product

TRIES = 5
ENDED = frozenset({OrderState.FAILED, OrderState.ELSEWHERE, OrderState.CANCELLED, OrderState.CLOSED})
"""In these states of an order nothing stays promised to it."""


def reserve(order: Order, wanted: Mapping[Line, int], by: str) -> dict[int, int]:
    """Promise what is free, at most what is wanted, to each line; answers what each got, by line key.

    Products are taken in the order of their keys, so that two orders never wait for each other. Lines ordered in cases
    get whole ones. Joins the caller's transaction.
    """
    got: dict[int, int] = {}
    for line, eaches in sorted(wanted.items(), key=lambda pair: (pair[0].product_id or 0, pair[0].pk)):
        product = line.product_id
        got[line.pk] = _take(line, product, eaches) if product is not None else 0
    rows = [
        Reservation(order=order, line=line, product_id=line.product_id or 0, eaches=got[line.pk], at=clock.now())
        for line in wanted
        if got[line.pk]
    ]
    Reservation.objects.bulk_create(rows)
    if rows:
        record("order.reserved", by=by, obj=order, new={"lines": {one.line.number: one.eaches for one in rows}})
    return got


def _take(line: Line, product: int, eaches: int) -> int:
    """So many as can be had; when another is faster, what is left is looked at again."""
    for _try in range(TRIES):
        free = Product.objects.filter(pk=product).values_list(F("on_hand") - F("reserved"), flat=True).first()
        give = whole(line, min(eaches, max(free or 0, 0)))
        if give == 0:
            return 0
        if stock.reserve(product, give):
            return give
    return 0


def release(order: Order, by: str) -> None:
    """Give back everything promised to an order. Joins the caller's transaction."""
    _give_back(order, [(one, one.eaches) for one in _rows(order)], by)


def keep_to(order: Order, accepted: Mapping[str, int], by: str) -> None:
    """Give back what an answer does not accept; ``accepted`` by line number. Joins the caller's transaction."""
    over = [(one, one.eaches - accepted.get(one.line.number, 0)) for one in _rows(order)]
    _give_back(order, [(one, eaches) for one, eaches in over if eaches > 0], by)


def accepted_of(answers: Mapping[str, Sequence[Any]]) -> dict[str, int]:
    """Eaches accepted by line number; a backorder is promised later, not from what is there."""
    return {
        number: sum(entry.eaches for entry in entries if entry.code == AnswerCode.ACCEPTED)
        for number, entries in answers.items()
    }


def _rows(order: Order) -> list[Reservation]:
    return list(Reservation.objects.filter(order=order).select_related("line").order_by("product", "pk"))


def _give_back(order: Order, parts: Sequence[tuple[Reservation, int]], by: str) -> None:
    for one, eaches in parts:
        stock.release(one.product_id, eaches)
        if eaches >= one.eaches:
            one.delete()
        else:
            Reservation.objects.filter(pk=one.pk).update(eaches=F("eaches") - eaches)
    if parts:
        record("order.released", by=by, obj=order, old={"lines": {one.line.number: eaches for one, eaches in parts}})


def on_order_moved(
    row: Any, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]
) -> None:
    """Listens to every move: an order that ended, or whose answer failed, holds no piece back."""
    if isinstance(row, Order) and new in ENDED:
        release(row, by)
