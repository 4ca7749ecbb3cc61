"""The scenario of a month: what befalls its orders, the weather, and the end of the story."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from purveyor.simulator.catalogue import catalogue
from purveyor.simulator.world import World

pytestmark = pytest.mark.unit


@pytest.fixture
def week(held_clock: datetime) -> World:
    world = World(seed=7, scenario="month", secrets_from_seed=True)
    world.advance(timedelta(days=7))
    return world


def test_week_is_ordered_changed_and_cancelled_in_its_shares(week: World) -> None:
    orders = list(week.orders.values())
    assert 180 < len(orders) < 400
    assert 0.05 < sum(order.versions > 1 for order in orders) / len(orders) < 0.25
    assert any(order.cancelled for order in orders)
    changed = [(order, week.versions(order.number)[0]) for order in orders if order.versions > 1]
    lines = {len(order.lines) - len(first["orderDetails"]["items"]) for order, first in changed}
    assert lines == {-1, 0, 1}


def test_lines_are_mispriced_and_unknown_in_their_shares(week: World) -> None:
    shelf = {product.asin: product.cost for product in catalogue(week.seed, week.account.marketplace)}
    lines = [line for order in week.orders.values() if order.versions == 1 for line in order.lines]
    unknown = [line for line in lines if line.asin not in shelf]
    mispriced = [line for line in lines if line.asin in shelf and Decimal(line.cost) != shelf[line.asin]]
    assert 0.01 < len(unknown) / len(lines) < 0.04
    assert 0.01 < len(mispriced) / len(lines) < 0.05


def test_lost_day_begins_and_ends(held_clock: datetime) -> None:
    world = World(seed=7, scenario="month", secrets_from_seed=True)
    down = []
    for _hour in range(72):
        world.advance(timedelta(hours=1))
        down.append("refused" in {rule.name for rule in world.faults.rules})
    assert [hour for hour, is_down in enumerate(down, 1) if is_down] == list(range(43, 59))
    assert {rule.name for rule in world.faults.rules} == {"lost-reply"}


def test_hushed_story_goes_no_further(week: World) -> None:
    count = len(week.orders)
    versions = {order.number: order.versions for order in week.orders.values()}
    week.hush()
    week.advance(timedelta(days=3))
    assert len(week.orders) == count
    assert {order.number: order.versions for order in week.orders.values()} == versions


def test_dropped_line_is_gone_from_the_order(held_clock: datetime) -> None:
    world = World(scenario="quiet", secrets_from_seed=True)
    number = world.place(lines=3)
    world.change(number, drop=["2"])
    assert [line.number for line in world.order(number).lines] == ["1", "3"]
    assert world.order(number).versions == 2
