"""What recurs for profiles."""

from __future__ import annotations

from datetime import datetime

from purveyor.common import clock
from purveyor.jobs import jumps
from purveyor.jobs.registry import recurring, task
from purveyor.profiles import rotation
from purveyor.profiles.doctor import daily, probe
from purveyor.profiles.domain.secrets import drop_old_secrets
from purveyor.profiles.wizard.drafts import drop_expired


@recurring("profiles.drop_old_secrets", every=3600)
def drop_old() -> None:
    """Remove secrets that were replaced seven days ago (FACTS §1.5)."""
    drop_old_secrets()


@recurring("profiles.secret_age", every=3600)
def secret_age() -> None:
    """Warn of client secrets that near the end of their 180 days (FACTS §1.4)."""
    rotation.watch_all()


@task("profiles.probe", due=probe.due)
def try_again(profile_id: int) -> None:
    """Try whether a paused profile works again."""
    probe.probe(profile_id)


@task("profiles.daily_check", due=daily.due, every=60)
def check(profile_id: int) -> None:
    """Examine a profile, once a day."""
    daily.examine_one(profile_id, clock.now())


@jumps.mender
def mend(now: datetime, jumped: bool) -> None:
    """Tries and examinations that a clock that ran ahead has put too far away."""
    probe.pull_back(now)
    daily.pull_back(now)


@recurring("profiles.drop_drafts", every=3600)
def drop_drafts() -> None:
    """Drop drafts of connections, with their secrets, when nobody comes back to them."""
    drop_expired()
