"""Another's SFTP server, as a client meets it: every step has a time limit and every answer a size.

Nothing of the machine's own SSH settings, keys or agents is used. A server is known by its key alone: before a person
confirmed that key, neither password nor name leaves, and when it shows another one nothing is done.

Of asyncssh's own client one inner class is extended, which is why its version is pinned: an answer longer than any that
was asked for ends the connection, whatever the other side says it is.
"""

from __future__ import annotations

import asyncio
import getpass
import logging
import os
import secrets
import socket
import stat
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, cast

import asyncssh
from asyncssh import sftp as wire
from asyncssh.packet import SSHPacket
from django.utils.translation import gettext as _

from purveyor.base.http import is_never_allowed, meanings
from purveyor.channels import names
from purveyor.channels.sftp.keys import PublicKey
from purveyor.channels.ways import REPORT, Changed, Gone, Seen, Unreachable
from purveyor.common.errors import PurveyorError

log = logging.getLogger(__name__)
CONNECT, STEP, LISTING, KEPT = 15.0, 20.0, 60.0, 60.0
"""Seconds: until signed in, for one question, for the names of a folder, and how long an idle connection is kept."""
MOST = 10_000
"""So many files are looked at in one look; the others have their turn once these are filed away."""
MOST_NAMES = 100_000
"""So many names are read at most, whatever they are."""
LARGEST_ANSWER = 300 * 1024
"""Bytes. OpenSSH's largest has 256 KB; we ask for less."""
PIECE = 128 * 1024
"""Asked for at once; many servers answer with less, and are asked again."""
WRITTEN = 32 * 1024
"""Sent at once; every server has to take as much."""
_TRIAL = ".purveyor-trial"
_STREAM = socket.SOCK_STREAM
_ALGORITHMS = {
    "ssh-ed25519": ["ssh-ed25519"],
    "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
    "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
    "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
    "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
}


class HostKeyUnknown(Unreachable):
    """Nobody has confirmed yet what the server is known by. ``met`` is the key it shows."""

    code = "host-key-unknown"

    def __init__(self, message: str, met: PublicKey, **more: Any) -> None:
        super().__init__(message, **more)
        self.met = met


class HostKeyChanged(HostKeyUnknown):
    """The server shows another key than the one that was confirmed."""

    code = "host-key-changed"
    at_once = True


class NotLetIn(Unreachable):
    """The server takes neither this user nor this password or key."""

    code = "server-refuses-us"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to sign in, and with what. Blank ``pinned`` is nowhere: no key was confirmed yet."""

    host: str
    port: int
    user: str
    folder: str
    pinned: bytes = b""
    pinned_kind: str = ""
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)


class _Client(asyncssh.SSHClient):
    """What the server showed itself by, compared with what is pinned."""

    def __init__(self, pinned: bytes) -> None:
        self.pinned = pinned
        self.met: PublicKey | None = None

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.met = PublicKey(key.algorithm.decode("ascii", "replace"), key.public_data)
        return bool(self.pinned) and key.public_data == self.pinned


class _Handler(wire.SFTPClientHandler):
    """asyncssh's reader of answers, with a length no answer to us needs to pass."""

    async def recv_packet(self) -> Any:
        reader: Any = self._reader
        length = int.from_bytes(await reader.readexactly(4), "big")
        if length > LARGEST_ANSWER:
            raise asyncssh.SFTPBadMessage("an answer is longer than any that was asked for")
        return SSHPacket(await reader.readexactly(length))


class Link:
    """An open connection to a folder of another's server."""

    def __init__(self, target: Target, conn: asyncssh.SSHClientConnection, sftp: asyncssh.SFTPClient) -> None:
        self.target, self.conn, self.sftp = target, conn, sftp

    def at(self, name: str = "") -> bytes:
        """The whole path of a name in the folder."""
        path = f"{self.target.folder}/{name}" if name else self.target.folder
        return path.encode("utf-8", "surrogateescape")

    async def alive(self) -> bool:
        """Whether it still answers."""
        try:
            async with asyncio.timeout(STEP / 4):
                await self.sftp.stat(self.at())
        except asyncssh.SFTPError as error:
            return not isinstance(error, asyncssh.SFTPConnectionLost | asyncssh.SFTPNoConnection)
        except (OSError, TimeoutError, asyncssh.Error):
            return False
        return True

    async def list(self) -> list[Seen]:
        """The files that do not wait, oldest first."""
        found: list[Seen] = []
        read = 0
        async for entry in self.sftp.scandir(self.at()):
            read += 1
            if read > MOST_NAMES or len(found) >= MOST:
                break
            seen = await self._seen(_shown(_bytes(entry.filename)), entry.attrs)
            if seen is not None:
                found.append(seen)
        return sorted(found, key=lambda one: (one.stamp, one.name))

    async def _seen(self, name: str, attrs: asyncssh.SFTPAttrs) -> Seen | None:
        if names.waits(name):
            return None
        if attrs.type == asyncssh.FILEXFER_TYPE_UNKNOWN or attrs.size is None or attrs.mtime is None:
            if "/" in name or "\\" in name:
                return Seen(name, 0, 0, plain=False)
            attrs = await self.sftp.lstat(self.at(name))
        return None if attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY else _of(name, attrs)

    async def now(self, name: str) -> Seen | None:
        """A file as it lies there now; None where there is none."""
        try:
            return _of(name, await self.sftp.lstat(self.at(name)))
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return None

    async def pieces(self, seen: Seen) -> AsyncGenerator[bytes, None]:
        """The bytes of a file as it was seen, no more and no less. Raises Gone, Changed."""
        await self._require(seen)
        try:
            file = await _step(_opened(self.sftp, self.at(seen.name), asyncssh.FXF_READ))
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            raise gone(seen) from None
        try:
            at = 0
            while piece := bytes(await _step(file.read(PIECE, at))):
                at += len(piece)
                if at > seen.size:
                    raise changed(seen)
                yield piece
            if at != seen.size:
                raise changed(seen)
        finally:
            with suppress(OSError, asyncssh.Error, TimeoutError):
                await _step(file.close())
        await self._require(seen)

    async def _require(self, seen: Seen) -> None:
        now = await _step(self.now(seen.name))
        if now is None:
            raise gone(seen)
        if now != seen:
            raise changed(seen)

    async def file_away(self, seen: Seen, where: str, report: bytes) -> bool:
        """Move a file, and write the report beside it. See ``ways.Reach``."""
        folder, _slash, _name = where.partition("/")
        await self.ensure(folder)
        there = await self.now(where) is not None
        if not there and await self.now(seen.name) == seen:
            await self.sftp.rename(self.at(seen.name), self.at(where))
            there = await self.now(where) is not None
        await self.put(where + REPORT, report)
        return there

    async def ensure(self, folder: str) -> None:
        """Make a folder in the folder, where it is missing. Raises Unreachable, when that is not allowed."""
        try:
            found = await self.sftp.lstat(self.at(folder))
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            try:
                await self.sftp.mkdir(self.at(folder))
            except asyncssh.SFTPError as error:
                words = {"folder": folder, "why": clean(error.reason)}
                hint = _("Have it made there, or let our user make folders.")
                said = _("The folder %(folder)s cannot be made on the server: %(why)s") % words
                raise Unreachable(said, hint=hint) from None
            return
        if found.type != asyncssh.FILEXFER_TYPE_DIRECTORY:
            hint = _("Have it made there as a folder of its own.")
            said = _("On the server, %(folder)s is no folder.") % {"folder": folder}
            raise Unreachable(said, hint=hint)

    async def put(self, where: str, data: bytes) -> None:
        """Lay a file there all at once: under a name that waits, then renamed."""
        folder, slash, _name = where.rpartition("/")
        draft = f"{folder}{slash}.{secrets.token_hex(8)}.part"
        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_EXCL
        try:
            file = await _opened(self.sftp, self.at(draft), flags)
            try:
                for begin in range(0, len(data), WRITTEN):
                    await _step(file.write(data[begin : begin + WRITTEN], begin))
            finally:
                await _step(file.close())
            await self._rename_over(draft, where)
        except BaseException:
            with suppress(Exception):
                await _step(self.sftp.remove(self.at(draft)))
            raise

    async def _rename_over(self, draft: str, where: str) -> None:
        try:
            await self.sftp.posix_rename(self.at(draft), self.at(where))
        except asyncssh.SFTPOpUnsupported:
            with suppress(asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                await self.sftp.remove(self.at(where))
            await self.sftp.rename(self.at(draft), self.at(where))

    async def try_out(self, *, outgoing: bool) -> None:
        """Do with an empty file what is done with every file, and remove it."""
        at = f"{_TRIAL}-{secrets.token_hex(4)}"
        await self.put(at, b"")
        try:
            for folder in () if outgoing else ("done", "error"):
                await self.ensure(folder)
                to = f"{folder}/{at.rpartition('/')[2]}"
                await self.sftp.rename(self.at(at), self.at(to))
                at = to
        finally:
            await self.sftp.remove(self.at(at))

    def close(self) -> None:
        """Let it go, now."""
        with suppress(Exception):
            self.conn.abort()


async def meet(target: Target) -> PublicKey:
    """The key the server shows itself by, of the confirmed kind if it has one. Nothing else is told or asked. Raises
    Unreachable."""
    try:
        link = await connect(Target(target.host, target.port, "", "", pinned_kind=target.pinned_kind))
    except HostKeyUnknown as error:
        return error.met
    link.close()
    raise Unreachable(_("The server showed no key."))


async def connect(target: Target) -> Link:
    """Sign in and open the folder's session. Raises Unreachable; HostKeyUnknown, nothing having been told."""
    client = _Client(target.pinned)
    conn = None
    try:
        async with asyncio.timeout(CONNECT):
            conn = await asyncssh.connect(sock=await _socket(target), **_settings(target, client))
            return Link(target, conn, await _session(conn))
    except BaseException as error:
        if conn is not None:
            conn.abort()
        raise why(error, target, client.met) from None


def _settings(target: Target, client: _Client) -> dict[str, Any]:
    """Everything asyncssh would otherwise look for on this machine is said, or said to be nothing."""
    _name_of_user()
    kinds = sorted(_ALGORITHMS, key=lambda kind: kind != target.pinned_kind)
    by_key = [asyncssh.import_private_key(target.key)] if target.key else None
    logging.getLogger("asyncssh").setLevel(logging.WARNING)
    return {
        "client_factory": lambda: client,
        "known_hosts": ([], [], []),
        "server_host_key_algs": [algorithm for kind in kinds for algorithm in _ALGORITHMS[kind]],
        "config": None,
        "tunnel": None,
        "proxy_command": None,
        "username": target.user,
        "password": target.password or None,
        "client_keys": by_key,
        "agent_path": None,
        "pkcs11_provider": None,
        "preferred_auth": ["publickey"] if by_key else ["password", "keyboard-interactive"],
        "host_based_auth": False,
        "gss_kex": False,
        "gss_auth": False,
        "x509_trusted_certs": None,
        "compression_algs": None,
        "connect_timeout": CONNECT,
        "login_timeout": CONNECT,
        "keepalive_interval": 15,
        "client_version": "Purveyor",
    }


def _name_of_user() -> None:
    """asyncssh asks who runs it, though we say who signs in; in a container nobody may be known by that number."""
    try:
        getpass.getuser()
    except (KeyError, OSError):
        os.environ["LOGNAME"] = "purveyor"


async def _socket(target: Target) -> socket.socket:
    """Connected to an address that the host's name means now. Raises Unreachable for one that nothing is sent to."""
    loop = asyncio.get_running_loop()
    failed: OSError | None = None
    for family, _kind, _proto, _name, place in await loop.getaddrinfo(target.host, target.port, type=_STREAM):
        found = ip_address(str(place[0]).partition("%")[0])
        if any(map(is_never_allowed, meanings(found))):
            raise Unreachable(_("%(address)s is no address that anything is sent to.") % {"address": found})
        made = socket.socket(family, _STREAM)
        try:
            made.setblocking(False)
            await loop.sock_connect(made, place)
            return made
        except OSError as error:
            made.close()
            failed = error
        except BaseException:
            made.close()
            raise
    raise failed or OSError(_("the name has no address"))


async def _session(conn: asyncssh.SSHClientConnection) -> asyncssh.SFTPClient:
    """A session for files, whose answers are bounded."""
    writer, reader, _errors = await conn.open_session(subsystem="sftp", encoding=None)
    loop = asyncio.get_running_loop()
    handler = _Handler(loop, "replace", reader, writer, wire.MIN_SFTP_VERSION)
    await handler.start()
    conn.create_task(handler.recv_packets(), handler.logger)
    return asyncssh.SFTPClient(handler, "utf-8", "surrogateescape")


async def _opened(sftp: asyncssh.SFTPClient, path: bytes, flags: int) -> Any:
    """A file whose reads and writes are one question each: of several at once, asyncssh leaves some to nobody when the
    connection breaks."""
    return await sftp.open(path, flags, encoding=None, block_size=cast(int, None))


async def _step(work: Any) -> Any:
    async with asyncio.timeout(STEP):
        return await work


def _bytes(name: bytes | str) -> bytes:
    return name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape").encode(errors="surrogateescape").decode(errors="backslashreplace")


def _of(name: str, attrs: asyncssh.SFTPAttrs) -> Seen:
    plain = attrs.type == asyncssh.FILEXFER_TYPE_REGULAR
    if attrs.type == asyncssh.FILEXFER_TYPE_UNKNOWN:
        plain = stat.S_IFMT(attrs.permissions or 0) in (0, stat.S_IFREG)
    return Seen(name, attrs.size or 0, (attrs.mtime or 0) * 1_000_000_000, plain=plain)


def gone(seen: Seen) -> Gone:
    return Gone(_("%(name)s is no longer there.") % {"name": seen.name})


def changed(seen: Seen) -> Changed:
    return Changed(_("%(name)s is still being written.") % {"name": seen.name})


def why(error: BaseException, target: Target, met: PublicKey | None = None) -> BaseException:
    """What an error of the library means, in words; those of ours, and what is no error, stay as they are."""
    where = {"host": target.host, "port": target.port}
    if isinstance(error, asyncssh.HostKeyNotVerifiable) and met is not None:
        return _other_key(target, met)
    if isinstance(error, asyncssh.PermissionDenied):
        said = _("The server %(host)s refuses user %(user)s.") % (where | {"user": target.user})
        return NotLetIn(said, hint=_("Compare user, password or key with what its people know of us."))
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        said = _("The server %(host)s, port %(port)d, did not answer in time.") % where
        return Unreachable(said, hint=_("See that it runs and that no firewall stands between."))
    if isinstance(error, asyncssh.KeyExchangeFailed):
        said = _("The server %(host)s and the hub share no safe way to talk.") % where
        return Unreachable(said, hint=_("It is probably very old; ask its people for an update."))
    if isinstance(error, asyncssh.SFTPError):
        return Unreachable(_("The server %(host)s refused: %(why)s") % (where | {"why": clean(error.reason)}))
    if isinstance(error, OSError | asyncssh.Error | asyncssh.ChannelOpenError | EOFError):
        told = clean(_reason(error))
        said = _("The server %(host)s, port %(port)d, cannot be reached: %(why)s") % (where | {"why": told})
        return Unreachable(said, hint=_("See that host and port are right and that the server runs."))
    if isinstance(error, Exception) and not isinstance(error, PurveyorError):
        # The library raises whatever its reading of nonsense ends in.
        log.warning("What %s, port %s, says cannot be understood.", target.host, target.port, exc_info=error)
        said = _("What the server %(host)s, port %(port)d, says cannot be understood.") % where
        return Unreachable(said, hint=_("See that it is an SFTP server, and that the port is right."))
    return error


def _reason(error: BaseException) -> str:
    if isinstance(error, socket.gaierror):
        return _("its name is not known")
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(getattr(error, "reason", "") or error)


def clean(text: str) -> str:
    """What another's server says of itself, fit to be shown: one short line."""
    return "".join(c if c.isprintable() else " " for c in text)[:200].strip() or "?"


def _other_key(target: Target, met: PublicKey) -> HostKeyUnknown:
    words = {"host": target.host, "met": met.fingerprint, "known": PublicKey("", target.pinned).fingerprint}
    if not target.pinned:
        said = _("Nobody has confirmed yet that %(host)s is known by the key %(met)s.") % words
        return HostKeyUnknown(said, met, hint=_("Test the connection, compare the key, and take it over."))
    said = _("The server %(host)s shows another key than the one that was confirmed: %(met)s instead of %(known)s.")
    hint = _(
        "Somebody may stand between. Ask the server's people; if they changed it, empty the host key and test anew."
    )
    return HostKeyChanged(said % words, met, hint=hint)
