"""Answers and errors in the API's envelope (FACTS §3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.wrappers import Response

from purveyor.simulator.wire import encode

JSON = "application/json"


# What is refused alike reads alike: a token that is revoked, malformed or not of this world; a role that is missing or
# a region that is not the account's.
REVOKED = "The access token you provided is revoked, malformed or invalid."
EXPIRED = "The access token you provided has expired."
MISSING = "The access token is missing in the request header."
CLOSED = "Access to the resource is forbidden."


@dataclass(frozen=True, slots=True)
class Bad(Exception):
    """The request is answered with an error."""

    status: int
    code: str
    message: str
    details: str = ""


def invalid(message: str, details: str = "") -> Bad:
    """400 InvalidInput: a parameter or a body that cannot be."""
    return Bad(400, "InvalidInput", message, details)


def unreadable(message: str, details: str = "") -> Bad:
    """400 InvalidRequest: a parameter that cannot be read."""
    return Bad(400, "InvalidRequest", message, details)


def forbidden(details: str) -> Bad:
    """403: token or role (FACTS §1.2, §4.1); the code does not tell which."""
    return Bad(403, "Unauthorized", "Access to requested resource is denied.", details)


def error(bad: Bad) -> Response:
    """An error as the API says it."""
    body = {"errors": [{"code": bad.code, "message": bad.message, "details": bad.details}]}
    return Response(encode(body), bad.status, content_type=JSON)


def payload(body: bytes, status: int = 200) -> Response:
    """A result, already serialised, wrapped as v1 does."""
    return Response(b'{"payload":' + body + b"}", status, content_type=JSON)
