"""Amazon's rate limits (FACTS §3.3): pure bucket arithmetic, and a limiter for the threads of one process.

The arithmetic is GCRA: a bucket is one moment, ``tat``, at which it would be full again. Reserving a slot is one short
statement; the sleep comes after it, outside any lock or transaction. We stay two percent below Amazon's numbers.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Protocol

from purveyor.common import clock

SAFETY = 0.98

RATES = {
    "getPurchaseOrders": (10.0, 10.0),
    "getPurchaseOrder": (10.0, 10.0),
    "submitAcknowledgement": (10.0, 10.0),
    "getPurchaseOrdersStatus": (10.0, 10.0),
    "getTransaction": (10.0, 20.0),
}
"""Requests a second and burst per operation (FACTS §5, §5.4; models at commit 34dc93f, 5 Aug 2026)."""

USUAL = (10.0, 10.0)
SANDBOX = (5.0, 15.0)
"""The same for every operation of Amazon's sandbox (FACTS §3.3)."""

SLOWEST, FASTEST = 1 / 600, 1000.0
"""Rates Amazon may announce; beyond them a header is nonsense, and believing it would mean to wait for years."""

JITTER = 1.0
"""Seconds by which the clocks of two machines may differ before it counts as a jump."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The state of one bucket. Moments in seconds since the epoch.

    ``tat``: when it will be full again; ``seen``: the latest clock reading it was reserved at; ``rate`` (a second) and
    ``burst`` are Amazon's numbers, before our safety margin.
    """

    tat: float
    seen: float
    rate: float
    burst: float

    @property
    def step(self) -> float:
        """Seconds between two requests in the long run."""
        return 1 / (self.rate * SAFETY)

    @property
    def room(self) -> float:
        """Seconds by which requests may run ahead of their steps: the burst, which is never less than one request."""
        return (max(self.burst * SAFETY, 1.0) - 1) * self.step


def full(rate: float, burst: float, now: float) -> Bucket:
    """A bucket nobody has taken from."""
    return Bucket(now, now, rate, burst)


def reserve(state: Bucket, now: float) -> tuple[Bucket, float]:
    """Take one slot. Answers the new state and how many seconds to sleep before using the slot.

    In any span of t seconds at most burst + rate × t slots fall due. A clock that jumps back costs at most the time of
    one bucket; one that jumps forward only makes the bucket look full.
    """
    state = _after_jump(state, now) if now < state.seen - JITTER else state
    due = max(state.tat, now)
    wait = max(0.0, due - state.room - now)
    return replace(state, tat=due + state.step, seen=max(state.seen, now)), wait


def _after_jump(state: Bucket, now: float) -> Bucket:
    """After a jump back the time that really passed is unknown: what was owed is owed from now on, as far as the next
    request does not wait longer than one whole bucket takes to fill."""
    owed = min(max(0.0, state.tat - state.seen), 2 * state.room + state.step)
    return replace(state, tat=now + owed, seen=now)


def adopt(state: Bucket, header_rate: float) -> Bucket:
    """Take over the rate Amazon announces in its header; nonsense is ignored. The header never tells the burst."""
    return replace(state, rate=header_rate) if is_rate(header_rate) else state


def is_rate(announced: float) -> bool:
    """Whether an announced rate can be meant."""
    return SLOWEST <= announced <= FASTEST


def drained(state: Bucket, now: float) -> Bucket:
    """The bucket after Amazon said 429: empty, so the next slot falls due one step from now."""
    state = _after_jump(state, now) if now < state.seen - JITTER else state
    return replace(state, tat=max(state.tat, now + state.room + state.step), seen=max(state.seen, now))


def numbers_of(operation: str, *, sandbox: bool = False) -> tuple[float, float]:
    """Rate and burst to start an operation with."""
    return SANDBOX if sandbox else RATES.get(operation, USUAL)


class Limiter(Protocol):
    """Keeps everybody who shares it below Amazon's limits. ``key`` names application and account."""

    def acquire(self, key: str, operation: str) -> None:
        """Return when a request may go out; sleeps through the house clock, outside any transaction."""
        ...

    def observe(self, key: str, operation: str, rate: float | None) -> None:
        """Learn the rate of a reply's header; None when it carried none."""
        ...

    def throttled(self, key: str, operation: str) -> None:
        """Learn that Amazon said 429."""
        ...


class MemoryLimiter:
    """Shares buckets between the threads of one process."""

    def __init__(self, *, sandbox: bool = False) -> None:
        self._sandbox = sandbox
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def acquire(self, key: str, operation: str) -> None:
        with self._lock:
            now = clock.now().timestamp()
            self._buckets[key, operation], wait = reserve(self._bucket(key, operation, now), now)
        clock.sleep(wait)

    def observe(self, key: str, operation: str, rate: float | None) -> None:
        if rate is None:
            return
        with self._lock:
            bucket = self._bucket(key, operation, clock.now().timestamp())
            self._buckets[key, operation] = adopt(bucket, rate)

    def throttled(self, key: str, operation: str) -> None:
        with self._lock:
            now = clock.now().timestamp()
            self._buckets[key, operation] = drained(self._bucket(key, operation, now), now)

    def _bucket(self, key: str, operation: str, now: float) -> Bucket:
        return self._buckets.get((key, operation)) or full(*numbers_of(operation, sandbox=self._sandbox), now)
