"""When a route tells."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.alerts.pace import Times, due_at, is_quiet, next_at

pytestmark = pytest.mark.unit

BERLIN = "Europe/Berlin"
NIGHT = (time(22), time(7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("times", "serious", "now", "due"),
    [
        (Times(), False, "2026-03-02T09:00", "2026-03-02T09:00"),
        (Times(hourly=True), False, "2026-03-02T09:00", "2026-03-02T10:00"),
        (Times(hourly=True), False, "2026-03-02T09:59", "2026-03-02T10:00"),
        (Times("Asia/Kolkata", hourly=True), False, "2026-03-02T09:00", "2026-03-02T09:30"),
        (Times(BERLIN, daily_at=time(8)), False, "2026-03-02T06:59", "2026-03-02T07:00"),
        (Times(BERLIN, daily_at=time(8)), False, "2026-03-02T07:00", "2026-03-03T07:00"),
        (Times(BERLIN, daily_at=time(8)), False, "2026-03-28T07:00", "2026-03-29T06:00"),  # summer time begins
        (Times(BERLIN, daily_at=time(8)), True, "2026-03-02T09:00", "2026-03-03T07:00"),
        (Times(BERLIN, quiet=NIGHT), False, "2026-03-02T20:59", "2026-03-02T20:59"),
        (Times(BERLIN, quiet=NIGHT), False, "2026-03-02T21:00", "2026-03-03T06:00"),
        (Times(BERLIN, quiet=NIGHT), False, "2026-03-03T05:59", "2026-03-03T06:00"),
        (Times(BERLIN, quiet=NIGHT), False, "2026-03-03T06:00", "2026-03-03T06:00"),
        (Times(BERLIN, quiet=NIGHT), True, "2026-03-03T01:00", "2026-03-03T01:00"),
        (Times(BERLIN, quiet=NIGHT, serious_breaks=False), True, "2026-03-03T01:00", "2026-03-03T06:00"),
        (Times(quiet=(time(12), time(13))), False, "2026-03-02T12:30", "2026-03-02T13:00"),
        (Times(hourly=True, quiet=(time(12), time(14))), False, "2026-03-02T11:30", "2026-03-02T14:00"),
        (Times(daily_at=time(6), quiet=NIGHT), False, "2026-03-02T09:00", "2026-03-03T07:00"),
    ],
)
def test_due_at(times: Times, serious: bool, now: str, due: str) -> None:
    assert due_at(times, serious, at(now)) == at(due)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))
zones = st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"])
of_day = st.integers(0, 24 * 60 - 1).map(lambda one: time(one // 60, one % 60))


@given(zones, moments, of_day)
def test_next_at_is_within_a_day_and_an_hour(zone: str, now: datetime, when: time) -> None:
    found = next_at(when, ZoneInfo(zone), now)
    assert now < found <= now + timedelta(hours=25)


@given(zones, moments, st.tuples(of_day, of_day), st.booleans())
def test_nothing_is_told_early_or_in_quiet_hours(
    zone: str, now: datetime, quiet: tuple[time, time], hourly: bool
) -> None:
    if quiet[0] == quiet[1]:
        return
    found = due_at(Times(zone, hourly=hourly, quiet=quiet), False, now)
    assert now <= found <= now + timedelta(hours=27)
    told_as_end = found.astimezone(ZoneInfo(zone)).time() == quiet[1]
    assert told_as_end or not is_quiet(quiet, found.astimezone(ZoneInfo(zone)).time())
