"""How long long work will still take."""

from __future__ import annotations

from datetime import datetime


def estimate(done: int, total: int | None, started_at: datetime | None, now: datetime) -> int | None:
    """Whole seconds left at the pace so far; None while there is nothing to judge by."""
    if not total or not started_at or done <= 0:
        return None
    if done >= total:
        return 0
    elapsed = (now - started_at).total_seconds()
    return round(elapsed * (total - done) / done) if elapsed > 0 else None
