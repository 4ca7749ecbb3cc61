"""The hub's own SFTP server, met by real clients: who comes in, what they can do, and when they have to go."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from asyncssh import sftp as wire

from channels.sftp.hosting import AT_ONCE, KEY, OTHER, QUICK, House, done, house, refusal, until
from purveyor.channels.sftp import files, hostkey, serve
from purveyor.channels.sftp.jail import Quota
from purveyor.channels.sftp.keys import fingerprint, read_public
from purveyor.channels.sftp.throttle import Pace

pytestmark = [pytest.mark.integration, pytest.mark.once]
NEW = asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "sftp") as made:
        yield made


def test_a_partner_brings_into_in_and_fetches_from_out(at: House) -> None:
    at.laid("out/list.csv", b"pick this")
    at.laid("done/old.csv.report.csv", b"all taken")
    data = bytes(range(256)) * 3000

    async def story() -> None:
        async with at.files() as sftp:
            assert sorted(await sftp.listdir("/")) == ["done", "error", "in", "out"]
            async with sftp.open("in/pick.csv.filepart", "wb") as file:
                await file.write(data)
                assert await sftp.listdir("in") == []
            await sftp.rename("in/pick.csv.filepart", "in/pick.csv")
            await sftp.setstat("in/pick.csv", asyncssh.SFTPAttrs(permissions=0o777, mtime=1, atime=1, uid=3, gid=3))
            async with sftp.open("out/list.csv", "rb") as file:
                assert await file.read() == b"pick this"
            await sftp.remove("out/list.csv")
            assert await sftp.getsize("done/old.csv.report.csv") == 9
            told = (await sftp.readdir("in"))[0]
            assert (told.filename, told.attrs.size, told.attrs.uid, b"root" in bytes(str(told.longname), "utf-8")) == (
                "pick.csv",
                len(data),
                0,
                False,
            )

    done(story())
    assert at.lies() == {"in/pick.csv": data, "done/old.csv.report.csv": b"all taken"}
    found = (at.root / "acme" / "in" / "pick.csv").stat()
    assert (found.st_mode & 0o777, found.st_mtime > 1) == (0o600, True)
    assert at.book.told == [("in", "acme", "127.0.0.1", fingerprint(KEY.public_data))]
    assert at.lies("other") == {}


def test_nobody_comes_in_but_by_the_key_of_the_partner_it_names(at: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def story() -> list[str]:
        found = []
        for given in (
            {"client_keys": [NEW]},
            {"client_keys": [OTHER]},
            {"username": "other"},
            {"username": "obviously-fake-secret"},
            {"client_keys": None, "password": "obviously-fake-secret"},
            {"client_keys": None, "password": "", "preferred_auth": ["keyboard-interactive"]},
            {"client_keys": None, "preferred_auth": ["none"]},
        ):
            found.append(await refusal(at.connect(**given)))
        return found

    assert done(story()) == ["PermissionDenied"] * 7
    done(until(lambda: len(at.book.told) == 7))
    assert at.book.told == [
        ("refused", user, "127.0.0.1", number)
        for number, user in enumerate(["acme", "acme", "other", "", "acme", "acme", "acme"], 1)
    ]
    assert not (at.root / "acme").exists()
    assert "fake-secret" not in caplog.text


@pytest.mark.parametrize(("kind", "how"), [("ssh-rsa", {"key_size": 2048}), ("ecdsa-sha2-nistp256", {})])
def test_keys_of_every_usual_kind_open(at: House, kind: str, how: dict[str, int]) -> None:
    key = asyncssh.generate_private_key(kind, **how)
    blob = read_public(key.export_public_key().decode()).blob
    at.book.partners["acme"] = replace(at.book.partners["acme"], keys=frozenset([blob]))
    assert done(refusal(at.connect(client_keys=[key]))) == ""
    assert done(refusal(at.connect())) == "PermissionDenied"


def test_nobody_comes_in_while_the_book_cannot_be_read(at: House) -> None:
    at.book.broken = True
    assert done(refusal(at.connect())) == "PermissionDenied"
    at.book.broken = False
    assert done(refusal(at.connect())) == ""


def test_a_partner_gets_files_and_nothing_else(at: House) -> None:
    async def story() -> list[str]:
        async with at.connect() as conn:
            return [
                await refusal(conn.run("id")),
                await refusal(conn.run()),
                await refusal(conn.run(term_type="xterm")),
                await refusal(conn.run("scp -t in/")),
                await refusal(conn.run(subsystem="shell")),
                await refusal(conn.open_connection("127.0.0.1", at.port)),
                await refusal(conn.open_unix_connection("/tmp/x")),
                await refusal(conn.forward_remote_port("127.0.0.1", 0, "127.0.0.1", at.port)),
                await refusal(conn.forward_remote_path("/tmp/x", "/tmp/y")),
                await refusal(conn.run(x11_forwarding=True, x11_display="localhost:0")),
            ]

    assert done(story()) == ["ChannelOpenError"] * 7 + ["ChannelListenError"] * 2 + ["ChannelOpenError"]


def test_no_request_leads_out_of_the_jail(at: House) -> None:
    """Paths of every kind, and links somebody laid on the disk; the outside stays as it is."""
    secret = at.root / "secret"
    at.laid("in/a.csv", b"mine")
    secret.write_bytes(b"of others")
    (at.root / "acme" / "in" / "link").symlink_to(secret)
    (at.root / "acme" / "in" / "up").symlink_to(at.root)
    outside = [
        b"../secret",
        b"../../secret",
        str(secret).encode(),
        b"/secret",
        b"in/../../secret",
        b"in/link",
        b"in/up/secret",
    ]
    odd = [b"in/\0secret", b"in/" + b"x" * 5000, b"in/\xff\xfe", b"in/a.csv/../../../secret", b"in/con", b"IN/a.csv"]

    async def story() -> list[str]:
        async with at.files() as sftp:
            handler = sftp._handler
            for path in [*outside, *odd]:
                for what in (
                    sftp.open(path, "rb"),
                    sftp.stat(path),
                    sftp.remove(path),
                    sftp.readdir(path),
                    sftp.rename(path, b"in/new.csv"),
                    sftp.setstat(path, asyncssh.SFTPAttrs(size=0)),
                    handler.readlink(path),
                ):
                    assert await refusal(what), (path, what)
            for path in [
                b"../secret",
                b"/secret",
                b"in/../../secret",
                b"in/up/x",
                *odd[:3],
                b"out/x",
                b"done/x",
                b"in",
            ]:
                for what in (
                    sftp.open(path, "wb"),
                    sftp.rename(b"in/a.csv", path),
                    sftp.posix_rename(b"in/a.csv", path),
                    sftp.mkdir(path),
                    sftp.rmdir(path),
                    sftp.symlink(b"/etc/passwd", path),
                    handler.link(b"in/a.csv", path),
                ):
                    assert await refusal(what), (path, what)
            assert await refusal(
                handler._make_request(b"hardlink@openssh.com", wire.String(b"in/a.csv"), wire.String(b"in/b"))
            )
            assert await refusal(sftp.remote_copy("in/a.csv", "in/c.csv"))
            return [str(await sftp.realpath(path)) for path in ("..", "in/../..", "/in/../out/.", "in/a.csv")]

    assert done(story()) == ["/", "/", "/out", "/in/a.csv"]
    assert secret.read_bytes() == b"of others"
    assert at.lies() == {"in/a.csv": b"mine"}
    assert sorted(p.name for p in (at.root / "acme" / "in").iterdir()) == ["a.csv", "link", "up"]


def test_a_link_at_the_place_of_a_folder_leads_nowhere(at: House) -> None:
    at.laid("in/a.csv")
    (at.root / "outside").mkdir()
    shutil.rmtree(at.root / "acme" / "in")
    (at.root / "acme" / "in").symlink_to(at.root / "outside")

    async def story() -> list[str]:
        async with at.files() as sftp:
            return [await refusal(sftp.readdir("in")), await refusal(sftp.open("in/x.csv", "wb"))]

    assert all(done(story()))
    assert list((at.root / "outside").iterdir()) == []


def test_what_breaks_off_half_way_never_stands_there(at: House) -> None:
    at.laid("in/again.csv", b"whole")

    async def story() -> None:
        conn = await at.connect()
        sftp = await conn.start_sftp_client()
        for name in ("half.csv", "again.csv"):
            await (await sftp.open(f"in/{name}", "wb")).write(b"half of i")
        assert len(at.lies()) == 3
        conn.abort()
        async with at.connect() as polite, polite.start_sftp_client() as sftp:
            await (await sftp.open("in/other.csv", "wb")).write(b"half of i")
        await until(lambda: len(at.lies()) == 1)

    done(story())
    assert at.lies() == {"in/again.csv": b"whole"}


def test_a_file_too_large_and_one_too_many_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    async def story(at: House) -> list[str]:
        async with at.files() as sftp:
            found = []
            for offset in (0, 10**12):
                file = await sftp.open("in/large.csv", "wb")
                found.append(await refusal(file.write(b"x" * 1001, offset)))
                found.append(await refusal(file.close()))
            for name in ("a", "b", "c"):
                found.append(await refusal(_write(sftp, f"in/{name}")))
            return found

    with house(tmp_path, quota=Quota(largest=1000, files=2)) as at:
        assert done(story(at)) == ["SFTPFailure"] * 4 + ["", "", "SFTPFailure"]
        assert sorted(at.lies()) == ["in/a", "in/b"]


async def _write(sftp: asyncssh.SFTPClient, path: str) -> None:
    async with sftp.open(path, "wb") as file:
        await file.write(b"12")


def test_a_session_holds_only_so_many_files_and_listings_open(at: House) -> None:
    at.laid("in/a.csv")

    async def story() -> list[str]:
        async with at.files() as sftp:
            handler = sftp._handler
            for _n in range(files.MOST_OPEN):
                await sftp.open("in/a.csv", "rb")
                await handler.opendir(b"in")
            found = [await refusal(sftp.open("in/a.csv", "rb")), await refusal(sftp.readdir("in"))]
        async with at.files() as sftp:
            return [*found, *await sftp.listdir("in")]

    assert done(story()) == ["SFTPFailure", "SFTPFailure", "a.csv"]


def test_who_is_removed_or_whose_key_is_has_to_go_and_others_stay(at: House) -> None:
    async def story() -> None:
        async with at.files() as sftp, at.files(username="other", client_keys=[OTHER]) as others:
            acme = at.book.partners["acme"]
            at.book.partners["acme"] = replace(acme, keys=frozenset([NEW.public_data]))
            await until(lambda: len(at.hall.guests) == 1)
            assert await refusal(sftp.stat("in"))
            at.book.broken = True
            await asyncio.sleep(3 * QUICK.recheck)
            assert await others.listdir("in") == []
            at.book.broken = False
            del at.book.partners["other"]
            await until(lambda: not at.hall.guests)
            assert await refusal(others.stat("in"))

    done(story())


def test_who_asks_nothing_for_long_has_to_go(tmp_path: Path) -> None:
    async def story(at: House) -> None:
        async with at.connect(), at.files() as sftp:
            for _n in range(8):
                await asyncio.sleep(0.05)
                await sftp.stat("in")
            assert len(at.hall.guests) == 1
            await until(lambda: not at.hall.guests)

    with house(tmp_path, replace(QUICK, idle=0.2)) as at:
        done(story(at))


def test_there_is_room_for_so_many_connections_and_no_more(tmp_path: Path) -> None:
    async def story(at: House) -> None:
        async with contextlib.AsyncExitStack() as stack:
            conns = [await stack.enter_async_context(at.connect()) for _n in range(2)]
            assert await refusal(_used(at))
            assert await refusal(at.files(username="other", client_keys=[OTHER]).__aenter__()) == ""
            for _n in range(2):
                await conns[0].start_sftp_client()
            assert await refusal(conns[0].start_sftp_client()) == "ChannelOpenError"
            silent = [await asyncio.open_connection("127.0.0.1", at.port) for _n in range(4)]
            await asyncio.wait([asyncio.create_task(reader.readline()) for reader, _writer in silent])
            assert len(at.hall.pending) == 3
            assert await refusal(at.connect())
            await until(lambda: not at.hall.pending)
            for _reader, writer in silent:
                writer.close()

    with house(tmp_path, replace(QUICK, of_partner=2, sessions=2, pending_of_address=3, login=0.5)) as at:
        done(story(at))


async def _used(at: House) -> None:
    async with at.files() as sftp:
        await sftp.listdir("in")


def test_guessing_is_slowed_down_for_who_guesses_and_not_for_others(tmp_path: Path) -> None:
    """The twin at its end: without the throttle the same guesses take no time."""

    async def guess(at: House) -> float:
        began = time.monotonic()
        for _n in range(4):
            assert await refusal(at.connect(client_keys=[NEW])) == "PermissionDenied"
        return time.monotonic() - began

    slow = Pace(first=0.1, longest_of_user=0.0)
    with house(tmp_path, replace(QUICK, pace=slow)) as at:
        assert done(guess(at)) >= 0.1 + 0.2 + 0.4
        waits = [at.hall.throttle.wait(address, "acme", time.monotonic()) for address in ("127.0.0.1", "127.0.0.2")]
        assert waits == [0.8, 0.0]
        assert done(refusal(at.connect(local_addr=("127.0.0.2", 0)))) == ""
    with house(tmp_path, replace(QUICK, pace=AT_ONCE)) as at:
        assert done(guess(at)) < 0.7


def test_one_connection_may_try_so_many_names_and_keys(tmp_path: Path) -> None:
    async def story(at: House) -> str:
        return await refusal(at.connect(client_keys=[NEW, OTHER, NEW, OTHER, KEY]))

    with house(tmp_path, replace(QUICK, keys=4)) as at:
        assert done(story(at)) in ("ConnectionLost", "DisconnectError", "PermissionDenied")
        assert at.hall.guests == set()
    with house(tmp_path, replace(QUICK, keys=12)) as at:
        assert done(story(at)) == ""


def test_who_waits_at_the_door_fills_no_memory(tmp_path: Path) -> None:
    """While a login waits, what comes is not read; else asyncssh keeps all of it."""

    async def story(at: House) -> int:
        at.hall.throttle.failed("127.0.0.1", "acme", time.monotonic())
        trying = asyncio.create_task(refusal(at.connect(client_keys=[NEW])))
        await until(lambda: any(door._users for door in at.hall.pending))
        door = next(iter(at.hall.pending))
        await asyncio.sleep(0.02)
        peer = next(task for task in [trying] if task)  # the login that waits
        flood = _transport_of(at, door)
        flood.write(b"x" * 16 * 1024 * 1024)
        await asyncio.sleep(0.15)
        kept = len(door.conn._inpbuf)
        peer.cancel()
        flood.abort()
        return kept

    with house(tmp_path, replace(QUICK, pace=Pace(first=1.0, longest_of_user=0.0))) as at:
        assert done(story(at)) < 1024 * 1024


def _transport_of(at: House, door: serve.Door) -> asyncio.Transport:
    """The client's end of a connection: both ends live in the loop of the tests."""
    peer = door.conn.get_extra_info("peername")
    loop = asyncio.get_running_loop()
    return next(t for t in loop._transports.values() if t.get_extra_info("sockname") == peer)  # type: ignore[attr-defined]


def test_who_takes_no_answers_is_asked_to_wait(at: House) -> None:
    at.laid("in/a.csv", bytes(4 * 1024 * 1024))

    async def story() -> int:
        async with at.connect() as conn:
            sftp = await conn.start_sftp_client()
            handle = await sftp._handler.open(b"in/a.csv", asyncssh.FXF_READ, asyncssh.SFTPAttrs())
            conn._transport.pause_reading()
            asked = wire.String(handle) + wire.UInt64(0) + wire.UInt32(files.LARGEST_READ)
            loop = asyncio.get_running_loop()
            for _n in range(200):
                sftp._handler._send_request(wire.FXP_READ, (asked,), loop.create_future())
            door = next(iter(at.hall.guests))
            await asyncio.sleep(0.3)
            chan = next(iter(door.conn._channels.values()))
            kept = int(chan.get_write_buffer_size()) + door.unsent()
            conn._transport.resume_reading()
            conn.abort()
            return kept

    assert 0 < done(story()) < files.MOST_UNSENT + 8 * 1024 * 1024


@pytest.mark.skipif(not shutil.which("sftp"), reason="OpenSSH's sftp is not installed")
def test_openssh_brings_and_fetches_and_is_refused_as_any_other(at: House, tmp_path: Path) -> None:
    at.laid("out/list.csv", b"pick this")
    key, known, mine = tmp_path / "key", tmp_path / "known", tmp_path / "mine.csv"
    key.write_bytes(KEY.export_private_key())
    key.chmod(0o600)
    met = hostkey.public()
    known.write_text(f"[127.0.0.1]:{at.port} {met.line if met else ''}\n")
    mine.write_bytes(b"picked")
    steps = [
        f"put {mine} in/pick.csv",
        f"put -p {mine} in/other.csv",
        "rename in/other.csv in/again.csv",
        f"get out/list.csv {tmp_path / 'got.csv'}",
        "rm out/list.csv",
        "ls -la in",
        "-mkdir in/sub",
        "-ln -s /etc/passwd in/link",
        f"-get ../../../../etc/passwd {tmp_path / 'stolen'}",
        f"-put {mine} done/x.csv",
        "-rename in/again.csv out/again.csv",
    ]
    options = ["-P", str(at.port), "-i", str(key), "-o", f"UserKnownHostsFile={known}", "-F", "none", "-b", "-"]
    told = subprocess.run(
        ["sftp", *options, "acme@127.0.0.1"],
        input="\n".join(steps),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert ((tmp_path / "got.csv").read_bytes(), (tmp_path / "stolen").exists()) == (b"pick this", False)
    assert at.lies() == {"in/pick.csv": b"picked", "in/again.csv": b"picked"}
    assert len(told.stderr.strip().splitlines()) == 5


def test_the_server_shows_the_key_it_was_made_with(at: House) -> None:
    async def story() -> str:
        async with at.connect() as conn:
            return fingerprint(conn.get_server_host_key().public_data)

    met = hostkey.public()
    assert met is not None
    assert done(story()) == met.fingerprint
