"""A hub of its own for a benchmark: an empty home, an empty database, one connected profile."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit


@contextmanager
def hub(database: str = "") -> Iterator[None]:
    """Django on an empty database: SQLite in a home that is thrown away, or one made and dropped on the server whose
    address is given (postgresql://…)."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PURVEYOR_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "purveyor.config.settings"
        name = f"purveyor_bench_{os.getpid()}"
        if database:
            _on_server(database, f"CREATE DATABASE {name}")
            os.environ["PURVEYOR_DATABASE_URL"] = urlunsplit(urlsplit(database)._replace(path=f"/{name}"))
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        try:
            call_command("migrate", verbosity=0)
            yield
        finally:
            connections.close_all()
            if database:
                _on_server(database, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(database: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(urlunsplit(urlsplit(database)._replace(path="/postgres")), autocommit=True) as server:
        server.execute(statement)


def pin_server(core: int) -> bool:
    """Move the database server, and with it every session to come, to one core. False where that is not allowed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        session = int(cursor.fetchone()[0])
    try:
        with open(f"/proc/{session}/stat") as stat:
            postmaster = int(stat.read().rsplit(")", 1)[1].split()[1])
        cores = sorted(os.sched_getaffinity(postmaster))
        for process in (postmaster, session):
            os.sched_setaffinity(process, {cores[core % len(cores)]})
    except OSError:
        return False
    return True


def connect(told: dict[str, Any]) -> Any:
    """A profile connected to what ``bench.stand`` told."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain import add_profile

    return add_profile(Who.cli(), name="bench", environment="simulator", **told)
