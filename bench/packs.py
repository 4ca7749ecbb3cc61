"""How long a pack result of 5,000 cartons takes, and a step of the pack editor among 300.

``python -m bench.packs [--cartons 5000] [--database postgresql://…]``. Bounds: 10 seconds for 5,000 cartons of four
contents each, and in proportion for more, brought as a file, taken, weighed up and closed by itself; 100 ms for the
median of 40 steps in a packing of 300 cartons, with the answer the editor gets.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench.ground import hub

CARTONS, INSIDE, LINES, PRODUCTS = 5_000, 4, 20, 400
BOUND, STEP = 10.0, 0.1
EDITED, STEPS = 300, 40
PART = 500


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cartons", type=int, default=CARTONS)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with hub(given.database):
        return _measure(given.cartons)


def ground(pieces: int) -> Any:
    """A profile with as many answered orders as hold so many contents of ten pieces, in one order after another."""
    from purveyor.common import clock
    from purveyor.orders.models import Acknowledgement, Answer, Line, Order
    from purveyor.products.models import Product
    from purveyor.profiles.models import Profile

    now = clock.now()
    profile = Profile.objects.create(name="bench", marketplace="DE", environment="simulator", created_at=now)
    made = [Product(sku=f"SKU-{n}", asin=f"B0{n:08d}", weight_grams=150, case_pack=10) for n in range(PRODUCTS)]
    products = Product.objects.bulk_create(made)
    told = {"state": "acknowledged", "state_at": now, "ordered_at": now, "due_at": now, "first_seen_at": now}
    told |= {"vendor_code": "ACME1", "ship_to": "FRA1", "answered_at": now, "raw_hash": "x"}
    count = -(-pieces // LINES)
    orders = Order.objects.bulk_create(Order(profile=profile, number=f"4{n:07d}", **told) for n in range(count))
    lines = []
    for place, order in enumerate(orders):
        for number in range(LINES):
            product = products[(place * LINES + number) % PRODUCTS]
            facts = {"asin": product.asin, "vendor_product": product.sku, "amount": 10, "unit": "Eaches", "eaches": 10}
            lines.append(Line(order=order, shelf=0, position=number, number=str(number + 1), product=product, **facts))
    kept = Line.objects.bulk_create(lines, batch_size=2000)
    said = {"revision": 1, "by": "bench", "decided_at": now, "order_version": 1, "outcome": "verified"}
    answers = {
        one.order_id: one
        for one in Acknowledgement.objects.bulk_create(Acknowledgement(order=order, **said) for order in orders)
    }
    rows = (Answer(acknowledgement=answers[one.order_id], line=one, code="Accepted", eaches=10) for one in kept)
    Answer.objects.bulk_create(rows, batch_size=2000)
    return profile


def _file(cartons: int) -> Iterator[bytes]:
    """Its rows, four contents a carton, forty cartons a pallet."""
    yield b"Shipment;PO;SKU;Quantity;Carton;Pallet;carton_weight;Lot\r\n"
    for begin in range(0, cartons, PART):
        rows = []
        for carton in range(begin, min(begin + PART, cartons)):
            for inside in range(INSIDE):
                place = carton * INSIDE + inside
                order, sku = place // LINES, f"SKU-{place % PRODUCTS}"
                rows.append(f"BENCH;4{order:07d};{sku};10;K{carton};P{carton // 40};6500;L{carton % 7}")
        yield ("\r\n".join(rows) + "\r\n").encode()


def _measure(cartons: int) -> int:
    from purveyor.base import filekinds
    from purveyor.channels import load
    from purveyor.channels.kinds.upload import bring
    from purveyor.people.who import Who
    from purveyor.warehouse.domain.weigh import weigh
    from purveyor.warehouse.models import Packing

    who, kind = Who.cli(), filekinds.find("pack")
    profile = ground(max(cartons, EDITED) * INSIDE)
    begun = time.perf_counter()
    upload = load.work_off(load.take(who, bring(who, kind, "bench.csv", _file(cartons), profile=profile)))
    taken = time.perf_counter() - begun
    packing = Packing.objects.get(reference="BENCH")
    weigh(packing.pk)
    spent = time.perf_counter() - begun
    packing.refresh_from_db()
    counts = (upload.taken, upload.refused, packing.cartons.count(), packing.contents.count(), packing.state)
    again = time.perf_counter()
    more = load.work_off(load.take(who, bring(who, kind, "anew.csv", _file(cartons), profile=profile), again=True))
    anew = time.perf_counter() - again
    Packing.objects.all().delete()
    slowest, middle = _steps(who, profile)
    bound = BOUND * max(cartons, CARTONS) / CARTONS
    right = counts == (cartons * INSIDE, 0, cartons, cartons * INSIDE, "packed") and more.taken == upload.taken
    ok = right and spent < bound and anew < bound and middle < STEP
    print(
        f"packs: {cartons} cartons: taken {taken:.2f} s, closed by itself after {spent:.2f} s, said again {anew:.2f} s"
        f" (bound {bound:.0f} s); step among {EDITED} cartons {middle * 1000:.0f} ms (bound {STEP * 1000:.0f} ms),"
        f" slowest {slowest * 1000:.0f} ms; {'all there' if right else f'WRONG {counts} {upload.problem}'}"
        f" {'ok' if ok else 'MISSED'}"
    )
    return int(not ok)


def _steps(who: Any, profile: Any) -> tuple[float, float]:
    """The slowest and the median step of an editor that moves contents from carton to carton."""
    from purveyor.warehouse.domain.edit import step
    from purveyor.warehouse.domain.pack import begin
    from purveyor.warehouse.packing_schemas import changed_full

    numbers = [f"4{n:07d}" for n in range(EDITED * INSIDE // LINES)]
    packing = begin(who, profile, "EDIT", numbers)
    packing = step(who, packing, packing.version, {"kind": "propose"}).packing
    assert packing.cartons.count() >= EDITED
    spent = []
    for place, content in enumerate(packing.contents.all()[:STEPS]):
        begun = time.perf_counter()
        asked = {"kind": "move_content", "content": content.pk, "eaches": 3, "to": {"carton": f"C{place + 2}"}}
        done = step(who, packing, packing.version, asked)
        assert changed_full(done)["changed"]["contents"]
        spent.append(time.perf_counter() - begun)
        packing = done.packing
    return max(spent), sorted(spent)[len(spent) // 2]


if __name__ == "__main__":
    sys.exit(main())
