"""When something that did not get through is tried again. Pure."""

from __future__ import annotations

from datetime import timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=6)
MOST_TRIES = 21
"""With these steps the last try is some three days after the first."""
GIVE_UP = timedelta(days=3)
_LONGEST_PAUSE = timedelta(minutes=15)


def delay(tries: int, roll: float) -> timedelta:
    """How long to wait after so many tries: twice as long each time, a fifth more or less by ``roll`` (0 to 1), so
    that what failed together is not tried together."""
    step = FIRST * (1 << min(max(tries, 1), 15) - 1)
    return min(step, LONGEST) * (0.8 + 0.4 * roll)


def pause(failures: int) -> timedelta:
    """How long a receiver that took nothing of a whole batch is left alone."""
    return min(timedelta(seconds=5) * (1 << min(max(failures, 1), 12) - 1), _LONGEST_PAUSE)
