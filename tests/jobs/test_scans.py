"""The timers of a worker."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta

import pytest

from purveyor.common import clock
from purveyor.jobs import lease, scans
from purveyor.jobs.models import Tick

pytestmark = pytest.mark.integration


@pytest.mark.django_db(transaction=True)
def test_timers_end_the_leases_of_the_dead(held_clock: datetime) -> None:
    later = clock.now() + timedelta(minutes=5)
    gone = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True).stdout.strip()
    row = Tick.objects.create(name="a", lease_owner=f"{lease.machine()}:{gone}:0123456789ab", lease_until=later)
    timers = scans.scanner(lambda name: None, lambda name: None)
    (bury,) = [job for job in timers.get_jobs() if job.id == "the dead"]
    assert bury.trigger.interval == timedelta(seconds=scans.TICK_SECONDS)
    bury.func()
    row.refresh_from_db()
    assert row.lease_until == clock.now()
