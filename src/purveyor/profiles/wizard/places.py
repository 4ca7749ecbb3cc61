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


def is_simulator(environment: str, endpoint: str, login_url: str) -> bool:
    """Whether an address is a simulator's: it says so, or API and sign-in lie where a simulator has both.

    Amazon signs in on another host than it answers on (FACTS §2.1), so no address of Amazon's looks like that.
    """
    if environment == Environment.CUSTOM:
        return bool(origin_of(endpoint)) and login_url == usual_login(endpoint)
    return environment == Environment.SIMULATOR


def portal_of(environment: str, marketplace: str, endpoint: str, login_url: str) -> str:
    """Where to click; empty where no address is known (FACTS §2.2 lacks four countries)."""
    if is_simulator(environment, endpoint, login_url):
        origin = origin_of(endpoint)
        return origin + PORTAL if origin else ""
    if environment == Environment.CUSTOM:
        return ""
    place = MARKETPLACES.get(marketplace)
    return place.portal if place else ""


def usual_login(endpoint: str) -> str:
    """Where a stand-in has its token endpoint."""
    origin = origin_of(endpoint)
    return origin + TOKEN_PATH if origin else ""
