"""What an examination needs: the values of a connection, stored or not, and what we know of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from purveyor.amazon.regions import MARKETPLACES, Marketplace

FEATURES = frozenset({"import", "status", "acknowledge"})
"""The switches there are checks for."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What we know beside the values: since when they are here and made, and when they last worked.

    ``worked_slot`` is ``new`` or ``old``: which client secret that was with. None and empty mean: not known.
    ``transaction_id`` is one that Amazon gave this profile, to ask for again.
    """

    secret_stored_at: datetime | None = None
    secret_issued_at: datetime | None = None
    token_stored_at: datetime | None = None
    worked_at: datetime | None = None
    worked_slot: str = ""
    transaction_id: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """One vendor account as it would be talked to. ``client_secrets`` has the new one first; none is ever shown."""

    name: str
    marketplace: str
    environment: str
    endpoint: str
    login_url: str
    vendor_codes: tuple[str, ...]
    client_id: str
    client_secrets: tuple[str, ...] = field(repr=False)
    refresh_token: str = field(repr=False)
    features: frozenset[str] = FEATURES
    evidence: Evidence = Evidence()

    @property
    def place(self) -> Marketplace:
        """The marketplace with its region and currency."""
        return MARKETPLACES[self.marketplace]

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything in here that must never be shown."""
        return (*self.client_secrets, self.refresh_token)
