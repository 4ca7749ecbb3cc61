"""The stand-in on a socket: keep-alive, real resets, real slowness, a clean stop."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from purveyor.simulator.server import Server, serve
from purveyor.simulator.world import World
from simulator.talk import ACKNOWLEDGE, AGENT, ORDERS, TEN, answer, entry, item

pytestmark = pytest.mark.integration


@pytest.fixture
def server() -> Iterator[Server]:
    world = World(scenario="quiet", secrets_from_seed=True)
    world.settings.generous = True
    with serve(world) as found:
        yield found
    world.close()


class Wire:
    """One connection to the server."""

    def __init__(self, server: Server, timeout: float = 10) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
        self.account = server.world.account
        self.access = self._sign_in()

    def _sign_in(self) -> str:
        form = urlencode(
            {
                "grant_type": "refresh_token",
                "client_id": self.account.client_id,
                "client_secret": self.account.client_secret,
                "refresh_token": self.account.refresh_token,
            }
        )
        self.connection.request("POST", "/auth/o2/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        return str(json.loads(self.connection.getresponse().read())["access_token"])

    def ask(self, method: str = "GET", path: str = ORDERS, body: object = None) -> tuple[int, bytes]:
        headers = {"x-amz-access-token": self.access, "User-Agent": AGENT}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        self.connection.request(method, path, data, headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def close(self) -> None:
        self.connection.close()


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with closing(Wire(server)) as found:
        yield found


@pytest.fixture
def body(server: Server) -> dict[str, object]:
    number = server.world.place("PURCHASE", lines=[TEN], vendor_code="WALD1")
    return {"acknowledgements": [answer(number, item("1", entry(10)))]}


def test_connection_is_kept_alive(wire: Wire, body: dict[str, object]) -> None:
    first = wire.connection.sock
    assert wire.ask()[0] == 200
    assert wire.ask("POST", ACKNOWLEDGE, body)[0] == 202
    assert wire.ask("POST", ACKNOWLEDGE, {})[0] == 400
    assert wire.ask(path="/nothing")[0] == 404
    assert wire.connection.sock is first


def test_address_names_the_port_it_listens_on(server: Server) -> None:
    assert server.address == f"http://127.0.0.1:{server.port}"
    assert server.login_url == server.address + "/auth/o2/token"
    assert server.port > 0


def test_chunked_bodies_are_read(wire: Wire, body: dict[str, object]) -> None:
    data = json.dumps(body).encode()
    chunks = iter([data[:10], data[10:]])
    headers = {"x-amz-access-token": wire.access, "User-Agent": AGENT, "Content-Type": "application/json"}
    wire.connection.request("POST", ACKNOWLEDGE, chunks, headers, encode_chunked=True)
    response = wire.connection.getresponse()
    response.read()
    assert response.status == 202
    assert wire.ask()[0] == 200


def test_head_has_no_body(wire: Wire) -> None:
    wire.connection.request("HEAD", "/control/")
    response = wire.connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    assert wire.ask()[0] == 200


@pytest.mark.parametrize(("name", "done"), [("reset", 0), ("refused", 0), ("lost-reply", 1)])
def test_broken_line_is_a_real_reset(server: Server, wire: Wire, body: dict[str, object], name: str, done: int) -> None:
    server.world.faults.once(name)
    with pytest.raises(ConnectionResetError):
        wire.ask("POST", ACKNOWLEDGE, body)
    assert len(server.world.acknowledgements("PURCHASE")) == done
    wire.connection.close()
    assert wire.ask()[0] == 200


def test_slow_is_really_slow(server: Server, wire: Wire) -> None:
    server.world.faults.once("slow", seconds=0.3)
    before = time.monotonic()
    assert wire.ask()[0] == 200
    assert time.monotonic() - before >= 0.3


def test_client_gives_up_on_a_slow_answer_and_the_work_is_done(server: Server, body: dict[str, object]) -> None:
    with closing(Wire(server, timeout=0.2)) as impatient:
        server.world.faults.once("slow", seconds=1)
        with pytest.raises(TimeoutError):
            impatient.ask("POST", ACKNOWLEDGE, body)
    assert len(server.world.acknowledgements("PURCHASE")) == 1


@pytest.mark.parametrize(
    ("name", "status", "start"),
    [
        ("throttled", 429, b'{"errors"'),
        ("server-error", 500, b'{"errors"'),
        ("html-error", 502, b"<!DOCTYPE"),
        ("empty-503", 503, b""),
        ("expired-token", 403, b'{"errors"'),
        ("revoked", 403, b'{"errors"'),
        ("missing-role", 403, b'{"errors"'),
        ("malformed-json", 200, b'{"payload"'),
        ("empty-page", 200, b'{"payload":{"pagination"'),
        ("unknown-enum", 200, b'{"payload"'),
    ],
)
def test_answering_faults_leave_the_connection_whole(
    server: Server, wire: Wire, name: str, status: int, start: bytes
) -> None:
    server.world.place(lines=1)
    server.world.faults.once(name)
    found = wire.ask()
    assert (found[0], found[1][: len(start)]) == (status, start)
    assert wire.ask()[0] == 200


@pytest.mark.parametrize("name", ["spurious-400", "repeated-token"])
def test_paging_faults_strike_the_second_page(server: Server, wire: Wire, name: str) -> None:
    server.world.place_many(3, lines=1)
    server.world.faults.once(name)
    token = json.loads(wire.ask(path=f"{ORDERS}?limit=1")[1])["payload"]["pagination"]["nextToken"]
    status, body = wire.ask(path=f"{ORDERS}?{urlencode({'limit': 1, 'nextToken': token})}")
    assert status == (400 if name == "spurious-400" else 200)
    assert (token.encode() in body) is (name == "repeated-token")


@pytest.mark.parametrize(
    ("name", "statuses"),
    [("processing-for-ever", ["Processing", "Processing"]), ("failure-without-reason", ["Failure", "Failure"])],
)
def test_outcome_faults_are_taken_with_202(
    server: Server, wire: Wire, body: dict[str, object], name: str, statuses: list[str]
) -> None:
    server.world.settings.outcome_delay = 0
    server.world.faults.once(name)
    status, answered = wire.ask("POST", ACKNOWLEDGE, body)
    found = json.loads(answered)["payload"]["transactionId"]
    path = f"/vendor/transactions/v1/transactions/{found}"
    told = [json.loads(wire.ask(path=path)[1])["payload"]["transactionStatus"]["status"] for _ in range(2)]
    assert (status, told) == (202, statuses)


def test_world_lives_on_while_nobody_asks(server: Server, wire: Wire, body: dict[str, object]) -> None:
    world = server.world
    world.settings.outcome_delay = world.settings.visibility_delay = 0.01
    wire.ask("POST", ACKNOWLEDGE, body)
    until = time.monotonic() + 5
    while world.order("PURCHASE").state == "New" and time.monotonic() < until:
        threading.Event().wait(0.02)
    assert world.order("PURCHASE").state == "Acknowledged"


def test_forty_clients_at_once(server: Server) -> None:
    server.world.settings.latency = 0.2

    def one(_: int) -> int:
        with closing(Wire(server)) as client:
            return client.ask()[0]

    before = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(one, range(40))) == [200] * 40
    # Each waits 0.4 s; one after the other would take 16.
    assert time.monotonic() - before < 6


def test_garbage_is_answered_with_400(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
        line.sendall(b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 400")


def test_stop_hangs_up_and_frees_the_port() -> None:
    world = World(scenario="quiet", secrets_from_seed=True)
    server = serve(world)
    with closing(Wire(server)) as idle:
        assert idle.connection.sock is not None
        server.stop()
        server.stop()
        assert idle.connection.sock.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)
    serve(world, port=server.port).stop()


def test_taken_port_is_an_error(server: Server) -> None:
    with pytest.raises(OSError, match="in use"):
        serve(server.world, port=server.port)


RUN = """
from purveyor.simulator.server import run
run(scenario="quiet", path={path!r}, announce=lambda server: print(server.address, flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_stops_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "world.sqlite3"
    command = [sys.executable, "-c", RUN.format(path=str(path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
    assert address.startswith("http://127.0.0.1:")
    assert path.exists()


def test_run_says_where_it_is_but_no_token_to_a_log(tmp_path: Path) -> None:
    path = tmp_path / "world.sqlite3"
    code = f"from purveyor.simulator.server import run\nrun(scenario='quiet', path={str(path)!r})"
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        process.terminate()
        said += process.stderr.read()
    world = World(path=path)
    assert said.startswith("The simulator, not Amazon, answers at http://127.0.0.1:")
    assert world.control_token not in said
    world.close()
