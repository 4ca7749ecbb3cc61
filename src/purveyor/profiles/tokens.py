"""One access token for all threads and processes of a profile: sealed in the database, renewed by one at a time.

Threads of one process share one flight; processes agree by a lease on the token's row. The exchange itself happens
outside any transaction. A renewer that dies is replaced when its lease is over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from purveyor.amazon.login import AccessToken, Flights, exchange_or_keep
from purveyor.base.db import assert_no_transaction
from purveyor.common import canon, clock
from purveyor.common.errors import Misconfigured
from purveyor.jobs import lease
from purveyor.profiles.models import SharedToken
from purveyor.vault import sealing

LEASE = 30.0
"""Seconds after which a renewer counts as dead. One that is merely slow is overtaken by a second exchange, no more."""
LOOK_AGAIN = 0.05

Exchange = Callable[[], AccessToken]

_flights = Flights()


class DatabaseTokenStore:
    """The ``TokenStore`` of ``amazon.login`` for one profile."""

    def __init__(self, profile_id: int) -> None:
        self._profile_id = profile_id

    def obtain(self, key: str, exchange: Exchange, refused: str = "") -> str:
        """A token that works (see ``TokenStore``). Raises what ``exchange`` raises; RuntimeError in a transaction."""
        assert_no_transaction()
        row_key = canon.fingerprint([self._profile_id, key])
        while True:
            token = held(row_key)
            if token is not None and token.fresh(clock.now(), refused):
                return token.value
            found, mine = _flights.share(row_key, lambda: self._renewed(row_key, exchange, refused))
            if mine or found != refused:
                return found

    def _renewed(self, row_key: str, exchange: Exchange, refused: str) -> str:
        """Renew it, or wait for the process that does; nobody waits for an early renewal while the old one lives."""
        while True:
            # Asked each time: the row may be wiped with the secrets while we wait.
            row = SharedToken.objects.get_or_create(key=row_key, defaults={"profile_id": self._profile_id})[0]
            owner = lease.claim((SharedToken, row.pk), LEASE)
            token = held(row_key)
            if token is not None and _settled(token, owner, refused):
                if owner is not None:
                    lease.give_back((SharedToken, row.pk), owner)
                return token.value
            if owner is not None:
                return _exchanged(row.pk, owner, exchange, token, refused)
            clock.sleep(LOOK_AGAIN)


def _settled(token: AccessToken, owner: str | None, refused: str) -> bool:
    """Whether the held token is good enough: fresh, or merely alive while another process renews it."""
    now = clock.now()
    return token.fresh(now, refused) or (owner is None and token.alive(now, refused))


def held(row_key: str) -> AccessToken | None:
    """The stored token; None when there is none, or none that opens."""
    row = SharedToken.objects.filter(key=row_key, sealed__isnull=False).first()
    if row is None or row.expires_at is None or row.renew_at is None:
        return None
    try:
        return AccessToken(sealing.unseal_row(row).decode(), row.expires_at, row.renew_at)
    except (Misconfigured, SharedToken.DoesNotExist):
        return None  # sealed with a key that is gone, or wiped meanwhile: another token is had for the asking


def _exchanged(pk: int, owner: str, exchange: Exchange, token: AccessToken | None, refused: str) -> str:
    try:
        new = exchange_or_keep(exchange, token, refused)
        if new is not token:
            _keep(pk, owner, new.value, new.expires_at, new.renew_at)
    finally:
        lease.give_back((SharedToken, pk), owner)
    return new.value


def _keep(pk: int, owner: str, value: str, expires_at: datetime, renew_at: datetime) -> None:
    """Store it for the others, unless the lease is no longer ours: then a later token is the one to share.

    Nothing is kept of a profile that was disconnected meanwhile.
    """
    with transaction.atomic():
        sealed = sealing.seal(value.encode())
        changes = {"sealed": sealed, "expires_at": expires_at, "renew_at": renew_at}
        mine = SharedToken.objects.filter(pk=pk, lease_owner=owner, profile__disconnected_at=None)
        mine.update(**changes)
