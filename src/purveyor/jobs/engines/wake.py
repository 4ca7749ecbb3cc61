"""Waking a worker of the same machine from another process: one datagram a nudge, to a socket in the home folder.

A datagram may be lost: nobody listens, the buffer is full. The due scan finds the row then.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

_LONGEST = 100  # a UNIX address holds about 107 bytes
_NAME = "wake.sock"


def send(home: Path, name: str, row_id: int) -> bool:
    """Send one wake-up; whether somebody was there to take it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, _address(home) as address:
        sender.setblocking(False)
        try:
            sender.sendto(f"{name}\n{row_id}".encode(), address)
        except OSError:
            return False
        return True


class Ear:
    """The listening end. A later ear in the same home takes over; the earlier one hears nothing more."""

    def __init__(self, home: Path) -> None:
        self._file = home / _NAME
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with _address(home) as address:
            self._file.unlink(missing_ok=True)
            self._socket.bind(address)
        self._file.chmod(0o600)
        self._inode = self._file.stat().st_ino
        self._closed = False

    def heard(self) -> Iterator[tuple[str, int]]:
        """Every wake-up until the ear is closed; what is not one is skipped."""
        while not self._closed:
            try:
                name, _, row = self._socket.recv(300).decode(errors="replace").partition("\n")
            except OSError:
                return  # closed while we listened
            if name and row.isascii() and row.isdecimal():
                yield name, int(row)

    def close(self) -> None:
        """Stop listening. The socket's file goes too, unless a later ear has put its own there."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with contextlib.suppress(OSError):
            if self._file.stat().st_ino == self._inode:
                self._file.unlink()


@contextlib.contextmanager
def _address(home: Path) -> Iterator[str]:
    """The socket's address; through an open folder where the path is too long for one."""
    plain = str(home / _NAME)
    if len(os.fsencode(plain)) <= _LONGEST:
        yield plain
        return
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{_NAME}"
    finally:
        os.close(folder)
