"""Where Amazon lives: marketplaces, endpoints, portals (FACTS §2)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The two base addresses of a region."""

    production: str
    sandbox: str


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One Vendor Central country.

    ``zone`` is the IANA time zone in which its days begin where no fulfillment center's own is known; ``portal`` the
    address of its Vendor Central, empty where none could be confirmed (FACTS §2.2).
    """

    code: str
    name: str
    id: str
    region: str
    currency: str
    zone: str
    portal: str

    @property
    def endpoint(self) -> Endpoint:
        return ENDPOINTS[self.region]


def _endpoint(region: str) -> Endpoint:
    host = f"sellingpartnerapi-{region}.amazon.com"
    return Endpoint(f"https://{host}", f"https://sandbox.{host}")


ENDPOINTS = {region.upper(): _endpoint(region) for region in ("na", "eu", "fe")}

LOGIN_URL = "https://api.amazon.com/auth/o2/token"
"""One global address for the token exchange, not regional (FACTS §1.1)."""

PRODUCTION_HOSTS = frozenset(
    {urlsplit(LOGIN_URL).netloc, *(urlsplit(endpoint.production).netloc for endpoint in ENDPOINTS.values())}
)
"""The only hosts a production profile may talk to, the login's included."""

SANDBOX_HOSTS = frozenset(urlsplit(endpoint.sandbox).netloc for endpoint in ENDPOINTS.values())

_ROWS = (
    ("US", "United States", "ATVPDKIKX0DER", "NA", "USD", "America/Los_Angeles", "vendorcentral.amazon.com"),
    ("CA", "Canada", "A2EUQ1WTGCTBG2", "NA", "CAD", "America/Toronto", "vendorcentral.amazon.ca"),
    ("MX", "Mexico", "A1AM78C64UM0Y8", "NA", "MXN", "America/Mexico_City", "vendorcentral.amazon.com.mx"),
    ("BR", "Brazil", "A2Q3Y263D00KWC", "NA", "BRL", "America/Sao_Paulo", "vendorcentral.amazon.com.br"),
    ("GB", "United Kingdom", "A1F83G8C2ARO7P", "EU", "GBP", "Europe/London", "vendorcentral.amazon.co.uk"),
    ("DE", "Germany", "A1PA6795UKMFR9", "EU", "EUR", "Europe/Berlin", "vendorcentral.amazon.de"),
    ("FR", "France", "A13V1IB3VIYZZH", "EU", "EUR", "Europe/Paris", "vendorcentral.amazon.fr"),
    ("IT", "Italy", "APJ6JRA9NG5V4", "EU", "EUR", "Europe/Rome", "vendorcentral.amazon.it"),
    ("ES", "Spain", "A1RKKUPIHCS9HS", "EU", "EUR", "Europe/Madrid", "vendorcentral.amazon.es"),
    ("NL", "Netherlands", "A1805IZSGTT6HS", "EU", "EUR", "Europe/Amsterdam", "vendorcentral.amazon.nl"),
    ("BE", "Belgium", "AMEN7PMS3EDWL", "EU", "EUR", "Europe/Brussels", ""),
    ("SE", "Sweden", "A2NODRKZP88ZB9", "EU", "SEK", "Europe/Stockholm", "vendorcentral.amazon.se"),
    ("PL", "Poland", "A1C3SOZRARQ6R3", "EU", "PLN", "Europe/Warsaw", "vendorcentral.amazon.pl"),
    ("IE", "Ireland", "A28R8C7NBKEWEA", "EU", "EUR", "Europe/Dublin", ""),
    ("TR", "Turkey", "A33AVAJ2PDY3EV", "EU", "TRY", "Europe/Istanbul", "vendorcentral.amazon.com.tr"),
    ("AE", "United Arab Emirates", "A2VIGQ35RCS4UG", "EU", "AED", "Asia/Dubai", "vendorcentral.amazon.me"),
    ("SA", "Saudi Arabia", "A17E79C6D8DWNP", "EU", "SAR", "Asia/Riyadh", ""),
    ("EG", "Egypt", "ARBP9OOSHTCHU", "EU", "EGP", "Africa/Cairo", "vendorcentral.amazon.me"),
    ("ZA", "South Africa", "AE08WJ6YKNBMC", "EU", "ZAR", "Africa/Johannesburg", ""),
    ("IN", "India", "A21TJRUUN4KGV", "EU", "INR", "Asia/Kolkata", "vendorcentral.amazon.in"),
    ("JP", "Japan", "A1VC38T7YXB528", "FE", "JPY", "Asia/Tokyo", "vendorcentral.amazon.co.jp"),
    ("AU", "Australia", "A39IBJ37TRP1C6", "FE", "AUD", "Australia/Sydney", "vendorcentral.amazon.com.au"),
    ("SG", "Singapore", "A19VAU5U5O7RUS", "FE", "SGD", "Asia/Singapore", "vendorcentral.amazon.com.sg"),
)

MARKETPLACES = {row[0]: Marketplace(*row[:6], portal=f"https://{row[6]}" if row[6] else "") for row in _ROWS}

_ALSO_CALLED = {"UK": "GB"}


def country_code(given: str) -> str:
    """A country's code as it is kept, in capitals: Amazon and people say UK as well as GB."""
    code = given.upper()
    return _ALSO_CALLED.get(code, code)
