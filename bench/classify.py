"""Of which type 10,000 orders of 20 lines are, beside 50 completed offers of 200 products in three deliveries.

``python -m bench.classify [--database postgresql://…]``. Four of five orders come from an offer, the others name
products of none or at another price. Measured is the whole of it: offers read, orders judged, decisions with their
reasons and what is used of the offers written. Bound: 5 s.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bench.ground import hub

ORDERS, LINES, OFFERS, ROWS, AT_ONCE = 10_000, 20, 50, 200, 100
BOUND_S = 5.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with hub(given.database):
        return _measure()


def _measure() -> int:
    from django.db import connection

    from purveyor.offers.models import Consumption
    from purveyor.orders.models import Order, Typed

    profile = _profile()
    _offers(profile)
    _orders(profile)
    took = _judge(Order.objects.order_by("pk"))
    bulk = Order.objects.filter(type="bulk").count()
    assert Typed.objects.count() == ORDERS
    assert (bulk, Consumption.objects.count()) == (ORDERS * 4 // 5, ORDERS * 4 // 5 * LINES)
    ok = took <= BOUND_S
    print(
        f"types on {connection.vendor}: {ORDERS:,} orders of {LINES} lines beside {OFFERS} offers in {took:.2f} s,"
        f" {bulk:,} bulk buys (bound {BOUND_S:.0f} s) {'ok' if ok else 'MISSED'}"
    )
    return not ok


def _judge(orders: Any) -> float:
    """What a look takes for the types alone; what else it reads is not counted."""
    from django.db import transaction

    from purveyor.common import clock
    from purveyor.orders.domain import knowledge, typed

    found, took = list(orders.select_related("profile")), 0.0
    shared = knowledge.shared_by([order.pk for order in found])
    for begin in range(0, len(found), AT_ONCE):
        part = found[begin : begin + AT_ONCE]
        with transaction.atomic():
            batch = knowledge.read(part, shared, clock.now(), write=False)
            began = time.perf_counter()
            typed.keep(batch, shared)
        took += time.perf_counter() - began
    return took


def _profile() -> Any:
    from purveyor.common import clock
    from purveyor.profiles.models import Profile

    facts = {"marketplace": "DE", "environment": "simulator", "client_id": "bench"}
    return Profile.objects.create(name="bench", created_at=clock.now() - timedelta(days=400), **facts)


def _offers(profile: Any) -> None:
    """Each offer has its own products; three deliveries, a month apart."""
    from purveyor.common import clock
    from purveyor.offers.models import Cell, Delivery, Offer, Row
    from purveyor.products.models import Product

    now = clock.now()
    Product.objects.bulk_create(
        (Product(sku=f"SKU-{n}", asin=f"B0{n:08d}") for n in range(OFFERS * ROWS)), batch_size=2_000
    )
    products = list(Product.objects.order_by("pk"))
    for n in range(OFFERS):
        facts = {"state": "completed", "completed_at": now, "currency": "EUR", "zone": "Europe/Berlin", "by": "bench"}
        offer = Offer.objects.create(profile=profile, number=f"BB-{n}", **facts)
        first = now.date() + timedelta(days=5)
        days = [
            Delivery.objects.create(
                offer=offer,
                position=place + 1,
                first_day=first + timedelta(days=30 * place),
                last_day=first + timedelta(days=30 * place + 4),
            )
            for place in range(3)
        ]
        mine = products[n * ROWS : (n + 1) * ROWS]
        rows = Row.objects.bulk_create(
            Row(offer=offer, number=at, asin=one.asin or "", product=one) for at, one in enumerate(mine, 2)
        )
        price = Decimal("4.20")
        Cell.objects.bulk_create(
            Cell(row=row, delivery=day, asked=10**6, price=price, approved=10**6, approved_price=price)
            for row in rows
            for day in days
        )


def _orders(profile: Any) -> None:
    from purveyor.common import clock
    from purveyor.orders.models import Order

    now = clock.now()
    begins, ends = now + timedelta(days=5), now + timedelta(days=9)
    orders = Order.objects.bulk_create(
        (
            Order(
                profile=profile,
                number=f"{n:08d}",
                state_at=now,
                amazon_state="New",
                ship_to=f"DC{n % 20}",
                ordered_at=now,
                due_at=now + timedelta(hours=24),
                first_seen_at=now,
                delivery_start=begins + timedelta(days=30 * (n % 3)),
                delivery_end=ends + timedelta(days=30 * (n % 3)),
                currency="EUR",
                line_count=LINES,
                eaches=12 * LINES,
                raw_hash="",
            )
            for n in range(ORDERS)
        ),
        batch_size=2_000,
    )
    _lines(orders)


def _lines(orders: Any) -> None:
    from purveyor.orders.models import Line
    from purveyor.products.models import Product

    products = list(Product.objects.order_by("pk").values_list("pk", "asin"))

    def line(n: int, order: Any, place: int) -> Any:
        key, asin = products[n % OFFERS * ROWS + (n // OFFERS * LINES + place) % ROWS]
        apart, dear = n % 10 == 4, n % 10 == 9
        return Line(
            order=order,
            shelf=order.pk // Line.SHELF,
            position=place + 1,
            number=str(place + 1),
            asin="B0NOBODY00" if apart else asin,
            product_id=None if apart else key,
            amount=12,
            unit="Eaches",
            eaches=12,
            net_cost=Decimal("4.50") if dear else Decimal("4.20"),
            currency="EUR",
        )

    rows = (line(n, order, place) for n, order in enumerate(orders) for place in range(LINES))
    Line.objects.bulk_create(rows, batch_size=5_000)


if __name__ == "__main__":
    sys.exit(main())
