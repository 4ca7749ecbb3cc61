"""Where the pretended Amazon has goods sent: a few fulfillment centers with place and time zone (OPERATIONS §5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from purveyor.common.windows import Window

COMPANY = "Stand-in Fulfillment"


@dataclass(frozen=True, slots=True)
class Center:
    """One fulfillment center. ``state`` only where addresses name one."""

    code: str
    country: str
    street: str
    postal: str
    city: str
    zone: str
    state: str = ""

    @property
    def address(self) -> dict[str, str]:
        """The address in Amazon's words."""
        found = {
            "name": f"{COMPANY} {self.code}",
            "addressLine1": self.street,
            "city": self.city,
            "postalCode": self.postal,
            "countryCode": self.country,
        }
        return found | ({"stateOrRegion": self.state} if self.state else {})

    def midnight(self, at: datetime, days: int) -> datetime:
        """Midnight on this center's own calendar, so many days after a moment's local day."""
        local = at.astimezone(ZoneInfo(self.zone))
        day = (local + timedelta(days=days)).date()
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def window(self, at: datetime, start: int, length: int) -> str:
        """A window of ``length`` days that opens ``start`` days after a moment, both ends at local midnight."""
        return str(Window(self.midnight(at, start), self.midnight(at, start + length)))


CENTERS = {
    center.code: center
    for center in (
        Center("LEJ1", "DE", "Amazonstraße 1", "04347", "Leipzig", "Europe/Berlin"),
        Center("DTM2", "DE", "Kaltbandstraße 4", "44145", "Dortmund", "Europe/Berlin"),
        Center("STR1", "DE", "Amazonstraße 1", "75177", "Pforzheim", "Europe/Berlin"),
        Center("BVA1", "FR", "Pôle Jules Verne", "80440", "Boves", "Europe/Paris"),
        Center("LIL1", "FR", "Rue de la Plaine", "59553", "Lauwin-Planque", "Europe/Paris"),
        Center("KTW1", "PL", "Inwestycyjna 19", "41-208", "Sosnowiec", "Europe/Warsaw"),
        Center("WRO1", "PL", "Czekoladowa 1", "55-040", "Bielany Wrocławskie", "Europe/Warsaw"),
        Center("ABE2", "US", "705 Boulder Dr", "18031", "Breinigsville", "America/New_York", "PA"),
        Center("AVP1", "US", "550 Oak Ridge Rd", "18202", "Hazleton", "America/New_York", "PA"),
        Center("PHL4", "US", "21 Roadway Dr", "17015", "Carlisle", "America/New_York", "PA"),
        Center("PHL5", "US", "500 McCarthy Dr", "17339", "Lewisberry", "America/New_York", "PA"),
        Center("SDF8", "US", "900 Patrol Rd", "47130", "Jeffersonville", "America/New_York", "IN"),
        Center("DFW6", "US", "940 W Bethel Rd", "75019", "Coppell", "America/Chicago", "TX"),
        Center("FTW2", "US", "2701 W Bethel Rd", "75019", "Coppell", "America/Chicago", "TX"),
    )
}

# Orders of a German account go to Polish centers too (OPERATIONS §5.3).
_SERVES = {"DE": ("DE", "DE", "PL"), "PL": ("PL",), "FR": ("FR",), "US": ("US",), "CA": ("US",)}


def centers_for(marketplace: str) -> list[Center]:
    """The centers that buy in a marketplace, nearer ones more often; German ones where none is known."""
    countries = _SERVES.get(marketplace, _SERVES["DE"])
    return [center for country in countries for center in CENTERS.values() if center.country == country]


def party(code: str, *, with_address: bool) -> dict[str, Any]:
    """A party as an order names it: by its id alone, as in Europe mostly, or with its address."""
    center = CENTERS.get(code)
    if center is None or not with_address:
        return {"partyId": code}
    return {"partyId": code, "address": center.address}
