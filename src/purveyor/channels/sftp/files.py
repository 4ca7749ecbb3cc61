"""The SFTP server's side of files: what a signed-in partner asks, done in its jail.

Of asyncssh's own server only the reading of packets and the sending of answers stay: every request is answered here,
and what has no place in a jail (links, folders, locks, copies on the server) is refused. Two of its inner classes are
extended, which is why its version is pinned: to know whether a file was closed or broke off, and to wait where a
partner asks faster than it takes the answers.
"""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, Protocol, cast
from weakref import WeakSet

import asyncssh
from asyncssh import sftp as wire
from asyncssh.constants import FXP_BLOCK, FXP_LINK, FXP_READLINK, FXP_SYMLINK, FXP_UNBLOCK
from asyncssh.stream import SSHReader, SSHServerStreamSession, SSHWriter

from purveyor.channels.sftp.jail import Jail, Opened, Spot, spot

MOST_OPEN = 32
"""So many files, and as many listings, may be open in one session."""
LARGEST_READ = 256 * 1024
MOST_UNSENT = 2 * 1024 * 1024
"""Bytes of answers that wait to be taken; no further question is read before."""
_TAKEN = 0.02
_WRITES = asyncssh.FXF_WRITE | asyncssh.FXF_APPEND | asyncssh.FXF_CREAT | asyncssh.FXF_TRUNC
_REFUSED = "Links, folders and programs have no place here: only files in in, out, done and error."
_UNKNOWN = (FXP_READLINK, FXP_SYMLINK, FXP_LINK, FXP_BLOCK, FXP_UNBLOCK)
_SPOKEN = (b"posix-rename@openssh.com", b"fsync@openssh.com", b"lsetstat@openssh.com", b"limits@openssh.com")


class Guest(Protocol):
    """Whoever is signed in, as a session needs it."""

    jail: Jail

    def touch(self) -> None:
        """Something was asked just now."""


class Listing:
    """The names of a folder, as many at a time as they are asked for."""

    def __init__(self, found: Iterator[tuple[str, os.stat_result]]) -> None:
        self.found = found

    def __aiter__(self) -> AsyncIterator[asyncssh.SFTPName]:
        return cast(AsyncIterator[asyncssh.SFTPName], self)

    async def __anext__(self) -> asyncssh.SFTPName:
        for name, told in self.found:
            return _named(name, told)
        raise StopAsyncIteration


class Files(asyncssh.SFTPServer):
    """The requests of one session."""

    def __init__(self, chan: Any, guest: Guest) -> None:
        super().__init__(chan)
        self.guest, self.jail = guest, guest.jail
        self.ending = False
        self._open: set[Opened] = set()
        self._listings: WeakSet[Listing] = WeakSet()

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Opened:
        """A file to read, or one to bring."""
        where = spot(path)
        if len(self._open) >= MOST_OPEN:
            raise OSError(errno.EMFILE, f"{MOST_OPEN} files are open already; close one.")
        found = self._written(where, pflags) if pflags & _WRITES else self.jail.read(where)
        self._open.add(found)
        return found

    def _written(self, where: Spot, pflags: int) -> Opened:
        if not pflags & asyncssh.FXF_CREAT:
            self.jail.told(where)
        whole = bool(pflags & asyncssh.FXF_TRUNC)
        return self.jail.write(where, whole=whole, only_new=bool(pflags & asyncssh.FXF_EXCL))

    async def close(self, file_obj: object) -> None:
        """The partner is done with a file; or the session ended, and what was not closed broke off."""
        found = _opened(file_obj)
        self._open.discard(found)
        if self.ending:
            found.drop()
        else:
            await asyncio.to_thread(found.close)  # until the disk has it; others go on meanwhile

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        return _opened(file_obj).read(offset, min(size, LARGEST_READ))

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        return _opened(file_obj).write(offset, data)

    def fsync(self, file_obj: object) -> None:
        os.fsync(_opened(file_obj).handle)

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        return _attrs(self.jail.told(spot(path)))

    def lstat(self, path: bytes) -> asyncssh.SFTPAttrs:
        return self.stat(path)

    def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        return _attrs(_opened(file_obj).told())

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Rights, owner and times are ours: what programs set after every upload is heard and left."""
        self.jail.told(spot(path))
        if attrs.size is not None:
            raise PermissionError(errno.EACCES, "A file is brought whole; it is not cut afterwards.")

    def lsetstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        self.setstat(path, attrs)

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        if attrs.size is not None:
            _opened(file_obj).resize(attrs.size)

    def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        where = spot(path)
        self.jail.told(where)
        if len(self._listings) >= MOST_OPEN:
            raise OSError(errno.EMFILE, f"{MOST_OPEN} listings are open already; close one.")
        found = Listing(self.jail.listed(where))
        self._listings.add(found)
        return aiter(found)

    def remove(self, path: bytes) -> None:
        self.jail.remove(spot(path))

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self.jail.rename(spot(oldpath), spot(newpath), replace=False)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        self.jail.rename(spot(oldpath), spot(newpath), replace=True)

    def realpath(self, path: bytes) -> bytes:
        return spot(path).path.encode()

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        raise PermissionError(errno.EACCES, _REFUSED)

    def rmdir(self, path: bytes) -> None:
        raise PermissionError(errno.EACCES, _REFUSED)

    def exit(self) -> None:
        for found in list(self._open):
            found.drop()


class Handler(wire.SFTPServerHandler):
    """asyncssh's reader of requests, with fewer requests, and patience instead of memory."""

    _extensions = [pair for pair in wire.SFTPServerHandler._extensions if pair[0] in _SPOKEN]
    _packet_handlers = {
        kind: handler
        for kind, handler in wire.SFTPServerHandler._packet_handlers.items()
        if (kind in _SPOKEN if isinstance(kind, bytes) else kind not in _UNKNOWN)
    }

    def __init__(self, files: Files, reader: SSHReader[bytes], writer: SSHWriter[bytes], version: int) -> None:
        super().__init__(files, reader, writer, version)
        self.files = files

    async def recv_packet(self) -> Any:
        """The next request, once the answers to those before are on their way."""
        while self.files.channel.get_write_buffer_size() > MOST_UNSENT:
            await asyncio.sleep(_TAKEN)
        found = await super().recv_packet()
        self.files.guest.touch()
        return found

    async def _cleanup(self, exc: Exception | None) -> None:
        self.files.ending = True
        await super()._cleanup(exc)


class Session(SSHServerStreamSession[bytes]):
    """One session of a signed-in partner: SFTP, and nothing else."""

    def __init__(self, guest: Guest) -> None:
        super().__init__(None)
        self.guest = guest

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "sftp"

    def session_started(self) -> None:
        chan, conn = cast(Any, self._chan), cast(Any, self._conn)
        reader, writer = SSHReader[bytes](self, chan), SSHWriter[bytes](self, chan)
        handler = Handler(Files(chan, self.guest), reader, writer, wire.MIN_SFTP_VERSION)
        conn.create_task(handler.run(), reader.logger)


def _opened(file_obj: object) -> Opened:
    return cast(Opened, file_obj)


def _attrs(told: os.stat_result) -> asyncssh.SFTPAttrs:
    """What a partner learns of a file or folder: nothing of the machine's users."""
    kind = stat.S_IFMT(told.st_mode)
    rights = 0o755 if kind == stat.S_IFDIR else 0o644
    size = told.st_size if kind == stat.S_IFREG else 0
    return asyncssh.SFTPAttrs(
        type=asyncssh.FILEXFER_TYPE_DIRECTORY if kind == stat.S_IFDIR else asyncssh.FILEXFER_TYPE_REGULAR,
        size=size,
        uid=0,
        gid=0,
        permissions=kind | rights,
        atime=int(told.st_mtime),
        mtime=int(told.st_mtime),
    )


def _named(name: str, told: os.stat_result) -> asyncssh.SFTPName:
    attrs = _attrs(told)
    when = time.strftime("%b %d %H:%M", time.gmtime(told.st_mtime))
    mode = stat.filemode(attrs.permissions or 0)
    long = f"{mode} 1 purveyor purveyor {attrs.size:>12} {when} {name}"
    code = name.encode("utf-8", "surrogateescape")
    return asyncssh.SFTPName(code, long.encode("utf-8", "surrogateescape"), attrs)
