"""What a process remembers of others' servers between two looks: connections nobody uses just now, and refusals."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from purveyor.channels.sftp import line

if TYPE_CHECKING:
    from purveyor.channels.sftp.remote import Link, Target

FIRST_PAUSE, LONGEST_PAUSE = 30.0, 900.0
"""Seconds before a server that did not let us in is asked again; the pauses double."""
MOST_KEPT = 32


class Kept:
    """The connections of this process that nobody uses just now, each with when it was last used."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._links: dict[Target, tuple[Link, float]] = {}

    def take(self, target: Target) -> Link | None:
        """The one to this target, for its taker alone; the ones kept too long are closed."""
        self._expire()
        with self._lock:
            return self._links.pop(target, (None, 0.0))[0]

    def give(self, link: Link) -> None:
        """It may be used again."""
        with self._lock:
            old = self._links.pop(link.target, None)
            self._links[link.target] = (link, time.monotonic())
            spare = next(iter(self._links)) if len(self._links) > MOST_KEPT else None
            more = self._links.pop(spare) if spare is not None else None
        close(*(found[0] for found in (old, more) if found is not None))

    def forget(self) -> None:
        """Close them all."""
        with self._lock:
            found, self._links = list(self._links.values()), {}
        close(*(link for link, _at in found))

    def _expire(self) -> None:
        from purveyor.channels.sftp.remote import KEPT

        before = time.monotonic() - KEPT
        with self._lock:
            old = [target for target, (_link, at) in self._links.items() if at < before]
            found = [self._links.pop(target)[0] for target in old]
        close(*found)


class Refusals:
    """The servers that did not let us in, each with how often and until when it is left alone: whoever knocks on and on
    with a wrong password is locked out. Another password is another target; a test asks at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Target, tuple[int, float]] = {}

    def note(self, target: Target) -> None:
        """It refused us once more."""
        with self._lock:
            count = self._known.pop(target, (0, 0.0))[0] + 1
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(count - 1, 20))
            self._known[target] = (count, time.monotonic() + pause)
            if len(self._known) > MOST_KEPT:
                self._known.pop(next(iter(self._known)))

    def forget(self, target: Target) -> None:
        """It let us in."""
        with self._lock:
            self._known.pop(target, None)

    def left(self, target: Target) -> float:
        """Seconds for which it is left alone; none, or fewer, when it may be asked."""
        with self._lock:
            return self._known.get(target, (0, 0.0))[1] - time.monotonic()


def close(*links: Link) -> None:
    for link in links:
        line.loop().call_soon_threadsafe(link.close)
