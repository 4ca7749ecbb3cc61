"""Where the clock of a marketplace stands: windows begin at local midnight (FACTS §9), so local days are shown."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from purveyor.amazon.regions import MARKETPLACES


@cache
def zone_of(marketplace: str) -> ZoneInfo:
    """The zone of a marketplace by its two-letter country code; UTC for one nobody knows."""
    known = MARKETPLACES.get(marketplace.upper())
    return ZoneInfo(known.zone if known else "UTC")
