"""The key file: one Fernet key a line, the one that seals first; readable by its owner only, outside the database.

It is read again whenever it changes, so that a rotation in one process is seen by all others.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import threading
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from purveyor.common.errors import Misconfigured
from purveyor.config.home import ensure_home, keys_file, write_new

_lock = threading.Lock()
_kept: tuple[tuple[object, ...], Keys] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The keys of the file, the sealing one first. Never shown: its text is the number of keys."""

    values: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<{len(self.values)} keys>"

    @property
    def fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(value) for value in self.values])

    @property
    def first(self) -> Fernet:
        return Fernet(self.values[0])

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """A short mark of each key that tells it from others and says nothing about it."""
        return tuple(fingerprint(value) for value in self.values)


def fingerprint(key: str) -> str:
    return hashlib.sha256(b"purveyor key\n" + key.encode()).hexdigest()[:16]


def read(*, anew: bool = False) -> Keys:
    """The keys, parsed when the file changed since (or ``anew``).

    Raises Misconfigured with one line when the file is missing, open to others, or not made of keys.
    """
    global _kept
    file = keys_file()
    stamp = _stamp(file)
    with _lock:
        if anew or _kept is None or _kept[0] != stamp:
            _kept = (stamp, _parse(file))
        return _kept[1]


def make() -> Keys:
    """The keys, made now when there is no file yet. Raises Misconfigured."""
    file = keys_file()
    if not file.exists():
        ensure_home()
        try:
            write_new(file, Fernet.generate_key().decode() + "\n")
            _sync_folder(file)
        except OSError as error:
            raise Misconfigured(f"The key file {file} cannot be made: {error.strerror}.") from None
    return read()


def replace(keys: Keys) -> None:
    """Put other keys into the file, all at once and on the disk when this returns. Raises Misconfigured."""
    file = keys_file()
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        write_new(draft, "".join(f"{value}\n" for value in keys.values))
        os.replace(draft, file)
        _sync_folder(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Misconfigured(f"The key file {file} cannot be written: {error.strerror}.") from None


def _stamp(file: Path) -> tuple[object, ...]:
    try:
        found = file.stat()
    except FileNotFoundError:
        raise Misconfigured(
            f"The key file {file} is missing; put back the one the stored secrets were sealed with."
        ) from None
    except OSError as error:
        raise Misconfigured(f"The key file {file} cannot be read: {error.strerror}.") from None
    if stat.S_IMODE(found.st_mode) & 0o077:
        said = f"The key file {file} is open to other users; run: chmod 600 {file}"
        raise Misconfigured(said, hint="Then replace what it protected: purveyor keys rotate.")
    return str(file), found.st_ino, found.st_mtime_ns, found.st_size


def _parse(file: Path) -> Keys:
    try:
        lines = [line.strip() for line in file.read_text(encoding="ascii").splitlines()]
        keys = Keys(tuple(line for line in lines if line and not line.startswith("#")))
        _ = keys.fernet
    except OSError as error:
        raise Misconfigured(f"The key file {file} cannot be read: {error.strerror}.") from None
    except ValueError:  # not ASCII, no line, or a line that is no key; its words could repeat the line
        raise Misconfigured(f"The key file {file} is not made of keys, one a line.") from None
    return keys


def _sync_folder(file: Path) -> None:
    """The rename itself is on the disk, so that a power cut never leaves rows sealed with a key that is gone."""
    handle = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
