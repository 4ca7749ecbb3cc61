"""Centers and what orders say of them, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from purveyor.centers.domain.learn import Seen, learn
from purveyor.centers.models import Center

BY = "system:intake.new"
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STREET = {
    "name": "Pretended Fulfillment",
    "address_line1": "Langer Weg 1",
    "postal_code": "12345",
    "city": "Musterstadt",
    "country_code": "DE",
}
ELSEWHERE = STREET | {"address_line1": "Neue Allee 7", "city": "Neustadt"}


def center(code: str = "NEW1", **more: Any) -> Center:
    """A center as a person keeps it."""
    told = STREET | {"time_zone": "Europe/Berlin", "source": "person", "valid_from": DAY}
    return Center.objects.create(code=code, **(told | more))


def seen(code: str = "NEW1", address: dict[str, str] | None = None, at: datetime = NOON, order: str = "P1") -> Seen:
    return Seen(code, at, STREET if address is None else address, order)


def learnt(*sightings: Seen, profile_id: int) -> None:
    learn(profile_id, sightings, by=BY)


def known(code: str = "NEW1") -> Center:
    return Center.objects.get(code=code)
