"""What a fault does to a request. In process it raises the transport's own errors; the server makes them real."""

from __future__ import annotations

from typing import Any

import msgspec
from werkzeug.wrappers import Request, Response

from purveyor.common import clock
from purveyor.simulator import login
from purveyor.simulator.faults import EXCHANGE, Hit, Place
from purveyor.simulator.spapi import envelope
from purveyor.simulator.spapi.envelope import Bad, forbidden
from purveyor.simulator.wire import encode

# Set by the stand-in's own server; there a slow reply is just slow, and the client decides when to give up.
SOCKET = "purveyor.socket"
# In process: how many seconds the simulated client waits for an answer.
PATIENCE = "purveyor.timeout"
USUAL_PATIENCE = 30.0

_HTML = (
    b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    b"<body><h1>502 Bad Gateway</h1><p>The server could not answer.</p></body></html>"
)


def before(hit: Hit | None, operation: str) -> Response | None:
    """The answer a fault gives instead of doing the work, if it is one of those. Raises the transport's error when the
    line itself breaks.
    """
    if hit is None or hit.place != Place.BEFORE:
        return None
    if hit.name == "reset":
        raise ConnectionResetError("the stand-in closed the connection before the work was done")
    if hit.name == "refused":
        raise ConnectionRefusedError("the stand-in accepts no connection")
    return instead(hit.name, operation)


def instead(name: str, operation: str) -> Response:
    """What is answered in place of the truth."""
    if name == "html-error":
        return Response(_HTML, 502, content_type="text/html")
    if name == "empty-503":
        return Response(b"", 503, content_type="text/plain")
    if operation == EXCHANGE:
        return login.refused(_REFUSALS[name])
    return envelope.error(_ERRORS[name])


_REFUSALS = {
    "throttled": login.Refusal(429, "temporarily_unavailable", "Too many requests."),
    "server-error": login.Refusal(500, "server_error", "The authorization server met an error."),
    "revoked": login.token_refused(),
}
_ERRORS = {
    "throttled": Bad(429, "QuotaExceeded", "You exceeded your quota for the requested resource."),
    "server-error": Bad(500, "InternalFailure", "We met an internal error. Please try again."),
    "expired-token": forbidden(envelope.EXPIRED),
    "revoked": forbidden(envelope.REVOKED),
    "missing-role": forbidden(envelope.CLOSED),
}


def after(hit: Hit | None, operation: str, request: Request, response: Response) -> Response:
    """What becomes of the answer once the work is done."""
    if hit is None or hit.place != Place.AFTER:
        return response
    if hit.name == "lost-reply":
        raise ConnectionResetError("the stand-in did the work and closed the connection")
    if hit.name == "slow":
        _dawdle(hit.seconds, request)
        return response
    if hit.name == "malformed-json":
        data = response.get_data()
        response.set_data(data[: len(data) * 2 // 3])
        return response
    if hit.name == "unknown-enum":
        return _unknown(operation, response)
    return instead(hit.name, operation)


def _dawdle(seconds: float, request: Request) -> None:
    if request.environ.get(SOCKET):
        clock.sleep(seconds)
        return
    patience = float(request.environ.get(PATIENCE, USUAL_PATIENCE))
    clock.sleep(min(seconds, patience))
    if seconds > patience:
        raise TimeoutError(f"the stand-in had not answered after {patience:g} seconds")


def _unknown(operation: str, response: Response) -> Response:
    """The same answer with a word in it that no list of enum values holds."""
    if response.status_code != 200:
        return response
    body = msgspec.json.decode(response.get_data())
    _spoil(operation, body["payload"])
    response.set_data(encode(body))
    return response


def _spoil(operation: str, payload: dict[str, Any]) -> None:
    if operation == "getPurchaseOrder":
        payload["purchaseOrderState"] = "OnHold"
    elif operation == "getTransaction":
        payload["transactionStatus"]["status"] = "Queued"
    for order in payload.get("orders", ())[:1]:
        order["purchaseOrderState"] = "OnHold"
    for order in payload.get("ordersStatus", ())[:1]:
        order["itemStatus"][0]["acknowledgementStatus"]["confirmationStatus"] = "DEFERRED"
