"""Code → zone: in which zone a center's windows are shown, and how that is known. The choice is pure, the look-up one
question however many codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from purveyor.amazon.regions import MARKETPLACES
from purveyor.base.db import together
from purveyor.centers.domain.facts import code_of
from purveyor.centers.models import Center


class Known(StrEnum):
    """How a zone is known: said of the center itself, usual in its country, usual in the marketplace, or not at all."""

    CENTER = "center"
    COUNTRY = "country"
    MARKETPLACE = "marketplace"
    NOT = "unknown"


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone by its IANA name, and how it is known."""

    name: str
    known: Known

    @property
    def info(self) -> ZoneInfo:
        return ZoneInfo(self.name)

    @property
    def sure(self) -> bool:
        """Whether somebody said it of the center itself."""
        return self.known == Known.CENTER


# Countries without a marketplace of their own to which a marketplace's orders go (OPERATIONS §5.3).
_NEIGHBOURS = {"CZ": "Europe/Prague", "SK": "Europe/Bratislava", "AT": "Europe/Vienna"}
_SEVERAL = frozenset({"US", "CA", "MX", "BR", "AU"})
"""Countries with several zones: none is usual."""


@cache
def usual_zone(country: str) -> str:
    """The one zone of a country; empty where it has several, or we know none."""
    country = country.upper()
    if country in _SEVERAL or country not in MARKETPLACES:
        return _NEIGHBOURS.get(country, "")
    return MARKETPLACES[country].zone


def choose(time_zone: str, country: str, marketplace: str) -> Zone:
    """The zone of a center, from what is known of it and the marketplace its order comes from; UTC as the last."""
    if time_zone:
        return Zone(time_zone, Known.CENTER)
    if usual := usual_zone(country):
        return Zone(usual, Known.COUNTRY)
    known = MARKETPLACES.get(marketplace.upper())
    return Zone(known.zone, Known.MARKETPLACE) if known else Zone("UTC", Known.NOT)


def zone_of(code: str, marketplace: str) -> Zone:
    """The zone of one center."""
    return zones_of([(code, marketplace)])[code, marketplace]


def zones_of(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Zone]:
    """The zones of many centers, each with the marketplace its order comes from, in one question."""
    pairs = set(wanted)
    known = _known({code_of(code) for code, _marketplace in pairs if code})
    return {(code, place): choose(*known.get(code_of(code), ("", "")), place) for code, place in pairs}


def _known(codes: set[str]) -> Mapping[str, tuple[str, str]]:
    if not codes:
        return {}
    rows = Center.objects.filter(code__in=together(codes)).order_by().values_list("code", "time_zone", "country_code")
    return {code: (zone, country) for code, zone, country in rows}
