"""The one door out to Amazon: the Transport protocol, its HTTP implementation, and one without sockets for a WSGI app.

Only this file imports the HTTP library. Redirects are never followed, proxies of the environment never used, cookies
never kept: there is no layer here that could carry a token anywhere but to the address asked for.
"""

from __future__ import annotations

import io
import logging
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import httpx2

from purveyor.amazon.errors import NotConnected, ReplyLost
from purveyor.common.errors import Remedy

LARGEST_REPLY = 64 * 1024 * 1024
LONGEST_CONNECT = 10.0

# At debug level the library quotes the headers of every reply. The exchange is logged by ``record``, without secrets.
for _name_of_logger in ("connection", "http11", "http2", "proxy", "socks"):
    logging.getLogger(f"httpcore2.{_name_of_logger}").addFilter(lambda record: record.levelno >= logging.WARNING)

_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Headers and body may hold secrets, so they are not shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    operation: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class Transport(Protocol):
    """Sends one request and answers the reply of whatever status.

    Raises NotConnected when provably nothing left, ReplyLost when it may have left but no whole reply came back.
    """

    def send(self, request: Request, timeout: float) -> Reply: ...


class HttpTransport:
    """HTTP/1.1 over a pool of kept-alive connections; safe to share between threads."""

    def __init__(self, *, connections: int = 20, keep_alive: float = 20.0) -> None:
        limits = httpx2.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=keep_alive
        )
        self._pool = httpx2.HTTPTransport(trust_env=False, retries=0, limits=limits)

    def send(self, request: Request, timeout: float) -> Reply:
        """One attempt. ``timeout`` (seconds) bounds each wait for the other side, and the whole body once more."""
        _refuse_unsendable(request)
        waits = {"connect": min(timeout, LONGEST_CONNECT), "read": timeout, "write": timeout, "pool": timeout}
        outgoing = httpx2.Request(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.body,
            extensions={"timeout": waits},
        )
        try:
            answer = self._pool.handle_request(outgoing)
        except _NEVER_SENT as error:
            said = f"no connection ({_name(error)})"
            raise NotConnected(said, operation=request.operation, cause=cause_of(error)) from None
        except httpx2.HTTPError as error:
            said = f"the reply was lost ({_name(error)})"
            raise ReplyLost(said, operation=request.operation, cause=cause_of(error)) from None
        return _received(request, answer, timeout)

    def close(self) -> None:
        """Close every kept connection."""
        self._pool.close()

    def __enter__(self) -> HttpTransport:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _received(request: Request, answer: httpx2.Response, timeout: float) -> Reply:
    # Sockets wait in real time, also where the house clock is held: only the monotonic clock bounds a dripping body.
    deadline = time.monotonic() + timeout
    parts: list[bytes] = []
    size = 0
    try:
        for part in answer.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > LARGEST_REPLY or time.monotonic() > deadline:
                raise ReplyLost("the reply was too long or too slow", operation=request.operation, cause="timeout")
    except httpx2.HTTPError as error:
        said = f"the reply broke off ({_name(error)})"
        raise ReplyLost(said, operation=request.operation, cause=cause_of(error)) from None
    finally:
        answer.close()
    return Reply(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, b"".join(parts))


def _name(error: Exception) -> str:
    # Texts of the HTTP library may quote header values; class names never do.
    return type(error).__name__


def cause_of(error: BaseException) -> str:
    """Why no reply came, one of ``errors.CAUSES``: read off the errors beneath, the system's own first."""
    beneath: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in beneath:
        beneath.append(found)
        found = found.__cause__ or found.__context__
    for one in reversed(beneath):
        for kind, cause in _CAUSES:
            if isinstance(one, kind):
                return cause
    return "broken"


_CAUSES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (socket.gaierror, "name"),
    (ConnectionRefusedError, "refused"),
    (ssl.SSLError, "tls"),
    ((TimeoutError, httpx2.TimeoutException), "timeout"),
    (ConnectionError, "broken"),
    (OSError, "unreachable"),
)


def _refuse_unsendable(request: Request) -> None:
    """Refuse before anything leaves: plain http beyond this machine, and headers that no wire carries."""
    address = urlsplit(request.url)
    if address.scheme == "http" and not is_loopback(address.hostname or ""):
        raise NotConnected(
            f"plain http is only allowed to this machine itself, not to {address.hostname}",
            operation=request.operation,
            remedy=Remedy.MEND_SETTINGS,
            hint="Use an https address.",
            cause="unsendable",
        )
    for name, value in request.headers.items():
        if not (value.isascii() and value.isprintable()):
            raise NotConnected(
                f"the header {name} holds characters that cannot be sent",
                operation=request.operation,
                remedy=Remedy.MEND_SETTINGS,
                hint="A credential was probably pasted with stray characters.",
                cause="unsendable",
            )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class WsgiTransport:
    """Calls a WSGI app in place of the network, without sockets.

    The app misbehaves by raising: ConnectionRefusedError means that no connection was made, any other ConnectionError
    or a TimeoutError that the reply was lost. To the client it looks as on the wire.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def send(self, request: Request, timeout: float) -> Reply:
        """One call of the app; ``timeout`` is not enforced, there being nothing to wait for."""
        try:
            return _call(self._app, _environ(request))
        except ConnectionRefusedError:
            said = "no connection (ConnectionRefusedError)"
            raise NotConnected(said, operation=request.operation, cause="refused") from None
        except (ConnectionError, TimeoutError) as error:
            said = f"the reply was lost ({_name(error)})"
            raise ReplyLost(said, operation=request.operation, cause=cause_of(error)) from None


def _environ(request: Request) -> dict[str, Any]:
    address = urlsplit(request.url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(address.path or "/", "latin-1"),
        "QUERY_STRING": address.query,
        "SERVER_NAME": address.hostname or "localhost",
        "SERVER_PORT": str(address.port or (443 if address.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": address.netloc,
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": address.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def _call(app: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> Reply:
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        begun.append((status, headers))
        return written.append

    chunks = app(environ, start_response)
    try:
        written.extend(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = begun[-1]
    return Reply(int(status.split(" ", 1)[0]), {k.lower(): v for k, v in headers}, b"".join(written))
