"""A pretended Amazon for the tests of the wire: says what it is told to say, remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

from purveyor.amazon.client import Client
from purveyor.amazon.login import Grant
from purveyor.amazon.transport import WsgiTransport

SECRET = "amzn1.oa2-cs.v1.fake000secret"
OLD_SECRET = "fake-older-secret"
REFRESH = "Atzr|fake+refresh/token"
CLIENT_ID = "amzn1.application-oa2-client.fake"
GRANT = Grant(CLIENT_ID, (SECRET,), REFRESH)
ADDRESS = "https://amazon.test"
LOGIN_URL = ADDRESS + "/auth/o2/token"
ORDERS = "/vendor/orders/v1/purchaseOrders"
STATUS = "/vendor/orders/v1/purchaseOrdersStatus"
ACKNOWLEDGE = "/vendor/orders/v1/acknowledgements"
TRANSACTIONS = "/vendor/transactions/v1/transactions/"


@dataclass
class Say:
    """One reply: JSON for a dict, bytes as they are, and an exception instead of a reply."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    error: Exception | None = None

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Amazon:
    """A WSGI app. ``tell`` lines up replies for a path; the last one stays. The login gives Atza|fake-1, fake-2 …"""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.tokens = 0
        self._lines: dict[str, list[Say]] = {}
        self._lock = threading.Lock()

    def tell(self, path: str, *replies: Say) -> None:
        self._lines[path] = list(replies)

    def calls(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = Asked(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            {k: v[0] for k, v in parse_qs(environ["QUERY_STRING"], keep_blank_values=True).items()},
            {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_")}
            | {"content-type": environ.get("CONTENT_TYPE", "")},
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
        )
        with self._lock:
            self.asked.append(asked)
            say = self._next(asked.path)
        if say.error:
            raise say.error
        headers = {"Content-Type": "application/json", "x-amzn-RequestId": "req-1"} | say.headers
        start_response(f"{say.status} Said", list(headers.items()))
        return [say.content]

    def _next(self, path: str) -> Say:
        line = self._lines.get(path)
        if line:
            return line.pop(0) if len(line) > 1 else line[0]
        if path == "/auth/o2/token":
            self.tokens += 1
            return Say(200, granted(f"Atza|fake-{self.tokens}"))
        return Say(404, refused("ResourceNotFound", "nothing here"))


def granted(token: str, **more: Any) -> dict[str, Any]:
    return {"access_token": token, "token_type": "bearer", "expires_in": 3600, "refresh_token": REFRESH} | more


def refused(code: str = "InvalidInput", message: str = "", details: str = "") -> dict[str, Any]:
    return {"errors": [{"code": code, "message": message, "details": details}]}


def orders_page(*numbers: str, token: str = "") -> dict[str, Any]:
    orders = [{"purchaseOrderNumber": number, "purchaseOrderState": "New"} for number in numbers]
    return {"payload": {"orders": orders} | ({"pagination": {"nextToken": token}} if token else {})}


def client_of(amazon: Amazon, **more: Any) -> Client:
    given: dict[str, Any] = {"grant": GRANT, "endpoint": ADDRESS, "login_url": LOGIN_URL}
    return Client(**given | {"transport": WsgiTransport(amazon)} | more)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(app: Callable[..., Any]) -> Iterator[str]:
    """The app on a free port of this machine; yields its address."""
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def raw_server(*behaviours: Callable[[socket.socket], None]) -> Iterator[str]:
    """A socket that treats each connection as told, in order; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)

        def work() -> None:
            for behave in behaviours:
                connection, _ = listening.accept()
                with connection:
                    behave(connection)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            thread.join()


def free_address() -> str:
    """An address on this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"
