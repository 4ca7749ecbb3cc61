"""Orders that the rule in force releases by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cast import make_profile
from purveyor.common import clock
from purveyor.jobs.testing import run_due
from purveyor.orders.domain import hold
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain.hold import cancel
from purveyor.warehouse.models import PickList, ReleaseTry
from warehouse.making import ME, order, product

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def profile(held_clock: object) -> Profile:
    return make_profile()


def by_rule(profile: Profile, rule: str) -> list[str]:
    """Orders of each sort come in under a rule; which were released then."""
    order(profile, "4BEFORE1", [1])
    clock.turn(timedelta(minutes=1))
    set_setting(ME, profile, "warehouse.release", rule)
    clock.turn(timedelta(minutes=1))
    order(profile, "4NEW", [1])
    order(profile, "4UNSEEN", [1], looked_version=0)
    order(profile, "4OLD", [1], backfilled=True)
    order(profile, "4ANSWERED", [1], state=OrderState.ACKNOWLEDGED, looked_version=0)
    order(profile, "4FAILED", [1], state=OrderState.FAILED)
    order(profile, "4ELSEWHERE", [1], state=OrderState.ELSEWHERE)
    hold.hold(ME, order(profile, "4HELD", [1]), "wait")
    order(make_profile("other-uk"), "4OTHER", [1])
    run_due(["warehouse.release"])
    return sorted(PickList.objects.values_list("order__number", flat=True))


@pytest.mark.parametrize(
    ("rule", "released"),
    [("by_hand", []), ("on_arrival", ["4ANSWERED", "4NEW"]), ("once_answered", ["4ANSWERED"])],
)
def test_rule_releases_what_came_in_under_it_and_is_held_by_nothing(
    profile: Profile, rule: str, released: list[str]
) -> None:
    assert by_rule(profile, rule) == released


def test_list_a_person_took_back_stays_taken_back(profile: Profile) -> None:
    by_rule(profile, "on_arrival")
    cancel(ME, PickList.objects.get(order__number="4NEW").pk, "not today")
    run_due(["warehouse.release"])
    assert PickList.objects.filter(order__number="4NEW").count() == 1


def test_order_that_cannot_be_released_is_tried_again_after_an_hour_or_in_another_version(profile: Profile) -> None:
    set_setting(ME, profile, "warehouse.release", "on_arrival")
    wanted = order(profile, eaches=[1])
    wanted.lines.update(product=None)
    run_due(["warehouse.release"])
    tried = ReleaseTry.objects.get()
    assert (tried.order_version, tried.problems, PickList.objects.count()) == (
        1,
        ["Line 1: nobody knows which product this is. Map it, then release the order."],
        0,
    )
    wanted.lines.update(product=product(1))
    clock.turn(timedelta(minutes=59))
    run_due(["warehouse.release"])
    assert PickList.objects.count() == 0
    Order.objects.update(version=2, looked_version=2)
    run_due(["warehouse.release"])
    assert PickList.objects.get().order_version == 2
    PickList.objects.all().delete()
    ReleaseTry.objects.update(order_version=2)
    clock.turn(timedelta(minutes=1))
    run_due(["warehouse.release"])
    assert PickList.objects.count() == 1


def test_rule_said_again_counts_from_when_it_was_said_first(profile: Profile) -> None:
    set_setting(ME, profile, "warehouse.release", "on_arrival")
    clock.turn(timedelta(minutes=1))
    order(profile, "4FIRST", [1])
    clock.turn(timedelta(minutes=1))
    set_setting(ME, profile, "warehouse.release", "by_hand")
    clock.turn(timedelta(minutes=1))
    order(profile, "4MEANWHILE", [1])
    clock.turn(timedelta(minutes=1))
    set_setting(ME, profile, "warehouse.release", "on_arrival")
    clock.turn(timedelta(minutes=1))
    order(profile, "4LAST", [1])
    run_due(["warehouse.release"])
    assert list(PickList.objects.values_list("order__number", flat=True)) == ["4LAST"]
