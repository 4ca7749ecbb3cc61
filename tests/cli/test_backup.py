"""Backup and restore, by processes of their own, on both databases."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from cli.shell import Shell, environ
from purveyor.cli.backup import unpack
from purveyor.common.errors import Refused
from purveyor.simulator.model import Settings
from purveyor.simulator.server import Server, serve
from purveyor.simulator.world import World

pytestmark = pytest.mark.integration


@pytest.fixture
def served() -> Iterator[Server]:
    """A stand-in on a free port that settles answers in a moment and places nothing by itself."""
    world = World(scenario="quiet", settings=Settings(outcome_delay=0.1, visibility_delay=0.2))
    with serve(world) as found:
        yield found
    world.close()


@contextmanager
def _database(like: str = "") -> Iterator[str]:
    """The name of a database of the server, gone afterwards: an empty one, or a copy of another."""
    url = os.environ.get("PURVEYOR_PG_URL")
    if not url:
        pytest.skip("needs a PostgreSQL server: scripts/with-postgres")
    import psycopg

    name, copied = f"backup_{uuid.uuid4().hex[:12]}", f'TEMPLATE "{like}"' if like else ""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" {copied}')
        try:
            yield name
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _at(name: str) -> dict[str, str]:
    return {"PURVEYOR_DATABASE_URL": urlunsplit(urlsplit(os.environ["PURVEYOR_PG_URL"])._replace(path=name))}


@pytest.fixture(scope="module")
def up_to_date(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of the server to be copied, as ``installed`` is a home to be copied."""
    with _database() as name:
        Shell(tmp_path_factory.mktemp("up-to-date") / "home", _at(name)).json("migrate")
        yield name


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shell]:
    """A fresh installation on each database."""
    if request.param == "sqlite":
        yield Shell(Path(shutil.copytree(request.getfixturevalue("installed"), tmp_path / "home")))
        return
    with _database(like=request.getfixturevalue("up_to_date")) as name:
        yield Shell(tmp_path / "home", _at(name))


def test_round_trip_holds_sending_and_looks_up_what_was_under_way(shell: Shell, served: Server, tmp_path: Path) -> None:
    world, file = served.world, str(tmp_path / "one.backup")
    number = world.place(lines=2)
    shell.connect(served, world.account)
    assert shell.json("sync", "acme", "--sweep", "new")["sweeps"]["new"]["stored"] == 1
    shell.json("order", "acknowledge", number, "--accept")
    before = shell.json("backup", file)
    assert (before["keep_apart"], Path(file).stat().st_mode & 0o077) == (str(shell.home / "keys"), 0)
    assert shell.json("outbox", "run", "--wait", "60")["settled"] is True
    assert len(world.acknowledgements(number)) == 1

    refused = shell("restore", file, "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["message"]) == (1, "The database is not empty.")
    assert shell.json("order", "show", number)["state"] == "acknowledged"

    after = shell.json("restore", file, "--yes")
    assert (after["held"], after["unknown"], after["made_at"]) == (True, 1, before["made_at"])
    listed = shell.json("outbox", "list")
    assert ([d["state"] for d in listed["documents"]], bool(listed["held"])) == (["unknown"], True)
    # What had been sent after the backup is found out, and nothing is sent again, held or not.
    shell.json("outbox", "release")
    assert shell.json("outbox", "run", "--wait", "60")["settled"] is True
    assert shell.json("order", "show", number)["state"] == "acknowledged"
    assert len(world.acknowledgements(number)) == 1
    history = [e["action"] for e in shell.json("audit", "export")["entries"]]
    assert [name for name in history if name in ("backup.made", "restore.done")] == ["restore.done"]


# As if the machine went down right after the copy was back in its place.
DYING = "import os, sys; from purveyor.cli import backup; backup._settle_in = lambda *_: os._exit(9); \
from purveyor.cli.main import main; sys.argv[1:] = {arguments!r}; main()"


def test_restore_that_dies_in_the_middle_lets_nothing_leave(shell: Shell, served: Server, tmp_path: Path) -> None:
    world, file = served.world, str(tmp_path / "one.backup")
    number = world.place(lines=1)
    shell.connect(served, world.account)
    shell.json("sync", "acme", "--sweep", "new")
    shell.json("order", "acknowledge", number, "--accept")
    shell.json("backup", file)
    assert shell.json("outbox", "run", "--wait", "60")["settled"] is True
    died = subprocess.run(
        [sys.executable, "-c", DYING.format(arguments=["restore", file, "--yes"])],
        env=environ(shell.home, **shell.options),
        capture_output=True,
        check=False,
    )
    assert died.returncode == 9, died.stderr
    released = shell("outbox", "release", "--json")
    assert (released.returncode, json.loads(released.stdout)["error"]["code"]) == (1, "conflict")
    assert shell.json("outbox", "run", "--wait", "1")["states"] == {"queued": 1}
    assert len(world.acknowledgements(number)) == 1
    shell.json("restore", file, "--yes")
    shell.json("outbox", "release")
    assert shell.json("outbox", "run", "--wait", "60")["settled"] is True
    assert len(world.acknowledgements(number)) == 1


def test_restore_drops_what_came_later(shell: Shell, served: Server, tmp_path: Path) -> None:
    file = str(tmp_path / "one.backup")
    shell.json("profile", "list")
    shell.json("backup", file)
    shell.connect(served, served.world.account)
    shell.json("restore", file, "--yes")
    assert shell.json("profile", "list") == {"profiles": []}


def test_backup_never_replaces_a_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.write_text("kept")
    done = shell("backup", str(file), "--json")
    assert (done.returncode, file.read_text(), sorted(p.name for p in tmp_path.iterdir())) == (
        1,
        "kept",
        ["home", "kept"],
    )
    assert shell("backup", str(tmp_path / "no" / "where")).returncode == 1


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    place = len(data) // 2
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def _anew(change: Callable[[dict[str, bytes]], None]) -> Callable[[bytes], bytes]:
    """The archive packed again with other content."""

    def spoil(data: bytes) -> bytes:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            parts = {m.name: archive.extractfile(m).read() for m in archive.getmembers()}  # type: ignore[union-attr]  # each of them is a file
        change(parts)
        return _pack(parts)

    return spoil


def _pack(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _manifest(**changes: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | changes).encode()

    return change


def _garbage(parts: dict[str, bytes]) -> None:
    """A copy that is none, though its checksum is right."""
    parts["database"] = b"no database at all" * 1000
    _manifest(sha256=hashlib.sha256(parts["database"]).hexdigest())(parts)


UNREADABLE = {
    "cut short": _cut,
    "a byte changed": _flipped,
    "not an archive": lambda data: b"{}",
    "no database in it": _anew(lambda parts: parts.pop("database") and None),
    "no manifest in it": _anew(lambda parts: parts.pop("manifest.json") and None),
    "a manifest that is none": _anew(lambda parts: parts.update({"manifest.json": b"[1]"})),
    "a manifest that is no JSON": _anew(lambda parts: parts.update({"manifest.json": b"{"})),
    "a wrong checksum": _anew(_manifest(sha256="0" * 64)),
}


@pytest.fixture
def whole() -> bytes:
    """An archive as ``backup`` packs it."""
    copy = b"a database" * 1000
    manifest = {"purveyor": "0.1", "engine": "sqlite", "made_at": "x", "sha256": hashlib.sha256(copy).hexdigest()}
    return _pack({"manifest.json": json.dumps(manifest).encode(), "database": copy})


def test_unpack_lays_out_a_whole_archive(whole: bytes, tmp_path: Path) -> None:
    file = tmp_path / "whole"
    file.write_bytes(whole)
    assert unpack(file, tmp_path)["engine"] == "sqlite"
    assert (tmp_path / "database").read_bytes() == b"a database" * 1000


@pytest.mark.parametrize("name", UNREADABLE)
def test_unpack_refuses_what_is_not_whole(name: str, whole: bytes, tmp_path: Path) -> None:
    file = tmp_path / "spoilt"
    file.write_bytes(UNREADABLE[name](whole))
    with pytest.raises(Refused) as caught:
        unpack(file, tmp_path)
    assert (caught.value.code, "Nothing was changed." in caught.value.message) == ("bad-backup", True)


def test_unpack_takes_bytes_only_never_a_path_or_a_link(whole: bytes, tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name in ("manifest.json", "database"):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
    (tmp_path / "links").write_bytes(out.getvalue())
    with pytest.raises(Refused):
        unpack(tmp_path / "links", tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.is_symlink()] == []


SPOILT = {
    "a byte changed": _flipped,
    "another engine": _anew(_manifest(engine="oracle")),
    "a later version": _anew(_manifest(purveyor="99.0.0")),
    "a copy that is none": _anew(_garbage),
}


def test_damaged_or_foreign_archive_is_refused_and_nothing_changes(shell: Shell, tmp_path: Path) -> None:
    shell.json("user", "add", "anna", "--role", "administrator", "--password-stdin", stdin="an obviously fake one")
    good, bad = tmp_path / "good", tmp_path / "bad"
    shell.json("backup", str(good))
    before = shell.json("audit", "export")["entries"]
    outcomes = {}
    for name, spoil in SPOILT.items():
        bad.write_bytes(spoil(good.read_bytes()))
        done = shell("restore", str(bad), "--yes", "--json")
        outcomes[name] = (done.returncode, "error" in json.loads(done.stdout))
    assert outcomes == dict.fromkeys(SPOILT, (1, True))
    assert shell.json("audit", "export")["entries"][: len(before)] == before
    assert shell.json("outbox", "list")["held"] == ""
