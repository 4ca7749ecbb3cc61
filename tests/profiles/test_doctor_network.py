"""The way to Amazon: a closed port, an unknown name, a certificate of one's own, silence, strangers; and clocks."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from purveyor.amazon.transport import Reply, Request
from purveyor.common import clock
from purveyor.profiles import door
from purveyor.profiles.doctor import Check, Connection, examine, visit

pytestmark = pytest.mark.integration

HERE = "127.0.0.1"


def connection(login_url: str, endpoint: str = "", **other: Any) -> Connection:
    facts: dict[str, Any] = {
        "name": "acme-de",
        "marketplace": "DE",
        "environment": "custom",
        "endpoint": endpoint or login_url,
        "login_url": login_url,
        "vendor_codes": ("ACME1",),
        "client_id": CLIENT_ID,
        "client_secrets": (CLIENT_SECRET,),
        "refresh_token": REFRESH_TOKEN,
    }
    return Connection(**(facts | other))


def network(one: Connection, name: str = "network") -> Check:
    report = examine(one)
    assert [check.name for check in report.checks if check.ok is None][-5:] == [
        *("login", "orders", "order", "status", "transactions")
    ]
    return next(check for check in report.checks if check.name == name)


def closed_port() -> int:
    with socket.socket() as found:
        found.bind((HERE, 0))
        return int(found.getsockname()[1])


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A listener on this machine whose every connection is served by ``serve``; its port."""
    listener = socket.create_server((HERE, 0))
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            try:
                taken, _address = listener.accept()
            except OSError:
                return
            with taken:
                serve(taken)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


@contextmanager
def answering(status: int, body: bytes = b"", **headers: str) -> Iterator[str]:
    """A web server on this machine that answers everything alike; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Tests are silent."""

    server = HTTPServer((HERE, 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{HERE}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate for this machine that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "self-signed.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HERE))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "self-signed.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_closed_port() -> None:
    host = f"{HERE}:{closed_port()}"
    found = network(connection(f"http://{host}/token"))
    assert (found.state, found.code, found.means, found.do) == (
        "bad",
        "network-refused",
        f"{host} takes no connection: the port is closed, or nothing runs there.",
        "Check the address and its port, and whether a firewall stands between. It is tried again by itself.",
    )


def test_an_unknown_name() -> None:
    found = network(connection("https://api.nowhere.invalid/token"))
    assert (found.code, found.means) == (
        "network-name",
        "The name api.nowhere.invalid is not known here: no network, no name server, or a mistyped address.",
    )


def test_a_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    context = self_signed(tmp_path)
    read: list[bytes] = []

    def serve(taken: socket.socket) -> None:
        try:
            with context.wrap_socket(taken, server_side=True) as secured:
                read.append(secured.recv(1000))
        except (ssl.SSLError, OSError):
            return

    with listening(serve) as port:
        found = network(connection(f"https://{HERE}:{port}/token"))
    assert (found.code, found.means, found.do) == (
        "network-tls",
        f"The certificate of {HERE}:{port} is not trusted: a proxy that reads along, a self-made certificate, or a "
        "wrong clock.",
        f"Nothing secret was sent. Let the proxy leave {HERE}:{port} alone, or check the address and the clock.",
    )
    assert read in ([], [b""])


def test_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    from purveyor.profiles.doctor import network as way

    monkeypatch.setattr(way, "TIMEOUT", 0.2)
    over = threading.Event()
    with listening(lambda taken: bool(over.wait(10)) and None) as port:
        found = network(connection(f"http://{HERE}:{port}/token"))
        over.set()
    assert (found.code, found.means) == (
        "network-timeout",
        f"{HERE}:{port} did not answer in time: the way is blocked, or very slow.",
    )


def test_a_connection_that_breaks_off() -> None:
    with listening(lambda taken: taken.close()) as port:
        found = network(connection(f"http://{HERE}:{port}/token"))
    assert (found.code, found.means) == ("network-broken", f"The connection to {HERE}:{port} broke off.")


def test_plain_http_to_another_machine() -> None:
    found = network(connection("http://hub.example.com/token"))
    assert (found.code, found.do) == ("network-unsendable", "Use an https address.")


@pytest.mark.parametrize(
    ("status", "body", "headers", "means"),
    [
        (
            302,
            b"",
            {"Location": "http://127.0.0.1/sign-in"},
            "The address sends us elsewhere. Amazon's never do: the address is wrong, or a sign-in page of your "
            "network stands between.",
        ),
        (
            200,
            b" <!doctype html><title>Welcome to our guest network</title>",
            {},
            "A web page answers instead of Amazon: the address is wrong, or a proxy or sign-in page of your network "
            "stands between.",
        ),
        (407, b"", {}, "A proxy stands between this machine and {host} and wants a sign-in."),
    ],
)
def test_somebody_else_answers(status: int, body: bytes, headers: dict[str, str], means: str) -> None:
    with answering(status, body, **headers) as address:
        found = network(connection(f"{address}/token"))
        host = address.removeprefix("http://")
    assert (found.code, found.said, found.means) == (
        "network-stranger",
        f"{host} answered with status {status}.",
        means.format(host=host),
    )


def test_nothing_secret_is_sent_to_find_the_way() -> None:
    sent: list[Request] = []

    class Witness:
        def send(self, request: Request, timeout: float) -> Reply:
            sent.append(request)
            return Reply(302)

    with plugged(Witness()) as address:
        network(connection(f"{address}/token"))
    assert [(r.method, r.body, sorted(r.headers)) for r in sent] == [("GET", b"", ["accept", "user-agent"])]


# ── clocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

PLUGGED = "http://127.0.0.1:9"


@contextmanager
def plugged(transport: Any) -> Iterator[str]:
    door.plug(PLUGGED, transport)
    try:
        yield PLUGGED
    finally:
        door.unplug(PLUGGED)


class Clock:
    """Amazon's clock, so many seconds apart from ours; it refuses everything else."""

    def __init__(self, apart: int) -> None:
        self.apart = apart

    def send(self, request: Request, timeout: float) -> Reply:
        told = format_datetime(clock.now() + timedelta(seconds=self.apart), usegmt=True)
        return Reply(403, {"date": told}, b'{"error": "access_denied"}')


@pytest.mark.parametrize(
    ("apart", "state", "means"),
    [
        (0, "good", ""),
        (59, "good", ""),
        (-61, "warn", "This machine's clock is 61 seconds ahead, so deadlines are counted wrong."),
        (61, "warn", "This machine's clock is 61 seconds behind, so deadlines are counted wrong."),
        (-301, "bad", "This machine's clock is 301 seconds ahead, so deadlines are counted wrong."),
        (86_400, "bad", "This machine's clock is 86400 seconds behind, so deadlines are counted wrong."),
    ],
)
def test_clocks_apart(held_clock: datetime, apart: int, state: str, means: str) -> None:
    with plugged(Clock(apart)) as address:
        report = examine(connection(f"{address}/token"))
    found = next(check for check in report.checks if check.name == "clock")
    assert (found.state, found.means) == (state, means)
    assert found.do == ("" if state == "good" else "Set this machine's clock and let it be kept by a time server.")


def test_a_clock_alone_does_not_keep_the_login_from_trying(held_clock: datetime) -> None:
    with plugged(Clock(-1000)) as address:
        report = examine(connection(f"{address}/token"))
    assert [check.name for check in report.checks if check.ok is False] == ["clock", "login"]


def test_a_person_does_not_wait_for_minutes() -> None:
    assert (visit.PATIENCE, visit.TIMEOUT) == (2, 15.0)
