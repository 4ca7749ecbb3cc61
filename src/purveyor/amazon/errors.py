"""Everything that can go wrong between us and Amazon.

PurveyorError
└── AmazonError             operation, status, request id, body (redacted, shortened), what Amazon said
    ├── NotConnected        no connection was ever made: proof that nothing arrived
    ├── ReplyLost           the connection broke or timed out after the request may have been sent
    ├── Redirected          3xx; redirects are never followed with a token
    ├── Throttled           429
    ├── BadRequest          400 and other refusals of the request as such
    ├── Forbidden           401, 403: token trouble or missing role
    ├── NotFoundAtAmazon    404
    ├── TooLarge            413
    ├── UnsupportedMedia    415
    ├── ServerError         5xx, also as HTML page or with no body
    ├── Unreadable          2xx, but truncated, HTML, ``{"message": …}`` or without its payload
    └── LoginError          the token exchange failed (FACTS §1.2); the request itself never left
        ├── InvalidClient           client id or secret wrong, or secret past its rotation deadline
        ├── InvalidGrant            refresh token revoked, malformed, or issued to another client id
        ├── UnauthorizedClient      client not allowed to use this grant
        ├── AccessDenied            Amazon denies the sign-in
        ├── InvalidScope            a scope Amazon does not know
        ├── InvalidLoginRequest     a form field bad or missing
        ├── UnsupportedGrant        a grant type Amazon does not know
        ├── LoginMisdirected        the login address is not a token endpoint
        └── LoginUnavailable        trouble on Amazon's side or on the way there; comes back by itself
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from purveyor.amazon import redact
from purveyor.common.errors import PurveyorError, Remedy

LONGEST_BODY = LONGEST_WORDS = 2000

CAUSES = ("name", "refused", "unreachable", "tls", "timeout", "broken", "unsendable")
"""Why no reply came: the name is not known, the port is closed, no way leads there, the certificate is not trusted or
TLS failed otherwise, nobody answered in time, the connection broke, the request was such that it cannot be sent."""


class Said(msgspec.Struct, frozen=True):
    """One entry of Amazon's ``errors`` list (FACTS §3.4)."""

    code: str = ""
    message: str = ""
    details: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.code, self.message, self.details) if part)


class AmazonError(PurveyorError):
    """The base: what was asked (``operation``), what came back, and Amazon's request id for a support case.

    ``arrived`` tells whether the request may have taken effect: False is proof that it did not, None means that
    nobody can know. ``cause`` is why there was no reply, where that is known: one of ``CAUSES``. ``secrets`` are
    removed from every text and not kept.
    """

    code = "amazon"
    remedy = Remedy.WAIT
    usual_hint: ClassVar[str] = ""
    arrived: bool | None = None

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        status: int = 0,
        request_id: str = "",
        body: bytes = b"",
        said: Sequence[Said] = (),
        secrets: Iterable[str] = (),
        hint: str = "",
        remedy: Remedy | None = None,
        code: str = "",
        cause: str = "",
    ) -> None:
        known = tuple(secrets)
        super().__init__(_storable(redact.text(message, known)), hint=hint or self.usual_hint, remedy=remedy, code=code)
        self.operation = operation
        self.status = status
        self.request_id = request_id
        self.cause = cause
        self.body = redact.body(body, known).decode("utf-8", "replace")[:LONGEST_BODY]
        self.said = tuple(_clean(entry, known) for entry in said)

    def __str__(self) -> str:
        facts = [f"status {self.status}"] if self.status else []
        facts += [f"request id {self.request_id}"] if self.request_id else []
        return (
            (f"{self.operation}: " if self.operation else "") + self.message + (f" ({', '.join(facts)})" * bool(facts))
        )

    def as_dict(self) -> dict[str, Any]:
        """The shape of every door, with operation, status, Amazon's words and request id beside it."""
        more: dict[str, Any] = {"request_id": self.request_id, "operation": self.operation, "status": self.status}
        return super().as_dict() | more | ({"said": [str(entry) for entry in self.said]} if self.said else {})


def _clean(entry: Said, secrets: tuple[str, ...]) -> Said:
    return Said(*(_storable(redact.text(part, secrets)) for part in (entry.code, entry.message, entry.details)))


def _storable(words: str) -> str:
    """Amazon's words as every database keeps them: whatever an error says, it must not be lost over how it says it."""
    return words[:LONGEST_WORDS].replace("\0", "\ufffd")


class NotConnected(AmazonError):
    """No connection was made: name not found, refused, certificate not trusted, or never tried."""

    code = "amazon-not-connected"
    usual_hint = "Check the address and the network; it is tried again by itself."
    arrived = False


class ReplyLost(AmazonError):
    """The connection broke or timed out after the request may have been sent."""

    code = "amazon-reply-lost"
    usual_hint = "Reads are tried again by themselves; what was submitted is looked up before anything is sent again."


class Redirected(AmazonError):
    """Amazon never redirects its API: this address is wrong, or something stands in between."""

    code = "amazon-redirected"
    remedy = Remedy.MEND_SETTINGS
    usual_hint = "Check the endpoint address and whether a proxy or sign-in page stands between; nothing was followed."


class Throttled(AmazonError):
    """Too many requests: normal weather (FACTS §3.3)."""

    code = "amazon-throttled"
    usual_hint = "Nothing to do: it is tried again more slowly."
    arrived = False


class BadRequest(AmazonError):
    """Amazon does not accept the request as it is. In the middle of paging it may be spurious (FACTS §11 row 9)."""

    code = "amazon-bad-request"
    remedy = Remedy.MEND_DATA
    usual_hint = "Mend what Amazon names, then send again."
    arrived = False


_TOKEN_FAULTS = (
    ("expired", re.compile(r"expired", re.I)),
    ("missing", re.compile(r"missing|not present|absent|no access token", re.I)),
    ("revoked", re.compile(r"revoked|malformed|invalid", re.I)),
)


class Forbidden(AmazonError):
    """Access denied: the token is bad or the application lacks a role; ``token_fault`` tells which."""

    code = "amazon-forbidden"
    remedy = Remedy.MEND_SETTINGS
    usual_hint = (
        "Give the application the role this operation needs (Amazon Fulfillment or Inventory and Order Tracking), "
        "authorise it again and store the fresh refresh token."
    )
    arrived = False

    def __init__(self, message: str, **more: Any) -> None:
        super().__init__(message, **more)
        if self.token_trouble:
            self.hint = "Authorise the application again in Vendor Central and store the new refresh token."

    @property
    def token_fault(self) -> str:
        """What Amazon says is wrong with the access token: ``expired``, ``revoked``, ``missing``, or nothing."""
        for entry in self.said:
            words = f"{entry.message} {entry.details}"
            if "token" in words.lower():
                return next((name for name, sign in _TOKEN_FAULTS if sign.search(words)), "")
        return ""

    @property
    def token_trouble(self) -> bool:
        """Whether a fresh token may help. A refusal without any words gets the benefit of the doubt; a missing role,
        which Amazon words without naming the token, does not (FACTS §1.2)."""
        return bool(self.token_fault) or not any(entry.message or entry.details for entry in self.said)


class NotFoundAtAmazon(AmazonError):
    """There is no such thing, or its id belongs to another API family (FACTS §3.4)."""

    code = "amazon-not-found"
    remedy = Remedy.MEND_DATA
    usual_hint = "Check the number and whether it belongs to this vendor account."
    arrived = False


class TooLarge(AmazonError):
    """The body is larger than Amazon takes."""

    code = "amazon-too-large"
    remedy = Remedy.MEND_DATA
    usual_hint = "Split the document."
    arrived = False


class UnsupportedMedia(AmazonError):
    """The content type is not what Amazon takes: a fault of this program."""

    code = "amazon-unsupported-media"
    remedy = Remedy.TELL_DEVELOPER
    usual_hint = "Report this with the request id."
    arrived = False


class ServerError(AmazonError):
    """Trouble at Amazon's side; whether a submission took effect is unknown."""

    code = "amazon-server-error"
    usual_hint = "Nothing to do at first; if it lasts, open a case with the request id."


class Unreadable(AmazonError):
    """What came is not what was agreed. ``number`` is the purchase order it concerns, where that could be found."""

    code = "amazon-unreadable"
    usual_hint = "If it lasts, report it with the request id; what came is kept."

    def __init__(self, message: str, *, number: str = "", **more: Any) -> None:
        super().__init__(message, **more)
        self.number = number


class LoginError(AmazonError):
    """No access token could be had, so the request itself never left."""

    code = "login"
    remedy = Remedy.MEND_SETTINGS
    usual_hint = "Check client id, client secret and refresh token."
    arrived = False


class InvalidClient(LoginError):
    code = "login-invalid-client"
    usual_hint = "Check client id and client secret; if the secret was rotated, store the new one."


class InvalidGrant(LoginError):
    code = "login-invalid-grant"
    usual_hint = "Authorise the application again in Vendor Central and store the new refresh token."


class UnauthorizedClient(LoginError):
    code = "login-unauthorized-client"
    usual_hint = (
        "Check in the developer console that this application is a private vendor application and not disabled."
    )


class AccessDenied(LoginError):
    code = "login-access-denied"
    usual_hint = "Check in the developer console that developer profile and application are approved; else ask Amazon."
    remedy = Remedy.ASK_AMAZON


class InvalidScope(LoginError):
    code = "login-invalid-scope"
    remedy = Remedy.TELL_DEVELOPER
    usual_hint = "Report this: the scope asked for is not known to Amazon."


class InvalidLoginRequest(LoginError):
    code = "login-invalid-request"
    remedy = Remedy.TELL_DEVELOPER
    usual_hint = "Check that no credential is empty or cut off; if all are whole, report this."


class UnsupportedGrant(LoginError):
    code = "login-unsupported-grant"
    remedy = Remedy.TELL_DEVELOPER
    usual_hint = "Report this: the kind of sign-in asked for is not known to Amazon."


class LoginMisdirected(LoginError):
    code = "login-misdirected"
    usual_hint = "Check the login address: it must be the whole address of the token endpoint."


class LoginUnavailable(LoginError):
    code = "login-unavailable"
    remedy = Remedy.WAIT
    usual_hint = "Nothing to do at first: it is tried again by itself."


LOGIN_CODES: Mapping[str, type[LoginError]] = {
    "access_denied": AccessDenied,
    "invalid_client": InvalidClient,
    "invalid_grant": InvalidGrant,
    "invalid_request": InvalidLoginRequest,
    "invalid_scope": InvalidScope,
    "server_error": LoginUnavailable,
    "temporarily_unavailable": LoginUnavailable,
    "unauthorized_client": UnauthorizedClient,
    "unsupported_grant_type": UnsupportedGrant,
}
_LOGIN_STATUSES: Mapping[int, type[LoginError]] = {
    400: InvalidLoginRequest,
    401: UnauthorizedClient,
    403: AccessDenied,
    404: LoginMisdirected,
    405: LoginMisdirected,
    408: LoginUnavailable,
    429: LoginUnavailable,
}
_STATUSES: Mapping[int, type[AmazonError]] = {
    401: Forbidden,
    403: Forbidden,
    404: NotFoundAtAmazon,
    408: ServerError,
    413: TooLarge,
    415: UnsupportedMedia,
    429: Throttled,
}


def arrived(error: BaseException) -> bool | None:
    """Whether the request behind an error took effect: False is proof that it did not, None that nobody can know."""
    return error.arrived if isinstance(error, AmazonError) else None


def kind_of(status: int) -> type[AmazonError]:
    """The error that a status of 300 and more means (FACTS §3.4)."""
    if status in _STATUSES:
        return _STATUSES[status]
    if 300 <= status < 400:
        return Redirected
    return BadRequest if 400 <= status < 500 else ServerError


def login_kind_of(status: int, code: str) -> type[LoginError]:
    """The error that a refused token exchange means; the status decides where the body names no known code."""
    if code in LOGIN_CODES:
        return LOGIN_CODES[code]
    if 300 <= status < 400:
        return LoginMisdirected
    return LoginUnavailable if status >= 500 else _LOGIN_STATUSES.get(status, LoginError)


def said_in(body: bytes) -> tuple[Said, ...]:
    """Amazon's words out of an error body: its ``errors`` list, or the bare ``{"message": …}`` of its gateway.

    Nothing where the body is neither (HTML pages, empty or truncated bodies).
    """
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ()
    entries = found.get("errors", [found]) if isinstance(found, dict) else []
    entries = [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    return tuple(Said(*(_words(e.get(k)) for k in ("code", "message", "details"))) for e in entries)


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""
