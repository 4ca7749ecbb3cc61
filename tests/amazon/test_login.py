"""The token exchange: shared, renewed early, tried again with reason, and every refusal by its name."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from amazon.pretend import ADDRESS, CLIENT_ID, GRANT, LOGIN_URL, OLD_SECRET, REFRESH, SECRET, Amazon, Say, granted
from purveyor.amazon import errors
from purveyor.amazon.errors import LoginUnavailable
from purveyor.amazon.login import AccessToken, Grant, Login, MemoryTokenStore, TokenStore
from purveyor.amazon.transport import WsgiTransport
from purveyor.common import clock

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("held_clock")]

LOGIN = "/auth/o2/token"
TWO_SECRETS = Grant(CLIENT_ID, (SECRET, OLD_SECRET), REFRESH)


def _login(amazon: Amazon, grant: Grant = GRANT, store: TokenStore | None = None, url: str = LOGIN_URL) -> Login:
    return Login(WsgiTransport(amazon), url, grant, store or MemoryTokenStore())


def _refusal(code: str, status: int = 400) -> Say:
    return Say(status, {"error": code, "error_description": f"because of {code}"})


def test_token_is_exchanged_with_the_refresh_token_and_no_scope() -> None:
    amazon = Amazon()

    assert _login(amazon).token() == "Atza|fake-1"
    (asked,) = amazon.asked
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": [REFRESH],
        "client_id": [CLIENT_ID],
        "client_secret": [SECRET],
    }


def test_token_is_kept_until_five_minutes_before_its_end() -> None:
    amazon = Amazon()
    login = _login(amazon)

    found = [login.token()]
    clock.turn(timedelta(seconds=3299))
    found.append(login.token())
    clock.turn(timedelta(seconds=1))
    found.append(login.token())

    assert found == ["Atza|fake-1", "Atza|fake-1", "Atza|fake-2"]


@pytest.mark.parametrize(
    ("life", "renewed_after"),
    [(3600, 3300), (600, 300), (100, 50), ("3600", 3300), (None, 1500), (0, 1500), ("x", 1500)],
)
def test_token_of_any_life_is_renewed_in_time(life: object, renewed_after: int) -> None:
    amazon = Amazon()
    amazon.tell(LOGIN, Say(200, granted("Atza|one", expires_in=life)), Say(200, granted("Atza|two")))
    login = _login(amazon)
    login.token()

    clock.turn(timedelta(seconds=renewed_after - 0.001))
    before = login.token()
    clock.turn(timedelta(seconds=0.001))

    assert (before, login.token()) == ("Atza|one", "Atza|two")


def test_access_token_from_a_store_without_renewal_moment_is_renewed_five_minutes_early() -> None:
    ends = datetime(2026, 3, 2, 10, tzinfo=UTC)

    assert AccessToken("Atza|x", ends).renew_at == ends - timedelta(minutes=5)


def test_renew_exchanges_only_the_refused_token() -> None:
    amazon = Amazon()
    login = _login(amazon)
    first = login.token()

    second = login.renew(first)
    again = login.renew(first)

    assert (second, again, amazon.tokens) == ("Atza|fake-2", "Atza|fake-2", 2)


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (_refusal("invalid_client", 401), errors.InvalidClient),
        (_refusal("invalid_grant"), errors.InvalidGrant),
        (_refusal("unauthorized_client"), errors.UnauthorizedClient),
        (_refusal("access_denied", 403), errors.AccessDenied),
        (_refusal("invalid_scope"), errors.InvalidScope),
        (_refusal("invalid_request"), errors.InvalidLoginRequest),
        (_refusal("unsupported_grant_type"), errors.UnsupportedGrant),
        (Say(302, b"", {"Location": ADDRESS + "/elsewhere"}), errors.LoginMisdirected),
        (Say(404, b"<html>"), errors.LoginMisdirected),
        (Say(400, {"error": {"code": "odd"}}), errors.InvalidLoginRequest),
    ],
)
def test_refusal_has_a_name_and_is_not_repeated(say: Say, kind: type[errors.LoginError]) -> None:
    amazon = Amazon()
    amazon.tell(LOGIN, say)

    with pytest.raises(errors.LoginError) as caught:
        _login(amazon).token()

    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.request_id, caught.value.operation) == (say.status, "req-1", "login")
    assert len(amazon.asked) == 1


def test_refusal_says_what_amazon_said() -> None:
    amazon = Amazon()
    amazon.tell(LOGIN, _refusal("invalid_grant"))

    with pytest.raises(errors.InvalidGrant, match="invalid_grant: because of invalid_grant"):
        _login(amazon).token()


TROUBLE = [
    Say(503, b""),
    Say(500, {"error": "server_error"}),
    Say(429, b""),
    Say(200, b"<html>"),
    Say(200, {"access_token": ""}),
    Say(200, {"access_token": "Atza|\n"}),
    Say(error=ConnectionRefusedError()),
    Say(error=ConnectionResetError()),
]


@pytest.mark.parametrize("say", TROUBLE)
def test_trouble_is_tried_again_three_times_with_growing_waits(say: Say) -> None:
    amazon = Amazon()
    amazon.tell(LOGIN, say, say, say, Say(200, granted("Atza|at last")))
    before = clock.now()

    assert _login(amazon).token() == "Atza|at last"
    assert clock.now() - before == timedelta(seconds=1 + 2 + 4)


@pytest.mark.parametrize("say", TROUBLE)
def test_trouble_that_lasts_is_called_unavailable_and_proves_that_nothing_arrived(say: Say) -> None:
    amazon = Amazon()
    amazon.tell(LOGIN, say)

    with pytest.raises(LoginUnavailable) as caught:
        _login(amazon).token()

    assert (len(amazon.asked), errors.arrived(caught.value)) == (4, False)


def test_renewal_that_is_unavailable_leaves_the_held_token_in_use_while_it_lives() -> None:
    amazon = Amazon()
    login = _login(amazon)
    login.token()
    clock.turn(timedelta(seconds=3300))
    amazon.tell(LOGIN, Say(503))

    assert login.token() == "Atza|fake-1"
    with pytest.raises(LoginUnavailable):
        login.renew("Atza|fake-1")
    clock.turn(timedelta(seconds=300))
    with pytest.raises(LoginUnavailable):
        login.token()


def test_older_secret_serves_while_amazon_does_not_know_the_newer() -> None:
    amazon = Amazon()
    amazon.tell(LOGIN, _refusal("invalid_client", 401), Say(200, granted("Atza|by the old")))

    assert _login(amazon, TWO_SECRETS).token() == "Atza|by the old"
    assert [parse_qs(one.body.decode())["client_secret"] for one in amazon.asked] == [[SECRET], [OLD_SECRET]]


def test_older_secret_is_not_tried_for_other_refusals() -> None:
    amazon = Amazon()
    amazon.tell(LOGIN, _refusal("invalid_grant"))

    with pytest.raises(errors.InvalidGrant):
        _login(amazon, TWO_SECRETS).token()
    assert len(amazon.asked) == 1


def test_both_secrets_refused_is_invalid_client() -> None:
    amazon = Amazon()
    amazon.tell(LOGIN, _refusal("invalid_client", 401))

    with pytest.raises(errors.InvalidClient):
        _login(amazon, TWO_SECRETS).token()
    assert len(amazon.asked) == 2


def test_one_store_keeps_accounts_and_login_addresses_apart() -> None:
    amazon = Amazon()
    amazon.tell("/other/token", Say(200, granted("Atza|elsewhere")))
    store = MemoryTokenStore()

    other_account = Grant(CLIENT_ID, (SECRET,), "Atzr|another")
    found = [
        _login(amazon, store=store).token(),
        _login(amazon, other_account, store).token(),
        _login(amazon, store=store, url=ADDRESS + "/other/token").token(),
        _login(amazon, store=store).token(),
    ]

    assert found == ["Atza|fake-1", "Atza|fake-2", "Atza|elsewhere", "Atza|fake-1"]


def test_grant_key_outlives_a_rotated_secret_and_nothing_shows_secrets() -> None:
    rotated = Grant(CLIENT_ID, ("new-secret", SECRET), REFRESH)

    assert rotated.key == GRANT.key
    assert Grant("other", (SECRET,), REFRESH).key != GRANT.key
    shown = f"{GRANT!r} {GRANT.key} {AccessToken.living('Atza|fake', 60, clock.now())!r}"
    assert [secret for secret in (SECRET, REFRESH, "Atza|fake") if secret in shown] == []


@pytest.mark.parametrize(
    "say", [_refusal(f"invalid_grant {REFRESH} {SECRET}"), Say(502, f"<html>{SECRET}</html>".encode()), Say(200, b"{")]
)
def test_no_secret_in_an_error_or_a_log(say: Say, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    amazon = Amazon()
    amazon.tell(LOGIN, say)

    with pytest.raises(errors.LoginError) as caught:
        _login(amazon).token()

    shown = f"{caught.value} {caught.value.body} {caught.value.as_dict()} {caplog.text}"
    assert [secret for secret in (SECRET, REFRESH) if secret in shown] == []


def test_grant_without_a_secret_is_none() -> None:
    with pytest.raises(ValueError, match="needs a client secret"):
        Grant(CLIENT_ID, (), REFRESH)


class _Unguarded:
    """The twin: looks and then exchanges, as a store without a lock would."""

    def __init__(self, all_have_looked: threading.Barrier) -> None:
        self.kept: dict[str, AccessToken] = {}
        self._all_have_looked = all_have_looked

    def obtain(self, key: str, exchange: Callable[[], AccessToken], refused: str = "") -> str:
        held = self.kept.get(key)
        self._all_have_looked.wait(10)
        if held is None:
            held = self.kept[key] = exchange()
        return held.value


def _twenty(login: Login) -> list[str]:
    start = threading.Barrier(20)

    def work(_: int) -> str:
        start.wait(10)
        return login.token()

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(work, range(20)))


def test_twenty_threads_at_once_exchange_once() -> None:
    amazon = Amazon()

    assert (_twenty(_login(amazon)), len(amazon.asked)) == (["Atza|fake-1"] * 20, 1)


def test_twenty_threads_at_once_exchange_twenty_times_without_the_guard() -> None:
    amazon = Amazon()
    _twenty(_login(amazon, store=_Unguarded(threading.Barrier(20))))

    assert len(amazon.asked) == 20


def test_threads_that_wait_share_the_outcome_of_the_one_that_asks() -> None:
    joined, exchanges = threading.Event(), []

    class Boarding(dict[str, Future[str]]):
        def setdefault(self, key: str, flight: Future[str]) -> Future[str]:
            found = super().setdefault(key, flight)
            if found is not flight:
                joined.set()
            return found

    def exchange() -> AccessToken:
        exchanges.append(1)
        assert joined.wait(10)
        raise errors.InvalidGrant("revoked")

    store = MemoryTokenStore()
    store._flights._flights = Boarding()
    with ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(store.obtain, "key", exchange) for _ in range(2)]
        found = [type(outcome.exception()) for outcome in outcomes]

    assert (found, len(exchanges)) == ([errors.InvalidGrant] * 2, 1)
    assert store.obtain("key", lambda: AccessToken.living("Atza|next", 60, clock.now())) == "Atza|next"


def test_login_that_gives_the_refused_token_again_is_asked_once() -> None:
    store, asked = MemoryTokenStore(), []

    def same() -> AccessToken:
        asked.append(1)
        return AccessToken.living("Atza|always-the-same", 3600, clock.now())

    assert [store.obtain("key", same), store.obtain("key", same, "Atza|always-the-same")] == [
        "Atza|always-the-same"
    ] * 2
    assert len(asked) == 2
