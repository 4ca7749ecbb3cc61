"""A clock that runs from a moment to another: how much of it is over, and how loud that is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

QUIET = 0
OVER = 100
STAGES = (50, 75, 90)
"""At so many percent of its time a deadline becomes louder (OPERATIONS §9.1, AC-07)."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """``kind`` names what has to be done; ``begins`` and ``due`` are aware. One that is due when it begins is over."""

    kind: str
    begins: datetime
    due: datetime

    def share(self, now: datetime) -> float:
        """How much of the time is over: below 0 before it begins, 1 when it is due, more afterwards."""
        whole = (self.due - self.begins).total_seconds()
        if whole <= 0:
            return 1.0 if now >= self.due else 0.0
        return (now - self.begins).total_seconds() / whole

    def stage(self, now: datetime, stages: Sequence[int] = STAGES) -> int:
        """The highest of ``stages`` (percent) that is reached: QUIET before the first, OVER once it is due."""
        if now >= self.due:
            return OVER
        return max((stage for stage in stages if self.share(now) * 100 >= stage), default=QUIET)
