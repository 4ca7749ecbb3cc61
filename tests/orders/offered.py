"""Completed bulk-buy offers, for tests of what orders make of them: written straight into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from purveyor.common import clock
from purveyor.offers.models import Cell, Consumption, Delivery, Offer, Row
from purveyor.products.models import Product
from purveyor.profiles.models import Profile

WEEK = (date(2026, 3, 9), date(2026, 3, 16))
"""A delivery in which an order with the window of the tests has its place."""
Days = tuple[date | None, date | None]


def offered(
    profile: Profile,
    *rows: tuple[Product, Sequence[int]],
    price: str | None = "4.20",
    deliveries: Sequence[Days] = (WEEK,),
    **more: Any,
) -> Offer:
    """A completed offer: each row a product with the eaches approved for each delivery."""
    told = {"number": "BB-1", "state": "completed", "completed_at": clock.now(), "currency": "EUR", "by": "user:anna"}
    made = Offer.objects.create(profile=profile, zone="Europe/Berlin", **(told | more))
    days = [
        Delivery.objects.create(offer=made, position=place, first_day=first, last_day=last)
        for place, (first, last) in enumerate(deliveries, 1)
    ]
    amount = Decimal(price) if price else None
    for number, (product, approved) in enumerate(rows, 2):
        row = Row.objects.create(offer=made, number=number, asin=product.asin or "", product=product)
        for day, eaches in zip(days, approved, strict=True):
            facts = {"asked": eaches, "approved": eaches, "price": amount, "approved_price": amount}
            Cell.objects.create(row=row, delivery=day, **facts)
    return made


def consumed(offer: Offer) -> list[int]:
    """What each cell has used, in order; and the consumptions add up to it."""
    cells = Cell.objects.filter(row__offer=offer).order_by("row__number", "delivery__position")
    found = {cell.pk: cell.consumed for cell in cells}
    sums = dict.fromkeys(found, 0)
    for one in Consumption.objects.filter(cell__row__offer=offer):
        sums[one.cell_id] += one.eaches
    assert sums == found
    return list(found.values())
