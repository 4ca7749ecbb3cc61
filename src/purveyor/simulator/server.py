"""The stand-in's own server: threaded HTTP/1.1 that keeps connections alive, and can break them for real.

    server = serve(world)
    print(server.address)        # http://127.0.0.1:43817
    server.stop()

When the app raises a connection error, the client sees a TCP reset: nothing was answered, whatever was done.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import socketserver
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from types import FrameType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from purveyor.simulator.app import create_app
from purveyor.simulator.misbehave import SOCKET
from purveyor.simulator.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MOST_CONNECTIONS = 256
IDLE_SECONDS = 75.0
LARGEST_BODY = 20_000_000
TICK_SECONDS = 0.25

# l_onoff 1, l_linger 0: closing sends RST instead of FIN.
_RESET = struct.pack("ii", 1, 0)


class Handler(BaseHTTPRequestHandler):
    """One connection, request after request."""

    protocol_version = "HTTP/1.1"
    server_version = "StandIn"
    sys_version = ""
    timeout = IDLE_SECONDS
    wbufsize = -1
    disable_nagle_algorithm = True
    server: HTTPServer

    def handle_one_request(self) -> None:
        """Read one request, let the app answer it, send the answer in one piece."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self._answer(self._body())
            self.wfile.flush()
        except (ConnectionError, TimeoutError):
            self.reset()
        except ValueError:
            self.send_error(400)
            self.close_connection = True

    def reset(self) -> None:
        """Break the connection: the client sees a reset."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.server.broken.add(self.connection)

    def finish(self) -> None:
        """Close both streams, even when what is left to send has nobody to go to."""
        for stream in (self.wfile, self.rfile):
            with contextlib.suppress(OSError):
                stream.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the world keeps its own record, and addresses may hold tokens."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= LARGEST_BODY:
            raise ValueError("body too large")
        return self.rfile.read(length)

    def _chunks(self) -> bytes:
        found = bytearray()
        while size := int(self.rfile.readline(1024).split(b";")[0], 16):
            if len(found) + size > LARGEST_BODY:
                raise ValueError("body too large")
            found += self.rfile.read(size)
            self.rfile.readline(8)
        while self.rfile.readline(65537).strip():
            pass
        return bytes(found)

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        found: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            SOCKET: True,
        }
        for name, value in self.headers.items():
            # The body has been put together by now; its length is known.
            if name.lower() not in {"transfer-encoding", "content-length", "content-type"}:
                found["HTTP_" + name.upper().replace("-", "_")] = value
        return found

    def _answer(self, body: bytes) -> None:
        head: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], None]:
            head[:] = [status, headers]
            return _no_write

        result = self.server.app(self._environ(body), start_response)
        data = b"".join(result)
        status, headers = head
        code, _, reason = status.partition(" ")
        self.send_response_only(int(code), reason)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Date", self.date_time_string())
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def _no_write(data: bytes) -> None:
    raise NotImplementedError("the stand-in answers by returning")


class HTTPServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens, and gives each connection a thread; no more than MOST_CONNECTIONS at once."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: WSGIApplication) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Handler)
        self.app = app
        self.broken: set[socket.socket] = set()
        self._open: set[socket.socket] = set()
        self._room = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._room.acquire()
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        if request in self.broken:
            # A polite shutdown would send FIN first; this one is meant to be a reset.
            self.broken.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)
        self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A bug of the stand-in's own: let it be seen."""
        super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Close what is still open, so that threads waiting for a next request end."""
        for request in list(self._open):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)


class Server:
    """A stand-in that is being served. ``address`` is where, without a slash at the end."""

    def __init__(self, world: World, host: str, port: int, allowed_hosts: Iterable[str]) -> None:
        self.world = world
        self._http = HTTPServer((host, port), create_app(world, allowed_hosts=allowed_hosts))
        self.port = int(self._http.server_address[1])
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(
                target=self._http.serve_forever, kwargs={"poll_interval": 0.1}, name="stand-in", daemon=True
            ),
            threading.Thread(target=self._live, name="stand-in clock", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def login_url(self) -> str:
        """The whole address of the token endpoint."""
        return f"{self.address}/auth/o2/token"

    def _live(self) -> None:
        """Let the world go on while nobody asks."""
        while not self._stopped.wait(TICK_SECONDS):
            self.world.tick()

    def stop(self) -> None:
        """Stop listening, hang up, and wait for the threads. Stopping twice is once."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        # Hang up first: the listener may be waiting for room.
        self._http.hang_up()
        self._http.shutdown()
        self._http.server_close()
        self._http.hang_up()
        for thread in self._threads:
            thread.join(timeout=5)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


def serve(world: World, host: str = "127.0.0.1", port: int = 0, *, allowed_hosts: Iterable[str] = ()) -> Server:
    """Serve a world in the background; port 0 picks a free one. Raises OSError when the address is taken."""
    return Server(world, host, port, allowed_hosts)


def _say(server: Server) -> None:
    """Tell whoever started the stand-in where it is. The control token is for eyes only, never for a log file."""
    where = server.address
    sys.stderr.write(
        f"The simulator, not Amazon, answers at {where} (page: {where}/control/, portal: {where}/portal/)\n"
    )
    if sys.stderr.isatty():
        sys.stderr.write(f"Token of its control API: {server.world.control_token}\n")
    sys.stderr.flush()


def run(
    host: str = "127.0.0.1",
    port: int = 0,
    seed: int = 1,
    scenario: str = "day",
    speed: float = 1.0,
    path: str | os.PathLike[str] | None = None,
    *,
    allowed_hosts: Iterable[str] = (),
    announce: Callable[[Server], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. ``announce`` is called once with the running server; without it the address is
    said on stderr, and to a terminal the control token too. ``path`` keeps the world.

    Raises Refused for an unknown scenario and OSError when the address is taken. Call it from the main thread.
    """
    world = World(seed=seed, scenario=scenario, path=path, speed=speed)
    enough = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        enough.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with serve(world, host, port, allowed_hosts=allowed_hosts) as server:
            (announce or _say)(server)
            enough.wait()
    finally:
        world.close()
        for number, handler in before.items():
            signal.signal(number, handler)
