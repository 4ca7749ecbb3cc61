"""What a partner may see and touch: four folders, in which files lie and nothing else.

A path a partner says is taken apart as text, never handed to the system: it is the top, one of the four folders, or a
name in one of them. Every step to it goes down by handles that follow no link, so that neither ``..`` nor a link that
somebody laid on the disk leads outside. A file that is brought is written under a hidden name and gets its own when it
is closed, so that what broke off half-way is never there. Refusals are OSErrors whose text the partner reads.
"""

from __future__ import annotations

import contextlib
import errno
import os
import posixpath
import secrets
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from purveyor.channels import names

IN, OUT, DONE, ERROR = "in", "out", "done", "error"
FOLDERS = (IN, OUT, DONE, ERROR)
DRAFT = ".upload-"
"""What is still being brought is called so; the partner does not see it."""
MEGABYTE = 1024 * 1024
ROOM_LEFT = 256 * MEGABYTE
"""Nothing is taken any more where the disk has less than this left beside the largest file."""
WHOLE = 1024 * MEGABYTE
"""So many bytes may lie in the four folders of a partner together."""
STEP = 4 * MEGABYTE
"""A file that is brought asks for so much room at once, and is counted by whole steps until it is closed."""
MOST_SHOWN = 20_000
"""So many names of a folder are shown."""
_SETTLED = 1_000_000_000
"""Nanoseconds after which another change of a folder has another time of change."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Quota:
    """How large a file may be, in bytes, how many may wait in ``in``, and how many bytes lie in all folders."""

    largest: int = 64 * MEGABYTE
    files: int = 1000
    whole: int = WHOLE


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a path leads: the top (no folder), a folder (no name), or a file."""

    folder: str = ""
    name: str = ""

    @property
    def path(self) -> str:
        return "/" + "/".join(part for part in (self.folder, self.name) if part)


def spot(path: bytes) -> Spot:
    """Take a path apart; ``..`` at the top stays there. Raises FileNotFoundError for what cannot be in the jail."""
    try:
        parts = [part for part in posixpath.normpath("/" + path.decode("utf-8")).split("/") if part]
    except UnicodeDecodeError:
        raise OSError(errno.EILSEQ, "A name is UTF-8.") from None
    if len(parts) > 2 or "\0" in "".join(parts) or (parts and parts[0] not in FOLDERS):
        raise FileNotFoundError(errno.ENOENT, "There is nothing here but in, out, done and error, and files in them.")
    return Spot(*parts)


class Jail:
    """One partner's place on the disk."""

    def __init__(self, root: Path, quota: Quota | None = None) -> None:
        self.root = root
        self.quota = quota or Quota()

    def ensure(self) -> None:
        """Make what is missing of it, for the hub's own user alone. Raises OSError."""
        self.root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.root, *(self.root / name for name in FOLDERS)):
            with contextlib.suppress(FileExistsError):
                folder.mkdir(mode=0o700)

    def sweep(self) -> None:
        """Remove what was begun and never ended. Only while nobody is signed in. Raises OSError."""
        with self.opened(IN) as at, os.scandir(at) as entries:
            for name in [entry.name for entry in entries if entry.name.startswith(DRAFT)]:
                os.unlink(name, dir_fd=at)

    @contextlib.contextmanager
    def opened(self, folder: str = "") -> Iterator[int]:
        """A handle of the top or of a folder, reached without following a link. Raises OSError."""
        at = os.open(self.root, _FOLDER)
        try:
            if folder:
                inner = os.open(folder, _FOLDER, dir_fd=at)
                os.close(at)
                at = inner
            yield at
        finally:
            os.close(at)

    def listed(self, where: Spot) -> Iterator[tuple[str, os.stat_result]]:
        """What a folder holds: of the top the four, of the others their files. Raises OSError."""
        if where.name:
            raise NotADirectoryError(errno.ENOTDIR, "This is a file.")
        if not where.folder:
            yield from ((name, self.told(Spot(name))) for name in FOLDERS)
            return
        with self.opened(where.folder) as at, os.scandir(at) as entries:
            count = 0
            for entry in entries:
                told = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(told.st_mode) and not _hidden(where.folder, entry.name):
                    yield entry.name, told
                    if (count := count + 1) >= MOST_SHOWN:
                        return

    def told(self, where: Spot) -> os.stat_result:
        """What stands there. Raises FileNotFoundError for what is neither a folder of ours nor a file."""
        with self.opened(where.folder) as at:
            if not where.name:
                return os.fstat(at)
            _visible(where)
            found = os.stat(where.name, dir_fd=at, follow_symlinks=False)
        if not stat.S_ISREG(found.st_mode):
            raise FileNotFoundError(errno.ENOENT, "There is no such file.")
        return found

    def read(self, where: Spot) -> Opened:
        """A file to read. Raises OSError."""
        _require_file(where)
        with self.opened(where.folder) as at:
            handle = os.open(where.name, os.O_RDONLY | _FILE, dir_fd=at)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise FileNotFoundError(errno.ENOENT, "There is no such file.")
        return Opened(handle)

    def write(self, where: Spot, *, whole: bool, only_new: bool) -> Opened:
        """A file to bring. It stands there once it is closed. Raises OSError."""
        _require_file(where)
        _require_in(where)
        if said := names.trouble(where.name):
            raise PermissionError(errno.EACCES, said)
        there = self._there(where)
        if there and only_new:
            raise FileExistsError(errno.EEXIST, "There is a file of this name.")
        if there and not whole:
            raise PermissionError(
                errno.EACCES, "A file is brought whole, from its beginning; nothing is put behind it."
            )
        self._require_room()
        draft = DRAFT + secrets.token_hex(8)
        with self.opened(IN) as at:
            handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | _FILE, 0o600, dir_fd=at)
        return Opened(handle, self, draft, where.name)

    def remove(self, where: Spot) -> None:
        """Take a file away: one's own of ``in``, or one that was fetched from ``out``. Raises OSError."""
        _require_file(where)
        if where.folder not in (IN, OUT):
            raise PermissionError(errno.EACCES, "Files in done and error stay; the hub's people remove them.")
        self.told(where)
        with self.opened(where.folder) as at:
            os.unlink(where.name, dir_fd=at)

    def rename(self, old: Spot, new: Spot, *, replace: bool) -> None:
        """Give a file of ``in`` another name there. Raises OSError."""
        _require_file(old)
        _require_file(new)
        _require_in(old)
        _require_in(new)
        if said := names.trouble(new.name):
            raise PermissionError(errno.EACCES, said)
        _visible(new)
        self.told(old)
        if not replace and self._there(new):
            raise FileExistsError(errno.EEXIST, "There is a file of this name.")
        with self.opened(IN) as at:
            os.rename(old.name, new.name, src_dir_fd=at, dst_dir_fd=at)

    def keep(self, draft: str, name: str) -> None:
        """Give what was brought its name. Raises OSError."""
        with self.opened(IN) as at:
            with contextlib.suppress(FileNotFoundError):
                if stat.S_ISDIR(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode):
                    raise IsADirectoryError(errno.EISDIR, "This is a folder.")
            os.rename(draft, name, src_dir_fd=at, dst_dir_fd=at)
            os.fsync(at)

    def drop(self, draft: str) -> None:
        """Throw away what was not brought to its end."""
        with contextlib.suppress(OSError), self.opened(IN) as at:
            os.unlink(draft, dir_fd=at)

    def _there(self, where: Spot) -> bool:
        with self.opened(where.folder) as at, contextlib.suppress(FileNotFoundError):
            os.stat(where.name, dir_fd=at, follow_symlinks=False)
            return True
        return False

    def _require_room(self) -> None:
        with self.opened(IN) as at, os.scandir(at) as entries:
            if sum(1 for _entry in entries) >= self.quota.files:
                raise OSError(errno.EDQUOT, f"{self.quota.files} files wait here already; let them be taken first.")
        self.require_disk(self.quota.largest)
        self.require_share("", 1)

    def require_disk(self, more: int) -> None:
        """See that the disk takes so many bytes more. Raises OSError."""
        disk = os.statvfs(self.root)
        if disk.f_bavail * disk.f_frsize < more + ROOM_LEFT:
            raise OSError(errno.ENOSPC, "The disk is nearly full; tell the hub's people.")

    def require_share(self, draft: str, size: int) -> None:
        """See that the partner's share takes a draft of so many bytes beside everything else. Raises OSError."""
        with self.opened(IN) as at:
            held = _weighed(at, draft)
        for folder in (OUT, DONE, ERROR):
            with self.opened(folder) as at:
                changed = os.fstat(at).st_mtime_ns
                settled = abs(time.time_ns() - changed) > _SETTLED
                held += _lying(self.root, folder, changed) if settled else _weighed(at)
        if held + size > self.quota.whole:
            most = self.quota.whole // MEGABYTE
            said = f"Your folders hold at most {most} MB together. Remove files from in and out, or have the hub's"
            raise OSError(errno.EDQUOT, f"{said} people clear done and error.")


class Opened:
    """An open file. One that is brought is kept by ``close``, and thrown away by ``drop``."""

    def __init__(self, handle: int, jail: Jail | None = None, draft: str = "", name: str = "") -> None:
        self.handle, self.jail, self.draft, self.name = handle, jail, draft, name
        self.broken = False
        self.granted = 0

    def read(self, offset: int, size: int) -> bytes:
        """At most so many bytes from there on."""
        return os.pread(self.handle, size, offset)

    def write(self, offset: int, data: bytes) -> int:
        """Bytes at a place of it. Raises OSError, also beyond the largest size."""
        if self.jail is None:
            raise PermissionError(errno.EACCES, "This file was opened for reading.")
        self._require_fitting(offset + len(data), len(data))
        done = 0
        try:
            while done < len(data):
                done += os.pwrite(self.handle, data[done:], offset + done)
        except OSError:
            self.broken = True
            raise
        return done

    def resize(self, size: int) -> None:
        """Make it so long. Raises OSError."""
        if self.jail is None:
            raise PermissionError(errno.EACCES, "This file was opened for reading.")
        self._require_fitting(size, size)
        os.ftruncate(self.handle, size)
        # Given back where it was cut: others are granted it meanwhile, by what they see of this file.
        self.granted = _stepped(size)

    def told(self) -> os.stat_result:
        return os.fstat(self.handle)

    def close(self) -> None:
        """It is whole: it gets its name. Raises OSError, also when a part of it was refused."""
        handle, self.handle = self.handle, -1
        try:
            if self.jail is not None and not self.broken:
                os.fsync(handle)
                self.jail.keep(self.draft, self.name)
        except OSError:
            self.broken = True
            raise
        finally:
            os.close(handle)
            if self.broken and self.jail is not None:
                self.jail.drop(self.draft)
        if self.broken:
            raise OSError(errno.EIO, "A part of the file was refused, so it is not kept.")

    def drop(self) -> None:
        """It broke off: nothing of it stays."""
        handle, self.handle = self.handle, -1
        if handle < 0:
            return
        os.close(handle)
        if self.jail is not None:
            self.jail.drop(self.draft)

    def _require_fitting(self, size: int, more: int) -> None:
        try:
            self._ask(size, more)
        except OSError:
            self.broken = True
            raise

    def _ask(self, size: int, more: int) -> None:
        """The disk is asked each time, as many write on it; the partner's share at every step."""
        assert self.jail is not None
        if size > self.jail.quota.largest:
            most = self.jail.quota.largest // MEGABYTE
            raise OSError(errno.EDQUOT, f"A file has at most {most} MB here. Split it.")
        self.jail.require_disk(more)
        if size > self.granted:
            self.jail.require_share(self.draft, _stepped(size))
            self.granted = _stepped(size)


def _stepped(size: int) -> int:
    return -(-size // STEP) * STEP


@lru_cache(maxsize=256)
def _lying(root: Path, folder: str, _changed: int) -> int:
    """The bytes in a folder the hub files into, weighed again once it changed: every file there is renamed into it."""
    with Jail(root).opened(folder) as at:
        return _weighed(at)


def _weighed(at: int, but: str = "") -> int:
    """The bytes of the files of a folder but one; of those still being brought all that they were granted."""
    total = 0
    with os.scandir(at) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                size = 0 if entry.name == but else entry.stat(follow_symlinks=False).st_size
                total += _stepped(size) if entry.name.startswith(DRAFT) else size
    return total


def _hidden(folder: str, name: str) -> bool:
    """What we are still writing ourselves, in ``out`` and beside filed files, and what is still being brought."""
    return name.startswith(DRAFT) or (folder != IN and name.startswith("."))


def _visible(where: Spot) -> None:
    if _hidden(where.folder, where.name):
        raise FileNotFoundError(errno.ENOENT, "There is no such file.")


def _require_file(where: Spot) -> None:
    if not where.name:
        raise IsADirectoryError(errno.EISDIR, "This is a folder.")
    _visible(where)


def _require_in(where: Spot) -> None:
    if where.folder != IN:
        raise PermissionError(errno.EACCES, "Bring files into in; nothing else is changed here.")
