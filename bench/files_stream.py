"""How much memory and time a file of 500,000 rows takes by a watched folder: dropped, kept, read row by row, its bad
rows reported, filed away with its report.

``python -m bench.files_stream [--rows 500000] [--database postgresql://…]``. Bounds: 64 MB above what the process has
before, however long the file is, and 10,000 rows a second. The kind of file takes its rows and does nothing with them,
so that reading and reporting alone are measured; one row of a hundred is bad.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.ground import hub

ROWS = 500_000
MOST_MB = 64
LEAST_A_SECOND = 10_000
PART = 1_000


def lines(rows: int) -> Iterator[str]:
    yield "Bestellung;EAN;Menge;Tag;Gewicht\r\n"
    for begin in range(0, rows, PART):
        numbers = range(begin, min(begin + PART, rows))
        yield "".join(f"4PO{n // 50:06d};4006381333931;{_amount(n)};31.03.2026;1,250\r\n" for n in numbers)


def _amount(number: int) -> str:
    return "two" if number % 100 == 99 else str(number % 48 + 1)


def kind() -> Any:
    """Rows of a pick, roughly, that come to nothing."""
    from purveyor.base import columns, filekinds
    from purveyor.base.columns import Column

    def take(rows: Sequence[Any], _loading: Any) -> Any:
        return filekinds.Outcome(taken=len(rows))

    told = (
        Column("po", "PO", columns.text(20), heads=("Bestellung",), needed=True),
        Column("ean", "EAN", columns.article_number),
        Column("quantity", "Quantity", columns.whole(0, 10**6), heads=("Menge",), needed=True),
        Column("day", "Day", columns.day, heads=("Tag",), measure="day"),
        Column("weight", "Weight", columns.whole(0, 10**9), heads=("Gewicht",), measure="weight"),
    )
    made = filekinds.Kind("bench", "Bench", "Bench.", told, take, None, "products.manage", "products.view")
    filekinds.register(made)
    return made


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with hub(given.database):
        return _measure(given.rows)


def _measure(rows: int) -> int:
    from purveyor.channels import setup
    from purveyor.channels.mapping import save
    from purveyor.channels.models import Arrival
    from purveyor.people.who import Who

    who, made = Who.cli(), kind()
    columns = {"po": "Bestellung", "ean": "EAN", "quantity": "Menge", "day": "Tag", "weight": "Gewicht"}
    save(who, made, "wms", columns, {"mark": ",", "dates": "dmy", "units": {"weight": "kg"}})
    asked = setup.Asked(name="wms", kind="bench", saved="wms", quiet=0, options={"folder": "wms"})
    channel = setup.add(who, asked)
    at = Path(channel.options["folder"])
    _through(channel, at, 1_000)  # so that everything is imported before it is measured
    before, begun = peak_mb(), time.perf_counter()
    _through(channel, at, rows)
    spent, grown = time.perf_counter() - begun, peak_mb() - before
    last = Arrival.objects.select_related("upload").first()
    assert last is not None
    assert last.upload is not None
    counts = (last.state, last.upload.taken, last.upload.refused, (at / f"{last.kept_as}.report.csv").exists())
    right = counts == ("refused", rows - rows // 100, rows // 100, True)
    ok = right and grown < MOST_MB and rows / spent > LEAST_A_SECOND
    print(
        f"files_stream: {rows} rows in {spent:.1f} s, {rows / spent:.0f} a second (bound {LEAST_A_SECOND}); peak"
        f" {grown:.0f} MB above {before:.0f} MB (bound {MOST_MB}); {'all told' if right else f'WRONG {counts}'}"
        f" {'ok' if ok else 'MISSED'}"
    )
    return int(not ok)


def _through(channel: Any, at: Path, rows: int) -> None:
    """Drop a file of so many rows, and look until it is filed away."""
    from purveyor.channels import load, watch
    from purveyor.channels.models import Arrival

    draft = at / ".list.part"
    with draft.open("w", encoding="utf-8", newline="") as out:
        out.writelines(lines(rows))
    draft.rename(at / f"list-{rows}.csv")
    while not (found := Arrival.objects.filter(name=f"list-{rows}.csv").select_related("upload").first()) or (
        found.state not in ("done", "refused")
    ):
        if found and found.upload:
            load.work_off(found.upload)
        channel.refresh_from_db()
        watch.look_at(channel)


if __name__ == "__main__":
    sys.exit(main())
