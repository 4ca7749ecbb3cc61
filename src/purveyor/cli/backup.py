"""Backup and restore: the database as one file with a checksum. The keys that seal secrets stay apart."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import Any

import click

from purveyor import __version__
from purveyor.cli.copies import copy_in, copy_out
from purveyor.cli.door import Command, note
from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.common.windows import zulu

MANIFEST, DATABASE = "manifest.json", "database"


def _show(answer: dict[str, Any]) -> str:
    return (
        f"{answer['file']}: {answer['bytes']} bytes, {answer['engine']}.\n"
        f"Keep a copy of {answer['keep_apart']} apart: without it the secrets in this backup cannot be opened."
    )


@click.command(cls=Command, show=_show)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> dict[str, Any]:
    """Write a backup of the database to FILE while everything runs. The keys that seal secrets are not in it: keep a
    copy of the keys file apart."""
    from purveyor.audit.write import record
    from purveyor.config.home import keys_file
    from purveyor.people.who import Who

    if not file.absolute().parent.is_dir():
        raise Refused(f"There is no folder {file.absolute().parent}.")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".backup-") as folder:
        manifest = _pack(Path(folder))
        try:
            os.link(Path(folder) / "packed", file)
        except FileExistsError:
            raise Refused(f"{file} exists already; choose another name.") from None
    record("backup.made", by=Who.cli().name, new={"file": file.name, "sha256": manifest["sha256"]})
    return manifest | {"file": str(file), "bytes": file.stat().st_size, "keep_apart": str(keys_file())}


def _pack(folder: Path) -> dict[str, Any]:
    """The database and its manifest as one archive, readable by its owner only."""
    copy = folder / DATABASE
    engine = copy_out(copy)
    manifest = {"purveyor": __version__, "engine": engine, "made_at": zulu(clock.now()), "sha256": _digest(copy)}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    packed = folder / "packed"
    packed.touch(mode=0o600)
    with tarfile.open(packed, "w:gz", compresslevel=3) as archive:
        archive.add(folder / MANIFEST, MANIFEST)
        archive.add(copy, DATABASE)
    return manifest


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """The manifest, with the database copy laid into the folder; refuses what is not a whole backup of ours."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            for name in (MANIFEST, DATABASE):
                _lay(archive, name, folder)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not isinstance(manifest, dict):
            raise ValueError("the manifest")
        digest = _digest(folder / DATABASE)
        known = {name: str(manifest[name]) for name in ("purveyor", "engine", "made_at", "sha256")}
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError, zlib.error) as error:
        said = f"{file} is not a backup that can be read ({type(error).__name__}). Nothing was changed."
        raise Refused(said, code="bad-backup") from None
    if digest != known["sha256"]:
        raise Refused(f"{file} is damaged: its checksum does not match. Nothing was changed.", code="bad-backup")
    return known


def _lay(archive: tarfile.TarFile, name: str, folder: Path) -> None:
    """Only its bytes are taken, never a path, a link or rights. Raises KeyError when the archive has no such file."""
    source = archive.extractfile(name)
    if source is None:
        raise KeyError(name)
    with (folder / name).open("wb") as target:
        shutil.copyfileobj(source, target)


def _check_fits(manifest: dict[str, Any], yes: bool) -> None:
    """Raises Refused when the backup is of another engine or a later version, or would replace something unasked."""
    from django.db import connection

    if manifest["engine"] != connection.vendor:
        raise Refused(f"This backup is of {manifest['engine']}, the database in use is {connection.vendor}.")
    if _version(manifest["purveyor"]) > _version(__version__):
        raise Refused(f"This backup is of version {manifest['purveyor']}; this is {__version__}. Update first.")
    if not yes and connection.introspection.table_names():
        raise Refused("The database is not empty.", hint="Say --yes to replace what is in it; back it up first.")


def _version(text: str) -> list[int]:
    return [int("".join(c for c in part if c.isdigit()) or 0) for part in text.split(".")[:3]]


def _show_restored(answer: dict[str, Any]) -> str:
    return (
        f"Restored as of {answer['made_at']}. {answer['unknown']} documents were under way; they are looked up.\n"
        "Sending is held: look at purveyor outbox list, then say purveyor outbox release."
    )


@click.command(cls=Command, tables=False, show=_show_restored)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Replace what is in the database now.")
def restore(file: Path, yes: bool) -> dict[str, Any]:
    """Put a backup back. Stop the hub first. Sending is held afterwards: documents that were under way are looked up at
    Amazon, and a person releases the hold."""
    with tempfile.TemporaryDirectory(prefix="purveyor-restore-") as folder:
        manifest = unpack(file, Path(folder))
        _check_fits(manifest, yes)
        note("Restoring ...")
        copy_in(Path(folder) / DATABASE)
    return manifest | {"held": True, "unknown": _settle_in(file, manifest)}


def _settle_in(file: Path, manifest: dict[str, Any]) -> int:
    """What a restored database needs first: this version's tables, sending held, everybody signed out."""
    from django.contrib.sessions.models import Session
    from django.core.management import call_command

    from purveyor.audit.write import record
    from purveyor.outbox.decide import after_restore
    from purveyor.people.who import Who

    call_command("migrate", interactive=False, verbosity=0)
    unknown = after_restore()
    Session.objects.all().delete()
    told = {"file": file.name, "made_at": manifest["made_at"], "unknown": unknown}
    record("restore.done", by=Who.cli().name, new=told)
    return unknown
