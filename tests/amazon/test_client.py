"""One method, call: what it sends, what it makes of what comes back, and when it tries again."""

from __future__ import annotations

import logging
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from amazon.pretend import (
    ACKNOWLEDGE,
    ADDRESS,
    GRANT,
    ORDERS,
    REFRESH,
    SECRET,
    Amazon,
    Say,
    client_of,
    granted,
    orders_page,
    refused,
    served,
)
from purveyor.amazon import errors
from purveyor.amazon.client import Operation, agent, at, checked_agent, flag, one_of, snake, text, whole
from purveyor.amazon.limits import MemoryLimiter
from purveyor.amazon.login import Grant, MemoryTokenStore
from purveyor.amazon.messages.base import payload_of
from purveyor.amazon.operations.orders import GET_PURCHASE_ORDERS, SUBMIT_ACKNOWLEDGEMENT
from purveyor.amazon.record import Exchange
from purveyor.amazon.transport import HttpTransport
from purveyor.common import clock

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("held_clock")]

PAGE = Say(200, orders_page("1ABCDEFG"), {"x-amzn-RateLimit-Limit": "10.0"})
TAKEN = Say(202, {"payload": {"transactionId": "t-1"}})
EXPIRED = Say(403, refused("Unauthorized", "Access denied", "The access token you provided has expired."))
NO_ROLE = Say(403, refused("Unauthorized", "Access to the resource is forbidden"))


def _amazon(*replies: Say, path: str = ORDERS) -> Amazon:
    amazon = Amazon()
    amazon.tell(path, *replies)
    return amazon


def test_call_sends_token_agent_and_query_and_answers_the_whole_reply() -> None:
    amazon = _amazon(PAGE)

    answer = client_of(amazon).call(GET_PURCHASE_ORDERS, query={"limit": 5, "includeDetails": False})

    (asked,) = amazon.calls(ORDERS)
    assert (asked.method, asked.query) == ("GET", {"limit": "5", "includeDetails": "false"})
    assert asked.headers["x-amz-access-token"] == "Atza|fake-1"
    assert asked.headers["user-agent"].startswith("Purveyor/")
    assert (answer.status, answer.request_id, answer.rate, answer.body) == (200, "req-1", 10.0, PAGE.content)
    assert answer.content.orders == [b'{"purchaseOrderNumber": "1ABCDEFG", "purchaseOrderState": "New"}']


def test_call_sends_a_body_as_json() -> None:
    amazon = _amazon(TAKEN, path=ACKNOWLEDGE)

    answer = client_of(amazon).call(SUBMIT_ACKNOWLEDGEMENT, body=b'{"acknowledgements":[]}')

    (asked,) = amazon.calls(ACKNOWLEDGE)
    assert (asked.method, asked.body, asked.headers["content-type"]) == (
        "POST",
        b'{"acknowledgements":[]}',
        "application/json",
    )
    assert (answer.content, answer.status) == ("t-1", 202)


@pytest.mark.parametrize("name", ["updatedAfter", "createdBefor", "CreatedAfter", "created_befor"])
def test_call_refuses_a_parameter_amazon_would_ignore(name: str) -> None:
    amazon = _amazon(PAGE)

    with pytest.raises(ValueError, match=f"getPurchaseOrders knows no parameter {name}"):
        client_of(amazon).call(GET_PURCHASE_ORDERS, query={name: "x"})
    assert amazon.asked == []


def test_call_knows_parameters_by_amazons_name_and_in_pythons_spelling() -> None:
    amazon = _amazon(PAGE)
    moment = datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=1)))

    client_of(amazon).call(
        GET_PURCHASE_ORDERS,
        query={"created_after": moment, "is_po_changed": True, "po_item_state": "Cancelled", "limit": None},
    )

    (asked,) = amazon.calls(ORDERS)
    assert asked.query == {"createdAfter": "2026-03-01T00:00:00Z", "isPOChanged": "true", "poItemState": "Cancelled"}


@pytest.mark.parametrize(
    ("write", "value", "expected"),
    [
        (at, datetime(2026, 3, 1, 2, 3, 4, 500_000, UTC), "2026-03-01T02:03:04.500Z"),
        (at, "2026-03-01T02:03:04+02:00", "2026-03-01T00:03:04Z"),
        (flag, True, "true"),
        (text, "a b", "a b"),
        (whole(1, 100), 100, "100"),
        (one_of("ASC", "DESC"), "DESC", "DESC"),
    ],
)
def test_values_are_written_as_amazon_wants_them(write: Any, value: object, expected: str) -> None:
    assert write(value) == expected


@pytest.mark.parametrize(
    ("write", "value"),
    [
        (at, datetime(2026, 3, 1)),
        (at, "2019-09-2100:00:00"),
        (flag, "true"),
        (text, " "),
        (text, 5),
        (whole(1, 100), 0),
        (whole(1, 100), 101),
        (whole(1, 100), True),
        (one_of("ASC", "DESC"), "asc"),
    ],
)
def test_values_amazon_would_refuse_are_refused_here(write: Any, value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        write(value)


def test_call_names_the_parameter_whose_value_it_refuses() -> None:
    with pytest.raises(ValueError, match="limit: 500 is no whole number from 1 to 100"):
        client_of(Amazon()).call(GET_PURCHASE_ORDERS, query={"limit": 500})


@pytest.mark.parametrize(
    ("name", "expected"),
    [("createdAfter", "created_after"), ("isPOChanged", "is_po_changed"), ("shipToPartyId", "ship_to_party_id")],
)
def test_snake_spells_names_as_python_does(name: str, expected: str) -> None:
    assert snake(name) == expected


ONE = Operation("getOne", "GET", "/things/{id}", payload_of)


@pytest.mark.parametrize(("value", "path"), [("a b/c?d", "/things/a%20b%2Fc%3Fd"), ("ä", "/things/%C3%A4")])
def test_path_values_are_escaped(value: str, path: str) -> None:
    assert ONE.url("https://amazon.test/", {"id": value}, {}) == f"https://amazon.test{path}"


@pytest.mark.parametrize("value", ["", " ", ".", ".."])
def test_path_values_that_would_leave_their_place_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="getOne needs id"):
        ONE.url(ADDRESS, {"id": value}, {})


def test_query_is_escaped_with_its_plus_signs() -> None:
    assert ONE.url(ADDRESS, {"id": "1"}, {"nextToken": "a+b=="}) == f"{ADDRESS}/things/1?nextToken=a%2Bb%3D%3D"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, errors.Redirected),
        (400, errors.BadRequest),
        (404, errors.NotFoundAtAmazon),
        (413, errors.TooLarge),
        (415, errors.UnsupportedMedia),
        (429, errors.Throttled),
        (500, errors.ServerError),
        (502, errors.ServerError),
        (503, errors.ServerError),
    ],
)
def test_refusals_carry_operation_status_request_id_and_words(status: int, kind: type[errors.AmazonError]) -> None:
    amazon = _amazon(Say(status, refused("Code", "words", "more")))

    with pytest.raises(errors.AmazonError) as caught:
        client_of(amazon).call(GET_PURCHASE_ORDERS, retry=False)

    error = caught.value
    assert type(error) is kind
    assert (error.operation, error.status, error.request_id) == ("getPurchaseOrders", status, "req-1")
    assert (error.message, error.said) == ("Code: words: more", (errors.Said("Code", "words", "more"),))


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (Say(502, b"<html>Bad Gateway</html>"), errors.ServerError),
        (Say(503, b""), errors.ServerError),
        (Say(500, {"message": "trouble"}), errors.ServerError),
        (Say(200, b""), errors.Unreadable),
        (Say(200, b"<html>hello</html>"), errors.Unreadable),
        (Say(200, PAGE.content[:-5]), errors.Unreadable),
        (Say(200, {"message": "hello"}), errors.Unreadable),
        (Say(200, {"payload": None}), errors.Unreadable),
        (Say(200, refused("InternalFailure", "odd")), errors.Unreadable),
        (Say(200, {"payload": {"message": "hello"}}), errors.Unreadable),
        (Say(200, []), errors.Unreadable),
        (Say(204, b""), errors.Unreadable),
    ],
)
def test_what_is_no_answer_is_never_an_empty_success(say: Say, kind: type[errors.AmazonError]) -> None:
    with pytest.raises(errors.AmazonError) as caught:
        client_of(_amazon(say)).call(GET_PURCHASE_ORDERS, retry=False)

    error = caught.value
    assert (type(error), error.status, error.request_id) == (kind, say.status, "req-1")
    assert error.body == say.content.decode()


def test_redirect_with_a_token_is_an_error_and_goes_nowhere() -> None:
    amazon = _amazon(Say(302, b"", {"Location": f"{ADDRESS}/elsewhere"}))
    amazon.tell("/elsewhere", PAGE)

    with pytest.raises(errors.Redirected):
        client_of(amazon).call(GET_PURCHASE_ORDERS)
    assert amazon.calls("/elsewhere") == []


@pytest.mark.parametrize("say", [EXPIRED, Say(401, b""), Say(403, b"")])
def test_token_trouble_is_mended_by_one_fresh_token(say: Say) -> None:
    amazon = _amazon(say, PAGE)

    client_of(amazon).call(GET_PURCHASE_ORDERS)

    tokens = [one.headers["x-amz-access-token"] for one in amazon.calls(ORDERS)]
    assert tokens == ["Atza|fake-1", "Atza|fake-2"]


def test_token_trouble_that_stays_is_an_error_after_one_renewal() -> None:
    amazon = _amazon(EXPIRED)

    with pytest.raises(errors.Forbidden) as caught:
        client_of(amazon).call(GET_PURCHASE_ORDERS)
    assert (caught.value.token_fault, len(amazon.calls(ORDERS)), amazon.tokens) == ("expired", 2, 2)


def test_missing_role_is_an_error_at_once() -> None:
    amazon = _amazon(NO_ROLE)

    with pytest.raises(errors.Forbidden) as caught:
        client_of(amazon).call(GET_PURCHASE_ORDERS)
    assert (caught.value.token_trouble, len(amazon.calls(ORDERS)), amazon.tokens) == (False, 1, 1)


def test_token_trouble_of_a_submission_is_mended_too_as_nothing_arrived() -> None:
    amazon = _amazon(EXPIRED, TAKEN, path=ACKNOWLEDGE)

    assert client_of(amazon).call(SUBMIT_ACKNOWLEDGEMENT, body=b"{}").content == "t-1"


def test_login_that_fails_during_a_submission_proves_that_nothing_arrived() -> None:
    amazon = _amazon(TAKEN, path=ACKNOWLEDGE)
    amazon.tell("/auth/o2/token", Say(error=ConnectionResetError()))

    with pytest.raises(errors.LoginUnavailable) as caught:
        client_of(amazon).call(SUBMIT_ACKNOWLEDGEMENT, body=b"{}")
    assert (errors.arrived(caught.value), amazon.calls(ACKNOWLEDGE)) == (False, [])


TROUBLE = [
    Say(429, refused("QuotaExceeded", "slow down")),
    Say(500, b""),
    Say(502, b"<html>"),
    Say(error=ConnectionRefusedError()),
    Say(error=ConnectionResetError()),
    Say(error=TimeoutError()),
    Say(200, PAGE.content[:-5]),
]


@pytest.mark.parametrize("say", TROUBLE)
def test_reads_are_tried_again(say: Say) -> None:
    amazon = _amazon(say, say, say, PAGE)

    assert len(client_of(amazon).call(GET_PURCHASE_ORDERS).content.orders) == 1
    assert len(amazon.calls(ORDERS)) == 4


@pytest.mark.parametrize("say", TROUBLE)
def test_reads_are_not_tried_again_where_the_caller_does_not_want_it(say: Say) -> None:
    amazon = _amazon(say, PAGE)

    with pytest.raises(errors.AmazonError):
        client_of(amazon).call(GET_PURCHASE_ORDERS, retry=False)
    assert len(amazon.calls(ORDERS)) == 1


@pytest.mark.parametrize("say", TROUBLE)
def test_submissions_are_never_tried_again_by_themselves(say: Say) -> None:
    amazon = _amazon(say, TAKEN, path=ACKNOWLEDGE)

    with pytest.raises(errors.AmazonError):
        client_of(amazon).call(SUBMIT_ACKNOWLEDGEMENT, body=b"{}")
    assert len(amazon.calls(ACKNOWLEDGE)) == 1


def test_submissions_are_tried_again_after_throttling_where_the_caller_wants_it() -> None:
    amazon = _amazon(Say(429), Say(429), TAKEN, path=ACKNOWLEDGE)

    assert client_of(amazon).call(SUBMIT_ACKNOWLEDGEMENT, body=b"{}", retry=True).content == "t-1"
    amazon.tell(ACKNOWLEDGE, Say(500), TAKEN)
    with pytest.raises(errors.ServerError):
        client_of(amazon).call(SUBMIT_ACKNOWLEDGEMENT, body=b"{}", retry=True)


def test_throttling_is_weathered_for_long() -> None:
    amazon = _amazon(*[Say(429)] * 20, PAGE)

    assert len(client_of(amazon).call(GET_PURCHASE_ORDERS).content.orders) == 1


def test_spurious_400_is_tried_again_only_in_the_middle_of_paging() -> None:
    amazon = _amazon(Say(400), Say(400), PAGE)

    with pytest.raises(errors.BadRequest):
        client_of(amazon).call(GET_PURCHASE_ORDERS)
    amazon.tell(ORDERS, Say(400), Say(400), PAGE)
    assert len(client_of(amazon).call(GET_PURCHASE_ORDERS, paging=True).content.orders) == 1
    amazon.tell(ORDERS, Say(400))
    with pytest.raises(errors.BadRequest):
        client_of(amazon).call(GET_PURCHASE_ORDERS, paging=True)
    assert len(amazon.calls(ORDERS)) == 1 + 3 + 3


class _Noting(MemoryLimiter):
    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[object, ...]] = []

    def acquire(self, key: str, operation: str) -> None:
        self.notes.append(("acquire", key, operation))

    def observe(self, key: str, operation: str, rate: float | None) -> None:
        self.notes.append(("observe", key, operation, rate))

    def throttled(self, key: str, operation: str) -> None:
        self.notes.append(("throttled", key, operation))


def test_limiter_hears_of_every_request_rate_and_throttling() -> None:
    limiter = _Noting()
    amazon = _amazon(Say(429, b"", {"x-amzn-RateLimit-Limit": "nonsense"}), PAGE)

    client_of(amazon, limiter=limiter, limiter_key="app-account").call(GET_PURCHASE_ORDERS)

    operation = ("app-account", "getPurchaseOrders")
    assert limiter.notes == [
        ("acquire", *operation),
        ("observe", *operation, None),
        ("throttled", *operation),
        ("acquire", *operation),
        ("observe", *operation, 10.0),
    ]


def test_limiter_key_is_the_grant_unless_said_otherwise() -> None:
    limiter = _Noting()

    client_of(_amazon(PAGE), limiter=limiter).call(GET_PURCHASE_ORDERS)

    assert limiter.notes[0] == ("acquire", GRANT.key, "getPurchaseOrders")


@pytest.mark.parametrize(("sandbox", "free"), [(False, 9), (True, 14)])
def test_client_alone_keeps_to_the_limits(sandbox: bool, free: int) -> None:
    page = Say(200, PAGE.body)
    client, before = client_of(_amazon(page), sandbox=sandbox), clock.now()
    for _ in range(free):
        client.call(GET_PURCHASE_ORDERS)
    assert clock.now() == before

    client.call(GET_PURCHASE_ORDERS)
    assert clock.now() > before


def test_clients_with_one_store_share_the_token() -> None:
    amazon, store = _amazon(PAGE), MemoryTokenStore()

    for _ in range(2):
        client_of(amazon, tokens=store).call(GET_PURCHASE_ORDERS)

    assert amazon.tokens == 1


def test_check_login_answers_a_token_and_another_for_a_refused_one() -> None:
    client = client_of(Amazon())

    found = [client.check_login(), client.check_login(), client.check_login(refused="Atza|fake-1")]
    assert found == ["Atza|fake-1", "Atza|fake-1", "Atza|fake-2"]


def test_client_is_immutable_and_shows_no_secret() -> None:
    client = client_of(Amazon())

    with pytest.raises(FrozenInstanceError):
        client.endpoint = "https://elsewhere.test"
    assert [secret for secret in (SECRET, REFRESH) if secret in repr(client)] == []


def test_agent_escapes_what_amazon_reserves() -> None:
    found = agent("My(App)", "1;0", Host="a=b", Language="Python", Platform="x\\y")

    assert found == r"My\(App\)/1\;0 (Language=Python; Platform=x\\y; Host=a\=b)"
    assert r"Language=Python\/3" in agent("A", "1")


def test_agent_too_long_or_odd_is_refused() -> None:
    assert len(checked_agent("x" * 500)) == 500
    for value in ("x" * 501, "a\nb", "ä"):
        with pytest.raises(ValueError, match="at most 500"):
            checked_agent(value)
    with pytest.raises(ValueError, match="at most 500"):
        client_of(Amazon(), user_agent="x" * 501)


def test_client_says_who_it_is_everywhere() -> None:
    amazon = _amazon(PAGE)

    client_of(amazon, user_agent="Other/1 (Language=Python)").call(GET_PURCHASE_ORDERS)

    assert {one.headers["user-agent"] for one in amazon.asked} == {"Other/1 (Language=Python)"}


def test_listener_hears_of_login_and_call() -> None:
    heard: list[Exchange] = []

    client_of(_amazon(PAGE), listener=heard.append).call(GET_PURCHASE_ORDERS)

    assert [(one.operation, one.status) for one in heard] == [("login", 200), ("getPurchaseOrders", 200)]


NOISY = "plain-fake-token-without-a-prefix"


@pytest.mark.parametrize("status", [200, 302, 400, 403, 429, 500])
@pytest.mark.parametrize("echo", [b'{"payload":{"orders":[]},"note":"%s"}', b"<html>%s</html>"])
def test_no_secret_in_any_log_exception_or_exchange(status: int, echo: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Over a real socket, with every logger of the HTTP library at its most talkative and an Amazon that echoes."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "purveyor"):
        caplog.set_level(logging.DEBUG, name)
    shapeless = Grant("client", ("plain fake secret/1",), "plain-fake-refresh")
    secrets = (SECRET, REFRESH, NOISY, *shapeless.secrets)
    amazon = _amazon(Say(status, echo % " ".join(secrets).encode(), {"x-echo": NOISY}))
    amazon.tell("/auth/o2/token", Say(200, granted(NOISY)))
    heard: list[Exchange] = []
    shown = ""

    with served(amazon) as address, HttpTransport() as transport:
        client = client_of(
            amazon,
            grant=shapeless,
            transport=transport,
            endpoint=address,
            login_url=address + "/auth/o2/token",
            listener=heard.append,
        )
        try:
            client.call(GET_PURCHASE_ORDERS, retry=False)
        except errors.AmazonError as error:
            shown = f"{error!r} {error} {vars(error)} {error.__cause__} {error.__context__}"

    shown += caplog.text + "".join(str((one.request_headers, one.request_body)) for one in heard)
    shown += "".join(str((one.url, one.response_headers, one.response_body, one.error)) for one in heard)
    assert len(heard) >= 2
    assert "getPurchaseOrders" in caplog.text
    assert [secret for secret in secrets if secret in shown] == []
