"""What the buyer can do to orders, and what stays of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from purveyor.common import clock
from purveyor.common.errors import NotFound, Refused
from purveyor.common.units import CASES
from purveyor.simulator import wire
from purveyor.simulator.model import Line
from purveyor.simulator.world import World

pytestmark = pytest.mark.unit


def test_place_makes_up_what_is_not_given(world: World) -> None:
    number = world.place()
    order = world.order(number)
    assert len(number) == 8
    assert order.vendor_code in world.account.vendor_codes
    assert (bool(order.ship_window), bool(order.delivery_window)).count(True) == 1
    assert order.created_at == clock.now()


def test_place_takes_lines_by_count_mapping_or_line(world: World) -> None:
    counted = world.order(world.place(lines=7))
    mapped = world.order(world.place(lines=[{"amount": 2, "unit": "Cases", "unit_size": 6}]))
    given = world.order(world.place(lines=[Line(number="9", amount=4)]))
    assert [line.number for line in counted.lines] == ["1", "2", "3", "4", "5", "6", "7"]
    assert [(line.amount, line.unit, line.eaches) for line in mapped.lines] == [(2, CASES, 12)]
    assert given.lines == (Line(number="9", amount=4),)


def test_place_refuses_a_used_number(world: World) -> None:
    world.place("PURCHASE")
    with pytest.raises(Refused, match="PURCHASE"):
        world.place("PURCHASE")
    assert list(world.orders) == ["PURCHASE"]


def test_place_with_one_window_has_no_other(world: World) -> None:
    window = "2026-03-05T23:00:00Z--2026-03-08T23:00:00Z"
    orders = [world.order(world.place(ship_window=window)) for _ in range(8)]
    assert {(order.ship_window, order.delivery_window) for order in orders} == {(window, "")}


def test_unknown_order_and_line_are_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.change("NOTHINGS", quantities={"1": 1})
    number = world.place(lines=1)
    with pytest.raises(NotFound):
        world.change(number, quantities={"9": 1})
    assert (world.order(number).versions, world.versions(number)) == (1, [])


def test_unknown_change_is_refused(world: World) -> None:
    number = world.place(lines=1)
    with pytest.raises(Refused, match="colour"):
        world.change(number, colour="red")


def test_change_keeps_the_version_before(world: World) -> None:
    number = world.place(lines=[{"amount": 10}])
    clock.turn(timedelta(hours=1))
    world.change(number, quantities={"1": 6})
    world.change(number, costs={"1": "9.50"}, center="DTM2", type="RushOrder")
    order = world.order(number)
    amounts = [v["orderDetails"]["items"][0]["orderedQuantity"]["amount"] for v in world.versions(number)]
    assert amounts == [10, 6]
    assert (order.versions, order.line("1").cost, order.center, order.type) == (3, "9.50", "DTM2", "RushOrder")
    assert order.changed_at == clock.now()


def test_change_leaves_orders_with_the_same_lines_alone(world: World) -> None:
    one, two = (world.place(lines=[{"amount": 10}]) for _ in range(2))
    world.change(one, quantities={"1": 6})
    assert (world.order(one).line("1").amount, world.order(two).line("1").amount) == (6, 10)


def test_added_line_gets_the_next_number(world: World) -> None:
    number = world.place(lines=2)
    world.change(number, add=[{"amount": 4, "asin": "B0ADDED001"}])
    line = world.order(number).line("3")
    assert (line.amount, line.asin) == (4, "B0ADDED001")


def test_shift_keeps_local_midnight_over_the_change_of_clocks(world: World) -> None:
    # Germany leaves winter time on 29 March 2026: midnight moves from 23:00Z to 22:00Z.
    window = "2026-03-26T23:00:00Z--2026-03-27T23:00:00Z"
    number = world.place(center="LEJ1", delivery_window=window)
    world.change(number, shift_days=3)
    assert world.order(number).delivery_window == "2026-03-29T22:00:00Z--2026-03-30T22:00:00Z"


def test_shift_keeps_the_centers_own_midnight(world: World) -> None:
    number = world.place(center="DFW6", ship_window="2026-03-05T06:00:00Z--2026-03-06T06:00:00Z")
    world.change(number, shift_days=1)
    assert world.order(number).ship_window == "2026-03-06T06:00:00Z--2026-03-07T06:00:00Z"


def test_center_that_is_given_is_where_it_goes(world: World) -> None:
    for _ in range(10):
        order = world.order(world.place(center="DTM2"))
        assert wire.head(order)["shipToParty"] == {"partyId": "DTM2"}


def test_changed_center_leaves_the_other_parties(world: World) -> None:
    parties = {"shipToParty": {"partyId": "LEJ1", "address": {}}, "billToParty": {"partyId": "AMZDE"}}
    number = world.place(center="LEJ1", parties=parties)
    world.change(number, center="DTM2")
    head = wire.head(world.order(number))
    assert (head["shipToParty"], head["billToParty"]) == ({"partyId": "DTM2"}, {"partyId": "AMZDE"})


def test_cancelled_line_has_quantity_zero(world: World) -> None:
    number = world.place(lines=[{"amount": 10}, {"amount": 5}])
    world.cancel(number, 1)
    order = world.order(number)
    assert ([line.amount for line in order.lines], order.state, order.cancelled) == ([0, 5], "New", False)


def test_order_whose_last_line_is_cancelled_is_cancelled(world: World) -> None:
    number = world.place(lines=2)
    world.cancel(number, 1)
    world.cancel(number, 2)
    assert (world.order(number).state, world.order(number).cancelled) == ("Closed", True)


@pytest.mark.parametrize(("answered", "state"), [(False, "New"), (True, "Acknowledged")])
def test_uncancel_wants_everything_again(world: World, answered: bool, state: str) -> None:
    number = world.place(lines=[{"amount": 10}, {"amount": 5}])
    if answered:
        world.acknowledge_elsewhere(number)
    world.cancel(number)
    world.uncancel(number)
    order = world.order(number)
    assert ([line.amount for line in order.lines], order.state, order.cancelled) == ([10, 5], state, False)


def test_uncancel_leaves_what_was_not_cancelled(world: World) -> None:
    number = world.place(lines=[{"amount": 10}, {"amount": 5}])
    world.change(number, quantities={"1": 4})
    world.uncancel(number)
    assert [line.amount for line in world.order(number).lines] == [4, 5]


def test_state_change_has_its_moment_and_change_has_its_own(world: World) -> None:
    number = world.place(lines=1)
    placed = clock.now()
    clock.turn(timedelta(hours=1))
    world.change(number, quantities={"1": 999})
    assert (world.order(number).state_changed_at, world.order(number).changed_at) == (placed, clock.now())
    clock.turn(timedelta(hours=1))
    world.acknowledge_elsewhere(number)
    assert world.order(number).state_changed_at == clock.now()
    assert world.order(number).changed_at == clock.now() - timedelta(hours=1)


def test_many_orders_are_spread_over_their_time(world: World) -> None:
    numbers = world.place_many(8, lines=3, over=timedelta(hours=8))
    moments = [world.order(number).created_at for number in numbers]
    assert moments == [clock.now() - timedelta(hours=7 - n) for n in range(8)]
    assert {len(world.order(number).lines) for number in numbers} == {3}
    assert len(set(numbers)) == 8
    assert world.place_many(0) == []


def test_account_names_are_unique(world: World) -> None:
    with pytest.raises(Refused, match="Waldhaus"):
        world.add_account("Waldhaus")
    assert len(world.accounts) == 1


def test_unknown_account_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.place(account="Nobody")
