"""A dry run tells of which type orders would have been under other rules, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from cast import make_cast
from deliver import ANNA, placed
from orders.offered import offered
from orders.test_dryrun import rows
from products.making import product
from purveyor.common.errors import Denied, Refused
from purveyor.jobs import runs
from purveyor.orders import typing_dryrun
from purveyor.orders.domain.arrival import look_at_many
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"


@pytest.fixture
def orders(plugged: World, profile: Profile) -> list[Order]:
    """As approved; a little dearer; beyond what is left."""
    offered(profile, (product(asin="B0TEST0001"), [100]))
    shape = {"type": "RegularOrder", "delivery_window": WINDOW}
    shapes = [(60, "4.20"), (30, "4.24"), (50, "4.20")]
    found = [
        placed(plugged, profile, {"amount": eaches, "cost": cost, "asin": "B0TEST0001"}, **shape)
        for eaches, cost in shapes
    ]
    look_at_many([one.pk for one in found])
    return found


def result(profile: Profile, **changes: str) -> dict[str, Any]:
    run = typing_dryrun.start(ANNA, profile, {f"types.{name}": value for name, value in changes.items()})
    runs.work(run.pk)
    run.refresh_from_db()
    assert run.result is not None, run.problem
    return dict(run.result)


def brief(told: dict[str, Any]) -> list[tuple[str, str, int, bool, list[str]]]:
    return [(row["would"], row["offer"], row["uses"], row["differs"], row["failed"]) for row in told["rows"]]


def test_dry_run_of_the_rules_in_force_differs_in_nothing(profile: Profile, orders: list[Order]) -> None:
    told = result(profile)
    assert brief(told) == [
        ("bulk", "BB-1", 60, False, []),
        ("undefined", "", 0, False, ["PRICE"]),
        ("undefined", "BB-1", 40, False, ["QUANTITY"]),
    ]
    assert (told["orders"], told["differ"]) == (3, 0)
    assert (told["would"], told["was"]) == ({"bulk": 1, "undefined": 2}, {"bulk": 1, "undefined": 2})
    assert told["offers"] == [{"offer": "BB-1", "approved": 100, "left": 0}]


def test_changed_rule_is_followed_in_the_order_of_arrival(profile: Profile, orders: list[Order]) -> None:
    told = result(profile, price_tolerance_percent="1")
    assert brief(told) == [
        ("bulk", "BB-1", 60, False, []),
        ("bulk", "BB-1", 30, True, []),
        ("undefined", "BB-1", 10, False, ["QUANTITY"]),
    ]
    assert (told["differ"], told["would"]) == (1, {"bulk": 2, "undefined": 1})


def test_dry_run_changes_nothing(profile: Profile, orders: list[Order]) -> None:
    before = rows()
    result(profile, slack_days="0", weekly_days="0")
    assert rows() == before


def test_dry_run_needs_the_permission_and_settings_there_are(profile: Profile, orders: list[Order]) -> None:
    with pytest.raises(Denied):
        typing_dryrun.start(make_cast(profile).who("warehouse"), profile, {})
    with pytest.raises(Refused) as caught:
        typing_dryrun.start(ANNA, profile, {"types.slack_days": "many"})
    assert [one.where for one in caught.value.problems] == ["types.slack_days"]


def test_choices_are_the_rules_of_types() -> None:
    assert [one.name for one in typing_dryrun.choices()] == [
        "types.slack_days",
        "types.price_tolerance_percent",
        "types.min_days",
        "types.near_days",
        "types.weekly_days",
    ]
