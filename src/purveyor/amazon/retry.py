"""Whether and when to try again: pure. A POST needs proof that the first one did not arrive (FACTS §3.5)."""

from __future__ import annotations

from purveyor.amazon.errors import (
    AmazonError,
    BadRequest,
    NotConnected,
    ReplyLost,
    ServerError,
    Throttled,
    Unreadable,
)

MANY = 30
"""Attempts against throttling, which is normal weather."""
FEW = 4
"""Attempts against trouble at Amazon's side or on the way."""
SPURIOUS = 3
"""Attempts against a 400 in the middle of paging, which Amazon takes back after two or three (FACTS §11 row 9)."""

LONGEST = 30.0


def should_retry(error: AmazonError, attempt: int, *, method: str, paging: bool) -> bool:
    """Whether to try again after attempt number ``attempt`` (from 1). ``paging``: this is page two or later."""
    if isinstance(error, Throttled):
        return attempt < MANY
    if method != "GET":
        return False
    if isinstance(error, BadRequest):
        return paging and attempt < SPURIOUS
    return isinstance(error, NotConnected | ReplyLost | ServerError | Unreadable) and attempt < FEW


def delay(error: AmazonError, attempt: int, jitter: float) -> float:
    """Seconds to wait after attempt number ``attempt``: doubling from one second (half of one when throttled, where the
    bucket does the rest), at most thirty; ``jitter`` from 0 to 1 takes up to half of it off, so that crowds part."""
    first = 0.5 if isinstance(error, Throttled) else 1.0
    return min(LONGEST, first * 2.0 ** (attempt - 1)) * (1 - jitter / 2)
