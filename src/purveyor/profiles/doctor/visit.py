"""An examination under way: the values, what was learned so far, and how the wire is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from purveyor.amazon.client import Client
from purveyor.amazon.limits import Limiter
from purveyor.amazon.login import Grant, MemoryTokenStore
from purveyor.amazon.record import Exchange
from purveyor.common.errors import PurveyorError
from purveyor.profiles.doctor.connection import Connection
from purveyor.profiles.doctor.report import Seen
from purveyor.profiles.door import door
from purveyor.profiles.limiter import limiter_key

PATIENCE = 2
"""A person waits for the answer: a trouble that passes is tried once more, not for minutes."""
TIMEOUT = 15.0


@dataclass
class Visit:
    """What one step leaves for the next. ``over`` is set where going on is senseless; ``error`` is the first one."""

    connection: Connection
    limiter: Limiter | None = None
    client: Client | None = None
    worked_slot: str = ""
    clocks: list[tuple[datetime, datetime]] = field(default_factory=list)
    heard: list[Exchange] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    per_day: float | None = None
    opened: list[str] = field(default_factory=list)
    seen: Seen | None = None
    error: PurveyorError | None = None
    over: bool = False

    def failed(self, error: PurveyorError) -> None:
        """Remember the first error, which is the one the others may follow from."""
        self.error = self.error or error

    def client_with(self, client_secret: str) -> Client:
        """One that holds no token yet, so that the secret is tried and not what an earlier one gave."""
        connection = self.connection
        sandbox = connection.environment == "sandbox"
        return Client(
            grant=Grant(connection.client_id, (client_secret,), connection.refresh_token),
            endpoint=connection.endpoint,
            login_url=connection.login_url,
            transport=door(),
            tokens=MemoryTokenStore(),
            limiter=self.limiter,
            limiter_key=limiter_key(connection.client_id, connection.endpoint, connection.marketplace),
            listener=self.heard.append,
            sandbox=sandbox,
            timeout=TIMEOUT,
            patience=PATIENCE,
        )

    @property
    def request_id(self) -> str:
        """Amazon's id of the latest exchange."""
        return self.heard[-1].request_id if self.heard else ""
