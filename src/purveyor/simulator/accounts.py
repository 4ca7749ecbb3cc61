"""Vendor accounts at the pretended Amazon: who may sign in with what, and see which group's orders."""

from __future__ import annotations

import hashlib
import random
import secrets
import string
from datetime import datetime, timedelta

import msgspec

from purveyor.common import clock

FULFILLMENT = "Amazon Fulfillment"
TRACKING = "Inventory and Order Tracking"

# Client secrets must be rotated within 180 days; the old one works seven days longer (FACTS §1.4, §1.5).
SECRET_LIFE = timedelta(days=180)
SECRET_GRACE = timedelta(days=7)

_URLSAFE = string.ascii_letters + string.digits + "-_"


class Marketplace(msgspec.Struct, frozen=True):
    """A country's marketplace: Amazon's id, currency, API region (FACTS §2.2, OPERATIONS §5.3)."""

    id: str
    currency: str
    region: str


MARKETPLACES = {
    "DE": Marketplace("A1PA6795UKMFR9", "EUR", "EU"),
    "FR": Marketplace("A13V1IB3VIYZZH", "EUR", "EU"),
    "IT": Marketplace("APJ6JRA9NG5V4", "EUR", "EU"),
    "ES": Marketplace("A1RKKUPIHCS9HS", "EUR", "EU"),
    "NL": Marketplace("A1805IZSGTT6HS", "EUR", "EU"),
    "PL": Marketplace("A1C3SOZRARQ6R3", "PLN", "EU"),
    "GB": Marketplace("A1F83G8C2ARO7P", "GBP", "EU"),
    "US": Marketplace("ATVPDKIKX0DER", "USD", "NA"),
    "CA": Marketplace("A2EUQ1WTGCTBG2", "CAD", "NA"),
    "JP": Marketplace("A1VC38T7YXB528", "JPY", "FE"),
    "AU": Marketplace("A39IBJ37TRP1C6", "AUD", "FE"),
}


class Account(msgspec.Struct, kw_only=True):
    """One authorisation of one private app for one vendor group.

    Credentials left empty are made when a world takes the account in. Accounts with the same ``group`` see the same
    orders; accounts with the same ``client_id`` belong to one app and share its secret. ``sandbox`` accounts get
    Amazon's static sandbox answers instead of orders.
    """

    name: str
    marketplace: str = "DE"
    vendor_codes: tuple[str, ...] = ()
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""
    roles: tuple[str, ...] = (FULFILLMENT,)
    group: str = ""
    sandbox: bool = False
    grants: tuple[str, ...] = ("refresh_token", "client_credentials")
    secret_expires_at: datetime | None = None
    old_secret: str = ""
    old_secret_until: datetime | None = None
    revoked: bool = False
    earlier_tokens: tuple[str, ...] = ()
    authorised_at: datetime | None = None

    def __repr__(self) -> str:
        """Its name and app; never a secret, wherever it may be printed."""
        return f"Account({self.name!r}, {self.client_id!r})"

    @property
    def currency(self) -> str:
        return MARKETPLACES[self.marketplace].currency

    @property
    def region(self) -> str:
        return MARKETPLACES[self.marketplace].region

    def secret_is_good(self, given: str, at: datetime) -> bool:
        """Whether a client secret opens the app at a moment: the new one until its deadline, the old one in grace."""
        new = secrets.compare_digest(given.encode(), self.client_secret.encode())
        old = bool(self.old_secret) and secrets.compare_digest(given.encode(), self.old_secret.encode())
        if new:
            return self.secret_expires_at is None or at < self.secret_expires_at
        return old and self.old_secret_until is not None and at < self.old_secret_until


class Mint:
    """Makes credentials of Amazon's shapes: from a seed in tests, from the system's randomness otherwise."""

    def __init__(self, seed: int | None) -> None:
        self.seed = seed

    def _random(self, what: str) -> random.Random:
        if self.seed is None:
            return secrets.SystemRandom()
        digest = hashlib.sha256(f"{self.seed}:{what}".encode()).digest()
        return random.Random(digest)

    def hexadecimal(self, what: str, length: int) -> str:
        found = self._random(what)
        return "".join(found.choice("0123456789abcdef") for _ in range(length))

    def token(self, what: str, length: int) -> str:
        found = self._random(what)
        return "".join(found.choice(_URLSAFE) for _ in range(length))

    def client_secret(self, what: str) -> str:
        return "amzn1.oa2-cs.v1." + self.hexadecimal(f"secret:{what}", 64)

    def refresh_token(self, what: str) -> str:
        return "Atzr|" + self.token(f"refresh:{what}", 340)

    def complete(self, account: Account) -> None:
        """Fill in what an account was not given: credentials, vendor codes, group, the secret's deadline."""
        name = account.name
        account.client_id = account.client_id or "amzn1.application-oa2-client." + self.hexadecimal(
            f"client:{name}", 32
        )
        account.client_secret = account.client_secret or self.client_secret(name)
        account.refresh_token = account.refresh_token or self.refresh_token(name)
        account.group = account.group or name
        account.vendor_codes = tuple(account.vendor_codes) or codes_of(name)
        account.roles = tuple(account.roles)
        account.secret_expires_at = account.secret_expires_at or clock.now() + SECRET_LIFE


def codes_of(name: str) -> tuple[str, ...]:
    """Two plausible vendor codes (five characters, OPERATIONS §5.1) made from an account's name."""
    letters = [c for c in name.upper() if c in string.ascii_uppercase + string.digits]
    stem = "".join(letters[:3]).ljust(3, "X")
    return (f"{stem}1A", f"{stem}2B")


def default_account(marketplace: str = "DE") -> Account:
    """The vendor every new world knows: an invented maker of household goods."""
    return Account(name="Waldhaus", marketplace=marketplace, vendor_codes=("WALD1", "WALD2"))
