"""In which zone a center's windows are shown, and how that is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centers.making import center
from purveyor.centers.domain.resolve import Known, Zone, choose, usual_zone, zone_of, zones_of
from purveyor.common.windows import local, zulu
from purveyor.common.zones import zone_names
from purveyor.web import figures

ZONES = st.sampled_from(["Europe/Berlin", "Europe/London", "America/New_York", "America/Phoenix", "Asia/Kolkata"])
# Around the nights in which clocks change, both ways, in Europe and America.
NIGHTS = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)]
MOMENTS = st.builds(
    lambda night, minutes: night + timedelta(minutes=minutes), st.sampled_from(NIGHTS), st.integers(-2880, 2880)
)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("Europe/Warsaw", "DE", "DE"), Zone("Europe/Warsaw", Known.CENTER)),
        (("", "PL", "DE"), Zone("Europe/Warsaw", Known.COUNTRY)),
        (("", "cz", "DE"), Zone("Europe/Prague", Known.COUNTRY)),
        (("", "US", "US"), Zone("America/Los_Angeles", Known.MARKETPLACE)),
        (("", "", "de"), Zone("Europe/Berlin", Known.MARKETPLACE)),
        (("", "", "XX"), Zone("UTC", Known.NOT)),
    ],
)
def test_zone_is_the_nearest_that_is_known(said: tuple[str, str, str], expected: Zone) -> None:
    assert choose(*said) == expected


@pytest.mark.unit
@pytest.mark.parametrize("country", ["US", "CA", "MX", "BR", "AU", "XX", ""])
def test_no_zone_is_usual_where_a_country_has_several(country: str) -> None:
    assert usual_zone(country) == ""


@pytest.mark.unit
def test_abbreviations_are_no_zones() -> None:
    assert {"cet", "est", "localtime"} & set(zone_names()) == set()
    assert zone_names()["europe/berlin"] == "Europe/Berlin"


@pytest.mark.unit
@given(zone=ZONES, day=st.dates(datetime(2026, 1, 1).date(), datetime(2027, 12, 31).date()))
def test_a_window_that_begins_at_local_midnight_is_shown_on_its_own_day(zone: str, day: Any) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert local(zulu(midnight), zone) == f"{day:%Y-%m-%d} 00:00"
    assert (
        figures.moment(midnight, Zone(zone, Known.CENTER), "day").text
        == figures.moment(datetime(day.year, day.month, day.day, tzinfo=UTC), "", "day").text
    )


@pytest.mark.unit
@given(zone=ZONES, at=MOMENTS)
def test_what_is_shown_is_the_same_moment_whatever_the_clock_does(zone: str, at: datetime) -> None:
    shown = figures.moment(at, Zone(zone, Known.CENTER), "exact")
    there = at.astimezone(ZoneInfo(zone))
    assert (shown.iso, shown.zone, shown.place) == (at.isoformat(), there.tzname(), zone)
    assert local(zulu(at), zone) == f"{there:%Y-%m-%d %H:%M}"
    assert datetime.fromisoformat(there.isoformat()) == at


@pytest.mark.django_db
def test_zones_of_many_centers_take_one_question(django_assert_num_queries: Any) -> None:
    center("WAW1", time_zone="Europe/Warsaw")
    center("NOZ1", time_zone="", country_code="FR")
    wanted = [("WAW1", "DE"), ("waw1", "DE"), ("NOZ1", "DE"), ("WHO1", "DE"), ("WHO1", "US"), ("", "GB")]
    with django_assert_num_queries(1):
        found = zones_of(wanted)
    assert [(found[pair].name, str(found[pair].known)) for pair in wanted] == [
        ("Europe/Warsaw", "center"),
        ("Europe/Warsaw", "center"),
        ("Europe/Paris", "country"),
        ("Europe/Berlin", "marketplace"),
        ("America/Los_Angeles", "marketplace"),
        ("Europe/London", "marketplace"),
    ]
    with django_assert_num_queries(0):
        assert zone_of("", "DE").name == "Europe/Berlin"
