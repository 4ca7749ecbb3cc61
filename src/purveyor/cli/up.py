"""Start the hub: the whole process tree, or one of its parts alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading

import click

from purveyor.cli.door import Command, boot
from purveyor.cli.tree import Part, Tree, purveyor
from purveyor.common.errors import Misconfigured
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


def migrate_apart() -> None:
    """Bring the database up to date in a process of its own, so that the tree's root stays small."""
    done = subprocess.run(purveyor("migrate", "--announce-setup"), check=False)  # noqa: S603  our own command line
    if done.returncode:
        sys.exit(done.returncode)


def parts(host: str, port: int) -> list[Part]:
    """The hub's parts: the web server and the worker with its timers."""
    listening = {"PURVEYOR_HOST": host, "PURVEYOR_PORT": str(port)}
    return [
        Part("web server", purveyor("web", "--host", host, "--port", str(port)), listening),
        Part("worker", purveyor("worker"), listening),
    ]


@click.command(cls=Command, django=False)
@HOST
@PORT
def up(host: str | None, port: int | None) -> None:
    """Bring the database up to date, then run web server, worker and timers until stopped."""
    host, port = address(host, port)
    migrate_apart()
    click.echo(f"Purveyor listens on http://{host}:{port}/  (stop with Ctrl-C)", err=True)
    sys.exit(Tree(parts(host, port)).run())


@click.command(cls=Command, django=False)
@HOST
@PORT
def web(host: str | None, port: int | None) -> None:
    """Run the web server alone."""
    from granian import Granian
    from granian.constants import Interfaces

    host, port = address(host, port)
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
    """Run the worker alone: tasks, sweeps and timers."""
    from purveyor.jobs.worker import run_worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_worker(stop)


@click.command(cls=Command, django=False)
@click.option("--announce-setup", is_flag=True, help="Print a one-time set-up code while there is no user yet.")
def migrate(announce_setup: bool) -> None:
    """Bring the database up to date."""
    boot()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    if announce_setup:
        _announce()


def _announce() -> None:
    from purveyor.people.domain.setup import new_setup_code, setup_is_open

    if setup_is_open():
        click.echo(f"No user yet. Open the page and use this one-time set-up code: {new_setup_code()}", err=True)
