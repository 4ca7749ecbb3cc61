"""An export of a hundred thousand orders: how fast rows are written, and how much memory that takes.

``python -m bench.export [--rows 100000] [--format xlsx] [--database postgresql://…]``. Bound: 60 seconds, and 150 MB
more than before.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import timedelta

from bench.ground import hub

BOUND_SECONDS, BOUND_MB = 60.0, 150.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--format", default="xlsx")
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with hub(given.database):
        _fill(given.rows)
        return _measure(given.rows, given.format)


def _fill(count: int) -> None:
    from purveyor.common import clock
    from purveyor.orders.models import Order
    from purveyor.profiles.models import Profile

    now = clock.now()
    profile = Profile.objects.create(
        name="first", marketplace="DE", environment="simulator", client_id="first", created_at=now
    )
    told = {"state": "new", "state_at": now, "due_at": now, "first_seen_at": now, "eaches": 10, "currency": "EUR"}
    for start in range(0, count, 5_000):
        numbers = range(start, min(start + 5_000, count))
        Order.objects.bulk_create(
            Order(
                profile=profile,
                number=f"{n:08}",
                ordered_at=now - timedelta(seconds=n),
                raw_hash="",
                content_hash="",
                parties={"ship_to": {"id": "FC", "address": {"name": "x" * 200}}},
                **told,
            )
            for n in numbers
        )


def _measure(count: int, form: str) -> int:
    """As the worker does it: through the run, with its progress."""
    from django.db import connection

    from purveyor.channels import exports
    from purveyor.jobs import runs
    from purveyor.people.models import Grant, User
    from purveyor.people.who import Who

    anna = User.objects.create(username="anna")
    Grant.objects.create(user=anna, role="vendor-manager")
    before, began = _peak(), time.perf_counter()
    run = exports.start(Who.of(anna), exports.sheet_of(Who.of(anna), "orders", {"sort": "due"}), form)
    runs.work(run.pk)
    took = time.perf_counter() - began
    run.refresh_from_db()
    more = _peak() - before
    ok = run.state == "done" and run.done == count and took < BOUND_SECONDS and more < BOUND_MB
    print(
        f"export on {connection.vendor}: {count:,} rows as {form} in {took:.1f} s, {more:.0f} MB of memory"
        f" (bounds {BOUND_SECONDS:.0f} s, {BOUND_MB:.0f} MB) {'ok' if ok else 'MISSED'}"
    )
    return not ok


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
