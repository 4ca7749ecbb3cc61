"""A simulated month with nobody touching it: all is answered in time or stands open with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cast import make_user
from plug import connect
from purveyor.orders.models import Line, Order
from purveyor.people.who import Who
from purveyor.simulator.scenarios import Scenario
from purveyor.simulator.scenarios.month import MONTH
from purveyor.simulator.world import World

from .house import furnish
from .month import Month
from .verdict import Verdict

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PlugIn = Callable[[World], World]
SEED = 7
PIECES = 2_000
# Fewer orders, and more befalls each: three days of it are told in the time an ordinary test may take.
SMALL = replace(MONTH, gap=5200.0, lines=(1, 3, 8), changed=0.3, cancelled=0.15, mispriced=0.1, unknown=0.05)


IN_FULL = {"policy.undefined": "on_arrival_full"}
BEFORE_THE_DEADLINE = {"policy.undefined": "by_deadline", "policy.provisional": "stock", "policy.rest": "backorder"}


def _lived(plug_in: PlugIn, scenario: Scenario, days: float, step: timedelta, policy: dict[str, str]) -> Month:
    world = plug_in(World(seed=SEED, scenario="month", secrets_from_seed=True))
    world.scenario = scenario
    profile = connect(world.accounts[0])
    furnish(profile, SEED, policy, pieces=PIECES)
    who = Who.of(make_user("anna", "vendor-manager", profile))
    month = Month(world, profile, Verdict(world, profile, who), step)
    month.live(days)
    return month


def _befell(month: Month) -> dict[str, int]:
    """How often what a month is about did happen."""
    orders = month.world.orders.values()
    return {
        "changed": sum(order.changed_at is not None for order in orders),
        "cancelled": sum(order.cancelled for order in orders),
        "refused": sum(count for (name, _what), count in month.world.faults.taken.items() if name == "refused"),
        "throttled": sum(count for (name, _what), count in month.world.faults.taken.items() if name == "throttled"),
    }


def test_three_days_run_by_themselves(held_clock: datetime, plug_in: PlugIn) -> None:
    month = _lived(plug_in, SMALL, 3, timedelta(hours=1), IN_FULL)
    print(len(month.world.orders), _befell(month), month.verdict.stood)
    assert Order.objects.count() > 20
    assert min(_befell(month).values()) > 0
    assert month.verdict.late == []
    assert month.verdict.at_the_end() == []
    assert month.differences() == []


def test_books_that_differ_would_be_seen(held_clock: datetime, plug_in: PlugIn) -> None:
    """The twin: a wrong cost, a missing order and an answer nobody took are told each."""
    month = _lived(plug_in, SMALL, 0.2, timedelta(hours=1), IN_FULL)
    assert month.differences() == []
    lines = Line.objects.filter(order__profile=month.profile, order__state="acknowledged").order_by("pk")
    line = lines.first()
    assert line is not None
    Line.objects.filter(pk=line.pk).update(net_cost=line.net_cost + 1)
    line.order.acknowledgements.update(outcome="failed")
    silent = month.world.place(lines=1)
    assert month.differences() == [
        f"{silent} is missing here",
        f"{line.order.number}: line {line.number}: net_cost is {line.net_cost + 1}, theirs {line.net_cost.normalize()}",
        f"{line.order.number}: 1 answers count there, 0 here",
    ]
    assert f"{silent}: missing" in month.verdict.at_the_end()


@pytest.mark.prove
def test_month_runs_by_itself(held_clock: datetime, plug_in: PlugIn) -> None:
    month = _lived(plug_in, MONTH, 30, timedelta(minutes=30), IN_FULL)
    assert Order.objects.count() > 900
    assert min(_befell(month).values()) > 0
    assert month.verdict.late == []
    assert month.verdict.at_the_end() == []
    assert month.differences() == []
