"""Vendor accounts at the pretended Amazon: which app may see which group's orders, and the groups there are."""

from __future__ import annotations

import hashlib
import string
from datetime import datetime
from typing import Any

import msgspec

from purveyor.common import clock
from purveyor.simulator.apps import FULFILLMENT, SECRET_LIFE, App
from purveyor.simulator.mint import Mint


class Marketplace(msgspec.Struct, frozen=True):
    """A country's marketplace: Amazon's id, currency, API region (FACTS §2.2, OPERATIONS §5.3), its name."""

    id: str
    currency: str
    region: str
    name: str


MARKETPLACES = {
    "DE": Marketplace("A1PA6795UKMFR9", "EUR", "EU", "Germany"),
    "FR": Marketplace("A13V1IB3VIYZZH", "EUR", "EU", "France"),
    "IT": Marketplace("APJ6JRA9NG5V4", "EUR", "EU", "Italy"),
    "ES": Marketplace("A1RKKUPIHCS9HS", "EUR", "EU", "Spain"),
    "NL": Marketplace("A1805IZSGTT6HS", "EUR", "EU", "Netherlands"),
    "PL": Marketplace("A1C3SOZRARQ6R3", "PLN", "EU", "Poland"),
    "GB": Marketplace("A1F83G8C2ARO7P", "GBP", "EU", "United Kingdom"),
    "US": Marketplace("ATVPDKIKX0DER", "USD", "NA", "United States"),
    "CA": Marketplace("A2EUQ1WTGCTBG2", "CAD", "NA", "Canada"),
    "JP": Marketplace("A1VC38T7YXB528", "JPY", "FE", "Japan"),
    "AU": Marketplace("A39IBJ37TRP1C6", "AUD", "FE", "Australia"),
}


class Group(msgspec.Struct, frozen=True):
    """A vendor group: one vendor's account in one country, with its vendor codes. ``key`` owns its orders."""

    key: str
    name: str
    marketplace: str
    vendor_codes: tuple[str, ...]

    @property
    def id(self) -> str:
        """What stands for it in an address."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:10]

    @property
    def country(self) -> str:
        return MARKETPLACES[self.marketplace].name


# Whoever signs in to the portal can choose among these too, and so choose the wrong one: the same vendor in other
# countries and regions, another vendor in the same country. Their story begins when an app is authorised for them.
OTHER_GROUPS = (
    Group("Waldhaus France", "Waldhaus", "FR", ("WALF1",)),
    Group("Waldhaus United Kingdom", "Waldhaus", "GB", ("WALG1",)),
    Group("Waldhaus United States", "Waldhaus", "US", ("WALU1", "WALU2")),
    Group("Waldhaus Japan", "Waldhaus", "JP", ("WALJ1",)),
    Group("Nordlicht Germany", "Nordlicht Textil", "DE", ("NORD1", "NORD2")),
)


class Kept(msgspec.Struct, kw_only=True):
    """An authorisation as the file keeps it; the app lies beside it."""

    name: str
    client_id: str
    marketplace: str
    vendor_codes: tuple[str, ...]
    refresh_token: str
    roles: tuple[str, ...]
    group: str
    sandbox: bool = False
    revoked: bool = False
    earlier_tokens: tuple[str, ...] = ()
    authorised_at: datetime | None = None
    granted_at: datetime | None = None


class Account:
    """One authorisation of one private app for one vendor group.

    Credentials left empty are made when a world takes the account in. Accounts with the same ``group`` see the same
    orders; accounts with the same ``client_id`` belong to one app and share its secret. ``roles`` are those the app
    had when it was authorised. ``sandbox`` accounts get Amazon's static sandbox answers instead of orders. Access
    tokens older than ``authorised_at`` are dead; ``granted_at`` is when somebody last authorised. ``of_app``: the
    fields of the app, where none is given.
    """

    def __init__(
        self,
        *,
        name: str,
        marketplace: str = "DE",
        vendor_codes: tuple[str, ...] = (),
        refresh_token: str = "",
        roles: tuple[str, ...] = (FULFILLMENT,),
        group: str = "",
        sandbox: bool = False,
        revoked: bool = False,
        earlier_tokens: tuple[str, ...] = (),
        authorised_at: datetime | None = None,
        granted_at: datetime | None = None,
        app: App | None = None,
        **of_app: Any,
    ) -> None:
        self.name = name
        self.marketplace = marketplace
        self.vendor_codes = tuple(vendor_codes)
        self.refresh_token = refresh_token
        self.roles = tuple(roles)
        self.group = group
        self.sandbox = sandbox
        self.revoked = revoked
        self.earlier_tokens = tuple(earlier_tokens)
        self.authorised_at = authorised_at
        self.granted_at = granted_at
        self.app = app or App(**{"name": name, "roles": self.roles} | of_app)

    def __repr__(self) -> str:
        """Its name and app; never a secret, wherever it may be printed."""
        return f"Account({self.name!r}, {self.client_id!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Account) and (self.kept(), self.app) == (other.kept(), other.app)

    __hash__ = None  # type: ignore[assignment]  # what can be changed is no key

    def kept(self) -> Kept:
        """What the file keeps of it."""
        return Kept(**{name: getattr(self, name) for name in Kept.__struct_fields__})

    @classmethod
    def again(cls, kept: Kept, app: App) -> Account:
        """The authorisation as the file kept it."""
        fields = {name: getattr(kept, name) for name in Kept.__struct_fields__ if name != "client_id"}
        return cls(**fields, app=app)

    @property
    def currency(self) -> str:
        return MARKETPLACES[self.marketplace].currency

    @property
    def region(self) -> str:
        return MARKETPLACES[self.marketplace].region

    @property
    def client_id(self) -> str:
        return self.app.client_id

    @property
    def client_secret(self) -> str:
        return self.app.client_secret

    @property
    def secret_expires_at(self) -> datetime | None:
        return self.app.secret_expires_at

    @property
    def old_secret(self) -> str:
        return self.app.old_secret

    @property
    def old_secret_until(self) -> datetime | None:
        return self.app.old_secret_until

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every refresh token of the authorisation: making another leaves the earlier ones good (FACTS §1.1)."""
        return (self.refresh_token, *self.earlier_tokens)

    def lacks(self) -> tuple[str, ...]:
        """The roles its app was given since; they need authorising anew (FACTS §1.4)."""
        return tuple(role for role in self.app.roles if role not in self.roles)


def complete(account: Account, mint: Mint) -> None:
    """Fill in what an account was not given: credentials, vendor codes, group, the secret's deadline."""
    name, app = account.name, account.app
    app.client_id = app.client_id or mint.client_id(name)
    app.client_secret = app.client_secret or mint.client_secret(name)
    app.secret_expires_at = app.secret_expires_at or clock.now() + SECRET_LIFE
    app.created_at = app.created_at or clock.now()
    account.refresh_token = account.refresh_token or mint.refresh_token(name)
    account.granted_at = account.granted_at or clock.now()
    account.group = account.group or name
    account.vendor_codes = account.vendor_codes or codes_of(name)


def codes_of(name: str) -> tuple[str, ...]:
    """Two plausible vendor codes (five characters, OPERATIONS §5.1) made from an account's name."""
    letters = [c for c in name.upper() if c in string.ascii_uppercase + string.digits]
    stem = "".join(letters[:3]).ljust(3, "X")
    return (f"{stem}1A", f"{stem}2B")


def default_account(marketplace: str = "DE") -> Account:
    """The vendor every new world knows: an invented maker of household goods."""
    return Account(name="Waldhaus", marketplace=marketplace, vendor_codes=("WALD1", "WALD2"))
