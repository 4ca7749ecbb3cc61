"""The door out: what proves that nothing left, what does not, and that both transports look alike to the client."""

from __future__ import annotations

import gzip
import itertools
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from amazon.pretend import ADDRESS, Amazon, Say, free_address, raw_server, served
from purveyor.amazon import transport as seam
from purveyor.amazon.errors import AmazonError, NotConnected, ReplyLost
from purveyor.amazon.transport import HttpTransport, Reply, Request, WsgiTransport, cause_of, is_loopback

pytestmark = pytest.mark.unit


@pytest.fixture(params=["http", "wsgi"])
def way(request: pytest.FixtureRequest) -> Iterator[Callable[[Amazon, Request], Reply]]:
    """Sends a request to an app by either transport; the address is put in front of its path."""

    def send(amazon: Amazon, asked: Request) -> Reply:
        if request.param == "wsgi":
            return WsgiTransport(amazon).send(_at(ADDRESS, asked), 5)
        with served(amazon) as address, HttpTransport() as transport:
            return transport.send(_at(address, asked), 5)

    return send


def _at(address: str, asked: Request) -> Request:
    return Request(asked.method, address + asked.url, asked.headers, asked.body, asked.operation)


def test_send_hands_over_method_path_query_headers_and_body(way: Callable[[Amazon, Request], Reply]) -> None:
    amazon = Amazon()
    amazon.tell("/a b/ä".encode().decode("latin-1"), Say(202, b"yes", {"X-Thing": "1"}))

    reply = way(
        amazon, Request("POST", "/a%20b/%C3%A4?q=%2B1", {"x-amz-access-token": "t", "content-type": "x/y"}, b"in")
    )

    (asked,) = amazon.asked
    assert (asked.method, asked.path.encode("latin-1").decode(), asked.query) == ("POST", "/a b/ä", {"q": "+1"})
    assert (asked.headers["x-amz-access-token"], asked.headers["content-type"]) == ("t", "x/y")
    assert asked.body == b"in"
    assert (reply.status, reply.body, reply.headers["x-thing"]) == (202, b"yes", "1")


def test_send_does_not_follow_a_redirect(way: Callable[[Amazon, Request], Reply]) -> None:
    amazon = Amazon()
    amazon.tell("/here", Say(302, b"", {"Location": "/there"}))

    reply = way(amazon, Request("GET", "/here"))

    assert (reply.status, [one.path for one in amazon.asked]) == (302, ["/here"])


def test_http_keeps_no_cookies() -> None:
    amazon = Amazon()
    amazon.tell("/here", Say(200, b"", {"Set-Cookie": "a=b"}))

    with served(amazon) as address, HttpTransport() as transport:
        for _ in range(2):
            transport.send(Request("GET", address + "/here"), 5)

    assert [one.headers.get("cookie") for one in amazon.asked] == [None, None]


def test_send_uses_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    amazon = Amazon()
    amazon.tell("/here", Say(200, b"direct"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, free_address())

    with served(amazon) as address, HttpTransport() as transport:
        assert transport.send(Request("GET", address + "/here"), 5).body == b"direct"


def test_http_where_nobody_listens_is_proof_that_nothing_arrived() -> None:
    with HttpTransport() as transport, pytest.raises(NotConnected) as caught:
        transport.send(Request("POST", free_address(), operation="submitAcknowledgement"), 5)

    assert (caught.value.operation, caught.value.arrived) == ("submitAcknowledgement", False)


def test_http_without_a_tls_partner_is_proof_that_nothing_arrived() -> None:
    def hang_up(connection: socket.socket) -> None:
        connection.recv(10)

    with raw_server(hang_up) as address, HttpTransport() as transport, pytest.raises(NotConnected):
        transport.send(Request("POST", address.replace("http:", "https:")), 5)


def _after_the_request(connection: socket.socket) -> None:
    connection.recv(65536)


def _reset(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _half_a_body(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def _no_http(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"what?\r\n\r\n")


def _broken_gzip(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")


@pytest.mark.parametrize("behave", [_after_the_request, _reset, _half_a_body, _no_http, _broken_gzip])
def test_http_reply_that_breaks_off_is_a_lost_reply(behave: Callable[[socket.socket], None]) -> None:
    with raw_server(behave) as address, HttpTransport() as transport, pytest.raises(ReplyLost) as caught:
        transport.send(Request("POST", address, operation="submitAcknowledgement", body=b"{}"), 5)

    assert (caught.value.operation, caught.value.arrived) == ("submitAcknowledgement", None)


def test_http_reply_that_does_not_come_in_time_is_a_lost_reply() -> None:
    over = threading.Event()

    def wait(connection: socket.socket) -> None:
        connection.recv(65536)
        over.wait(5)

    with raw_server(wait) as address, HttpTransport() as transport:
        try:
            with pytest.raises(ReplyLost):
                transport.send(Request("GET", address), 0.05)
        finally:
            over.set()


def test_http_request_that_finds_no_free_connection_never_left() -> None:
    taken, over = threading.Event(), threading.Event()

    def wait(connection: socket.socket) -> None:
        connection.recv(65536)
        taken.set()
        over.wait(5)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with raw_server(wait) as address, HttpTransport(connections=1) as transport, ThreadPoolExecutor(1) as pool:
        first = pool.submit(transport.send, Request("GET", address), 5)
        try:
            assert taken.wait(5)
            with pytest.raises(NotConnected):
                transport.send(Request("POST", address), 0.05)
        finally:
            over.set()
        assert first.result().status == 204


def test_http_reply_that_drips_is_cut_off_in_all() -> None:
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not over.wait(0.02):
            connection.sendall(b".")

    with raw_server(drip) as address, HttpTransport() as transport:
        try:
            with pytest.raises(ReplyLost, match="too slow"):
                transport.send(Request("GET", address), 0.2)
        finally:
            over.set()


def test_http_reply_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seam, "LARGEST_REPLY", 10)
    amazon = Amazon()
    amazon.tell("/here", Say(200, b"eleven byte"))

    with served(amazon) as address, HttpTransport() as transport, pytest.raises(ReplyLost, match="too long"):
        transport.send(Request("GET", address + "/here"), 5)


def test_http_packed_reply_is_unpacked() -> None:
    amazon = Amazon()
    amazon.tell("/here", Say(200, gzip.compress(b"plain"), {"Content-Encoding": "gzip"}))

    with served(amazon) as address, HttpTransport() as transport:
        assert transport.send(Request("GET", address + "/here"), 5).body == b"plain"


@pytest.mark.parametrize("address", ["http://amazon.test/", "http://10.0.0.1/", "http://127.0.0.1.amazon.test/"])
def test_http_without_tls_leaves_only_to_this_machine(address: str) -> None:
    with HttpTransport() as transport, pytest.raises(NotConnected, match="plain http") as caught:
        transport.send(Request("GET", address), 5)

    assert caught.value.remedy == "mend the settings"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("x", False)],
)
def test_is_loopback_knows_this_machine(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize("value", ["Atza|fake\n1", "Atza|fäke", "Atza|fake\x7f"])
def test_http_header_that_no_wire_carries_is_refused_without_its_value(value: str) -> None:
    with HttpTransport() as transport, pytest.raises(NotConnected) as caught:
        transport.send(Request("POST", free_address(), {"x-amz-access-token": value}), 5)

    assert str(caught.value) == "the header x-amz-access-token holds characters that cannot be sent"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (ConnectionRefusedError(), NotConnected),
        (ConnectionResetError(), ReplyLost),
        (BrokenPipeError(), ReplyLost),
        (TimeoutError(), ReplyLost),
    ],
)
def test_wsgi_app_misbehaves_like_a_wire(raised: Exception, expected: type[AmazonError]) -> None:
    amazon = Amazon()
    amazon.tell("/here", Say(error=raised))

    with pytest.raises(expected) as caught:
        WsgiTransport(amazon).send(Request("GET", ADDRESS + "/here", operation="getPurchaseOrders"), 5)

    assert (type(caught.value), caught.value.operation) == (expected, "getPurchaseOrders")


def test_wsgi_closes_what_the_app_answered() -> None:
    closed = []

    class Chunks(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, object], start_response: Callable[..., Callable[[bytes], None]]) -> Chunks:
        start_response("200 OK", [])(b"written ")
        return Chunks([b"and ", b"answered"])

    assert WsgiTransport(app).send(Request("GET", ADDRESS), 5).body == b"written and answered"
    assert closed == [True]


def test_request_and_reply_do_not_show_what_they_carry() -> None:
    request = Request("POST", ADDRESS, {"x-amz-access-token": "Atza|fake"}, b"client_secret=fake", "login")
    reply = Reply(200, {"set-cookie": "fake"}, b"Atza|fake")

    assert "fake" not in repr(request) + repr(reply)


# ── why no reply came ───────────────────────────────────────────────────────────────────────────────────────────────


def test_causes_are_read_off_what_lies_beneath() -> None:
    def wrapped(*errors: BaseException) -> BaseException:
        for outer, inner in itertools.pairwise(errors):
            outer.__cause__ = inner
        return errors[0]

    outer = seam.httpx2.ConnectError("whatever it says")
    found = [
        cause_of(wrapped(outer, inner))
        for inner in (
            socket.gaierror(-2, "not known"),
            ConnectionRefusedError(),
            ssl.SSLCertVerificationError(),
            TimeoutError(),
            OSError(113, "no route"),
            ConnectionResetError(),
        )
    ]
    assert found == ["name", "refused", "tls", "timeout", "unreachable", "broken"]
    assert cause_of(seam.httpx2.ReadTimeout("slow")) == "timeout"
    assert cause_of(seam.httpx2.RemoteProtocolError("garbled")) == "broken"


def test_errors_in_a_circle_have_a_cause() -> None:
    one, other = ValueError(), KeyError()
    one.__context__, other.__context__ = other, one
    assert cause_of(one) == "broken"
