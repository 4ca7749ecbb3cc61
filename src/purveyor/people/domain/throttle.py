"""Slows down who guesses: counted in the database, so that all processes share it.

A try is counted *before* it is looked at and forgiven when it was right, so that a hundred tries at once cannot all
pass on the count of the first. After the free ones each failure doubles the wait.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q

from purveyor.common import canon, clock
from purveyor.people.domain.refused import Throttled
from purveyor.people.models import Attempt

OLDEST = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one key may fail: ``free`` times at no cost, then waits of ``step`` seconds, doubling up to
    ``longest``. Failures are forgotten when none came for ``window`` seconds (longer than ``longest``)."""

    kind: str
    free: int
    step: int
    longest: int
    window: int

    def key(self, what: object) -> str:
        """The key of the row; a hash, because people type passwords into the name field."""
        return f"{self.kind}:{canon.sha256(str(what).encode())[:40]}"

    def wait(self, failures: int) -> timedelta | None:
        """How long to wait after so many failures."""
        if failures < self.free:
            return None
        return timedelta(seconds=min(self.longest, self.step * 2 ** min(failures - self.free, 30)))


BY_NAME = Limit("name", free=5, step=10, longest=900, window=3600)
BY_ADDRESS = Limit("address", free=30, step=10, longest=900, window=3600)
# Six digits are few: fewer tries, and a longer memory.
BY_CODE = Limit("code", free=5, step=30, longest=3600, window=86400)
BY_SETUP = Limit("setup", free=10, step=10, longest=300, window=3600)


def admit(limit: Limit, what: object) -> None:
    """Count a try. Raises Throttled while the key has to wait; that try is not counted."""
    while not count(limit, seen(limit, what)):
        pass  # somebody else counted in between; look again, until free tries are used up and the wait is seen


def seen(limit: Limit, what: object) -> Attempt:
    """The count as it stands. Raises Throttled while the key has to wait."""
    row = Attempt.objects.get_or_create(key=limit.key(what), defaults={"last_at": clock.now()})[0]
    now = clock.now()
    if row.blocked_until is not None and row.blocked_until > now:
        raise Throttled(math.ceil((row.blocked_until - now).total_seconds()))
    return row


def count(limit: Limit, row: Attempt) -> bool:
    """Count one try on from what was seen; False when somebody else counted in between."""
    now = clock.now()
    failures = 1 if now - row.last_at > timedelta(seconds=limit.window) else row.failures + 1
    wait = limit.wait(failures)
    same = Attempt.objects.filter(pk=row.pk, failures=row.failures, last_at=row.last_at)
    unblocked = same.filter(Q(blocked_until=None) | Q(blocked_until__lte=now))
    return unblocked.update(failures=failures, last_at=now, blocked_until=now + wait if wait else None) == 1


def forgive(limit: Limit, what: object) -> None:
    """The last try was right: it does not count. Earlier ones still do."""
    rows = Attempt.objects.filter(key=limit.key(what), failures__gt=0)
    rows.update(failures=F("failures") - 1, blocked_until=None)


def clear(limit: Limit, what: object) -> None:
    """Forget every failure of a key."""
    Attempt.objects.filter(key=limit.key(what)).delete()


def tidy() -> int:
    """Drop counts nobody needs any more; answers how many."""
    return Attempt.objects.filter(last_at__lt=clock.now() - OLDEST).delete()[0]
