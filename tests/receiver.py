"""A receiver on loopback that takes what webhooks and chats send, for tests and for nobody else.

with receiving() as there:
    post(there.url, b"{}", {})
    there.requests[0].body
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from purveyor.base import http


@dataclass(frozen=True)
class Came:
    """One request as it came in; names of headers in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes


Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Receiver:
    """Where it listens and what came. ``answer`` decides the reply; it may wait, to be slow."""

    url: str = ""
    requests: list[Came] = field(default_factory=list)
    answer: Callable[[Came], Reply] = lambda came: (200, {}, b"taken")


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens for the length of the block."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            came = Came(self.path, headers, self.rfile.read(length))
            found.requests.append(came)
            status, more, body = found.answer(came)
            self.send_response(status)
            for name, value in ({"content-length": str(len(body))} | more).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            with suppress(OSError):  # the other side has had enough
                super().handle()

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        # No connection outlives its receiver: whoever is collected with an open socket is warned of.
        http.close()
        server.shutdown()
        server.server_close()
        thread.join()
