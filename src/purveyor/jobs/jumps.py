"""Clocks jump: a machine wakes with a wrong one and is set right, by hours or years. Nothing may wait for ever over it.

What waits for a moment is in the database; a moment that lies further ahead than anybody ever sets one was written by a
clock that ran ahead. Packages register what mends their rows; it runs when a worker starts and whenever this process
sees the clock jump. A machine that slept has not seen a jump: its time passed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from purveyor.base.db import database_now
from purveyor.common import clock

Mender = Callable[[datetime, bool], None]
M = TypeVar("M", bound=Mender)

JUMP = timedelta(seconds=30)
"""What the clock's own corrections never reach."""

_menders: list[Mender] = []
_lock = threading.Lock()
_offset: timedelta | None = None


def mender(fn: M) -> M:
    """Register ``fn(now, jumped)``: it pulls back what lies too far ahead; ``jumped`` tells that the clock just did."""
    _menders.append(fn)
    return fn


def look(offset: timedelta | None = None) -> bool:
    """Mend once in the life of a process, and after each jump of its clock; whether it jumped."""
    global _offset
    if clock.is_held():
        return False
    with _lock:
        offset, before = offset_of(datetime.now(UTC), _since_boot()) if offset is None else offset, _offset
        jumped = before is not None and abs(offset - before) > JUMP
        if before is not None and not jumped:
            return False
        mend(jumped)
        _offset = offset
    return jumped


def mend(jumped: bool) -> None:
    """Pull back every moment that lies too far ahead."""
    now = database_now()
    for fn in _menders:
        fn(now, jumped)


def offset_of(now: datetime, since_boot: float) -> timedelta:
    """What is the same at every moment, unless the clock jumps. Pure."""
    return now - datetime(1970, 1, 1, tzinfo=UTC) - timedelta(seconds=since_boot)


def _since_boot() -> float:
    """Seconds since the machine was started, sleep included where the system counts it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
