"""When the next look is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from purveyor.outbox.timing import Pace

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def looks(visibility, count):
    found, now = [], AT
    for _ in range(count):
        now = Pace(visibility).next_look(AT, now)
        found.append((now - AT).total_seconds())
    return found


def test_looks_follow_amazons_schedule():
    assert looks(1800, 8) == [60, 120, 300, 600, 900, 1800, 3600, 5400]


def test_looks_at_a_stand_in_are_in_proportion():
    assert looks(18, 7) == [0.6, 1.2, 3, 6, 9, 18, 36]


def test_longer_visibility_does_not_slow_the_first_looks():
    assert looks(3600, 7) == [60, 120, 300, 600, 900, 1800, 5400]


def test_moments_of_a_profile():
    pace = Pace(1800)
    assert pace.presumed_at(AT) == AT + timedelta(minutes=15)
    assert pace.visible_at(AT) == AT + timedelta(minutes=30)
    assert pace.patient_until(AT) == AT + timedelta(hours=2)
    assert Pace(18).presumed_at(AT) == AT + timedelta(seconds=9)


def test_visibility_of_nothing_counts_as_a_second():
    assert Pace(0).visible_at(AT) == AT + timedelta(seconds=1)


def test_waits_are_never_longer_than_the_visibility_time():
    assert Pace(5).shortened(timedelta(minutes=1)) == timedelta(seconds=5)
    assert Pace(1800).shortened(timedelta(minutes=1)) == timedelta(minutes=1)


def test_leases_outlast_any_call():
    assert (Pace(1800).lease_seconds, Pace(20).lease_seconds) == (180, 90)
