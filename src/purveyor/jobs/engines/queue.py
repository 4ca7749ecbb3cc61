"""What waits and what runs in one process: each row once, and never twice at a time."""

from __future__ import annotations

import threading
from collections import Counter, deque

Item = tuple[str, int]
# A nudge beyond this many waiting is dropped; the due scan brings its row later.
_FULL = 20_000


class Queue:
    """First in, first out. A row nudged while it runs waits until it is through, and then runs once more."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._order: deque[Item] = deque()
        self._waiting: set[Item] = set()
        self._running: set[Item] = set()
        self._again: set[Item] = set()
        self._count: Counter[str] = Counter()
        self._open = True

    def put(self, item: Item) -> bool:
        """Let a row wait; False when it waits already, or the queue is full or closed."""
        with self._changed:
            if not self._open or item in self._waiting or item in self._again or len(self._order) >= _FULL:
                return False
            if item in self._running:
                self._again.add(item)
                return True
            self._append(item)
            return True

    def offer(self, item: Item) -> bool:
        """``put`` for what a scan found: what runs right now is not wanted again."""
        with self._changed:
            if item in self._running:
                return False
        return self.put(item)

    def take(self) -> Item | None:
        """The next row, waiting for one; None once the queue is closed."""
        with self._changed:
            while self._open and not self._order:
                self._changed.wait()
            if not self._open:
                return None
            item = self._order.popleft()
            self._waiting.discard(item)
            self._count[item[0]] -= 1
            self._running.add(item)
            return item

    def done(self, item: Item) -> None:
        with self._changed:
            self._running.discard(item)
            if item in self._again:
                self._again.discard(item)
                if self._open:
                    self._append(item)
            self._changed.notify_all()

    def waiting(self, name: str) -> int:
        """How many rows of a task wait."""
        with self._changed:
            return self._count[name]

    def close(self) -> None:
        """Nothing new; whoever waits in ``take`` gets None. What waits is forgotten: it is in the database."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing runs, at most so long; whether nothing does."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, seconds)

    def _append(self, item: Item) -> None:
        self._order.append(item)
        self._waiting.add(item)
        self._count[item[0]] += 1
        self._changed.notify()
