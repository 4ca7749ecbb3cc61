"""What the checks of a packing allow (OPERATIONS §9.1 PK-01 … PK-05, §3.6, §3.7), as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from purveyor.amazon.regions import MARKETPLACES

POUNDS_50, KILOS_23 = 22_680, 23_000
"""Grams a carton may weigh: 50 lb in North America, 23 kg elsewhere (§3.7)."""
SIDE = 635
"""Millimetres a side of a carton may measure: 25 in, 63.5 cm (§3.7)."""
OFF, WARN, BLOCK = "off", "warn", "block"


@dataclass(frozen=True, slots=True)
class Limits:
    """``grams`` and ``side`` of a carton, ``orders`` in one; so many days an expiry lies ahead of ``today`` at least.
    ``severity`` by check: off, warn or block; a check that is not named blocks."""

    grams: int = KILOS_23
    side: int = SIDE
    orders: int = 5
    expiry_days: int = 90
    today: date = date.min
    severity: Mapping[str, str] = field(default_factory=dict)

    def of(self, check: str) -> str:
        """How grave what a check finds is."""
        return self.severity.get(check, BLOCK)


def grams_of(marketplace: str) -> int:
    """What a carton may weigh for a marketplace, in grams."""
    found = MARKETPLACES.get(marketplace)
    return POUNDS_50 if found is not None and found.region == "NA" else KILOS_23


def limits_of(marketplace: str, settings: Mapping[str, Any], today: date) -> Limits:
    """The limits that a profile's settings say; a weight of 0 is what its region allows."""
    kilos = settings["packing.carton_kg"]
    return Limits(
        grams=int(kilos * 1000) or grams_of(marketplace),
        side=settings["packing.carton_side_mm"],
        orders=settings["packing.carton_orders"],
        expiry_days=settings["packing.expiry_days"],
        today=today,
        severity={
            "PK-02": settings["packing.carton_limits"],
            "PK-03": settings["packing.mixing"],
            "PK-04": settings["packing.lots"],
            "PK-05": settings["packing.prep"],
        },
    )
