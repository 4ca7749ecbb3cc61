"""``purveyor sftp`` alone and in ``purveyor up``, as processes."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest

from channels.sftp.hosting import KEY, done
from cli.conftest import Run
from cli.shell import AGAIN, STARTS_WITHIN, children, environ, free_port, running, stopped
from purveyor.channels.sftp import hostkey
from purveyor.cli.up import require_free_for_sftp
from purveyor.common.errors import Misconfigured

pytestmark = [pytest.mark.integration, pytest.mark.once]
EFFECT_WITHIN = 5.0
_CHANNEL = """
from purveyor.config.start import start
start()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from purveyor.channels import setup
from purveyor.people.who import Who
import sys
options = {"user": "acme", "keys": sys.argv[1]}
setup.add(Who.system("test"), setup.Asked("acme", "partner", "products", quiet=0, options=options))
"""


def _file(sku: str) -> bytes:
    return f"SKU;Title;Case pack\r\n{sku};Tea;6\r\n".encode()


def connect(port: int) -> asyncssh.SSHClientConnection:
    given = {"username": "acme", "client_keys": [KEY], "known_hosts": None, "config": None, "agent_path": None}

    async def made() -> asyncssh.SSHClientConnection:
        return await asyncssh.connect("127.0.0.1", port, **given)

    return done(made())


def awaited(true: Callable[[], bool], within: float) -> float:
    """Seconds until it is so; fails where it is not in time."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within, "not in time"
        AGAIN.wait(0.05)
    return time.monotonic() - began


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def skus(home: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(home / "purveyor.sqlite3")) as database:
        return [sku for (sku,) in database.execute("select sku from products_product")]


def test_a_file_dropped_at_the_running_hub_takes_effect_and_one_cut_off_by_a_kill_does_not(tmp_path: Path) -> None:
    home, port, sftp_port = tmp_path / "home", free_port(), free_port()
    public = KEY.export_public_key().decode().strip()
    subprocess.run([sys.executable, "-c", _CHANNEL, public], env=environ(home), check=True, timeout=120)
    folder = home / "sftp" / "acme"

    async def put(conn: asyncssh.SSHClientConnection, name: str, data: bytes, *, whole: bool = True) -> None:
        sftp = await conn.start_sftp_client()
        file = await sftp.open(f"in/{name}", "wb")
        await file.write(data)
        if whole:
            await file.close()

    with running(home, "up", "--port", str(port), "--json", PURVEYOR_SFTP_PORT=str(sftp_port)) as process:
        awaited(lambda: listens(sftp_port) and "worker is at work" in (tmp_path / "log").read_text(), STARTS_WITHIN)
        conn = connect(sftp_port)
        done(put(conn, "list.csv", _file("A-1")))
        assert awaited(lambda: skus(home) == ["A-1"], EFFECT_WITHIN) < EFFECT_WITHIN
        awaited((folder / "done" / "list.csv.report.csv").exists, EFFECT_WITHIN)

        done(put(conn, "half.csv", _file("A-2"), whole=False))
        os.kill(_pid_of("sftp", process.pid), signal.SIGKILL)
        awaited(lambda: not listens(sftp_port), STARTS_WITHIN)
        awaited(lambda: listens(sftp_port), STARTS_WITHIN)
        assert list((folder / "in").iterdir()) == []
        conn = connect(sftp_port)
        done(put(conn, "list.csv", _file("A-3")))
        awaited(lambda: "A-3" in skus(home), EFFECT_WITHIN)
        assert skus(home) == ["A-1", "A-3"]
        assert stopped(process) == (0, [])
    assert stat.S_IMODE((home / "sftp-host-key").stat().st_mode) == 0o600
    log = (tmp_path / "log").read_text()
    assert (hostkey.NAME in log, "PRIVATE KEY" in log, log.count("acme signed in from 127.0.0.1")) == (False, False, 2)


def _pid_of(command: str, root: int) -> int:
    for pid in children(root):
        if f"purveyor\0{command}\0" in Path(f"/proc/{pid}/cmdline").read_text():
            return pid
    raise AssertionError(f"no {command} runs")


@pytest.mark.django_db
def test_the_server_alone_wants_a_port_that_is_free_and_a_key_that_is_its_own(
    run: Run, home: Path, set_option: Callable[[str, str], None]
) -> None:
    assert run("sftp", "--json").json["error"]["message"] == "The SFTP server has no port."
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = run("sftp", "--port", str(port), "--json")
        assert (told.status, f"cannot listen on 127.0.0.1, port {port}" in told.json["error"]["message"]) == (1, True)
        set_option("PURVEYOR_SFTP_PORT", str(port))
        with pytest.raises(Misconfigured, match=f"port {port} on 127.0.0.1 is taken"):
            require_free_for_sftp(8000)
        set_option("PURVEYOR_SFTP_PORT", "8000")
        with pytest.raises(Misconfigured, match="port 8000 on 127"):
            require_free_for_sftp(8000)
        set_option("PURVEYOR_SFTP_PORT", "0")
        require_free_for_sftp(8000)
    hostkey.path().chmod(0o644)
    refused = run("sftp", "--port", str(free_port()), "--json")
    hostkey.path().unlink()
    assert (refused.status, "chmod 600" in refused.json["error"]["hint"]) == (1, True)


@pytest.mark.django_db
def test_check_shows_how_the_server_is_recognised(run: Run, home: Path) -> None:
    hostkey.path().unlink(missing_ok=True)
    assert run("check", "--json").json["sftp"] == {"host": "127.0.0.1", "port": 0, "fingerprint": "", "host_key": ""}
    hostkey.ensure()
    met = hostkey.public()
    assert met is not None
    assert run("check", "--json").json["sftp"]["fingerprint"] == met.fingerprint


def test_neither_the_web_server_nor_the_worker_loads_what_only_sftp_needs(tmp_path: Path) -> None:
    code = """
import sys
from purveyor.config.start import start
start()
import purveyor.web.urls, purveyor.jobs.worker
from purveyor.jobs import registry
registry.autodiscover()
print("asyncssh" in sys.modules)
"""
    told = subprocess.run(
        [sys.executable, "-c", code], env=environ(tmp_path / "home"), capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"
