"""Orders that something they wait for has happened to: marked with whatever happened, looked at a moment later.

The mark is what counts; the nudge only saves the seconds until the next scan.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from purveyor.base.db import together
from purveyor.jobs.nudge import nudge_many
from purveyor.orders.models import Order

LOOK = "orders.look"
MOST_NUDGED = 20
"""One look takes others along (``arrival.look_at_marked``): more wake-ups than this help nobody."""


def wake(order_ids: Iterable[int]) -> None:
    """Have orders looked at anew once this is committed. Joins the caller's transaction."""
    keys = sorted(set(order_ids))
    if keys:
        Order.objects.filter(pk__in=together(keys), to_look=False).update(to_look=True)
        nudge_many(LOOK, keys[:MOST_NUDGED])


def due(now: datetime, limit: int) -> list[int]:
    """The orders that are to be looked at."""
    return list(Order.objects.filter(to_look=True).order_by("pk").values_list("pk", flat=True)[:limit])
