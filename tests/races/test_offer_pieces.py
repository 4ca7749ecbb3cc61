"""Orders that arrive together beside the last pieces of an offer. Each race has a twin that shows it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connections
from django.db.models import Sum

from deliver import placed
from orders.offered import offered
from products.making import product
from purveyor.offers.domain import consume
from purveyor.offers.models import Cell, Consumption
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

AT_ONCE = 4
PATIENCE = 60
WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"
Verb = Callable[[int, Barrier], bool]


def at_once(verb: Verb, keys: list[int]) -> list[bool]:
    begin = Barrier(len(keys))

    def one(key: int) -> bool:
        try:
            begin.wait(PATIENCE)
            return verb(key, begin)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(one, keys, timeout=PATIENCE))


@pytest.fixture
def orders(plugged: World, profile: Profile) -> list[int]:
    """Four orders of ten pieces each, beside fifteen that were approved."""
    offered(profile, (product(asin="B0TEST0001"), [15]))
    line = {"amount": 10, "cost": "4.20", "asin": "B0TEST0001"}
    shape = {"type": "RegularOrder", "delivery_window": WINDOW}
    return [placed(plugged, profile, line, **shape).pk for _one in range(AT_ONCE)]


def looked(key: int, _begin: Barrier) -> bool:
    look_at(key)
    return True


def used() -> tuple[int, int]:
    """Pieces used of the cell, and by the orders' lines."""
    return Cell.objects.get().consumed, Consumption.objects.aggregate(n=Sum("eaches"))["n"] or 0


def test_orders_together_never_use_the_same_piece(orders: list[int]) -> None:
    at_once(looked, orders)
    assert used() == (15, 15)
    assert sorted(Consumption.objects.values_list("eaches", flat=True)) == [5, 10]
    assert Order.objects.filter(type="bulk").count() == 1


def test_orders_together_twin_without_the_guards_use_pieces_twice(
    orders: list[int], profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each judges by what all saw before any has written, and no statement asks again as it writes."""
    monkeypatch.setattr(consume, "left_of", lambda cells: {Cell.objects.get().pk: 15})
    monkeypatch.setattr(consume, "_apply", len)
    at_once(looked, orders)
    assert (used()[1], Order.objects.filter(type="bulk").count()) == (40, 4)


def test_pieces_used_at_once_are_used_once(profile: Profile) -> None:
    offered(profile, (product(), [5]))
    got = at_once(lambda key, _begin: consume.consume(key, 3), [Cell.objects.get().pk] * AT_ONCE)
    assert sorted(got) == [False] * (AT_ONCE - 1) + [True]
    assert Cell.objects.get().consumed == 3


def test_pieces_twin_that_looks_first_uses_them_twice(profile: Profile) -> None:
    """All have looked before any has written; what they write down are pieces another has used already."""
    offered(profile, (product(), [5]))

    def look_then_write(key: int, begin: Barrier) -> bool:
        row = Cell.objects.get(pk=key)
        begin.wait(PATIENCE)
        free = (row.approved or 0) - row.consumed >= 3
        return free and bool(Cell.objects.filter(pk=key).update(consumed=row.consumed + 3))

    assert at_once(look_then_write, [Cell.objects.get().pk] * AT_ONCE) == [True] * AT_ONCE


def test_database_itself_stands_behind_the_guard(profile: Profile) -> None:
    offered(profile, (product(), [5]))
    with pytest.raises(IntegrityError):
        Cell.objects.update(consumed=6)


def test_following_at_once_never_goes_beyond_what_was_approved(orders: list[int]) -> None:
    """Even were the orders not looked at one after the other: the statement that writes asks again."""
    lines = dict(Order.objects.order_by("pk").values_list("pk", "lines__pk"))
    cell = Cell.objects.get().pk
    got = at_once(lambda key, _begin: consume.follow({}, {key: {(lines[key], cell): 10}}), orders)
    assert (sorted(got), used()) == ([False, False, False, True], (10, 10))
