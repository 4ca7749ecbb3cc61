"""The one clock of the house: real by default, held and turned by tests and by the in-process stand-in.

Everything that asks for the time asks here, so hub and stand-in can share one held clock and no test sleeps.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_lock = threading.Lock()
_held: datetime | None = None


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return _held if _held is not None else datetime.now(UTC)


def sleep(seconds: float) -> None:
    """Wait; on a held clock the clock is turned forward instead."""
    if seconds <= 0:
        return
    if _held is None:
        time.sleep(seconds)
    else:
        turn(timedelta(seconds=seconds))


def turn(by: timedelta) -> datetime:
    """Turn the held clock forward and answer its new time.

    Raises RuntimeError if the clock is not held: real time cannot be turned.
    """
    global _held
    with _lock:
        if _held is None:
            raise RuntimeError("the clock runs by itself; hold it before turning it")
        _held += by
        return _held


def hold(at: datetime) -> None:
    """Stop the clock at a moment (aware)."""
    global _held
    if at.tzinfo is None:
        raise ValueError("a held clock needs an aware moment")
    with _lock:
        _held = at.astimezone(UTC)


def release() -> None:
    """Let the clock run again."""
    global _held
    with _lock:
        _held = None


def is_held() -> bool:
    return _held is not None


@contextmanager
def held(at: datetime) -> Iterator[None]:
    """Hold the clock for the length of a block."""
    hold(at)
    try:
        yield
    finally:
        release()
