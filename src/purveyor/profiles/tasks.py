"""What recurs for profiles."""

from __future__ import annotations

from purveyor.jobs.registry import recurring
from purveyor.profiles import rotation
from purveyor.profiles.domain.secrets import drop_old_secrets


@recurring("profiles.drop_old_secrets", every=3600)
def drop_old() -> None:
    """Remove secrets that were replaced seven days ago (FACTS §1.5)."""
    drop_old_secrets()


@recurring("profiles.secret_age", every=3600)
def secret_age() -> None:
    """Warn of client secrets that near the end of their 180 days (FACTS §1.4)."""
    rotation.watch_all()
