"""Start the hub: the whole process tree, or one of its parts alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import click

from purveyor.cli.door import Command, as_json
from purveyor.cli.schema import unreachable
from purveyor.cli.tree import Part, Tree, purveyor, stop_politely
from purveyor.common.errors import Misconfigured
from purveyor.config.home import fresh_metrics_folder
from purveyor.config.options import option

HOST = click.option("--host", help="Address to listen on; 127.0.0.1 unless said otherwise.")
PORT = click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; 8000 unless said otherwise.")


def free(host: str, port: int) -> bool:
    """Whether nothing listens there yet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def address(host: str | None, port: int | None) -> tuple[str, int]:
    """Where to listen: the flags, else the options. Raises Misconfigured when the port is taken."""
    chosen = host or option("PURVEYOR_HOST"), port or option("PURVEYOR_PORT")
    if not free(*chosen):
        raise Misconfigured(f"port {chosen[1]} on {chosen[0]} is taken; choose another with --port")
    return chosen


def require_free_for_sftp(web_port: int) -> None:
    """See that the SFTP server can listen, where it is to, beside the web server. Raises Misconfigured."""
    host, port = option("PURVEYOR_SFTP_HOST"), option("PURVEYOR_SFTP_PORT")
    if port and (port == web_port or not free(host, port)):
        raise Misconfigured(f"port {port} on {host} is taken; choose another with PURVEYOR_SFTP_PORT")


def migrate_apart() -> str:
    """Bring the database up to date in a process of its own, so that the tree's root stays small.

    Answers the one-time set-up code while there is no user yet, else nothing. Raises Misconfigured.
    """
    asked = purveyor("migrate", "--announce-setup", "--json")
    done = subprocess.run(asked, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own command line
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise Misconfigured("the database could not be brought up to date") from None
    if problem := answer.get("error"):
        raise Misconfigured(problem["message"], hint=problem.get("hint", ""), code=problem["code"])
    return str(answer["setup_code"] or "")


def check_keys_apart() -> None:
    """See in a process of its own that the key file is not lost; the server shall not start without it. Raises
    Misconfigured."""
    done = subprocess.run(purveyor("keys", "check", "--json"), check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own command line
    try:
        problem = json.loads(done.stdout).get("error") or {}
    except ValueError:
        return  # it has said why on the error channel, and the server will say so too
    if problem.get("code") == "keys-lost":
        raise Misconfigured(problem["message"], hint=problem.get("hint", ""), code="keys-lost")


def parts(host: str, port: int) -> list[Part]:
    """The hub's parts: the web server, the worker with its timers, and the SFTP server where it has a port."""
    listening = {"PURVEYOR_HOST": host, "PURVEYOR_PORT": str(port)}
    listening["PROMETHEUS_MULTIPROC_DIR"] = str(fresh_metrics_folder())  # /metrics shows what the worker counts, too
    found = [
        Part("web server", purveyor("web", "--host", host, "--port", str(port)), listening),
        Part("worker", purveyor("worker"), listening),
    ]
    return [*found, Part("sftp server", purveyor("sftp"), listening)] if option("PURVEYOR_SFTP_PORT") else found


@click.command(cls=Command, django=False)
@HOST
@PORT
@click.pass_context
def up(ctx: click.Context, host: str | None, port: int | None) -> None:
    """Bring the database up to date, then run web server, worker and timers until stopped."""
    stop_politely()
    host, port = address(host, port)
    require_free_for_sftp(port)
    code = migrate_apart()
    announce(ctx, {"url": url(host, port), "setup_code": code or None}, _words(url(host, port), code))
    sys.exit(Tree(parts(host, port)).run())


def url(host: str, port: int) -> str:
    """The address of the first page."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _words(page: str, code: str) -> str:
    said = f"Purveyor listens on {page}  (stop with Ctrl-C)"
    return said + (f"\nNo user yet. Open the page and use this one-time set-up code: {code}" if code else "")


def announce(ctx: click.Context, answer: dict[str, Any], words: str) -> None:
    """What a command that goes on running says at its start: words for people, or its one JSON document."""
    click.echo(as_json(answer) if ctx.meta["json"] else words)
    sys.stdout.flush()


@click.command(cls=Command, django=False)
@HOST
@PORT
def web(host: str | None, port: int | None) -> None:
    """Run the web server alone. More of them may run on other machines with the same PostgreSQL database."""
    from granian import Granian
    from granian.constants import Interfaces

    host, port = address(host, port)
    check_keys_apart()
    os.environ["PURVEYOR_HOST"], os.environ["PURVEYOR_PORT"] = host, str(port)
    Granian(
        "purveyor.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_enabled=False,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


@click.command(cls=Command)
def worker() -> None:
    """Run the worker alone: tasks, sweeps and timers. More of them may run beside it, here or elsewhere."""
    from purveyor.jobs.worker import run_worker
    from purveyor.vault.lost import require_keys

    require_keys()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_worker(stop)


def _migrated(answer: dict[str, Any]) -> str:
    code = answer["setup_code"]
    return "The database is up to date." + (f"\nOne-time set-up code: {code}" if code else "")


@click.command(cls=Command, tables=False, show=_migrated)
@click.option("--announce-setup", is_flag=True, help="Make a one-time set-up code while there is no user yet.")
def migrate(announce_setup: bool) -> dict[str, Any]:
    """Bring the database up to date."""
    from django.core.management import call_command
    from django.db.utils import OperationalError

    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise unreachable(error) from None
    if announce_setup:
        _require_keys()
    return {"migrated": True, "setup_code": _setup_code() if announce_setup else None}


def _require_keys() -> None:
    from purveyor.vault.lost import require_keys

    require_keys()


def _setup_code() -> str | None:
    from purveyor.people.domain.setup import new_setup_code, setup_is_open

    return new_setup_code() if setup_is_open() else None
