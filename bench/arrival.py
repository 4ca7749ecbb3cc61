"""Matching, checks and policy for 1,000 orders of 20 lines that came in at once; and lists over 50,000 open findings.

``python -m bench.arrival [--database postgresql://…]``. Of the lines 1 in 400 costs more than agreed, 1 in 20 wants
more than there is; one order in 50 names a product nobody knows; the policy answers from stock. Bounds: 2 s for the
look, 100 ms for a page of a list.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bench.ground import hub

ORDERS, LINES, PRODUCTS = 1_000, 20, 2_000
FINDINGS = 50_000
BOUND_S, BOUND_MS = 2.0, 100.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with hub(given.database):
        return _measure()


def _measure() -> int:
    from django.db import connection

    from purveyor.orders.domain.arrival import look_at_many
    from purveyor.orders.models import Decision, Finding, Order

    profile = _profile()
    _products()
    keys = _orders(profile, ORDERS, 0)
    began = time.perf_counter()
    look_at_many(keys)
    took = time.perf_counter() - began
    assert Decision.objects.count() == ORDERS
    assert not Order.objects.filter(looked_version=0).exists()
    found, held = Finding.objects.count(), Order.objects.filter(holds__gt=0).count()
    ok = took <= BOUND_S
    print(
        f"arrival on {connection.vendor}: {ORDERS:,} orders of {LINES} lines in {took:.2f} s, {found:,} findings,"
        f" {held} orders held (bound {BOUND_S:.0f} s) {'ok' if ok else 'MISSED'}"
    )
    return not (_lists(profile) and ok)


def _profile() -> Any:
    from purveyor.common import clock
    from purveyor.people.who import Who
    from purveyor.profiles.domain.settings import set_setting
    from purveyor.profiles.models import Profile, VendorCode

    facts = {"marketplace": "DE", "environment": "simulator", "client_id": "bench"}
    profile = Profile.objects.create(name="bench", created_at=clock.now() - timedelta(days=400), **facts)
    VendorCode.objects.create(profile=profile, code="BENCH")
    set_setting(Who.cli(), profile, "policy.undefined", "on_arrival_stock")
    return profile


def _products() -> None:
    from purveyor.products.models import Cost, Product

    rows = [
        Product(sku=f"SKU-{n}", asin=f"B0{n:08d}", case_pack=6, on_hand=5 if n % 20 == 0 else 10**6)
        for n in range(PRODUCTS)
    ]
    Product.objects.bulk_create(rows)
    Cost.objects.bulk_create(
        Cost(product=row, marketplace="DE", valid_from="2020-01-01", amount=Decimal("4.20"), currency="EUR")
        for row in Product.objects.all()
    )


def _orders(profile: Any, count: int, begin: int) -> list[int]:
    from purveyor.common import clock
    from purveyor.orders.models import Line, Order

    now = clock.now()
    orders = Order.objects.bulk_create(
        Order(
            profile=profile,
            number=f"{begin + n:08d}",
            state_at=now,
            amazon_state="New",
            amazon_type="RegularOrder",
            vendor_code="BENCH",
            ship_to=f"DC{n % 20}",
            ordered_at=now,
            due_at=now + timedelta(hours=24),
            first_seen_at=now,
            delivery_start=now + timedelta(days=5),
            delivery_end=now + timedelta(days=9),
            window_end=now + timedelta(days=9),
            currency="EUR",
            line_count=LINES,
            eaches=240 + n,
            raw_hash="",
        )
        for n in range(count)
    )
    Line.objects.bulk_create(
        (_line(order, n, place) for n, order in enumerate(orders) for place in range(LINES)), batch_size=2_000
    )
    return [order.pk for order in orders]


def _line(order: Any, n: int, place: int) -> Any:
    from purveyor.orders.models import Line

    one = n * LINES + place
    unknown = n % 50 == 0 and place == 0
    return Line(
        order=order,
        shelf=order.pk // Line.SHELF,
        position=place + 1,
        number=str(place + 1),
        asin="B0NOBODY00" if unknown else f"B0{one % PRODUCTS:08d}",
        amount=12,
        unit="Eaches",
        eaches=12,
        net_cost=Decimal("4.50") if one % 400 == 7 else Decimal("4.20"),
        currency="EUR",
    )


def _lists(profile: Any) -> bool:
    """The orders' list, plain and by finding, and the page of unknown products, over so many open findings."""
    from purveyor.common import clock
    from purveyor.orders import queries
    from purveyor.orders.domain.mapping import unmatched
    from purveyor.orders.models import Finding, Line
    from purveyor.people.who import Who

    _orders(profile, 2_500, ORDERS)
    there = set(Finding.objects.values_list("line", flat=True))
    now = clock.now()
    lines = Line.objects.exclude(pk__in=there).values_list("pk", "order_id")[:FINDINGS]
    Finding.objects.bulk_create(
        (
            Finding(order_id=o, line_id=pk, rule="PRODUCT", severity="hold", state_at=now, found_at=now)
            for pk, o in lines
        ),
        batch_size=2_000,
    )
    rows = queries.visible_to(Who.cli()).order_by("-ordered_at", "-pk")
    asked: dict[str, Callable[[], Any]] = {
        "list": lambda: list(rows[:50]),
        "list by finding": lambda: list(queries.with_finding(rows, "PRODUCT")[:50]),
        "list by a rare finding": lambda: list(queries.with_finding(rows, "DUPLICATE")[:50]),
        "list on hold": lambda: list(queries.held(rows)[:50]),
        "unknown products": lambda: unmatched(Who.cli()),
    }
    ok = True
    for name, ask in asked.items():
        spent = min(_ms(ask) for _round in range(5))
        bound = BOUND_MS if name.startswith("list") else 10 * BOUND_MS
        ok = ok and spent <= bound
        said = "ok" if spent <= bound else "MISSED"
        print(f"{name} over {Finding.objects.count():,} findings: {spent:.0f} ms (bound {bound:.0f} ms) {said}")
    return ok


def _ms(ask: Callable[[], Any]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
