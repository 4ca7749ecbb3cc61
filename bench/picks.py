"""How long a pick file of 100,000 rows over 2,000 orders takes: read, judged, counted, each list picked and told.

``python -m bench.picks [--rows 100000] [--orders 2000] [--database postgresql://…]``. The rows of an order lie anywhere
in the file. Bound: 20 seconds for 100,000 rows, and in proportion for fewer. The same file again must have no effect.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from typing import Any

from bench.ground import hub

ROWS = 100_000
ORDERS = 2_000
BOUND = 20.0
PRODUCTS = 1_000


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with hub(given.database):
        return _measure(given.rows, given.orders)


def _ready(orders: int, lines: int) -> Any:
    """Released orders of so many lines of ten pieces each, written straight to the tables."""
    from purveyor.common import clock
    from purveyor.orders.models import Line, Order
    from purveyor.products.models import Product
    from purveyor.profiles.models import Profile
    from purveyor.warehouse.models import PickLine, PickList

    now = clock.now()
    told: dict[str, Any] = {"marketplace": "DE", "environment": "simulator", "client_id": "bench"}
    profile = Profile.objects.create(name="bench", created_at=now, **told)
    Product.objects.bulk_create(Product(sku=f"SKU-{n}", asin=f"B0{n:08d}") for n in range(PRODUCTS))
    products = list(Product.objects.order_by("pk"))
    stamps = {"state_at": now, "ordered_at": now, "due_at": now, "first_seen_at": now}
    Order.objects.bulk_create(
        Order(profile=profile, number=f"4{n:07d}", vendor_code="BENCH", raw_hash=str(n), looked_version=1, **stamps)
        for n in range(orders)
    )
    made = list(Order.objects.order_by("pk"))
    of_line: dict[str, Any] = {"shelf": 0, "amount": 10, "unit": "Eaches", "eaches": 10}
    Line.objects.bulk_create(
        Line(order=order, position=at, number=str(at), product=products[(order.pk + at) % PRODUCTS], **of_line)
        for order in made
        for at in range(1, lines + 1)
    )
    versions = {"order_version": 1, "checked_version": 1}
    PickList.objects.bulk_create(
        PickList(order=one, revision=1, number=f"{one.number}-1", released_by="bench", **versions) for one in made
    )
    lists = dict(PickList.objects.values_list("order", "pk"))
    PickLine.objects.bulk_create(
        PickLine(
            pick_list_id=lists[line.order_id], line=line, product_id=line.product_id, position=line.position, asked=10
        )
        for line in Line.objects.order_by("pk")
    )
    return profile


def _file(orders: int, lines: int) -> bytes:
    from purveyor.warehouse.models import PickLine

    names = PickLine.objects.values_list("pick_list__order__number", "product__sku").order_by("pk")
    rows = [f"{order};{sku};10" for order, sku in names]
    random.Random(7).shuffle(rows)
    return "\r\n".join(["po;sku;quantity", *rows, ""]).encode()


def _measure(rows: int, orders: int) -> int:
    from django.db.models import Sum

    from purveyor.base import filekinds
    from purveyor.channels import load
    from purveyor.channels.kinds.upload import bring
    from purveyor.people.who import Who
    from purveyor.warehouse.models import Picked, PickList

    lines = rows // orders
    profile = _ready(orders, lines)
    content, who, kind = _file(orders, lines), Who.cli(), filekinds.find("pick")
    begun = time.perf_counter()
    upload = load.work_off(load.take(who, bring(who, kind, "bench.csv", [content], profile=profile)))
    spent = time.perf_counter() - begun
    again = load.work_off(load.take(who, bring(who, kind, "again.csv", [content], profile=profile)))
    counts = (
        upload.taken,
        upload.refused,
        upload.effects,
        Picked.objects.aggregate(n=Sum("eaches"))["n"],
        PickList.objects.filter(state="picked").count(),
        again.taken,
    )
    right = counts == (orders * lines, 0, {"lists": orders}, orders * lines * 10, orders, 0)
    bound = BOUND * rows / ROWS
    ok = right and spent < bound
    print(
        f"picks: {orders * lines} rows over {orders} orders in {spent:.1f} s (bound {bound:.0f} s);"
        f" {'all counted, once' if right else f'WRONG {counts}'} {'ok' if ok else 'MISSED'}"
    )
    return int(not ok)


if __name__ == "__main__":
    sys.exit(main())
