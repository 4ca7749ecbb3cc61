"""The clocks of an order, and the alerts of its answer: they rise, they close, they never storm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cast import make_profile
from intake.papers import order as paper
from intake.papers import received
from orders.making import NOW
from orders.making import order as made
from purveyor.alerts.models import Alert
from purveyor.common import clock
from purveyor.common.deadlines import Deadline
from purveyor.orders.domain import deadlines
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.receive import receive_orders
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.people.who import Who
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile

VALUES = {"deadlines.change_hours": 48}
pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ROOT = Who.cli()


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


def take(profile: Profile, *numbers: str, **more: Any) -> list[Order]:
    date = clock.now().isoformat()
    papers = [received(paper(n, purchaseOrderDate=date)) for n in numbers or ("1ABCDEFG",)]
    receive_orders(profile, papers, **({"backfilled": False, "by": "system:intake.new"} | more))
    return list(Order.objects.order_by("pk"))


def after(hours: float) -> list[tuple[str, str]]:
    """Turn the clock, look, and answer the alerts that stand: severity and beginning of the words."""
    clock.turn(timedelta(hours=hours))
    deadlines.look()
    rows = Alert.objects.filter(kind="order.answer_due").exclude(state="closed").order_by("pk")
    return [(a.severity, a.message) for a in rows]


def test_waiting_order_has_the_answers_clock_and_its_windows() -> None:
    order = made(ship_end=NOW + timedelta(days=3))
    assert deadlines.deadlines(order, None, VALUES) == [
        Deadline("answer", NOW, NOW + timedelta(hours=24)),
        Deadline("ship", NOW, NOW + timedelta(days=3)),
        Deadline("deliver", NOW, NOW + timedelta(days=7)),
    ]


def test_answered_order_has_the_change_limit_instead() -> None:
    order = made(state=OrderState.ACKNOWLEDGED, delivery_end=None)
    first = NOW + timedelta(hours=2)
    assert deadlines.deadlines(order, first, VALUES) == [Deadline("change", first, first + timedelta(hours=48))]


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.CLOSED])
def test_order_that_asks_for_nothing_has_no_clock(state: str) -> None:
    assert deadlines.deadlines(made(state=state), NOW, VALUES) == []


def test_alert_rises_with_the_clock(mine: Profile) -> None:
    take(mine)
    due = "it is due at 2026-03-03 10:00 CET."
    said = "Order 1ABCDEFG waits for its answer: {} % of the time are over, " + due
    assert after(11.9) == []
    assert after(0.1) == [("info", said.format(50))]
    assert after(6) == [("warn", said.format(75))]
    assert after(3.6) == [("bad", said.format(90))]
    assert after(2.4) == [("bad", "Order 1ABCDEFG is overdue: its answer was due at 2026-03-03 10:00 CET.")]
    assert Alert.objects.filter(kind="order.answer_due").count() == 1


def test_looking_again_changes_nothing(mine: Profile) -> None:
    take(mine)
    after(13)
    before = list(Alert.objects.values())
    clock.turn(timedelta(minutes=1))
    assert deadlines.look() == 0
    assert list(Alert.objects.values()) == before


def test_answer_closes_the_alert_at_once(mine: Profile) -> None:
    (order,) = take(mine)
    after(13)
    acknowledge(ROOT, order.pk)
    assert [a.state for a in Alert.objects.filter(kind="order.answer_due")] == ["closed"]


def test_alert_of_an_order_that_waits_no_longer_is_closed_by_the_look_too(mine: Profile) -> None:
    take(mine)
    after(13)
    Order.objects.update(state=OrderState.CLOSED)
    assert after(0) == []


def test_order_that_is_overdue_for_very_long_keeps_its_alert(mine: Profile) -> None:
    take(mine)
    after(25)
    assert len(after(24 * 40)) == 1


def test_backfilled_and_old_orders_raise_nothing(mine: Profile) -> None:
    take(mine, backfilled=True)
    Profile.objects.update(created_at=clock.now() + timedelta(hours=1))
    take(Profile.objects.get(), "2ABCDEFG")
    assert after(30) == []


def test_profile_sets_hours_and_stages(mine: Profile) -> None:
    set_setting(ROOT, mine, "deadlines.answer_hours", "10")
    set_setting(ROOT, mine, "deadlines.first_alert", "20")
    (order,) = take(mine)
    assert order.due_at == clock.now() + timedelta(hours=10)
    assert [severity for severity, _said in after(2)] == ["info"]


def test_look_costs_the_same_for_one_order_and_for_three(mine: Profile, django_assert_num_queries: Any) -> None:
    take(mine, "1ABCDEFG")
    after(13)
    with django_assert_num_queries(3):
        deadlines.look()
    take(mine, "2ABCDEFG", "3ABCDEFG")
    after(13)
    with django_assert_num_queries(3):
        deadlines.look()


def test_many_orders_are_read_in_batches(mine: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "AT_ONCE", 2)
    take(mine, *(f"{n}ABCDEFG" for n in range(5)))
    assert len(after(13)) == 5


def test_order_that_comes_late_is_told_at_once(mine: Profile) -> None:
    (order,) = take(mine)
    clock.turn(timedelta(hours=19))
    deadlines.look_at(order.pk)
    deadlines.look_at(order.pk)
    assert [a.severity for a in Alert.objects.filter(kind="order.answer_due")] == ["warn"]
