"""What every request of a profile goes through: the process's pooled connections, or a pretended Amazon.

Tests and the demo plug a pretended Amazon in by its address, so that nothing else knows about it.
"""

from __future__ import annotations

import threading

from purveyor.amazon.transport import HttpTransport, Reply, Request, Transport
from purveyor.base.db import assert_no_transaction
from purveyor.common import clock
from purveyor.config.metrics import AMAZON_REQUESTS, AMAZON_SECONDS

_lock = threading.Lock()
_plugged: dict[str, Transport] = {}
_http: HttpTransport | None = None


def door() -> Transport:
    """What is plugged at an address, else the network; never inside a transaction."""
    return _Door()


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
