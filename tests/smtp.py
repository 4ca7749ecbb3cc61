"""A mail server on loopback that takes what comes, for tests and for nobody else."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any


@dataclass
class MailServer:
    """Where it listens and what came, each with whom it was for. ``refuses`` are addresses it knows nothing of."""

    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server that listens for the length of the block."""
    found = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            wanted: list[str] = []
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()[:4]
                if verb == "QUIT":
                    self.say("221 bye")
                    return
                if verb == "DATA":
                    self.say("354 go on")
                    self.read_mail(wanted)
                elif verb == "RCPT" and (to := line.split("<")[1].split(">")[0]) in found.refuses:
                    self.say(f"550 nobody here is {to}")
                elif verb == "RCPT":
                    wanted.append(to)
                    self.say("250 fine")
                else:
                    self.say("250 fine")

        def read_mail(self, wanted: list[str]) -> None:
            lines: list[bytes] = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.replace(b"\r\n", b"\n"))
            read: Any = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            found.mails.append((list(wanted), read))
            self.say("250 taken")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
