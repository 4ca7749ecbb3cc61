"""From a profile to a client that is ready to call: production, sandbox, simulator, custom.

Limits and access tokens are shared through the database, connections by the process (``profiles.door``).
"""

from __future__ import annotations

from dataclasses import replace

from purveyor.amazon.client import Client
from purveyor.amazon.login import Grant, MemoryTokenStore
from purveyor.amazon.record import Listener
from purveyor.amazon.retry import MANY
from purveyor.profiles import endpoints
from purveyor.profiles.domain.trouble import clear_trouble, note_trouble, secrets_missing
from purveyor.profiles.domain.worked import noting
from purveyor.profiles.door import close, door, plug, unplug
from purveyor.profiles.limiter import DatabaseLimiter, limiter_key
from purveyor.profiles.models import Environment, Profile, Secret
from purveyor.profiles.tokens import DatabaseTokenStore
from purveyor.vault import sealing

__all__ = ["clear_trouble", "client_for", "close", "fresh_client_for", "note_trouble", "plug", "unplug"]

FRESH_PATIENCE = 2
"""A trial is tried once more where the trouble passes, not for minutes."""
_LIMITERS = {sandbox: DatabaseLimiter(sandbox=sandbox) for sandbox in (False, True)}


def client_for(profile: Profile, *, listener: Listener | None = None, patience: int = MANY) -> Client:
    """A client of the profile's account. ``listener`` hears every exchange, without its secrets; ``patience`` is how
    often a read is tried at most.

    Raises SecretsMissing when the secrets were wiped, Misconfigured when they do not open.
    """
    grant = grant_of(profile)
    where = endpoints.addresses_of(profile.environment, profile.marketplace, profile.endpoint, profile.login_url)
    return Client(
        grant=grant,
        endpoint=where.endpoint,
        login_url=where.login_url,
        transport=door(),
        tokens=DatabaseTokenStore(profile.pk),
        limiter=limiter_of(profile),
        limiter_key=limiter_key(profile.client_id, where.endpoint, profile.marketplace),
        listener=listener,
        sandbox=profile.environment == Environment.SANDBOX,
        patience=patience,
        granted=noting(profile),
    )


def limiter_of(profile: Profile) -> DatabaseLimiter:
    """The limits all workers share."""
    return _LIMITERS[profile.environment == Environment.SANDBOX]


def fresh_client_for(profile: Profile) -> Client:
    """The same with no token yet, so that the secrets are tried and not what they gave earlier. Raises as it does."""
    return replace(client_for(profile, patience=FRESH_PATIENCE), tokens=MemoryTokenStore())


def grant_of(profile: Profile) -> Grant:
    """The newest refresh token, and both client secrets while one is being rotated, the new one first.

    Raises as ``client_for``.
    """
    found = {(secret.kind, secret.slot): secret for secret in profile.secrets.all()}
    token = found.get((Secret.Kind.REFRESH_TOKEN, Secret.Slot.NEW))
    slots = (found.get((Secret.Kind.CLIENT_SECRET, slot)) for slot in (Secret.Slot.NEW, Secret.Slot.OLD))
    values = tuple(sealing.unseal_row(secret).decode() for secret in slots if secret is not None)
    if token is None or not values:
        raise secrets_missing(profile.name)
    return Grant(profile.client_id, values, sealing.unseal_row(token).decode())
