"""Centers of orders that came in before the registry was there, or past it: learned from the newest order of each."""

from __future__ import annotations

from collections.abc import Iterator

from purveyor.base.db import together
from purveyor.centers.domain.facts import code_of
from purveyor.centers.domain.learn import Seen, learn
from purveyor.centers.models import Center
from purveyor.orders.models import Order

BY = "system:orders.learn_centers"


def learn_missing() -> list[str]:
    """Add the centers that orders name and the registry does not know; their codes."""
    named = set(Order.objects.exclude(ship_to="").order_by().values_list("ship_to", flat=True).distinct())
    if not named:
        return []
    known = set(
        Center.objects.filter(code__in=together({code_of(code) for code in named})).values_list("code", flat=True)
    )
    missing = sorted(code for code in named if code_of(code) and code_of(code) not in known)
    for code in missing:
        order = Order.objects.filter(ship_to=code).order_by("-ordered_at", "-pk")[0]
        learn(order.profile_id, _seen(order), by=BY)
    return missing


def _seen(order: Order) -> Iterator[Seen]:
    address = order.parties.get("ship_to", {}).get("address", {})
    yield Seen(order.ship_to, order.changed_at or order.ordered_at, address, order.number)
