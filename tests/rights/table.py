"""Who may what, route by route: every page and every operation of the REST API has a row for each method it takes.

A new route is one new line here: its name, its method, and what it asks for. A test fails for a route without a row.

* ``where`` says on what the permissions must be held: ``ON`` the thing's own profile, ``SOMEWHERE`` on one at least,
  ``EVERYWHERE`` on every profile there is and will be, ``OVER`` all that the person concerned holds; ``OWN`` is for
  everybody who signed in, ``PUBLIC`` for anybody, ``NOBODY`` for none of them: it is another person's own.
* ``either`` are permissions each of which suffices as well, alone.
* ``sees`` is the permission without which the thing itself is not there (404); with it, a denial says so (403).
* ``fill`` is what somebody who may would send; words in braces are taken from the world (``world.py``).
* ``args`` name another thing of the world for an argument of the address.
* ``case`` tells a second row of the same route and method from the first, where what it asks for depends on its fill.
* ``denied`` and ``unseen`` are the status for who sees the thing and may not, and for who does not see it; ``answers``
  that for who may, where it is not the usual one. ``elsewhere`` is for who may do the like on another profile only.
* ``changes`` tells whether a call that is allowed leaves a trace in the database; nothing that is denied ever does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from purveyor.people.permissions import ROLES

PUBLIC, OWN, SOMEWHERE, EVERYWHERE, ON, OVER = "public", "own", "somewhere", "everywhere", "on", "over"
NOBODY = "nobody"
ANY = "any permission at all"
SECRET = "amzn1.oa2-cs.v1." + "0" * 64
PASSWORD = "another long enough one"


@dataclass(frozen=True, slots=True)
class Row:
    """One method of one route."""

    route: str
    method: str
    where: str
    needs: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    sees: str = ""
    fill: Mapping[str, Any] = field(default_factory=dict)
    args: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    changes: bool = False
    denied: int = 403
    unseen: int = 404
    elsewhere: int = 0
    answers: int = 0
    case: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def full_name(self) -> str:
        return f"{self.name}:{self.case}".rstrip(":")


def giving(role: str) -> str:
    """What somebody needs to give a role: nobody gives what they do not hold."""
    return " ".join({"people.manage", *ROLES[role].permissions})


def get(route: str, where: str, needs: str = "", **more: Any) -> Row:
    """A row that reads."""
    return Row(route, "GET", where, frozenset(needs.split()), **more)


def post(route: str, where: str, needs: str = "", **more: Any) -> Row:
    """A row that does something."""
    return Row(route, more.pop("method", "POST"), where, frozenset(needs.split()), **({"changes": True} | more))


BECAUSE = {"because": "it must be"}
PASSWORDS = {"password": PASSWORD, "again": PASSWORD}
NEW_SECRET = {"client_secret": "{fresh_secret}"}
CONNECT = "profiles.manage profiles.credentials"
START = {"name": "acme-es", "marketplace": "ES", "environment": "sandbox"}
SELLER = {
    "party_id": "ACME1",
    "name": "Acme GmbH",
    "address_line1": "Werkstraße 1",
    "city": "Berlin",
    "postal_code": "10115",
    "country_code": "DE",
}
PARTY = {f"selling-{name}": value for name, value in SELLER.items()}
ON_ORDER = {"sees": "orders.view"}
ON_DOCUMENT = {"sees": "documents.view"}
ON_PROFILE = {"sees": "profiles.view"}
ON_RUN = {"sees": "profiles.view"}
ON_ALERT = {"sees": "alerts.view"}
ON_PRODUCT = {"sees": "products.view"}
ON_OFFER = {"sees": "offers.view"}
ON_PACKING = {"sees": "warehouse.view"}
ON_LIST = {"sees": "warehouse.view"}
ON_HELD = ON_ORDER | {"args": {"order_id": "held_id", "number": "held_number"}}
FILE = b"SKU;EAN;Title;Case pack\r\nA-9;;;\r\n"
COLUMNS = {"sku": "SKU"}
COST = {"marketplace": "DE", "amount": "4.75"}
FACTS = {"sku": "A-1", "title": "Fork", "version": "1"}
NEW_ROUTE = {"name": "night", "profile": "{name}", "role": "finance"}
ROUTE_FORM = {"severity": "warn", "sink": "mail", "pace": "at once", "zone": "UTC"} | NEW_ROUTE
HOOK = {"name": "wms", "url": "https://localhost/hook", "profile": "{name}"}
CHANNEL = {"name": "new-in", "kind": "products", "profile": "{name}", "quiet": "2", "way-folder": "new-in"}
NEW_CHANNEL = {"name": "new-in", "kind": "pick", "profile": "{name}", "options": {"folder": "new-in"}}
CENTER = {"name": "Hall 2", "address_line1": "Langer Weg 2", "city": "Musterstadt", "postal_code": "12345"}
CENTER_FORM = CENTER | {"country_code": "DE", "time_zone": "Europe/Berlin", "version": "1"}
UNKNOWN = {"asin": "B0TEST0001", "vendor_product": "SKU-1"}
NEW_PRODUCT = {"sku": "A-8", "title": "Spoon"}


DEPUTY = {"profile": "{name}", "absent": "{paula}", "deputy": "{manager}"}
DEPUTY |= {"begins_at": "2026-03-02T08:00+00:00", "ends_at": "2026-03-20T08:00+00:00"}


def rest(route: str, where: str, needs: str = "", **more: Any) -> Row:
    """A row of the REST API, spelt as its method and its path."""
    method, path = route.split()
    told = {"changes": method != "GET"} | more
    return Row(path, method, where, frozenset(needs.split()), **told)
