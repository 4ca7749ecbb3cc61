"""What the registry begins with; never over somebody's word."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from cast import make_user
from purveyor.centers.domain.facts import FIELDS, problems_of
from purveyor.centers.domain.update import set_center
from purveyor.centers.models import Center, Version
from purveyor.centers.seed import DATE, SEEDS, Seed, plant
from purveyor.people.who import Who
from purveyor.simulator.centers import CENTERS

SEASONS = [datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 3, 4, 7, 10, 11)]


@pytest.mark.unit
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.code)
def test_seed_is_what_a_person_might_say(seed: Seed) -> None:
    said = {name: value for name, value in seed._asdict().items() if name in FIELDS}
    assert problems_of(seed.code, said) == []
    assert seed.time_zone


@pytest.mark.unit
def test_seed_and_the_stand_in_say_the_same() -> None:
    assert {seed.code for seed in SEEDS} == set(CENTERS)
    for seed in SEEDS:
        other = CENTERS[seed.code]
        assert (seed.country_code, seed.postal_code, seed.city, seed.state_or_region) == (
            other.country,
            other.postal,
            other.city,
            other.state,
        )
        assert seed.address_line1 in ("", other.street)
        for at in SEASONS:
            mine, theirs = at.astimezone(ZoneInfo(seed.time_zone)), at.astimezone(ZoneInfo(other.zone))
            assert mine.utcoffset() == theirs.utcoffset()


@pytest.mark.django_db
def test_a_new_database_holds_the_seed_with_source_and_date() -> None:
    found = Center.objects.get(code="WRO1")
    assert (found.source, found.source_note, found.valid_from) == ("seed", "one public list", DATE)
    version = Version.objects.get(center=found)
    assert (version.number, version.by, version.facts["city"]) == (1, "system:centers.seed", "Bielany Wrocławskie")
    assert Center.objects.count() == len(SEEDS)


@pytest.mark.django_db
def test_migrating_again_adds_what_is_missing_and_touches_nothing_else() -> None:
    set_center(Who.of(make_user("root", "administrator")), "LEJ1", {"city": "Elsewhere"})
    Center.objects.get(code="DTM2").delete()
    before = list(Center.objects.order_by("pk").values())
    call_command("migrate", verbosity=0)
    assert list(Center.objects.exclude(code="DTM2").order_by("pk").values()) == before
    assert Center.objects.get(code="DTM2").city == "Dortmund"
    assert plant(Center, Version) == 0
