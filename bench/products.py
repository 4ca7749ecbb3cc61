"""How long a file of 200,000 products takes: brought, taken row by row, each with its audit entry.

``python -m bench.products [--rows 200000] [--database postgresql://…]``. Bound: 60 seconds for 200,000 rows, and in
proportion for fewer. The same file brought again must then have no effect; taken again it must change nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from bench.ground import hub

ROWS = 200_000
BOUND = 60.0
PART = 1_000


def lines(rows: int) -> Iterator[bytes]:
    """The file, in pieces of some rows: semicolons, German heads, every column but the empty ones filled."""
    from purveyor.common.gs1 import check_digit

    yield "Artikelnummer;EAN;ASIN;Bezeichnung;VE;Gewicht;Länge;Breite;Höhe;MHD;Lagerbestand\r\n".encode()
    for begin in range(0, rows, PART):
        part = []
        for number in range(begin, min(begin + PART, rows)):
            body = f"40991{number:07d}"
            size = f"{100 + number % 400};{50 + number % 90};{20 + number % 40}"
            name = f"Schüssel {number}, groß"
            part.append(
                f"SKU-{number:06d};{body}{check_digit(body)};B0{number:08d};{name};12;1.250;{size};nein;{number % 500}"
            )
        yield ("\r\n".join(part) + "\r\n").encode()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with hub(given.database):
        return _measure(given.rows)


def _measure(rows: int) -> int:
    from purveyor.audit.models import Entry
    from purveyor.base import filekinds
    from purveyor.channels import load
    from purveyor.channels.kinds.upload import bring
    from purveyor.people.who import Who
    from purveyor.products.models import Product

    who, kind = Who.cli(), filekinds.find("products")
    begun = time.perf_counter()
    upload = load.work_off(load.take(who, bring(who, kind, "bench.csv", lines(rows))))
    spent = time.perf_counter() - begun
    counts = (
        upload.taken,
        upload.refused,
        Product.objects.count(),
        Entry.objects.filter(action="product.added").count(),
    )
    second = load.work_off(load.take(who, bring(who, kind, "again.csv", lines(rows))))
    begun = time.perf_counter()
    third = load.work_off(load.take(who, bring(who, kind, "anew.csv", lines(rows)), again=True))
    anew = time.perf_counter() - begun
    bound = BOUND * rows / ROWS
    right = counts == (rows, 0, rows, rows) and second.taken == 0 and third.effects == {"unchanged": rows}
    ok = right and spent < bound
    print(
        f"products: {rows} rows in {spent:.1f} s, {rows / spent:.0f} a second (bound {bound:.0f} s); again unchanged in"
        f" {anew:.1f} s; {'all there, each told' if right else f'WRONG {counts} {second.taken} {third.effects}'}"
        f" {'ok' if ok else 'MISSED'}"
    )
    return int(not ok)


if __name__ == "__main__":
    sys.exit(main())
