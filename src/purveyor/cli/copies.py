"""The database into a file and back: SQLite by its online copy, PostgreSQL by its own tools. Whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from purveyor.common.errors import Misconfigured, Refused

# Put in with the copy itself: who dies before the rest is done must not leave documents free to be sent once more.
_HOLDS = "outbox_hold"
_HOLD = (
    f'INSERT INTO {_HOLDS} (reason, "by", at, released_by) '  # noqa: S608  made of constants
    "VALUES ('A restore began and did not come to its end.', 'system:restoring', CURRENT_TIMESTAMP, '')"
)
_TABLE = re.compile(r"^\d+; \d+ \d+ TABLE \S+ (\S+) ", re.MULTILINE)


def copy_out(target: Path) -> str:
    """The database into a file, while it is in use; answers the engine's name. Raises Misconfigured."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    else:
        _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return connection.vendor


def copy_in(source: Path) -> None:
    """The file back into the database. Raises Refused for a damaged copy, Misconfigured when the tools fail."""
    from django.db import connection

    if connection.vendor == "sqlite":
        _into_sqlite(source)
    else:
        _into_postgres(source)
    connection.close()


def _into_sqlite(source: Path) -> None:
    from django.db import connection

    try:
        with closing(sqlite3.connect(source)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("integrity check")
            if copy.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [_HOLDS]).fetchone():
                copy.execute(_HOLD)
                copy.commit()
            connection.ensure_connection()
            copy.backup(connection.connection)
    except sqlite3.DatabaseError:
        raise Refused("The copy in this backup is damaged; use another backup. Nothing was changed.") from None


def _into_postgres(source: Path) -> None:
    """One transaction: what the copy does not have is dropped, everything else is put in its place."""
    from django.db import connection

    listed = _postgres("pg_restore", "--list", str(source))
    extra = sorted(set(connection.introspection.table_names()) - set(_TABLE.findall(listed)))
    connection.close()
    drops, script = source.with_name("drops.sql"), source.with_name("restore.sql")
    drops.write_text("".join(f'DROP TABLE "{name}" CASCADE;\n' for name in extra), encoding="utf-8")
    how = ("--clean", "--if-exists", "--no-owner", "--no-privileges")
    _postgres("pg_restore", *how, f"--file={script}", str(source))
    quiet = ("--quiet", "--no-psqlrc", "--output=/dev/null", "--set=ON_ERROR_STOP=1")
    hold = source.with_name("hold.sql")
    hold.write_text(
        "SET search_path = public;\n" + (f"{_HOLD};\n" if _HOLDS in _TABLE.findall(listed) else ""), "utf-8"
    )
    scripts = (f"--file={file}" for file in (drops, script, hold))
    _postgres("psql", *quiet, "--single-transaction", *scripts, "--no-password")


def _tool(name: str) -> str:
    """A PostgreSQL program: on the path, or where Debian keeps the newest. Raises Misconfigured when there is none."""
    found = shutil.which(name) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if not found:
        raise Misconfigured(f"{name} is missing; install PostgreSQL's client programs (apt install postgresql-client).")
    return found


def _postgres(name: str, *arguments: str) -> str:
    """Run a PostgreSQL program on our database; the password goes by the environment, never as an argument."""
    from django.db import connection

    given = connection.get_connection_params()
    where = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    environment = {variable: str(given[key]) for variable, key in where.items() if given.get(key)}
    done = subprocess.run(  # noqa: S603  a fixed program
        [_tool(name), *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise Misconfigured(f"{name} failed: {said[-1] if said else 'it does not say why'}")
    return done.stdout
