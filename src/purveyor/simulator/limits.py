"""Amazon's limits, counted for real: a token bucket per application, account and operation (FACTS §3.3)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from purveyor.common import clock


@dataclass(frozen=True, slots=True)
class Plan:
    """Requests per second in the long run, and how many may come at once."""

    rate: float
    burst: int

    @property
    def header(self) -> str:
        """The value of x-amzn-RateLimit-Limit: the rate, never the burst."""
        return str(self.rate)


# FACTS §5.1, §5.4 and §10.
STANDARD = Plan(10.0, 10)
TRANSACTIONS = Plan(10.0, 20)
SANDBOX = Plan(5.0, 15)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class Limits:
    """The buckets of everybody. Safe for many threads; follows the held clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}

    def take(self, app: str, account: str, operation: str, plan: Plan) -> bool:
        """Take one token. False: the bucket is empty, which is a 429."""
        now = clock.now()
        with self._lock:
            bucket = self._buckets.setdefault((app, account, operation), _Bucket(plan.burst, now))
            # A clock set back gives nothing, and takes nothing away.
            grown = max(0.0, (now - bucket.at).total_seconds()) * plan.rate
            bucket.tokens = min(float(plan.burst), bucket.tokens + grown)
            bucket.at = now
            if bucket.tokens < 1.0:
                return False
            bucket.tokens -= 1.0
            return True
