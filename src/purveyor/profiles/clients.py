"""From a profile to a client that is ready to call: production, sandbox, simulator, custom.

Limits and access tokens are shared through the database, connections by the process. Tests and the demo plug a
pretended Amazon in by its address, so that nothing else knows about it.
"""

from __future__ import annotations

import threading

from purveyor.amazon.client import Client
from purveyor.amazon.login import Grant
from purveyor.amazon.record import Listener
from purveyor.amazon.retry import MANY
from purveyor.amazon.transport import HttpTransport, Reply, Request, Transport
from purveyor.base.db import assert_no_transaction
from purveyor.common import clock
from purveyor.config.metrics import AMAZON_REQUESTS, AMAZON_SECONDS
from purveyor.profiles import endpoints
from purveyor.profiles.domain.trouble import clear_trouble, note_trouble, secrets_missing
from purveyor.profiles.limiter import DatabaseLimiter, limiter_key
from purveyor.profiles.models import Environment, Profile, Secret
from purveyor.profiles.tokens import DatabaseTokenStore
from purveyor.vault import sealing

__all__ = ["client_for", "clear_trouble", "close", "note_trouble", "plug", "unplug"]

_lock = threading.Lock()
_plugged: dict[str, Transport] = {}
_http: HttpTransport | None = None
_LIMITERS = {sandbox: DatabaseLimiter(sandbox=sandbox) for sandbox in (False, True)}


def client_for(profile: Profile, *, listener: Listener | None = None, patience: int = MANY) -> Client:
    """A client of the profile's account. ``listener`` hears every exchange, without its secrets; ``patience`` is how
    often a read is tried at most.

    Raises SecretsMissing when the secrets were wiped, Misconfigured when they do not open.
    """
    grant = _grant(profile)
    where = endpoints.addresses_of(profile.environment, profile.marketplace, profile.endpoint, profile.login_url)
    sandbox = profile.environment == Environment.SANDBOX
    return Client(
        grant=grant,
        endpoint=where.endpoint,
        login_url=where.login_url,
        transport=_Door(),
        tokens=DatabaseTokenStore(profile.pk),
        limiter=_LIMITERS[sandbox],
        limiter_key=limiter_key(profile.client_id, where.endpoint, profile.marketplace),
        listener=listener,
        sandbox=sandbox,
        patience=patience,
    )


def _grant(profile: Profile) -> Grant:
    """The newest refresh token, and both client secrets while one is being rotated, the new one first."""
    found = {(secret.kind, secret.slot): secret for secret in profile.secrets.all()}
    token = found.get((Secret.Kind.REFRESH_TOKEN, Secret.Slot.NEW))
    slots = (found.get((Secret.Kind.CLIENT_SECRET, slot)) for slot in (Secret.Slot.NEW, Secret.Slot.OLD))
    values = tuple(sealing.unseal_row(secret).decode() for secret in slots if secret is not None)
    if token is None or not values:
        raise secrets_missing(profile.name)
    return Grant(profile.client_id, values, sealing.unseal_row(token).decode())


def plug(prefix: str, transport: Transport) -> None:
    """From now on, in this process, requests to addresses that begin with ``prefix`` go through ``transport``."""
    with _lock:
        _plugged[prefix.rstrip("/")] = transport


def unplug(prefix: str) -> None:
    """Requests to these addresses go over the network again. Nothing happens when nothing was plugged."""
    with _lock:
        _plugged.pop(prefix.rstrip("/"), None)


def close() -> None:
    """Close the kept connections; the next request opens new ones. For a process that ends or forks."""
    global _http
    with _lock:
        kept, _http = _http, None
    if kept is not None:
        kept.close()


class _Door:
    """Sends each request through what is plugged at its address, else over the process's pooled connections, and
    counts it. Counting is done here and not by a listener: for one, every page would be searched for secrets."""

    def send(self, request: Request, timeout: float) -> Reply:
        assert_no_transaction()
        began, status = clock.now(), 0
        try:
            reply = _transport_to(request.url).send(request, timeout)
            status = reply.status
            return reply
        finally:
            AMAZON_REQUESTS.labels(request.operation, str(status or "no reply")).inc()
            AMAZON_SECONDS.labels(request.operation).observe((clock.now() - began).total_seconds())


def _transport_to(url: str) -> Transport:
    global _http
    with _lock:
        fitting = [prefix for prefix in _plugged if url == prefix or url.startswith((f"{prefix}/", f"{prefix}?"))]
        if fitting:
            return _plugged[max(fitting, key=len)]
        if _http is None:
            _http = HttpTransport()
        return _http
