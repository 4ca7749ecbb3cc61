"""``purveyor up`` and its parts, as processes: they start, answer, and stop cleanly."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from cli.shell import AGAIN, STARTS_WITHIN, STOPS_WITHIN, Shell, children, free_port, ready, running, stopped
from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from purveyor.vault.lost import WAY_BACK

pytestmark = pytest.mark.integration


def test_up_starts_from_nothing_shows_a_set_up_code_and_stops_on_sigterm(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    with running(home, "up", "--port", str(port), "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert (told["url"], len(told["setup_code"])) == (f"http://127.0.0.1:{port}/", 19)
        ready(port)
        assert told["setup_code"].replace("-", "") not in "".join(
            p.read_bytes().decode("latin-1") for p in home.iterdir() if p.is_file()
        )
        assert "one-time" in ready(port, "/setup/").lower() or "code" in ready(port, "/setup/").lower()
        assert len(children(process.pid)) >= 2
        assert stopped(process) == (0, [])
    assert (home.stat().st_mode & 0o077, (home / "keys").exists()) == (0, False)


def test_up_without_json_says_where_and_with_a_user_no_code(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    Shell(home).json(
        "user", "add", "anna", "--role", "administrator", "--password-stdin", stdin="an obviously fake one"
    )
    with running(home, "up", "--port", str(port)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Purveyor listens on http://127.0.0.1:{port}/  (stop with Ctrl-C)\n"
        process.send_signal(signal.SIGINT)
        assert (process.wait(STOPS_WITHIN), process.stdout.read()) == (0, "")


def test_up_brings_a_dead_part_back(shell: Shell) -> None:
    port = free_port()
    with running(shell.home, "up", "--port", str(port), "--json") as process:
        ready(port)
        before = children(process.pid)
        os.kill(before[0], signal.SIGKILL)
        ready(port)
        until = time.monotonic() + STARTS_WITHIN
        while len(children(process.pid)) < len(before) and time.monotonic() < until:
            AGAIN.wait(0.1)
        assert process.poll() is None
        ready(port)
        assert stopped(process)[1] == []


def test_up_at_a_port_that_is_taken_refuses(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = Shell(tmp_path / "home")("up", "--port", str(port), "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"], str(port) in error["message"]) == (1, "misconfigured", True)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("PURVEYOR_PORT", "eighty", "PURVEYOR_PORT is 'eighty'"),
        ("PURVEYOR_PROT", "80", "Did you mean PURVEYOR_PORT?"),
        ("PURVEYOR_DATABASE_URL", "mysql://x", "PURVEYOR_DATABASE_URL"),
        ("PURVEYOR_ENGINE", "distributed", "PostgreSQL"),
    ],
)
@pytest.mark.parametrize("command", ["up", "web", "worker"])
def test_a_nonsense_option_refuses_the_start_with_one_line(
    tmp_path: Path, command: str, option: str, value: str, words: str
) -> None:
    done = Shell(tmp_path / "home", {option: value})(command)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert words in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_lost_key_file_stops_each_start_with_one_line_and_the_way_back(shell: Shell, tmp_path: Path) -> None:
    account = ["--marketplace", "DE", "--vendor-code", "ACME1", "--client-id", CLIENT_ID, "--secrets-stdin"]
    secrets = {"client_secret": CLIENT_SECRET, "refresh_token": REFRESH_TOKEN}
    shell.json("profile", "add", "acme", *account, stdin=secrets)
    kept = tmp_path / "kept"
    (shell.home / "keys").rename(kept)
    words = f"The key file {shell.home / 'keys'} is missing; put back the one the stored secrets were sealed with."
    for command in (["up", "--port", str(free_port())], ["web", "--port", str(free_port())], ["worker"]):
        done = shell(*command)
        assert (done.returncode, done.stdout, done.stderr.splitlines()) == (1, "", [words, f"  {WAY_BACK}"]), command
    done = shell("check")
    assert (done.returncode, words in done.stdout) == (1, True)
    kept.rename(shell.home / "keys")
    assert shell.json("keys", "check") == {"ok": True}


def test_a_database_that_cannot_be_reached_refuses_in_one_line(tmp_path: Path) -> None:
    url = f"postgresql://purveyor:obviously-fake@127.0.0.1:{free_port()}/none"
    for arguments in (["up", "--port", str(free_port())], ["order", "list"]):
        done = Shell(tmp_path / "home", {"PURVEYOR_DATABASE_URL": url})(*arguments, "--json")
        assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (1, "misconfigured")
        assert "obviously-fake" not in done.stdout + done.stderr


def test_worker_alone_stops_on_sigterm(tmp_path: Path) -> None:
    with running(tmp_path / "home", "worker") as process:
        until = time.monotonic() + STARTS_WITHIN
        while "at work" not in (tmp_path / "log").read_text() and time.monotonic() < until:
            assert process.poll() is None
            AGAIN.wait(0.1)
        assert stopped(process) == (0, [])


def test_simulator_says_where_and_with_what_and_stops_on_sigterm(tmp_path: Path) -> None:
    with running(tmp_path / "home", "simulator", "--port", "0", "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert {"url", "login_url", "client_id", "client_secret", "refresh_token", "vendor_codes"} <= set(told)
        assert told["login_url"] == told["url"] + "/auth/o2/token"
        assert told["portal"] == told["url"] + "/portal/"
        assert all(told[name] for name in ("portal_user", "portal_password"))
        assert stopped(process) == (0, [])
    assert not (tmp_path / "home").exists(), "the stand-in needs no home of the hub's"
