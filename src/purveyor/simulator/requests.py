"""What was asked: counters by operation and status, and the last requests, for tests and the control page."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``status`` 0: the connection broke before an answer."""

    at: datetime
    operation: str
    status: int
    request_id: str
    query: str


class Requests:
    """Counts every request to login and API. ``requests["getPurchaseOrders"]`` is how often it was asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.answers: Counter[tuple[str, int]] = Counter()
        self.last: deque[Asked] = deque(maxlen=500)

    def __getitem__(self, operation: str) -> int:
        return self.counts[operation]

    def add(self, asked: Asked) -> None:
        with self._lock:
            self.counts[asked.operation] += 1
            self.answers[(asked.operation, asked.status)] += 1
            self.last.append(asked)

    def clear(self) -> None:
        with self._lock:
            self.counts.clear()
            self.answers.clear()
            self.last.clear()
