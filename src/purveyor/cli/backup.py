"""Backup and restore: SQLite by its online copy, PostgreSQL by its own tools. The sealing keys stay apart."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from purveyor import __version__
from purveyor.cli.door import Command
from purveyor.common import canon, clock
from purveyor.common.errors import Misconfigured, Refused
from purveyor.common.windows import zulu

MANIFEST, DATABASE = "manifest.json", "database"


def _tool(name: str) -> str:
    """A PostgreSQL program: on the path, or where Debian keeps the newest. Raises Misconfigured when there is none."""
    found = shutil.which(name) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if not found:
        raise Misconfigured(f"{name} is missing; install PostgreSQL's client programs (apt install postgresql-client)")
    return found


def _postgres(arguments: list[str]) -> None:
    """Run a PostgreSQL program against our database; the password goes by the environment, never as an argument."""
    from django.db import connection

    given = connection.get_connection_params()
    where = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    environment = {name: str(given[key]) for name, key in where.items() if given.get(key)}
    done = subprocess.run(  # noqa: S603  a fixed program
        [_tool(arguments[0]), *arguments[1:], "--no-password"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Misconfigured(f"{arguments[0]} failed: {done.stderr.strip().splitlines()[-1] if done.stderr else '?'}")


def _copy_out(target: Path) -> str:
    """The database into a file, while it is in use; answers the engine's name."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    else:
        _postgres(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"])
    return connection.vendor


def _copy_in(source: Path) -> None:
    """The file back into the database, whole or not at all."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(source)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Refused("the copy in this backup is damaged; use another backup")
            connection.ensure_connection()
            copy.backup(connection.connection)
        connection.close()
    else:
        connection.close()
        _postgres(
            [
                *("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"),
                f"--dbname={connection.settings_dict['NAME']}",
                str(source),
            ]
        )


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> dict[str, Any]:
    """Write a backup of the database to FILE while everything runs. The keys that seal secrets are not in it: keep a
    copy of the keys file apart."""
    from purveyor.config.options import option

    if file.exists():
        raise Refused(f"{file} exists already; choose another name")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        engine = _copy_out(copy)
        digest = canon.sha256(copy.read_bytes())
        manifest = {"purveyor": __version__, "engine": engine, "made_at": zulu(clock.now()), "sha256": digest}
        (Path(folder) / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        packed = Path(folder) / "packed"
        packed.touch(mode=0o600)
        with tarfile.open(packed, "w:gz", compresslevel=3) as archive:
            archive.add(Path(folder) / MANIFEST, MANIFEST)
            archive.add(copy, DATABASE)
        os.link(packed, file)
    keys = str(option("PURVEYOR_KEYS_FILE") or Path(option("PURVEYOR_HOME")).expanduser() / "keys")
    return manifest | {"file": str(file), "bytes": file.stat().st_size, "keep_apart": keys}


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    """The manifest, with the database copy laid into the folder; refuses what is not a whole backup of ours."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            for name in (MANIFEST, DATABASE):
                archive.extract(archive.getmember(name), folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise Refused(
            f"{file} is not a backup that can be read ({type(error).__name__}); nothing was changed"
        ) from None
    if canon.sha256((folder / DATABASE).read_bytes()) != manifest.get("sha256"):
        raise Refused(f"{file} is damaged (its checksum does not match); nothing was changed")
    return manifest


@click.command(cls=Command, tables=False)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Replace what is in the database now.")
def restore(file: Path, yes: bool) -> dict[str, Any]:
    """Put a backup back. Stop the hub first. Sending is held afterwards: documents that were under way are looked up at
    Amazon, and a person releases the hold."""
    from django.core.management import call_command
    from django.db import connection

    with tempfile.TemporaryDirectory(prefix="purveyor-restore-") as folder:
        manifest = _unpack(file, Path(folder))
        if manifest["engine"] != connection.vendor:
            raise Refused(f"this backup is of {manifest['engine']}, the database in use is {connection.vendor}")
        if not yes and connection.introspection.table_names():
            raise Refused("the database is not empty", hint="Say --yes to replace what is in it; back it up first.")
        _copy_in(Path(folder) / DATABASE)
    call_command("migrate", interactive=False, verbosity=0)
    from purveyor.outbox.decide import after_restore

    return manifest | {"held": True, "unknown": after_restore()}
