"""From an address to what Django wants to know about the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from purveyor.common.errors import Misconfigured

# WAL lets readers and one writer work side by side; FULL makes a committed intent survive a power cut (DESIGN §5).
# An import writes the same pages of its indexes again and again: with 8000 pages (32 MB) between two checkpoints they
# are copied into the database once, and not after every other page of orders.
_SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;"
    "PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=8000"
)


def is_postgres_url(url: str | None) -> bool:
    return bool(url) and str(url).startswith(("postgresql:", "postgres:"))


def settings_for(url: str | None, home: Path) -> dict[str, Any]:
    """One entry of Django's DATABASES. Without an address: SQLite in the home folder. Raises Misconfigured."""
    return _postgres(str(url)) if is_postgres_url(url) else _sqlite(url, home)


def sqlite_file(url: str | None, home: Path) -> Path:
    """The file of ``sqlite:///name`` (relative to home) or ``sqlite:////absolute``."""
    name = (url or "sqlite:///purveyor.sqlite3").removeprefix("sqlite:///")
    return home / Path(name).expanduser()


def _sqlite(url: str | None, home: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(sqlite_file(url, home)),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": _SQLITE_START},
        "CONN_MAX_AGE": 60,
        # Threads share a database only when it is a file.
        "TEST": {"NAME": str(home / "test.sqlite3")},
    }


def _postgres(url: str) -> dict[str, Any]:
    # Only where it is used: the driver costs memory and start time.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(url)
    except ProgrammingError:
        # The driver's words would repeat the address, and with it the password.
        raise Misconfigured(
            "PURVEYOR_DATABASE_URL is no address PostgreSQL understands; allowed is postgresql://USER@HOST/NAME."
        ) from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.pop("dbname", "") or "purveyor",
        "USER": found.pop("user", "") or "",
        "PASSWORD": found.pop("password", "") or "",
        "HOST": found.pop("host", "") or "",
        "PORT": str(found.pop("port", "") or ""),
        "OPTIONS": found,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
