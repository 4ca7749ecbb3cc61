"""The buyer: the same seed tells the same story; sizes and mixes are a real vendor's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.common import clock
from purveyor.common.units import CASES
from purveyor.common.windows import Window
from purveyor.simulator import wire
from purveyor.simulator.accounts import Account
from purveyor.simulator.buyer import Buyer, busyness
from purveyor.simulator.catalogue import catalogue, check_digit
from purveyor.simulator.centers import CENTERS, centers_for
from purveyor.simulator.model import Order
from purveyor.simulator.scenarios import SCENARIOS, scenario_named
from purveyor.simulator.world import World

pytestmark = pytest.mark.unit


def story(seed: int, scenario: str = "day", hours: float = 6) -> list[bytes]:
    world = World(seed=seed, scenario=scenario, secrets_from_seed=True)
    world.advance(timedelta(hours=hours))
    return [wire.order_wire(order) for order in world.orders.values()]


def test_same_seed_tells_the_same_story(held_clock: datetime) -> None:
    first = story(7)
    clock.hold(held_clock)
    assert story(7) == first
    clock.hold(held_clock)
    assert story(8) != first


def test_story_is_the_same_in_one_leap_or_many(held_clock: datetime) -> None:
    leap = story(7, hours=12)
    clock.hold(held_clock)
    world = World(seed=7, secrets_from_seed=True)
    for _ in range(12):
        world.advance(timedelta(hours=1))
    assert [wire.order_wire(order) for order in world.orders.values()] == leap


@pytest.fixture
def day(held_clock: datetime) -> World:
    return World(seed=3, secrets_from_seed=True)


def test_day_begins_with_two_days_of_history(day: World, held_clock: datetime) -> None:
    moments = [order.created_at for order in day.orders.values()]
    assert len(moments) == 40
    assert held_clock - timedelta(hours=48) <= min(moments)
    assert max(moments) <= held_clock


def test_older_orders_were_mostly_answered_fresh_ones_never(day: World, held_clock: datetime) -> None:
    fresh = [o for o in day.orders.values() if o.created_at > held_clock - timedelta(hours=20)]
    assert fresh
    assert {o.answered_at for o in fresh} == {None}
    answered = [o for o in day.orders.values() if o.answered_at]
    assert 3 <= len(answered) < 40


def test_new_orders_come_every_few_minutes(day: World) -> None:
    day.advance(timedelta(hours=3))
    assert 20 < len(day.orders) - 40 < 120


def test_speed_brings_them_sooner(held_clock: datetime) -> None:
    world = World(seed=3, speed=10, secrets_from_seed=True)
    world.advance(timedelta(minutes=18))
    assert 20 < len(world.orders) - 40 < 120


def test_some_orders_are_changed_and_some_cancelled(held_clock: datetime) -> None:
    world = World(seed=3, scenario="peak", secrets_from_seed=True)
    world.advance(timedelta(hours=30))
    orders = list(world.orders.values())
    changed = sum(o.changed_at is not None for o in orders)
    cancelled = sum(o.cancelled for o in orders)
    lines = sum(any(line.amount == 0 for line in o.lines) and not o.cancelled for o in orders)
    assert (changed > 50, cancelled > 3, lines > 10) == (True, True, True)


def test_windows_open_and_close_at_local_midnight(day: World) -> None:
    for order in day.orders.values():
        window = Window.parse(order.ship_window or order.delivery_window)
        center = CENTERS[order.center]
        assert (center.midnight(window.start, 0), center.midnight(window.end, 0)) == (window.start, window.end)
        assert window.start > order.created_at


def test_mix_has_cases_and_eaches_many_centers_both_codes(day: World) -> None:
    orders = list(day.orders.values())
    units = Counter(line.unit for o in orders for line in o.lines)
    assert units[CASES] > 20
    assert units["Eaches"] > 20
    assert len({o.center for o in orders}) >= 4
    assert {o.vendor_code for o in orders} == set(day.account.vendor_codes)
    assert {bool(o.ship_window) for o in orders} == {True, False}
    assert {"address" in o.parties["shipToParty"] for o in orders} == {True, False}


def test_lines_of_an_order_are_different_products(day: World) -> None:
    for order in day.orders.values():
        asins = [line.asin for line in order.lines]
        assert len(set(asins)) == len(asins)
        assert [line.number for line in order.lines] == [str(n) for n in range(1, len(asins) + 1)]


def test_sizes_run_from_one_line_to_many(held_clock: datetime) -> None:
    world = World(seed=3, scenario="peak", secrets_from_seed=True)
    sizes = [len(o.lines) for o in world.orders.values()]
    assert (min(sizes), max(sizes)) == (2, 40)


def test_american_vendor_gets_american_goods_and_places(held_clock: datetime) -> None:
    world = World(account=Account(name="Harbor", marketplace="US"), secrets_from_seed=True)
    orders = list(world.orders.values())
    assert {CENTERS[o.center].country for o in orders} == {"US"}
    assert {line.currency for o in orders for line in o.lines} == {"USD"}
    assert all("address" in o.parties["shipToParty"] for o in orders)


def test_week_is_busiest_on_monday_morning() -> None:
    account = Account(name="X", marketplace="DE")
    monday = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert busyness(account, monday) > busyness(account, monday + timedelta(hours=14))
    assert busyness(account, monday) > busyness(account, monday + timedelta(days=5))
    assert sorted(centers_for("XX"), key=str) == sorted(centers_for("DE"), key=str)


@pytest.mark.parametrize("marketplace", ["DE", "US"])
def test_catalogue_is_made_of_whole_products(marketplace: str) -> None:
    products = catalogue(1, marketplace)
    assert products == catalogue(1, marketplace)
    assert len({p.asin for p in products}) == len({p.sku for p in products}) == 120
    for product in products:
        assert product.asin.startswith("B0")
        assert len(product.asin) == 10
        assert product.sku[-1] == check_digit(product.sku[:-1])
        assert len(product.sku) == 13
        assert product.cost > 0
        assert product.case > 1 or not product.by_case


def test_check_digit_is_the_eans() -> None:
    assert [check_digit(d) for d in ("400638133393", "978014300723", "000000000000")] == ["1", "4", "0"]


@given(seed=st.integers(), position=st.integers(0, 10**6))
def test_numbers_have_eight_characters(seed: int, position: int) -> None:
    buyer = Buyer(seed, Account(name="X", group="X", vendor_codes=("AAAAA",)), SCENARIOS["day"])
    number = buyer.number(position)
    assert len(number) == 8
    assert number.isalnum()
    assert number == number.upper()
    assert number[0].isdigit()


def test_quiet_world_stays_quiet(world: World) -> None:
    world.advance(timedelta(days=30))
    assert dict(world.orders) == {}


def test_quiet_dock_receives_nothing_by_itself(world: World) -> None:
    number = world.place(lines=1)
    world.acknowledge_elsewhere(number)
    assert world.advance(timedelta(days=30)) == 0
    assert world.order(number).state == "Acknowledged"


def test_faulty_day_throws_dice(held_clock: datetime) -> None:
    world = World(scenario="faulty", secrets_from_seed=True)
    assert {rule.name: rule.chance for rule in world.faults.rules} == dict(SCENARIOS["faulty"].dice)


def test_unknown_scenario_names_the_known() -> None:
    from purveyor.common.errors import Refused

    with pytest.raises(Refused, match="quiet, day, peak, faulty"):
        scenario_named("holiday")


def test_answered_orders_are_received_after_the_docks_delay(held_clock: datetime) -> None:
    world = World(seed=3, secrets_from_seed=True)
    number = next(o.number for o in world.orders.values() if o.state == "New" and len(o.lines) > 1)
    world.acknowledge_elsewhere(number)
    world.advance(timedelta(days=2, hours=23))
    before: Order = world.order(number)
    assert sum(before.seen(line.number).received for line in before.lines) == 0
    world.advance(timedelta(hours=2))
    assert world.order(number).state == "Closed"
