"""A simulated month with nobody touching it: all is answered in time or stands open with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cast import make_user
from plug import connect
from purveyor.orders.models import Hold, Line, Order, Reservation
from purveyor.people.who import Who
from purveyor.simulator.scenarios import Scenario
from purveyor.simulator.scenarios.month import MONTH
from purveyor.simulator.scenarios.shape import Spell
from purveyor.simulator.world import World

from .house import furnish
from .month import AFTERWARDS, Month
from .verdict import Verdict

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]

PlugIn = Callable[[World], World]
SEED = 7
PIECES = 2_000
# Fewer orders, and more befalls each: three days of it are told in the time an ordinary test may take.
SMALL = replace(MONTH, gap=5200.0, lines=(1, 3, 8), changed=0.3, cancelled=0.15, mispriced=0.1, unknown=0.05)


IN_FULL = {"policy.undefined": "on_arrival_full"}
BEFORE_THE_DEADLINE = {"policy.undefined": "by_deadline", "policy.provisional": "stock", "policy.rest": "backorder"}


def _lived(
    plug_in: PlugIn,
    scenario: Scenario,
    days: float,
    step: timedelta,
    policy: dict[str, str],
    afterwards: timedelta = AFTERWARDS,
) -> Month:
    world = plug_in(World(seed=SEED, scenario="month", secrets_from_seed=True))
    world.scenario = scenario
    profile = connect(world.accounts[0])
    furnish(profile, SEED, policy, pieces=PIECES)
    who = Who.of(make_user("anna", "vendor-manager", profile))
    month = Month(world, profile, Verdict(world, profile, who), step)
    month.live(days, afterwards)
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


def _reasons(month: Month) -> set[str]:
    """What holds orders at the end, by the rule that found it."""
    rows = Hold.objects.filter(order__profile=month.profile, released_at=None)
    return set(rows.values_list("check_id", flat=True))


def test_three_days_run_by_themselves(held_clock: datetime, plug_in: PlugIn) -> None:
    month = _lived(plug_in, SMALL, 3, timedelta(hours=1), IN_FULL)
    assert Order.objects.count() > 20
    assert min(_befell(month).values()) > 0
    assert month.verdict.late == []
    assert month.verdict.at_the_end() == []
    assert month.differences() == []
    assert _reasons(month) >= {"PRODUCT", "PO-04", "PO-05", "TYPE"}


@pytest.mark.prove
def test_answers_before_the_deadline_that_the_lost_day_delays_stand_on_today(
    held_clock: datetime, plug_in: PlugIn
) -> None:
    """Answered four hours before they are due, some orders meet a day when nothing leaves: that is told, order by
    order, while it lasts, and afterwards they are answered."""
    lost = (Spell("throttled", begins=5.0, hours=4.0, chance=0.3), Spell("refused", begins=20.0, hours=16.0))
    scenario, an_hour = replace(SMALL, weather=lost), timedelta(hours=1)
    month = _lived(plug_in, scenario, 1.5, an_hour, BEFORE_THE_DEADLINE, afterwards=timedelta(hours=25))
    delayed = [number for number, said in month.verdict.stood.items() if any("documents.late" in one for one in said)]
    assert delayed
    assert Order.objects.filter(number__in=delayed, state="acknowledged").exists()
    assert Reservation.objects.exists()
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
