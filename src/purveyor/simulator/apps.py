"""What a vendor sets up in the portal: developer, apps with their secrets, roles (FACTS §1.3–§1.5, §4.1)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import msgspec

FULFILLMENT = "Amazon Fulfillment"
TRACKING = "Inventory and Order Tracking"
ANALYTICS = "Brand Analytics"
LISTING = "Product Listing"
FINANCE = "Finance and Accounting"
DIRECT = "Direct-to-Consumer Shipping"

# Client secrets must be rotated within 180 days; the old one works seven days longer (FACTS §1.4, §1.5).
SECRET_LIFE = timedelta(days=180)
SECRET_GRACE = timedelta(days=7)
# The portal begins to warn so long before a secret's deadline (FACTS §1.4).
SECRET_WARNING = timedelta(days=90)

SP_API = "SP API"
API_TYPES = (SP_API, "Advertising API")
MOST_AUTHORISATIONS = 10


class Role(msgspec.Struct, frozen=True):
    """A role a developer may ask for: what it opens, and whether Amazon looks closer before it approves."""

    name: str
    opens: str
    restricted: bool = False


ROLES = {
    role.name: role
    for role in (
        Role(FULFILLMENT, "Purchase orders, acknowledgements, shipments, invoices and their outcomes."),
        Role(TRACKING, "Purchase orders and acknowledgements; shipments and outcomes in some regions only."),
        Role(ANALYTICS, "Vendor retail analytics and Brand Analytics reports."),
        Role(LISTING, "Catalogue, listings and product types."),
        Role(FINANCE, "Seller finances. Opens no vendor operation, not even invoices."),
        Role(DIRECT, "Direct fulfilment orders with the consumer's name and address.", restricted=True),
    )
}


class App(msgspec.Struct, kw_only=True):
    """One private app client. ``developer`` is the vendor group whose registration it belongs to; empty for an app
    that was given to the world instead of being made in the portal. It may stay a draft for ever (FACTS §1.3).
    """

    client_id: str = ""
    name: str = ""
    developer: str = ""
    roles: tuple[str, ...] = ()
    api_type: str = SP_API
    delegates_pii: bool = False
    grants: tuple[str, ...] = ("refresh_token", "client_credentials")
    created_at: datetime | None = None
    client_secret: str = ""
    secret_expires_at: datetime | None = None
    old_secret: str = ""
    old_secret_until: datetime | None = None

    def __repr__(self) -> str:
        """Its name and id; never a secret, wherever it may be printed."""
        return f"App({self.name!r}, {self.client_id!r})"

    def secret_is_good(self, given: str, at: datetime) -> bool:
        """Whether a client secret opens the app at a moment: the new one until its deadline, the old one in grace."""
        new = secrets.compare_digest(given.encode(), self.client_secret.encode())
        old = bool(self.old_secret) and secrets.compare_digest(given.encode(), self.old_secret.encode())
        if new:
            return self.secret_expires_at is None or at < self.secret_expires_at
        return old and self.old_secret_until is not None and at < self.old_secret_until

    def rotate(self, fresh: str, at: datetime) -> None:
        """Take a new secret. The old one works seven days longer, but never past its own deadline."""
        grace = at + SECRET_GRACE
        self.old_secret, self.old_secret_until = self.client_secret, min(grace, self.secret_expires_at or grace)
        self.client_secret, self.secret_expires_at = fresh, at + SECRET_LIFE


class Developer(msgspec.Struct, kw_only=True):
    """A registration as developer, tied to the vendor group it was made from. ``roles``: name → when approved."""

    group: str
    organisation: str
    contact: str
    email: str
    registered_at: datetime
    roles: dict[str, datetime]

    def approved(self, at: datetime) -> tuple[str, ...]:
        """The roles an app may have at a moment, in the order of the list."""
        return tuple(name for name in ROLES if name in self.roles and self.roles[name] <= at)

    def waiting(self, at: datetime) -> dict[str, datetime]:
        """The roles still being looked at: name → when they will be approved."""
        return {name: due for name, due in self.roles.items() if due > at}


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may sign in to the portal. Only the primary user registers and rotates (FACTS §1.3, §1.5)."""

    user: str
    name: str
    password: str
    primary: bool = False

    def __repr__(self) -> str:
        return f"Person({self.user!r})"
