"""Where a step is done: the address of Vendor Central for the country, or of the stand-in's portal."""

from __future__ import annotations

from urllib.parse import urlsplit

from purveyor.amazon.regions import MARKETPLACES
from purveyor.profiles.models import Environment

PORTAL = "/portal/"
"""Where the stand-in has its own pages, below the origin of its endpoint."""
TOKEN_PATH = "/auth/o2/token"  # noqa: S105  an address, not a secret


def origin_of(address: str) -> str:
    """Scheme, host and port of an address; empty where it is none."""
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.hostname else ""
    except ValueError:
        return ""


def portal_of(environment: str, marketplace: str, endpoint: str) -> str:
    """Where to click; empty where no address is known (FACTS §2.2 lacks four countries)."""
    if environment == Environment.SIMULATOR:
        origin = origin_of(endpoint)
        return origin + PORTAL if origin else ""
    place = MARKETPLACES.get(marketplace)
    return place.portal if place else ""


def usual_login(endpoint: str) -> str:
    """Where a stand-in has its token endpoint."""
    origin = origin_of(endpoint)
    return origin + TOKEN_PATH if origin else ""
