"""What recurs for the API."""

from __future__ import annotations

from purveyor.api.idempotency import forget_old
from purveyor.jobs.registry import recurring


@recurring("api.forget-replays", every=3600)
def forget_replays() -> None:
    """Answers kept for replay live a day."""
    forget_old()
