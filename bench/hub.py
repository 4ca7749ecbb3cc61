"""A demo hub in processes of its own, and a person's session with it; for benchmarks and the demo's own journey."""

from __future__ import annotations

import http.cookiejar
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Demo:
    """A running demo: its page, and what it printed to sign in with."""

    page: str
    user: str
    password: str
    process: subprocess.Popen[str]


def _read_greeting(process: subprocess.Popen[str], seconds: float) -> str:
    """What the demo prints, up to the line on how to stop it."""
    said, until = "", time.monotonic() + seconds
    assert process.stdout is not None
    while "Ctrl-C" not in said:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the demo did not start: {said}")
        if select.select([process.stdout], [], [], 0.2)[0]:
            said += os.read(process.stdout.fileno(), 65536).decode()
    return said


@contextmanager
def running_demo(home: Path, *more: str, seconds: float = 120) -> Iterator[Demo]:
    """Start ``purveyor demo`` in a home of its own; stopped with SIGTERM afterwards."""
    command = [sys.executable, "-m", "purveyor", "demo", "--no-browser"]
    command += ["--port", str(free_port()), "--simulator-port", str(free_port()), *more]
    log = (home / "demo.log").open("ab")
    process = subprocess.Popen(
        command, env={**os.environ, "PURVEYOR_HOME": str(home)}, stdout=subprocess.PIPE, stderr=log, text=True
    )
    try:
        said = _read_greeting(process, seconds)
        page, user, password = (
            re.search(rf"{word}\s+(\S+)", said)[1]
            for word in ("Purveyor", "sign in as", "password")  # type: ignore[index]  # a greeting has all three
        )
        yield Demo(page, user, password, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)
        if process.stdout is not None:
            process.stdout.close()
        log.close()


class Person:
    """A browser without pictures: keeps cookies, fills in the sign-in form."""

    def __init__(self, page: str) -> None:
        self.page = page.rstrip("/")
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open

    def get(self, path: str) -> str:
        with self.open(self.page + path, timeout=30) as answer:
            return str(answer.read().decode())

    def sign_in(self, user: str, password: str) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get("/sign-in/"))
        assert token
        form = {"csrfmiddlewaretoken": token[1], "username": user, "password": password}
        request = urllib.request.Request(
            f"{self.page}/sign-in/", urllib.parse.urlencode(form).encode(), {"Referer": f"{self.page}/sign-in/"}
        )
        self.open(request, timeout=30).close()

    def wait_for(self, path: str, pattern: str, seconds: float) -> re.Match[str]:
        """Ask for a page until it shows the pattern."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                found = re.search(pattern, self.get(path))
            except OSError:
                found = None
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{path} did not show {pattern} within {seconds} s")
