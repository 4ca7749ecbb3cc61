"""Which addresses a profile may talk to. Pure: functions of an environment, a marketplace and two addresses.

Production and Amazon's sandbox have fixed addresses (FACTS §2.1). A simulator stands on this machine. A custom endpoint
may stand anywhere, encrypted, but never pretends to be Amazon itself, whose switches start more carefully.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from purveyor.amazon import regions
from purveyor.amazon.transport import is_loopback
from purveyor.common.errors import Problem
from purveyor.profiles.models import Environment

LONGEST = 200
_OWN = (Environment.SIMULATOR, Environment.CUSTOM)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the API is, and the whole address of the token endpoint."""

    endpoint: str
    login_url: str


def addresses_of(environment: str, marketplace: str, endpoint: str, login_url: str) -> Addresses:
    """The addresses a profile really uses."""
    if environment in _OWN:
        return Addresses(endpoint, login_url)
    region = regions.MARKETPLACES[marketplace].endpoint
    return Addresses(
        region.sandbox if environment == Environment.SANDBOX else region.production,
        regions.LOGIN_URL,
    )


def environment_of(endpoint: str) -> Environment:
    """The environment that an address given without one means: this machine is a simulator, any other is custom."""
    if not endpoint.strip():
        return Environment.PRODUCTION
    try:
        return Environment.SIMULATOR if is_loopback(urlsplit(endpoint).hostname or "") else Environment.CUSTOM
    except ValueError:
        return Environment.CUSTOM


def starts_sending(environment: str) -> bool:
    """Whether a new profile may send at once: never to Amazon, whose sandbox counts as Amazon here."""
    return environment in _OWN


def tidy(address: str) -> str:
    """An address as it is kept: without blanks around and slashes behind."""
    return address.strip().rstrip("/")


def problems_of(environment: str, endpoint: str, login_url: str) -> list[Problem]:
    """Everything wrong with the addresses (tidied) for this environment."""
    if environment not in Environment.values:
        return [Problem(_("There is no such environment."), where="environment")]
    fields = (("endpoint", endpoint), ("login_url", login_url))
    check = _own_problem if environment in _OWN else _amazon_problem
    return [Problem(said, where=where) for where, address in fields if (said := check(environment, where, address))]


def _amazon_problem(environment: str, where: str, address: str) -> str:
    """Amazon's addresses follow from the marketplace; naming one is allowed where it is exactly one of them."""
    if not address:
        return ""
    if where == "login_url":
        known = {regions.LOGIN_URL}
    elif environment == Environment.SANDBOX:
        known = {region.sandbox for region in regions.ENDPOINTS.values()}
    else:
        known = {region.production for region in regions.ENDPOINTS.values()}
    if address in known:
        return ""
    return _("A profile of this environment talks to Amazon's own addresses only. Leave this empty.")


def _own_problem(environment: str, where: str, address: str) -> str:
    if not address:
        return _("This environment needs an address here.")
    parts = _split(address)
    if parts is None or len(address) > LONGEST:
        return _("This is not an address such as https://hub.example.com, without user name, query and fragment.")
    host = parts.hostname or ""
    if environment == Environment.SIMULATOR and not is_loopback(host):
        return _(
            "A simulator stands on this machine, at 127.0.0.1 or localhost. For another one choose custom endpoint."
        )
    if parts.scheme == "http" and not is_loopback(host):
        return _("Plain http is allowed to this machine only. Use https.")
    if _is_amazon(host) and not (where == "login_url" and address == regions.LOGIN_URL):
        return _("This is Amazon's own address. Choose the environment production or Amazon's sandbox instead.")
    return ""


def _split(address: str) -> SplitResult | None:
    """The parts of a clean address, else None. Strange characters are how addresses lie about their host."""
    if not address.isascii() or not address.isprintable() or any(c in address for c in ' \\<>"^`{|}'):
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if port == 0 or parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    return None if "?" in address or "#" in address else parts


def _is_amazon(host: str) -> bool:
    host = host.lower().rstrip(".")
    return host == "amazon.com" or host.endswith(".amazon.com")
