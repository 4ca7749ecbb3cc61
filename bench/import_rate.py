"""How many orders of 20 lines a second come in: asked for, read, kept with every version, raw document and audit.

``python -m bench.import_rate [--seconds 60] [--database postgresql://…]``. The hub stays on one core; the stand-in and
the database server have the other. The stand-in names a limit Amazon does not have, so that only the hub is measured.
Bound: 1,000 orders a second, the whole time.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from datetime import timedelta
from typing import Any

from bench.ground import connect, hub, pin_server
from bench.stand import pin, standing

BOUND = 1000.0
LINES = 20
FASTEST = 2_500


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with standing(int(given.seconds * FASTEST), lines=LINES, rate=200, core=1) as told:
        pin(0)
        with hub(given.database):
            return _measure(told, given.seconds, bool(given.database))


def _measure(told: dict[str, Any], seconds: float, postgres: bool) -> int:
    from django.db import connection
    from django.db.models import Sum

    from purveyor.audit.models import Entry
    from purveyor.common import clock
    from purveyor.intake.models import Received
    from purveyor.intake.sweeps.backfill import start_backfill
    from purveyor.jobs import runs
    from purveyor.orders.models import Line, Order, Snapshot
    from purveyor.people.who import Who

    free = postgres and not pin_server(1)
    profile = connect(told)
    run = start_backfill(profile, clock.now() - timedelta(days=180), who=Who.cli())
    threading.Timer(seconds, lambda: (runs.cancel(run, "bench"), connection.close())).start()
    began, used = time.monotonic(), time.process_time()
    runs.work(run.pk)
    took, used = time.monotonic() - began, time.process_time() - used
    stored = Order.objects.count()
    assert Line.objects.count() == stored * LINES
    assert Snapshot.objects.count() == stored
    assert Received.objects.aggregate(all=Sum("stored"))["all"] == stored
    assert Entry.objects.filter(action="page.received").count() > 0
    slowest = _slowest(stored, began)
    rate = stored / took
    ok = rate >= BOUND
    where = f"{connection.vendor}{' (server not pinned)' if free else ''}"
    print(
        f"import on {where}: {rate:,.0f} orders/s over {took:.0f} s, {stored:,} orders, core {used / took:.0%} busy"
        f"{slowest} (bound {BOUND:,.0f}) {'ok' if ok else 'MISSED'}"
    )
    return not ok


def _slowest(stored: int, began: float) -> str:
    """The slowest ten seconds of all, where there are at least two such."""
    from purveyor.intake.models import Received

    pages = list(Received.objects.order_by("at").values_list("at", "stored"))
    length = timedelta(seconds=10)
    first, last = pages[0][0], pages[-1][0]
    rates = []
    while first + length <= last:
        rates.append(sum(n for at, n in pages if first <= at < first + length) / 10)
        first += length
    return f", slowest 10 s {min(rates):,.0f}/s" if len(rates) > 1 else ""


if __name__ == "__main__":
    sys.exit(main())
