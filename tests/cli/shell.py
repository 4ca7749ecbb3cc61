"""The command line as a process of its own, with a home and a database of its own, against a served stand-in."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from purveyor.simulator.accounts import Account
from purveyor.simulator.server import Server

STARTS_WITHIN, STOPS_WITHIN = 60.0, 20.0
AGAIN = threading.Event()  # never set: a pause between two looks at another process


def environ(home: Path, **options: str) -> dict[str, str]:
    """The environment of such a process: none of the test's own options."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PURVEYOR_", "DJANGO_"))}
    return kept | {"PURVEYOR_HOME": str(home)} | options


@dataclass
class Shell:
    """``shell("order", "list")`` answers the process; ``shell.json(...)`` its answer, after a good end."""

    home: Path
    options: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: Any = None) -> subprocess.CompletedProcess[str]:
        given = stdin if stdin is None or isinstance(stdin, str) else json.dumps(stdin)
        return subprocess.run(
            [sys.executable, "-m", "purveyor", *arguments],
            env=environ(self.home, **self.options),
            input=given if given is not None else "",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def json(self, *arguments: str, stdin: Any = None) -> Any:
        done = self(*arguments, "--json", stdin=stdin)
        assert done.returncode == 0, (done.stdout, done.stderr)
        return json.loads(done.stdout)

    def connect(self, served: Server, account: Account, visibility: int = 2) -> None:
        """A profile ``acme`` at a served stand-in."""
        codes = [word for code in account.vendor_codes for word in ("--vendor-code", code)]
        where = ["--endpoint", served.address, "--login-url", served.login_url, "--visibility", str(visibility)]
        who = ["--marketplace", account.marketplace, "--client-id", account.client_id]
        secrets = {"client_secret": account.client_secret, "refresh_token": account.refresh_token}
        self.json("profile", "add", "acme", *who, *codes, *where, "--secrets-stdin", stdin=secrets)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """The processes below one, whatever session they are in."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if parent == pid:
                    found += [int(entry.name), *children(int(entry.name))]
    return found


def alive(pid: int) -> bool:
    with suppress(OSError):
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@contextmanager
def running(home: Path, *arguments: str, **options: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on running; whatever is left of it afterwards is killed."""
    with (home.parent / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "purveyor", *arguments],
            env=environ(home, **options),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    below: list[int] = []
    try:
        yield process
        below = children(process.pid)
    finally:
        for pid in [*below, *children(process.pid), process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.communicate()


def ready(port: int, path: str = "/health/ready") -> str:
    """The first good answer of a hub that is starting."""
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            if time.monotonic() > until:
                raise
            AGAIN.wait(0.1)


def stopped(process: subprocess.Popen[str]) -> tuple[int, list[int]]:
    """Ask it to stop; its status, and what of its children is left."""
    below = children(process.pid)
    process.send_signal(signal.SIGTERM)
    status = process.wait(STOPS_WITHIN)
    return status, [pid for pid in below if alive(pid)]
