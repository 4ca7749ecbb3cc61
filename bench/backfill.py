"""How close a back-fill comes to Amazon's limit: 50,000 orders, 200 ms for each answer, limits counted for real.

``python -m bench.backfill [--orders 50000] [--latency 0.2] [--database postgresql://…] [--dense]``. Bound: 1.1 × the
time that 10 requests a second with 100 orders each allow. With ``--dense`` all orders became available within one day
of the six months.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from datetime import timedelta
from typing import Any

from bench.ground import connect, hub, pin_server
from bench.stand import pin, standing

TIMES = 1.1
RATE = 10.0
PAGE = 100


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=50_000)
    parser.add_argument("--lines", type=int, default=20)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--database", default="")
    parser.add_argument("--dense", action="store_true")
    given = parser.parse_args()
    days = 1 if given.dense else 179
    with standing(given.orders, lines=given.lines, latency=given.latency, days=days, core=1) as told:
        pin(0)
        with hub(given.database):
            return _measure(told, given.orders, bool(given.database))


def _measure(told: dict[str, Any], orders: int, postgres: bool) -> int:
    from django.db import connection

    from purveyor.common import clock
    from purveyor.intake.models import Received, Slice
    from purveyor.intake.sweeps.backfill import start_backfill
    from purveyor.jobs import runs
    from purveyor.orders.models import Order
    from purveyor.people.who import Who

    if postgres:
        pin_server(1)
    profile = connect(told)
    run = start_backfill(profile, clock.now() - timedelta(days=180), who=Who.cli())
    began = time.monotonic()
    runs.work(run.pk)
    took = time.monotonic() - began
    run.refresh_from_db()
    assert run.state == "done", run.problem
    assert Order.objects.count() == orders
    allowed = math.ceil(orders / PAGE) / RATE
    bound = TIMES * allowed
    ok = took <= bound
    print(
        f"back-fill on {connection.vendor}: {orders:,} orders in {took:.1f} s, {Received.objects.count()} requests in"
        f" {Slice.objects.count()} windows; the limit alone takes {allowed:.1f} s (bound {bound:.1f} s)"
        f" {'ok' if ok else 'MISSED'}"
    )
    return not ok


if __name__ == "__main__":
    sys.exit(main())
