"""The clock of an offer: alerts at the days before its expiry, and after it; one for each offer, closing itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cast import make_profile
from offers.making import EXPIRES, ROOT, offer, setting, through
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.jobs.testing import run_due
from purveyor.offers.domain import expiry
from purveyor.offers.domain.complete import complete, reopen, take_up, withdraw
from purveyor.offers.domain.keep import change_facts
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
DAY = timedelta(days=1)
SAID = "Offer BB-1 expires within {}, at 2026-03-12 17:00 CET, and is not completed."


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


def at(left: timedelta) -> list[tuple[str, str]]:
    """Turn the clock until so much is left, look, and answer the alerts that stand."""
    clock.hold(EXPIRES - left)
    expiry.look()
    return standing()


def standing() -> list[tuple[str, str]]:
    rows = Alert.objects.filter(kind="offer.expires").exclude(state="closed").order_by("pk")
    return [(alert.severity, alert.message) for alert in rows]


@pytest.mark.parametrize(
    ("left", "days", "stage"),
    [
        (timedelta(days=7, seconds=1), (7, 3, 1), None),
        (7 * DAY, (7, 3, 1), 7),
        (timedelta(days=3, seconds=1), (7, 3, 1), 7),
        (3 * DAY, (7, 3, 1), 3),
        (timedelta(seconds=1), (7, 3, 1), 1),
        (timedelta(0), (7, 3, 1), 0),
        (-DAY, (7, 3, 1), 0),
        (timedelta(seconds=1), (), None),
        (timedelta(0), (), 0),
    ],
    ids=str,
)
def test_stage_is_the_fewest_days_that_are_left(left: timedelta, days: tuple[int, ...], stage: int | None) -> None:
    assert expiry.stage_of(EXPIRES, days, EXPIRES - left) == stage


@pytest.mark.parametrize(
    ("days", "severities"),
    [
        ((7, 3, 1), ["info", "warn", "bad", "bad"]),
        ((9, 7, 3, 1), ["info", "warn", "warn", "bad", "bad"]),
        ((7, 1), ["warn", "bad", "bad"]),
        ((5,), ["bad", "bad"]),
        ((), ["bad"]),
    ],
)
def test_warnings_grow_more_serious(days: tuple[int, ...], severities: list[str]) -> None:
    assert [str(expiry.severity_of(stage, days)) for stage in (*days, 0)] == severities


def test_alert_rises_with_the_clock(mine: Profile) -> None:
    offer(mine)
    assert at(timedelta(days=7, seconds=1)) == []
    assert at(7 * DAY) == [("info", SAID.format("7 days"))]
    assert at(3 * DAY) == [("warn", SAID.format("3 days"))]
    assert at(1 * DAY) == [("bad", SAID.format("1 day"))]
    over = "Offer BB-1 expired at 2026-03-12 17:00 CET and is not completed."
    assert at(timedelta(0)) == [("bad", over)]
    assert at(-90 * DAY) == [("bad", over)]
    assert Alert.objects.filter(kind="offer.expires").count() == 1


def test_looking_twice_changes_nothing(mine: Profile) -> None:
    offer(mine)
    at(DAY)
    count = Entry.objects.count()
    assert (expiry.look(), Entry.objects.count()) == (0, count)


def test_offer_that_comes_in_late_is_told_at_once(mine: Profile) -> None:
    clock.hold(EXPIRES - DAY)
    offer(mine)
    assert standing() == [("bad", SAID.format("1 day"))]


def test_days_are_the_profiles_own(mine: Profile) -> None:
    setting(mine, "alert_days", "9")
    clock.hold(EXPIRES - 9 * DAY)
    made = offer(mine, number="BB-1")
    offer(make_profile("other"), number="BB-2")
    expiry.look()
    assert standing() == [("bad", SAID.format("9 days"))]
    assert Alert.objects.get(cause=expiry.cause(made.pk)).profile == mine


def test_offer_without_an_expiry_has_no_clock(mine: Profile) -> None:
    offer(mine, expires_at=None)
    assert at(-DAY) == []


def test_alert_closes_when_the_offer_is_completed_and_comes_again_when_it_is_opened(mine: Profile) -> None:
    made = through(offer(mine))
    at(DAY)
    completed = complete(ROOT, made)
    assert standing() == []
    reopen(ROOT, completed, "x")
    assert standing() == [("bad", SAID.format("1 day"))]


def test_alert_closes_when_the_offer_is_given_up(mine: Profile) -> None:
    made = offer(mine)
    at(DAY)
    given_up = withdraw(ROOT, made, "x")
    assert standing() == []
    take_up(ROOT, given_up, "x")
    assert standing() == [("bad", SAID.format("1 day"))]


def test_more_time_closes_the_alert_and_less_raises_it(mine: Profile) -> None:
    made = offer(mine)
    at(DAY)
    change_facts(ROOT, made, {"expires_at": EXPIRES + 30 * DAY})
    assert standing() == []
    change_facts(ROOT, made, {"expires_at": EXPIRES})
    assert standing() == [("bad", SAID.format("1 day"))]
    change_facts(ROOT, made, {"expires_at": None})
    assert standing() == []


def test_alert_whose_offer_is_gone_closes(mine: Profile) -> None:
    made = offer(mine)
    at(DAY)
    made.delete()
    assert at(DAY) == []


def test_worker_looks_every_minute(mine: Profile, held_clock: datetime) -> None:
    offer(mine)
    run_due(["offers.expiry"])
    clock.hold(EXPIRES)
    run_due(["offers.expiry"])
    assert [severity for severity, _said in standing()] == ["bad"]
