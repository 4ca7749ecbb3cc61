"""Hands each exchange with Amazon, without its secrets, to whoever listens, and tells the log about it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from purveyor.amazon import redact
from purveyor.amazon.errors import AmazonError
from purveyor.amazon.transport import Reply, Request, Transport
from purveyor.common import clock

log = logging.getLogger("purveyor.amazon")

REQUEST_ID = "x-amzn-requestid"
LONGEST_ID = 80
"""Amazon's have 36 characters; whatever stands there must never be what keeps a reply from being stored."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its reply, secrets removed. Where no reply came, ``status`` is 0 and ``error`` says why."""

    operation: str
    method: str
    url: str
    request_headers: Mapping[str, str] = field(repr=False)
    request_body: bytes = field(repr=False)
    status: int
    response_headers: Mapping[str, str] = field(repr=False)
    response_body: bytes = field(repr=False)
    request_id: str
    started_at: datetime
    seconds: float
    error: str = ""


Listener = Callable[[Exchange], None]


class Recorder:
    """A transport that records: every exchange goes to the log (one line) and to the listener (all of it).

    A listener that fails is logged and does not spoil the exchange: the reply of a submission must not be lost to it.
    """

    def __init__(self, transport: Transport, listener: Listener | None = None) -> None:
        self._transport = transport
        self._listener = listener

    def send(self, request: Request, timeout: float, secrets: Iterable[str] = ()) -> Reply:
        """Send and record. ``secrets`` are removed from what is recorded, wherever they stand."""
        known = tuple(secrets)
        started_at = clock.now()
        try:
            reply = self._transport.send(request, timeout)
        except AmazonError as error:
            self._tell(request, Reply(0), started_at, known, str(error))
            raise
        self._tell(request, reply, started_at, known)
        return reply

    def _tell(
        self, request: Request, reply: Reply, started_at: datetime, secrets: tuple[str, ...], error: str = ""
    ) -> None:
        seconds = (clock.now() - started_at).total_seconds()
        request_id = request_id_of(reply)
        said = error or f"status {reply.status}, request id {request_id or 'none'}"
        log.debug("%s: %s, %.3f s", request.operation, redact.text(said, secrets), seconds)
        if self._listener is None:
            return
        exchange = Exchange(
            operation=request.operation,
            method=request.method,
            url=redact.text(request.url, secrets),
            request_headers=redact.headers(request.headers, secrets),
            request_body=redact.body(request.body, secrets),
            status=reply.status,
            response_headers=redact.headers(reply.headers, secrets),
            response_body=redact.body(reply.body, secrets),
            request_id=request_id,
            started_at=started_at,
            seconds=seconds,
            error=redact.text(error, secrets),
        )
        try:
            self._listener(exchange)
        except Exception:
            log.exception("the listener failed on an exchange of %s (request id %s)", request.operation, request_id)


def request_id_of(reply: Reply) -> str:
    """Amazon's request id, which its support asks for (FACTS §3.2)."""
    return reply.headers.get(REQUEST_ID, "").replace("\0", "\ufffd")[:LONGEST_ID]
