"""The hub as a client of others' SFTP servers: the round trip, the host key, and servers that mean no good."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from channels.sftp.foreign import HOST_KEY, OTHER_HOST_KEY, PASSWORD, Chroot, Server, endless, line_of, server
from channels.sftp.hosting import KEY, OTHER, done
from purveyor.channels import names
from purveyor.channels.sftp import line, remote
from purveyor.channels.sftp.keys import fingerprint
from purveyor.channels.sftp.remote import NotLetIn
from purveyor.channels.ways import Changed, Gone, Place, Seen, Unreachable
from purveyor.channels.ways import sftp as way
from purveyor.channels.ways.sftp import KEPT_LINKS, SFTP, target_of
from purveyor.common.errors import Refused

pytestmark = [pytest.mark.integration, pytest.mark.once]
RSA = asyncssh.generate_private_key("ssh-rsa", key_size=2048)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path / "wms") as made:
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits, shorter."""
    monkeypatch.setattr(remote, "STEP", 0.1)
    monkeypatch.setattr(remote, "CONNECT", 0.2)
    monkeypatch.setattr(remote, "LISTING", 0.3)


def seen(place: Place) -> list[Seen]:
    with SFTP.reach(place) as there:
        return there.list()


def lies(at: Server) -> dict[str, bytes]:
    return {str(p.relative_to(at.root)): p.read_bytes() for p in at.root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("secret", [PASSWORD, KEY.export_private_key().decode()])
def test_a_file_goes_the_whole_way_and_back(at: Server, secret: str) -> None:
    data = bytes(range(256)) * 4000
    (at.root / "pick.csv").write_bytes(data)
    (at.root / "pick.csv.part").write_bytes(b"waits")
    (at.root / "sub").mkdir()
    (at.root / "link.csv").symlink_to("/etc/passwd")
    place = at.place(secret=secret)
    with SFTP.reach(place) as there:
        found = {one.name: one for one in there.list()}
        assert {name: one.plain for name, one in found.items()} == {"pick.csv": True, "link.csv": False}
        one = found["pick.csv"]
        assert (one.size, b"".join(there.fetch(one)) == data) == (len(data), True)
        assert not there.has("done/pick.csv")
        assert there.file_away(one, "done/pick.csv", b"all taken")
        assert there.has("done/pick.csv")
        # After a crash in the middle the same is asked again; the file that came in its place stays.
        (at.root / "pick.csv").write_bytes(b"the next")
        assert there.file_away(one, "done/pick.csv", b"all taken")
        there.put("list.csv", b"first")
        there.put("list.csv", b"second")
        (at.root / "link.csv").unlink()
    assert lies(at) == {
        "pick.csv": b"the next",
        "pick.csv.part": b"waits",
        "done/pick.csv": data,
        "done/pick.csv.report.csv": b"all taken",
        "list.csv": b"second",
    }


def test_a_file_that_went_or_grew_is_not_read_and_a_link_is_not_followed(at: Server) -> None:
    (at.root / "a.csv").write_bytes(b"12")
    (at.root / "link.csv").symlink_to(at.root / "a.csv")
    with SFTP.reach(at.place()) as there:
        one = next(found for found in there.list() if found.name == "a.csv")
        (at.root / "a.csv").write_bytes(b"123")
        with pytest.raises(Changed):
            list(there.fetch(one))
        assert not there.file_away(one, "done/a.csv", b"")
        with pytest.raises(Changed):
            list(there.fetch(Seen("link.csv", 3, one.stamp)))
        (at.root / "a.csv").unlink()
        with pytest.raises(Gone):
            list(there.fetch(one))
    assert lies(at) == {"done/a.csv.report.csv": b""}


def test_nothing_leaves_for_a_server_whose_key_nobody_confirmed(at: Server) -> None:
    unknown = at.place(host_key="")
    with pytest.raises(Unreachable, match="Nobody has confirmed") as refused, SFTP.reach(unknown):
        pass
    assert (refused.value.code, refused.value.at_once) == ("host-key-unknown", False)
    tested = SFTP.test(unknown)
    assert [(one.name, one.ok) for one in tested.checks] == [("host-key", None)]
    assert fingerprint(HOST_KEY.public_data) in tested.checks[0].said
    assert tested.learned == {"host_key": line_of(HOST_KEY)}
    assert at.said == []
    confirmed = at.place(**tested.learned)
    assert [(one.name, one.ok) for one in SFTP.test(confirmed).checks] == [
        ("host-key", True),
        ("sign-in", True),
        ("folder", True),
        ("write", True),
    ]
    assert lies(at) == {}


def test_another_key_than_the_confirmed_one_is_refused_and_nothing_is_told(tmp_path: Path) -> None:
    with server(tmp_path / "wms", host_keys=[OTHER_HOST_KEY]) as at:
        (at.root / "a.csv").write_bytes(b"12")
        place = at.place()
        with pytest.raises(remote.HostKeyChanged) as refused, SFTP.reach(place) as there:
            there.list()
        for key in (HOST_KEY, OTHER_HOST_KEY):
            assert fingerprint(key.public_data) in refused.value.message
        assert (refused.value.code, refused.value.at_once) == ("host-key-changed", True)
        tested = SFTP.test(place)
        assert [(one.name, one.ok, one.code) for one in tested.checks] == [("host-key", False, "host-key-changed")]
        assert (at.said, lies(at)) == ([], {"a.csv": b"12"})


def test_a_server_with_several_keys_is_known_by_the_confirmed_kind(tmp_path: Path) -> None:
    with server(tmp_path / "wms", host_keys=[HOST_KEY, RSA]) as at:
        for key in (RSA, HOST_KEY):
            place = at.place(host_key=line_of(key))
            assert (seen(place), SFTP.test(place).ok) == ([], True)


def test_a_wrong_secret_is_told_in_words_that_do_not_hold_it(at: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for secret in ("obviously-wrong", OTHER.export_private_key().decode()):
        place = at.place(secret=secret)
        with pytest.raises(Unreachable, match="refuses user hub") as refused, SFTP.reach(place):
            pass
        assert [(one.name, one.ok) for one in SFTP.test(place).checks] == [("host-key", True), ("sign-in", False)]
        shown = f"{refused.value} {refused.value.hint} {target_of(place)!r} {caplog.text}"
        assert secret not in shown
        assert secret[40:80] not in shown or len(secret) < 40


def test_a_server_that_refused_us_is_left_alone_for_a_while_and_a_test_asks_at_once(at: Server) -> None:
    wrong = at.place(secret="obviously-wrong")
    for kind in (NotLetIn, Unreachable):
        with pytest.raises(Unreachable, match="refuses user hub") as refused, SFTP.reach(wrong):
            pass
        assert (type(refused.value), at.said) == (kind, ["hub"])
    assert [one.ok for one in SFTP.test(wrong).checks] == [True, False]
    assert (seen(at.place()), at.said) == ([], ["hub"] * 3)  # the right password is another matter

    refusals, target, pauses = way.Refusals(), target_of(wrong), []
    for _time in range(8):
        refusals.note(target)
        pauses.append(round(refusals.left(target) / 15))
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    refusals.forget(target)
    assert refusals.left(target) <= 0


def test_a_server_that_asks_for_the_password_gets_it(tmp_path: Path) -> None:
    with server(tmp_path / "wms", asks=True) as at:
        assert SFTP.test(at.place()).ok
        with pytest.raises(Unreachable, match="refuses user hub"), SFTP.reach(at.place(secret="obviously-wrong")):
            pass


def test_a_connection_is_kept_between_looks_and_made_anew_when_it_broke(tmp_path: Path) -> None:
    with server(tmp_path / "wms") as at:
        place, port = at.place(), at.port
        assert [seen(place), seen(place), at.said] == [[], [], ["hub"]]
        with pytest.raises(Unreachable), SFTP.reach(place) as there:
            there.put("no-such-folder/x", b"")
        assert (seen(place), at.said) == ([], ["hub", "hub"])
        link = KEPT_LINKS.take(target_of(place))
        assert link is not None
        link.close()
        KEPT_LINKS.give(link)
        assert (seen(place), at.said) == ([], ["hub"] * 3)
    with pytest.raises(Unreachable, match=f"port {port}, cannot be reached: Connection refused") as refused:
        seen(place)
    assert refused.value.hint


def test_settings_that_cannot_be_are_refused_each_at_its_field() -> None:
    good = {"host": "sftp.example.com", "user": "hub"}
    locked = "PuTTY-User-Key-File-3: ssh-ed25519"

    def refused(options: dict[str, Any], secrets: dict[str, str]) -> list[str]:
        with pytest.raises(Refused) as error:
            SFTP.settle(Place("wms", options, secrets))
        assert "fake" not in str(error.value)
        return [problem.where for problem in error.value.problems]

    assert SFTP.settle(Place("wms", good | {"host": " SFTP.example.com ", "folder": "a/../b/"}, {"secret": "x"})) == {
        "host": "sftp.example.com",
        "port": 22,
        "user": "hub",
        "folder": "b",
        "host_key": "",
    }
    fake = {"secret": "fake"}
    assert refused({}, {}) == ["host", "user", "secret"]
    assert refused(good | {"port": "0"}, fake) == ["port"]
    assert refused(good | {"port": "twenty"}, fake) == ["port"]
    assert refused(good | {"folder": "a\nb"}, fake) == ["folder"]
    assert refused(good | {"host_key": "SHA256:abc"}, fake) == ["host_key"]
    for secret in (locked, line_of(KEY), "two\nlines"):
        assert refused(good, {"secret": secret}) == ["secret"]
    for host in ("sftp://x", "user@x", "x/y", "-oProxyCommand=x", "a b", "x" * 300):
        assert refused(good | {"host": host}, fake) == ["host"], host


@pytest.mark.parametrize("host", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"])
def test_no_connection_is_made_to_the_neighbourhood_of_the_machine(host: str) -> None:
    place = Place("wms", {"host": host, "port": 22, "user": "hub", "host_key": line_of(HOST_KEY)}, {"secret": "fake"})
    with pytest.raises(Unreachable, match="no address that anything is sent to"), SFTP.reach(place):
        pass


def test_a_server_that_lets_nobody_move_files_is_told_by_the_test(tmp_path: Path) -> None:
    class ReadOnly(Chroot):
        def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
            raise asyncssh.SFTPPermissionDenied("not\x07 here")

    with server(tmp_path / "wms", ReadOnly) as at:
        last = SFTP.test(at.place()).checks[-1]
        assert (last.name, last.ok) == ("write", False)
        assert "The folder done cannot be made on the server: not  here" in last.said
        assert SFTP.test(at.place(outgoing=True)).ok
        (at.root / "a.csv").write_bytes(b"12")
        with pytest.raises(Unreachable, match="cannot be made"), SFTP.reach(at.place()) as there:
            there.file_away(there.list()[0], "done/a.csv", b"")
        assert lies(at) == {"a.csv": b"12"}


def test_a_server_without_renaming_over_gets_the_new_file_all_the_same(tmp_path: Path) -> None:
    class Old(Chroot):
        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            raise asyncssh.SFTPOpUnsupported("what?")

    with server(tmp_path / "wms", Old) as at, SFTP.reach(at.place()) as there:
        there.put("list.csv", b"first")
        there.put("list.csv", b"second")
        assert lies(at) == {"list.csv": b"second"}


def _file(number: int) -> asyncssh.SFTPName:
    attrs = asyncssh.SFTPAttrs(size=1, permissions=0o100644, atime=1, mtime=1)
    return asyncssh.SFTPName(f"{number:07}.csv".encode(), b"", attrs)


def _hidden(number: int) -> asyncssh.SFTPName:
    return asyncssh.SFTPName(b".hidden", b"", asyncssh.SFTPAttrs(size=1, permissions=0o100644, atime=1, mtime=1))


def test_a_folder_without_end_is_read_so_far_and_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MOST", 500)
    monkeypatch.setattr(remote, "MOST_NAMES", 2000)
    with server(tmp_path / "wms", endless(_file)) as at:
        assert len(seen(at.place())) == 500
    with server(tmp_path / "wms", endless(_hidden)) as at:
        assert seen(at.place()) == []


def test_names_that_are_no_names_are_shown_and_never_used(tmp_path: Path) -> None:
    tricks = [
        b"../up.csv",
        b"/etc/passwd",
        b"a/b.csv",
        b"..\\up.csv",
        b"con.csv",
        b"nul\0.csv",
        b"\xff.csv",
        b"a\nb.csv",
    ]
    bare = asyncssh.SFTPAttrs()
    full = asyncssh.SFTPAttrs(size=1, permissions=0o100644, atime=1, mtime=1)

    class Tricks(Chroot):
        async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            for name in (b".", b"..", *tricks):
                yield asyncssh.SFTPName(name, b"", full)
            for name in tricks[:2]:
                yield asyncssh.SFTPName(name, b"", bare)

    with server(tmp_path / "wms", Tricks) as at:
        found = seen(at.place())
    assert len(found) == len(tricks) - 2 + 1  # what begins with a point waits
    assert all(names.trouble(one.name) for one in found)


def test_a_server_that_says_nothing_is_left_in_time(impatient: None) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        options = {"host": "127.0.0.1", "port": silent.getsockname()[1], "user": "hub", "host_key": line_of(HOST_KEY)}
        place = Place("wms", options, {"secret": PASSWORD})
        with pytest.raises(Unreachable, match="did not answer in time"), SFTP.reach(place):
            pass
        assert [one.ok for one in SFTP.test(place).checks] == [False]


@pytest.mark.parametrize("endless", [b"welcome\r\n", b"x", b"SSH-2.0-x\r\n" + b"\0" * 64])
def test_a_server_that_talks_without_end_is_left_in_time(impatient: None, endless: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(endless * 1000)
                await writer.drain()

    talking = done(asyncio.start_server(talk, "127.0.0.1", 0))
    options = {"host": "127.0.0.1", "port": talking.sockets[0].getsockname()[1], "user": "hub", "folder": ""}
    place = Place("wms", options | {"host_key": line_of(HOST_KEY)}, {"secret": PASSWORD})
    began = time.monotonic()
    try:
        with pytest.raises(Unreachable), SFTP.reach(place):
            pass
    finally:
        line.loop().call_soon_threadsafe(talking.close)
    assert time.monotonic() - began < 5


def test_a_server_that_stops_answering_is_left_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(Chroot):
        async def read(self, file_obj: object, offset: int, size: int) -> bytes:
            await asyncio.sleep(3600)
            return b""

        async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            await asyncio.sleep(3600)
            yield _file(1)

    with server(tmp_path / "wms", Deaf) as at:
        (at.root / "a.csv").write_bytes(b"12")
        place = at.place()
        monkeypatch.setattr(remote, "STEP", 0.1)
        monkeypatch.setattr(remote, "LISTING", 0.1)
        began = time.monotonic()
        with pytest.raises(Unreachable, match="in time"):
            seen(place)
        one = Seen("a.csv", 2, int((at.root / "a.csv").stat().st_mtime) * 1_000_000_000)
        with pytest.raises(Unreachable, match="in time"), SFTP.reach(place) as there:
            list(there.fetch(one))
        assert time.monotonic() - began < 5


def test_a_file_without_end_is_read_so_far_as_it_was_said_to_go(tmp_path: Path) -> None:
    read: list[int] = []

    class More(Chroot):
        def read(self, file_obj: object, offset: int, size: int) -> bytes:
            read.append(size)
            return b"x" * size

    with server(tmp_path / "wms", More) as at:
        (at.root / "a.csv").write_bytes(b"12")
        with SFTP.reach(at.place()) as there, pytest.raises(Changed):
            list(there.fetch(there.list()[0]))
    assert sum(read) <= 2 * remote.PIECE


def test_an_answer_longer_than_any_ends_the_connection(tmp_path: Path) -> None:
    class Loud(Chroot):
        def realpath(self, path: bytes) -> bytes:
            return b"/" + b"x" * 3_000_000

        def read(self, file_obj: object, offset: int, size: int) -> bytes:
            return b"x" * 3_000_000

    with server(tmp_path / "wms", Loud) as at:
        (at.root / "a.csv").write_bytes(b"12")
        with pytest.raises(Unreachable), SFTP.reach(at.place()) as there:
            list(there.fetch(there.list()[0]))


def test_a_server_killed_in_the_middle_of_a_file_leaves_nothing_read(tmp_path: Path) -> None:
    class Dying(Chroot):
        def read(self, file_obj: object, offset: int, size: int) -> bytes:
            if offset >= remote.PIECE:
                self.connection.abort()
            return b"x" * size

    with server(tmp_path / "wms", Dying) as at:
        (at.root / "a.csv").write_bytes(bytes(4 * remote.PIECE))
        with pytest.raises(Unreachable), SFTP.reach(at.place()) as there:
            list(there.fetch(there.list()[0]))
        assert lies(at) == {"a.csv": bytes(4 * remote.PIECE)}
