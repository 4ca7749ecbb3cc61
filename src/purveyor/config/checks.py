"""Look over the installation. Each finding has an id that stays, a sentence, and a hint what to do.

``findings()`` is what ``purveyor check`` shows; other packages add their own looks with ``look``.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from purveyor.config.home import home, keys_file
from purveyor.config.options import option


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that wants mending: an ``error`` keeps something from working, a ``warning`` does not."""

    id: str
    level: str
    sentence: str
    hint: str


Look = Callable[[], Iterator[Finding]]

_looks: list[Look] = []

# The oldest servers whose SQL we use and test.
_OLDEST_POSTGRES = 13_00_00
_OLDEST_SQLITE = (3, 35, 0)


def look(fn: Look) -> Look:
    """Register a look at the installation."""
    if fn not in _looks:
        _looks.append(fn)
    return fn


def findings() -> list[Finding]:
    """Everything that wants mending, in the order of looking; empty when all is well."""
    return [found for one in _looks for found in one()]


@look
def home_folder() -> Iterator[Finding]:
    folder = home()
    if not folder.is_dir():
        yield Finding(
            "home-missing",
            Level.WARNING,
            f"The home folder {folder} does not exist yet.",
            "It is made at the first start: run purveyor up.",
        )
    elif _open_to_others(folder):
        yield Finding(
            "home-open",
            Level.WARNING,
            f"Other users of this machine can look into the home folder {folder}.",
            f"Close it: chmod 700 {folder}",
        )


@look
def secret_files() -> Iterator[Finding]:
    for file in (home() / "secret.key", keys_file()):
        if file.exists() and _open_to_others(file):
            yield Finding(
                "key-file-open",
                Level.ERROR,
                f"Other users of this machine can read {file}.",
                f"Close it (chmod 600 {file}), then replace what it protected: purveyor keys rotate.",
            )


def _open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


@look
def keys_beside_database() -> Iterator[Finding]:
    from purveyor.config.database import is_postgres_url, sqlite_file

    url = option("PURVEYOR_DATABASE_URL")
    if is_postgres_url(url):
        return
    if sqlite_file(url, home()) == keys_file():
        yield Finding(
            "keys-are-database",
            Level.ERROR,
            "PURVEYOR_KEYS_FILE and PURVEYOR_DATABASE_URL name the same file.",
            "Give the keys a file of their own, outside the database.",
        )


@look
def database(using: Any = None) -> Iterator[Finding]:
    from django.db import connection
    from django.db.utils import Error

    using = using or connection
    try:
        using.ensure_connection()
    except Error as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        yield Finding(
            "database-unreachable",
            Level.ERROR,
            f"The database does not answer: {reason}.",
            "See that it runs, and that PURVEYOR_DATABASE_URL and its rights are right.",
        )
        return
    yield from _version(*version_of(using))
    yield from _migrations(using)


def version_of(using: Any) -> tuple[bool, str]:
    """Whether the database is new enough, and what to call it."""
    if using.vendor == "postgresql":
        return using.pg_version >= _OLDEST_POSTGRES, f"PostgreSQL {using.pg_version // 10000}"
    import sqlite3

    return sqlite3.sqlite_version_info >= _OLDEST_SQLITE, f"SQLite {sqlite3.sqlite_version}"


def _version(new_enough: bool, said: str) -> Iterator[Finding]:
    if not new_enough:
        yield Finding(
            "database-old",
            Level.ERROR,
            f"{said} is older than Purveyor needs.",
            "Use PostgreSQL 13 or SQLite 3.35, or anything newer.",
        )


def _migrations(using: Any) -> Iterator[Finding]:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(using)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding(
            "migrations-pending",
            Level.WARNING,
            f"The database is not up to date: {len(plan)} steps are missing.",
            "purveyor up does them at its start; purveyor migrate does them now.",
        )


@look
def engine() -> Iterator[Finding]:
    from purveyor.config.database import is_postgres_url

    if option("PURVEYOR_ENGINE") == "embedded" and is_postgres_url(option("PURVEYOR_DATABASE_URL")):
        yield Finding(
            "engine-embedded",
            Level.WARNING,
            "The embedded engine runs on a PostgreSQL database; workers on other machines are woken by timers only.",
            "With more than one machine, set PURVEYOR_ENGINE to distributed.",
        )


@look
def public_address() -> Iterator[Finding]:
    loopback = option("PURVEYOR_HOST") in ("127.0.0.1", "localhost", "::1")
    url = option("PURVEYOR_PUBLIC_URL")
    if not loopback and not url:
        yield Finding(
            "public-url-missing",
            Level.WARNING,
            "The web server listens beyond this machine, but nobody told it the address people type.",
            "Set PURVEYOR_PUBLIC_URL; other host names than the one listened on are refused.",
        )
    if url and url.startswith("http:") and "//localhost" not in url and "//127.0.0.1" not in url:
        yield Finding(
            "public-url-plain",
            Level.WARNING,
            "People reach this hub without encryption; passwords can be read on the way.",
            "Put a proxy with https in front and set PURVEYOR_PUBLIC_URL to its https address.",
        )
