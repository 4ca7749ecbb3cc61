"""One grant, one region, one method: ``call``."""

from __future__ import annotations

import itertools
import platform
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import purveyor
from purveyor.amazon import errors, retry
from purveyor.amazon.errors import AmazonError, Forbidden, Unreadable
from purveyor.amazon.limits import Limiter, MemoryLimiter
from purveyor.amazon.login import RETRIES, Grant, Granted, Login, MemoryTokenStore, TokenStore
from purveyor.amazon.record import Listener, Recorder, request_id_of
from purveyor.amazon.transport import Reply, Request, Transport
from purveyor.common import clock
from purveyor.common.windows import moment, zulu

T = TypeVar("T")
Write = Callable[[Any], str]
Leaving = Callable[[], None]

RATE = "x-amzn-ratelimit-limit"
LONGEST_AGENT = 500
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Operation(Generic[T]):
    """One operation of Amazon's: name on the wire, path with ``{names}``, and which query parameters it knows.

    Each parameter has a function that writes its value and raises ValueError for one Amazon would refuse. ``read``
    reads the body of a success and raises Unreadable.
    """

    name: str
    method: str
    path: str
    read: Callable[[bytes], T]
    query: Mapping[str, Write] = field(default_factory=dict)

    def written(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The query as Amazon wants it; None means absent. Names may be Amazon's or Python's (``created_after``).

        Raises ValueError for a name the operation does not know: Amazon would ignore it silently and answer
        unfiltered (FACTS §11 row 6).
        """
        known = {snake(name): name for name in self.query} | {name: name for name in self.query}
        unknown = sorted(values.keys() - known.keys())
        if unknown:
            raise ValueError(f"{self.name} knows no parameter {', '.join(unknown)}")
        given = {known[name]: value for name, value in values.items() if value is not None}
        return {name: _named(name, self.query[name], value) for name, value in given.items()}

    def url(self, endpoint: str, path: Mapping[str, str], query: Mapping[str, str]) -> str:
        """The whole address. Raises ValueError for an empty path value or one that would leave its place."""
        if any(value.strip() in ("", ".", "..") for value in path.values()):
            raise ValueError(f"{self.name} needs {', '.join(path)}")
        filled = self.path.format(**{name: quote(value, safe="") for name, value in path.items()})
        return endpoint.rstrip("/") + filled + (f"?{urlencode(query, quote_via=quote)}" if query else "")


def _named(name: str, write: Write, value: Any) -> str:
    try:
        return write(value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def snake(name: str) -> str:
    """``createdAfter`` as ``created_after``, ``isPOChanged`` as ``is_po_changed``."""
    return _HUMPS.sub("_", name).lower()


def at(value: datetime | str) -> str:
    """A moment with ``Z`` (FACTS §11 row 9). Raises ValueError for one without a time zone."""
    found = value if isinstance(value, datetime) else moment(value)
    if found.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return zulu(found)


def flag(value: bool) -> str:
    """Amazon's booleans are the words true and false (FACTS §9)."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return "true" if value else "false"


def text(value: str) -> str:
    """Text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is no text")
    return value


def whole(lowest: int, highest: int) -> Write:
    """A whole number between two bounds."""

    def write(value: int) -> str:
        if type(value) is not int or not lowest <= value <= highest:
            raise ValueError(f"{value!r} is no whole number from {lowest} to {highest}")
        return str(value)

    return write


def one_of(*words: str) -> Write:
    """One of Amazon's words, exactly."""

    def write(value: str) -> str:
        if value not in words:
            raise ValueError(f"{value!r} is none of {', '.join(words)}")
        return str(value)

    return write


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A success: the body as it came, what it was read as, and the rate Amazon announced (None where it did not)."""

    content: T
    body: bytes = field(repr=False)
    status: int
    request_id: str
    rate: float | None


@dataclass(frozen=True, kw_only=True)
class Client:
    """Talks to Amazon for one grant at one endpoint. Immutable; threads may share it.

    Without ``tokens`` and ``limiter`` it keeps token and buckets in memory; give shared ones where several processes
    use the same grant. ``limiter_key`` names application and account, which is what Amazon counts by (FACTS §3.3).
    ``sandbox`` only chooses the sandbox's limits. ``timeout`` is in seconds. ``patience`` is how often a call, and a
    token exchange, is tried at most; what is worth trying again, and how often, is ``retry``'s to say. ``granted``
    is told of each token exchange that worked, and with which secret.
    """

    grant: Grant
    endpoint: str
    login_url: str
    transport: Transport = field(repr=False)
    tokens: TokenStore | None = field(default=None, repr=False)
    limiter: Limiter | None = field(default=None, repr=False)
    limiter_key: str | None = None
    listener: Listener | None = field(default=None, repr=False)
    user_agent: str | None = None
    sandbox: bool = False
    timeout: float = 30.0
    patience: int = retry.MANY
    granted: Granted | None = field(default=None, repr=False)
    _login: Login = field(init=False, repr=False)
    _limiter: Limiter = field(init=False, repr=False)
    _recorder: Recorder = field(init=False, repr=False)
    _headers: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        name = checked_agent(self.user_agent) if self.user_agent else agent("Purveyor", purveyor.__version__)
        login = Login(
            self.transport,
            self.login_url,
            self.grant,
            self.tokens or MemoryTokenStore(),
            listener=self.listener,
            user_agent=name,
            timeout=self.timeout,
            retries=min(RETRIES, self.patience - 1),
            granted=self.granted,
        )
        for key, value in (
            ("_login", login),
            ("_limiter", self.limiter or MemoryLimiter(sandbox=self.sandbox)),
            ("_recorder", Recorder(self.transport, self.listener)),
            ("_headers", {"user-agent": name, "accept": "application/json", "accept-encoding": "gzip"}),
        ):
            object.__setattr__(self, key, value)

    def call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        paging: bool = False,
        retry: bool | None = None,
        leaving: Leaving | None = None,
    ) -> Answer[T]:
        """Ask Amazon. ``paging`` says that this is page two or later, where a 400 may be spurious.

        ``retry``: whether to try again what can be tried again; by default reads are and submissions are not, so that
        the caller sees every failure of a submission. With ``retry=True`` a submission is repeated after a 429 only.
        ``leaving`` is called each time just before the request leaves, once there are a token and a slot, which may
        have taken minutes; what it raises keeps the request here.
        Raises AmazonError; ValueError, before anything leaves, for parameters Amazon would ignore or refuse.
        """
        url = operation.url(self.endpoint, path or {}, operation.written(query or {}))
        headers = self._headers if body is None else {**self._headers, "content-type": "application/json"}
        request = Request(operation.method, url, headers, body or b"", operation.name)
        again = operation.method == "GET" if retry is None else retry
        for attempt in itertools.count(1):
            try:
                return self._attempt(operation, request, leaving)
            except AmazonError as error:
                worth_it = attempt < self.patience and _worth_it(error, attempt, operation.method, paging)
                if not (again and worth_it):
                    raise
                pause = _pause(error, attempt)
            clock.sleep(pause)
        raise AssertionError("the count never ends")

    def check_login(self, *, refused: str = "") -> str:
        """A token that works, for a doctor's check. Raises LoginError."""
        return self._login.renew(refused) if refused else self._login.token()

    def _attempt(self, operation: Operation[T], request: Request, leaving: Leaving | None) -> Answer[T]:
        """Once; and once more with a fresh token where Amazon did not like the first one (FACTS §3.4)."""
        token = self._login.token()
        try:
            return self._once(operation, request, token, leaving)
        except Forbidden as refusal:
            if not refusal.token_trouble:
                raise
        return self._once(operation, request, self._login.renew(token), leaving)

    def _once(self, operation: Operation[T], request: Request, token: str, leaving: Leaving | None) -> Answer[T]:
        key = self.limiter_key or self.grant.key
        secrets = (*self.grant.secrets, token)
        self._limiter.acquire(key, operation.name)
        signed = replace(request, headers={**request.headers, "x-amz-access-token": token})
        if leaving is not None:
            leaving()
        reply = self._recorder.send(signed, self.timeout, secrets)
        rate = rate_of(reply)
        self._limiter.observe(key, operation.name, rate)
        if reply.status == 429:
            self._limiter.throttled(key, operation.name)
        if not 200 <= reply.status < 300:
            raise refusal_of(operation.name, reply, secrets)
        return Answer(_read(operation, reply, secrets), reply.body, reply.status, request_id_of(reply), rate)


def _worth_it(error: AmazonError, attempt: int, method: str, paging: bool) -> bool:
    return retry.should_retry(error, attempt, method=method, paging=paging)


def _pause(error: AmazonError, attempt: int) -> float:
    return retry.delay(error, attempt, random.random())


def _read(operation: Operation[T], reply: Reply, secrets: tuple[str, ...]) -> T:
    try:
        return operation.read(reply.body)
    except Unreadable as error:
        raise Unreadable(
            error.message,
            number=error.number,
            operation=operation.name,
            status=reply.status,
            request_id=request_id_of(reply),
            body=reply.body,
            said=error.said,
            secrets=secrets,
        ) from None


def refusal_of(operation: str, reply: Reply, secrets: tuple[str, ...]) -> AmazonError:
    """The error a reply outside 200–299 means."""
    said = errors.said_in(reply.body)
    words = str(said[0]) if said else ""
    return errors.kind_of(reply.status)(
        words or f"Amazon answered {reply.status} without a word",
        operation=operation,
        status=reply.status,
        request_id=request_id_of(reply),
        body=reply.body,
        said=said,
        secrets=secrets,
    )


def rate_of(reply: Reply) -> float | None:
    """The rate a reply announces, in requests a second; None where it announces none (FACTS §3.2)."""
    try:
        return float(reply.headers[RATE])
    except (KeyError, ValueError):
        return None


def agent(name: str, version: str, **facts: str) -> str:
    """A user agent in Amazon's form, with its reserved characters escaped (FACTS §3.1).

    ``facts`` such as Host stand beside Language and Platform. Raises ValueError when it gets too long.
    """
    facts = {"Language": f"Python/{platform.python_version()}", "Platform": platform.system()} | facts
    inside = "; ".join(f"{_escaped(key)}={_escaped(value)}" for key, value in facts.items())
    return checked_agent(f"{_escaped(name)}/{_escaped(version)} ({inside})")


def _escaped(part: str) -> str:
    return re.sub(r"([\\/(=);])", r"\\\1", part)


def checked_agent(value: str) -> str:
    """The user agent itself. Raises ValueError for one Amazon would refuse."""
    if len(value) > LONGEST_AGENT or not (value.isascii() and value.isprintable()):
        raise ValueError("a user agent has at most 500 plain characters")
    return value
