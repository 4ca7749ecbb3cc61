"""The centers we start with, each with its source and date. Public lists contradict each other (OPERATIONS §5.2): an
order's own word takes the place of a seeded address, and a person's is never touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.apps import apps as installed
from django.db import transaction
from django.utils.translation import gettext_noop as _

DATE = date(2026, 2, 1)
AGREED = _("public lists, two or more agree")
ONE_LIST = _("one public list")
STREET_DIFFERS = _("public lists that differ in the street")
BY = "system:centers.seed"


class Seed(NamedTuple):
    """One center of the seed; a street no two lists agree on is left out."""

    code: str
    country_code: str
    address_line1: str
    postal_code: str
    city: str
    state_or_region: str
    time_zone: str
    source_note: str


_BERLIN, _PARIS, _WARSAW = "Europe/Berlin", "Europe/Paris", "Europe/Warsaw"
_EAST, _MIDDLE, _LOUISVILLE = "America/New_York", "America/Chicago", "America/Kentucky/Louisville"

SEEDS = (
    Seed("LEJ1", "DE", "Amazonstraße 1", "04347", "Leipzig", "", _BERLIN, AGREED),
    Seed("DTM2", "DE", "Kaltbandstraße 4", "44145", "Dortmund", "", _BERLIN, AGREED),
    Seed("STR1", "DE", "Amazonstraße 1", "75177", "Pforzheim", "", _BERLIN, AGREED),
    Seed("BVA1", "FR", "", "80440", "Boves", "", _PARIS, STREET_DIFFERS),
    Seed("LIL1", "FR", "", "59553", "Lauwin-Planque", "", _PARIS, STREET_DIFFERS),
    Seed("KTW1", "PL", "Inwestycyjna 19", "41-208", "Sosnowiec", "", _WARSAW, AGREED),
    Seed("WRO1", "PL", "Czekoladowa 1", "55-040", "Bielany Wrocławskie", "", _WARSAW, ONE_LIST),
    Seed("ABE2", "US", "705 Boulder Dr", "18031", "Breinigsville", "PA", _EAST, AGREED),
    # Jeffersonville lies across the river from Louisville and keeps its clock.
    Seed("SDF8", "US", "900 Patrol Rd", "47130", "Jeffersonville", "IN", _LOUISVILLE, AGREED),
    Seed("PHL4", "US", "21 Roadway Dr", "17015", "Carlisle", "PA", _EAST, ONE_LIST),
    Seed("PHL5", "US", "500 McCarthy Dr", "17339", "Lewisberry", "PA", _EAST, ONE_LIST),
    Seed("DFW6", "US", "940 W Bethel Rd", "75019", "Coppell", "TX", _MIDDLE, ONE_LIST),
    Seed("FTW2", "US", "2701 W Bethel Rd", "75019", "Coppell", "TX", _MIDDLE, ONE_LIST),
    Seed("AVP1", "US", "550 Oak Ridge Rd", "18202", "Hazleton", "PA", _EAST, ONE_LIST),
)


def plant(center: Any, version: Any, seeds: tuple[Seed, ...] = SEEDS) -> int:
    """Add the seeds whose code is not there yet, each as its first version; how many. What is there stays as it is."""
    there = set(center.objects.filter(code__in=[seed.code for seed in seeds]).values_list("code", flat=True))
    fresh = [seed for seed in seeds if seed.code not in there]
    with transaction.atomic():
        for seed in fresh:
            made, added = center.objects.get_or_create(
                code=seed.code, defaults=seed._asdict() | {"source": "seed", "valid_from": DATE}
            )
            if added:
                version.objects.create(center=made, number=1, by=BY, facts=dict(_facts(seed)), **_origin(seed))
    return len(fresh)


def _facts(seed: Seed) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in seed._asdict().items() if value and name not in ("code", "source_note"))


def _origin(seed: Seed) -> dict[str, Any]:
    return {"source": "seed", "source_note": seed.source_note, "valid_from": DATE}


def plant_after_migrating(apps: Any = installed, **_more: Any) -> None:
    """Whenever the database was brought up to date, so that a newer program's seeds come in too; on the tables as the
    migration left them, which may be none."""
    try:
        center, version = apps.get_model("centers", "Center"), apps.get_model("centers", "Version")
    except LookupError:
        return
    plant(center, version)
