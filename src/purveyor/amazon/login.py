"""The token exchange (FACTS §1): one grant, one access token shared by all, renewed early, retried after a refusal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

import msgspec

from purveyor.amazon.errors import (
    AmazonError,
    InvalidClient,
    LoginUnavailable,
    NotConnected,
    ReplyLost,
    login_kind_of,
)
from purveyor.amazon.record import Listener, Recorder, request_id_of
from purveyor.amazon.transport import Reply, Request, Transport
from purveyor.common import canon, clock

log = logging.getLogger("purveyor.amazon")

OPERATION = "login"
RETRIES = 3
USUAL_LIFE = 1800.0
"""Seconds a token is taken to live when Amazon does not say; half of the usual hour, as Amazon's own SDK does."""
EARLY = 300.0
"""Seconds before its end at which a token is renewed."""
NOT_SAID = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a vendor's authorisation consists of. Two secrets while one is being rotated: the new first, the old second.

    Its text never shows secrets. ``key`` names the account in shared stores without revealing it; it does not change
    when a secret is rotated, as tokens outlive that (FACTS §1.4).
    """

    client_id: str
    client_secrets: tuple[str, ...] = field(repr=False)
    refresh_token: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.client_secrets:
            raise ValueError("a grant needs a client secret")

    @property
    def key(self) -> str:
        return canon.fingerprint([self.client_id, self.refresh_token])

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything in here that must never be shown."""
        return (*self.client_secrets, self.refresh_token)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token with its end. A store that keeps it elsewhere keeps all three values."""

    value: str = field(repr=False)
    expires_at: datetime
    renew_at: datetime = NOT_SAID

    def __post_init__(self) -> None:
        if self.renew_at == NOT_SAID:
            object.__setattr__(self, "renew_at", self.expires_at - timedelta(seconds=EARLY))

    @classmethod
    def living(cls, value: str, seconds: float, since: datetime) -> AccessToken:
        """A token that lives that long: renewed five minutes early, a short-lived one at half of its life."""
        ends = since + timedelta(seconds=seconds)
        return cls(value, ends, since + timedelta(seconds=max(seconds - EARLY, seconds / 2)))

    def fresh(self, now: datetime, refused: str = "") -> bool:
        """Whether it may be handed out without asking for another."""
        return self.value != refused and now < self.renew_at

    def alive(self, now: datetime, refused: str = "") -> bool:
        """Whether it still works, be it due for renewal."""
        return self.value != refused and now < self.expires_at


class TokenStore(Protocol):
    """Keeps one token per key for everybody who shares the store."""

    def obtain(self, key: str, exchange: Callable[[], AccessToken], refused: str = "") -> str:
        """A token that works. When none is kept, it is due for renewal, or it equals ``refused``, exactly one caller
        runs ``exchange`` while the others wait for its outcome. While the old token is alive, a login that is merely
        unavailable is no reason to fail. Raises what ``exchange`` raises."""
        ...


class Flights:
    """Work that several threads want at the same moment is done by one of them; all get its outcome, good or bad."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, Future[str]] = {}

    def share(self, key: str, fly: Callable[[], str]) -> tuple[str, bool]:
        """The outcome, and whether it was this thread that flew. Raises what ``fly`` raises."""
        mine: Future[str] = Future()
        with self._lock:
            flight = self._flights.setdefault(key, mine)
        if flight is not mine:
            return flight.result(), False
        try:
            mine.set_result(fly())
        except BaseException as error:
            mine.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key]
        return mine.result(), True


class MemoryTokenStore:
    """Shares tokens between the threads of one process."""

    def __init__(self) -> None:
        self._tokens: dict[str, AccessToken] = {}
        self._flights = Flights()

    def obtain(self, key: str, exchange: Callable[[], AccessToken], refused: str = "") -> str:
        while True:
            held = self._tokens.get(key)
            if held is not None and held.fresh(clock.now(), refused):
                return held.value
            found, mine = self._flights.share(key, lambda: self._renewed(key, exchange, refused))
            if mine or found != refused:
                return found

    def _renewed(self, key: str, exchange: Callable[[], AccessToken], refused: str) -> str:
        held = self._tokens.get(key)
        if held is None or not held.fresh(clock.now(), refused):
            held = self._tokens[key] = exchange_or_keep(exchange, held, refused)
        return held.value


def exchange_or_keep(exchange: Callable[[], AccessToken], held: AccessToken | None, refused: str = "") -> AccessToken:
    """A new token, or the held one when it is alive and the login is merely unavailable. For every store's use."""
    try:
        return exchange()
    except LoginUnavailable:
        if held is None or not held.alive(clock.now(), refused):
            raise
        log.warning("login: the early renewal did not work; the held token is used on")
        return held


Granted = Callable[[int], None]
"""Told after each exchange that worked: with the first client secret (0), or with a later one. It raises nothing."""


class _Granted(msgspec.Struct):
    access_token: str = ""
    expires_in: float | str | None = None


class _Refusal(msgspec.Struct):
    error: str = ""
    error_description: str = ""


class Login:
    """The token of one grant at one login address."""

    def __init__(
        self,
        transport: Transport,
        login_url: str,
        grant: Grant,
        store: TokenStore,
        *,
        listener: Listener | None = None,
        user_agent: str = "",
        timeout: float = 30.0,
        retries: int = RETRIES,
        granted: Granted | None = None,
    ) -> None:
        self._recorder = Recorder(transport, listener)
        self._url = login_url
        self._grant = grant
        self._store = store
        self._headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        self._headers |= {"user-agent": user_agent} if user_agent else {}
        self._timeout = timeout
        self._retries = retries
        self._tell = granted
        # A token of one login address must never serve another, be the credentials the same.
        self.key = canon.fingerprint([login_url, grant.key])

    def token(self) -> str:
        """A token that works. Raises LoginError."""
        return self._store.obtain(self.key, self._exchange)

    def renew(self, refused: str) -> str:
        """Another token than the one Amazon refused. Raises LoginError."""
        return self._store.obtain(self.key, self._exchange, refused)

    def _exchange(self) -> AccessToken:
        """With the newest secret; with the older only where Amazon does not know the newer (FACTS §1.5)."""
        *newer, last = self._grant.client_secrets
        for place, secret in enumerate(newer):
            try:
                return self._told(place, self._persist(secret))
            except InvalidClient:
                log.warning("login: the newer client secret is not accepted; the older one is tried")
        return self._told(len(newer), self._persist(last))

    def _told(self, place: int, token: AccessToken) -> AccessToken:
        if self._tell is not None:
            self._tell(place)
        return token

    def _persist(self, secret: str) -> AccessToken:
        """Repeated while Amazon has trouble, after 1, 2 and 4 seconds, unless ``retries`` says otherwise."""
        for attempt in range(self._retries):
            try:
                return self._once(secret)
            except LoginUnavailable:
                clock.sleep(2.0**attempt)
        return self._once(secret)

    def _once(self, secret: str) -> AccessToken:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._grant.refresh_token,
            "client_id": self._grant.client_id,
            "client_secret": secret,
        }
        request = Request("POST", self._url, self._headers, urlencode(form).encode(), OPERATION)
        asked_at = clock.now()
        try:
            reply = self._recorder.send(request, self._timeout, self._grant.secrets)
        except (NotConnected, ReplyLost) as error:
            raise self._error(LoginUnavailable, error.message, hint=error.hint, cause=error.cause) from None
        if reply.status != 200:
            raise self._refused(reply)
        return self._granted(reply, asked_at)

    def _granted(self, reply: Reply, asked_at: datetime) -> AccessToken:
        try:
            found = msgspec.json.decode(reply.body, type=_Granted)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            found = _Granted()
        if not found.access_token or not (found.access_token.isascii() and found.access_token.isprintable()):
            raise self._error(LoginUnavailable, "the answer holds no access token", reply)
        return AccessToken.living(found.access_token, _life(found.expires_in), asked_at)

    def _refused(self, reply: Reply) -> AmazonError:
        try:
            found = msgspec.json.decode(reply.body, type=_Refusal)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            found = _Refusal()
        words = ": ".join(part for part in (found.error, found.error_description) if part)
        return self._error(login_kind_of(reply.status, found.error), words or f"refused with {reply.status}", reply)

    def _error(
        self, kind: type[AmazonError], message: str, reply: Reply | None = None, hint: str = "", cause: str = ""
    ) -> AmazonError:
        reply = reply or Reply(0)
        return kind(
            message,
            operation=OPERATION,
            status=reply.status,
            request_id=request_id_of(reply),
            body=reply.body,
            secrets=self._grant.secrets,
            hint=hint,
            cause=cause,
        )


def _life(expires_in: float | str | None) -> float:
    try:
        seconds = float(expires_in or 0)
    except ValueError:
        seconds = 0.0
    return seconds if 0 < seconds < 1e7 else USUAL_LIFE
