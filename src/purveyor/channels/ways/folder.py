"""A folder of this machine, or one that it mounts, inside the folders an administrator allows (PURVEYOR_FOLDERS).

Every step goes down from an allowed folder by handles and follows no link, so that whoever may write into a folder can
lead the hub nowhere else, not even between two steps.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.channels import names
from purveyor.channels.ways import REPORT, Changed, Field, Gone, Place, Seen, Tested, Unreachable, register
from purveyor.common.errors import Problem, Refused
from purveyor.config.home import ensure_home
from purveyor.config.options import option
from purveyor.profiles.doctor.report import Check

DONE, ERROR = "done", "error"
MOST = 10_000
"""So many files are looked at in one look; the others have their turn once these are filed away."""
_PIECE = 1024 * 1024
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_TRIAL = ".purveyor-trial"


def allowed() -> list[Path]:
    """The folders below which the folders of channels may be; ``channels`` in the home folder without the option."""
    given: Sequence[Path] | None = option("PURVEYOR_FOLDERS")
    if given:
        return list(given)
    return [ensure_home() / "channels"]


def steps(path: Path) -> tuple[Path, tuple[str, ...]] | None:
    """The allowed folder a path lies in, and the names from there down; None for one that lies in none."""
    parts = Path(os.path.normpath(path))
    for root in allowed():
        if parts != root and parts.is_relative_to(root):
            return root, parts.relative_to(root).parts
    return None


@contextlib.contextmanager
def opened(path: Path, *, make: bool = False) -> Iterator[int]:
    """A handle of a folder, reached without following a link below the allowed one. Raises Unreachable."""
    found = steps(path)
    if found is None:
        raise Unreachable(_outside(path), hint=_("Set PURVEYOR_FOLDERS, or choose a folder in one of these."))
    root, down = found
    handle = -1
    try:
        if make:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for name in down:
            above, handle = handle, -1
            handle = _into(above, name, make=make)
        yield handle
    except OSError as error:
        words = {"path": path, "why": error.strerror}
        raise Unreachable(_("The folder %(path)s cannot be used: %(why)s.") % words) from None
    finally:
        if handle >= 0:
            os.close(handle)


def _into(handle: int, name: str, *, make: bool) -> int:
    """A handle of the folder of a name in another, which is closed."""
    try:
        if make:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, mode=0o700, dir_fd=handle)
        return os.open(name, _FOLDER, dir_fd=handle)
    finally:
        os.close(handle)


def _outside(path: Path) -> str:
    named = ", ".join(str(root) for root in allowed())
    return _("The folder %(path)s lies in none that may be used: %(allowed)s.") % {"path": path, "allowed": named}


class Folder:
    """An open folder. ``at`` is its handle."""

    def __init__(self, at: int) -> None:
        self.at = at

    def list(self) -> list[Seen]:
        """Everything in it, oldest first; the names are those the system shows, with \\ for what is no text."""
        with os.scandir(self.at) as entries:
            ready = (entry.name for entry in entries if not names.waits(entry.name))
            found = [self._seen(name) for name in itertools.islice(ready, MOST)]
        return sorted((one for one in found if one is not None), key=lambda one: (one.stamp, one.name))

    def _seen(self, name: str) -> Seen | None:
        try:
            told = os.stat(name, dir_fd=self.at, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if stat.S_ISDIR(told.st_mode):
            return None
        shown = name.encode(errors="surrogateescape").decode(errors="backslashreplace")
        return _of(shown, told)

    def fetch(self, seen: Seen) -> Iterator[bytes]:
        """The bytes of a file that is, before and after, as it was seen. Raises Gone, Changed."""
        try:
            handle = os.open(seen.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self.at)
        except FileNotFoundError:
            raise _gone(seen) from None
        except OSError as error:
            raise _unusable(seen.name, error) from None
        with open(handle, "rb", buffering=0) as file:
            if _of(seen.name, os.fstat(handle)) != seen:
                raise _changed(seen)
            read = 0
            while piece := self._piece(seen, file):
                if (read := read + len(piece)) > seen.size:
                    raise _changed(seen)
                yield piece
        # Taken away, replaced or written on while it was read: what was read is not what lies there.
        if (now := self._seen(seen.name)) is None:
            raise _gone(seen)
        if now != seen:
            raise _changed(seen)

    def _piece(self, seen: Seen, file: Any) -> bytes:
        try:
            return bytes(file.read(_PIECE))
        except OSError as error:
            raise _unusable(seen.name, error) from None

    def has(self, where: str) -> bool:
        """Whether anything lies there."""
        with self._beside(where) as (at, name):
            return _there(at, name)

    def file_away(self, seen: Seen, where: str, report: bytes) -> bool:
        """Move a file, and write the report beside it. See ``ways.Reach``."""
        with self._beside(where) as (at, name):
            if not _there(at, name) and self._seen(seen.name) == seen:
                os.rename(seen.name, name, src_dir_fd=self.at, dst_dir_fd=at)
            _write(at, name + REPORT, report)
            os.fsync(at)
            os.fsync(self.at)
            return _there(at, name)

    def put(self, name: str, data: bytes) -> None:
        """Lay a file there, all at once."""
        _write(self.at, name, data)
        os.fsync(self.at)

    @contextlib.contextmanager
    def _beside(self, where: str) -> Iterator[tuple[int, str]]:
        folder, _slash, name = where.partition("/")
        if folder not in (DONE, ERROR) or names.trouble(name, names.MARKED):
            raise ValueError(f"{where} is no place of ours")
        at = _into(os.dup(self.at), folder, make=True)
        try:
            yield at, name
        finally:
            os.close(at)


def _of(name: str, told: os.stat_result) -> Seen:
    # The time of change of the file itself: no program sets it back, as it may the one of its content.
    return Seen(name, told.st_size, told.st_ctime_ns, plain=stat.S_ISREG(told.st_mode))


def _there(at: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _write(at: int, name: str, data: bytes) -> None:
    """Write a file all at once: under a name that waits, then renamed."""
    draft = f".{secrets.token_hex(8)}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with open(os.open(draft, flags, 0o640, dir_fd=at), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.rename(draft, name, src_dir_fd=at, dst_dir_fd=at)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft, dir_fd=at)


def _gone(seen: Seen) -> Gone:
    return Gone(_("%(name)s is no longer there.") % {"name": seen.name})


def _changed(seen: Seen) -> Changed:
    return Changed(_("%(name)s is still being written.") % {"name": seen.name})


def _unusable(name: str, error: OSError) -> Unreachable:
    hint = _("Let the user the hub runs as read and move the files of this folder.")
    return Unreachable(_("%(name)s cannot be read: %(why)s.") % {"name": name, "why": error.strerror}, hint=hint)


class FolderWay:
    """The way itself."""

    name = "folder"
    label = gettext_lazy("Folder")
    every = 1.0
    leads: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    fields: tuple[Field, ...] = (
        Field(
            "folder",
            gettext_lazy("Folder"),
            gettext_lazy("Where the hub looks for files: a name, or a whole path inside a folder that is allowed."),
            needed=True,
        ),
    )

    def settle(self, place: Place) -> dict[str, Any]:
        """The whole path. Raises Refused for one outside of the allowed folders."""
        given = str(place.options.get("folder", "")).strip()
        if not given or "\0" in given:
            said = _("Name the folder.")
            raise Refused(said, [Problem(said, where="folder")])
        path = Path(os.path.normpath(allowed()[0] / given))
        if steps(path) is None:
            raise Refused(_outside(path), [Problem(_outside(path), where="folder")])
        if path.name in (DONE, ERROR):
            said = _("The folders done and error are the hub's own in each folder. Choose another.")
            raise Refused(said, [Problem(said, where="folder")])
        return {"folder": str(path)}

    def spot(self, place: Place) -> tuple[Any, ...]:
        """The folder."""
        return (place.options["folder"],)

    def facts(self, place: Place) -> list[tuple[Any, str]]:
        """Nothing more."""
        return []

    def prepare(self, place: Place) -> None:
        """Make the folder where it is missing. Raises Unreachable."""
        with opened(_path(place), make=True):
            return

    @contextlib.contextmanager
    def reach(self, place: Place) -> Iterator[Folder]:
        """The folder, open. Raises Unreachable, also for what goes wrong in it."""
        with opened(_path(place)) as at:
            yield Folder(at)

    def test(self, place: Place) -> Tested:
        """Open it, write into it, move in it, take that away again."""
        try:
            with opened(_path(place)) as at:
                return Tested([_opens(place).good(_("It is there.")), _try(at)])
        except Unreachable as error:
            do = error.hint or _("Make the folder, or store the channel: that makes it.")
            return Tested([_opens(place).bad(error.message, _("No file can come or go."), do)])


def _path(place: Place) -> Path:
    return Path(str(place.options.get("folder", "")))


def _opens(place: Place) -> Check:
    return Check("folder", _("Open the folder %(path)s") % {"path": _path(place)})


def _try(at: int) -> Check:
    check = Check("write", _("Write a file into it, and move it to done"))
    name = f"{_TRIAL}-{secrets.token_hex(4)}"
    try:
        _write(at, name, b"")
        inner = _into(os.dup(at), DONE, make=True)
        try:
            os.rename(name, name, src_dir_fd=at, dst_dir_fd=inner)
            os.unlink(name, dir_fd=inner)
        finally:
            os.close(inner)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=at)
        means = _("Files cannot be filed away after they were read.")
        return check.bad(str(error.strerror), means, _("Let the user the hub runs as write into it."))
    return check.good(_("Both worked."))


FOLDER = FolderWay()
register(FOLDER)
