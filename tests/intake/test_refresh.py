"""An order whose status shows that its state moved is asked for by itself; what the sweeps read anyway is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deliver import placed, pull_status
from purveyor.common import clock
from purveyor.intake import cursors
from purveyor.intake.models import Cursor, Received
from purveyor.intake.refresh import SOURCE, refresh
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
LATE = timedelta(hours=26)


@pytest.fixture
def order(plugged: World, profile: Profile) -> Order:
    """An order placed more than a day ago, which the sweep for new orders reads no more."""
    clock.turn(timedelta(minutes=1))
    found = placed(plugged, profile)
    clock.turn(LATE)
    cursors.ensure(profile)
    Cursor.objects.filter(sweep="new").update(position=clock.now())
    return found


def asked() -> int:
    return Received.objects.filter(sweep=SOURCE).count()


def state_of(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.state, order.amazon_state


def test_late_answer_brings_amazons_state_along(plugged: World, order: Order) -> None:
    plugged.acknowledge_elsewhere(order.number, {"1": 10})
    clock.turn(timedelta(minutes=1))
    pull_status(order.profile, order.number)
    assert state_of(order) == ("answered elsewhere", "New")
    run_due(["intake.refresh"])
    assert (state_of(order), asked()) == (("answered elsewhere", "Acknowledged"), 1)


def test_received_in_full_brings_amazons_state_along(plugged: World, order: Order) -> None:
    plugged.acknowledge_elsewhere(order.number, {"1": 10})
    clock.turn(timedelta(minutes=1))
    plugged.receive(order.number)
    pull_status(order.profile, order.number)
    assert state_of(order) == ("closed", "New")
    run_due(["intake.refresh"])
    assert state_of(order) == ("closed", "Closed")
    assert (refresh(order.pk), asked()) == (False, 1)


def test_young_order_is_left_to_the_sweep_for_new_ones(plugged: World, order: Order) -> None:
    Cursor.objects.filter(sweep="new").update(position=order.ordered_at)
    assert (refresh(order.pk), asked()) == (False, 0)
    Cursor.objects.filter(sweep="new").update(position=None)
    assert (refresh(order.pk), asked()) == (True, 1)


@pytest.mark.parametrize("quiet", [{"importing": False}, {"paused_at": "2026-03-02T08:00:00Z"}])
def test_profile_that_rests_asks_for_nothing(order: Order, quiet: dict[str, object]) -> None:
    Profile.objects.update(**quiet)
    assert (refresh(order.pk), asked()) == (False, 0)


def test_what_amazon_does_not_give_is_left_to_the_comparison(plugged: World, order: Order) -> None:
    plugged.faults.once("server-error", operation="getPurchaseOrder", times=9)
    assert refresh(order.pk) is False
    assert (Order.objects.get().state, asked()) == (OrderState.NEW, 0)


def test_order_that_is_gone_is_nothing(order: Order) -> None:
    assert refresh(order.pk + 1) is False
