"""Clocks that jump: no sweep waits for ever, and nothing is skipped."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from purveyor.common import clock
from purveyor.intake import cursors
from purveyor.intake.models import Cursor
from purveyor.intake.sync import run_sweep
from purveyor.intake.tasks import mend
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
YEARS = timedelta(days=3650)


def test_sweep_sent_ahead_runs_now_and_reads_what_it_skipped(
    plugged: World, profile: Profile, held_clock: datetime
) -> None:
    number = plugged.place()
    cursors.ensure(profile)
    Cursor.objects.update(next_at=held_clock + YEARS, position=held_clock + YEARS)
    assert list(cursors.due(held_clock)) == []
    run_sweep(profile, "new", by="system:test")
    assert Order.objects.count() == 0
    Cursor.objects.update(next_at=held_clock + YEARS)
    mend(clock.now(), False)
    assert cursors.due(held_clock).count() == 4
    run_sweep(profile, "new", by="system:test")
    assert list(Order.objects.values_list("number", flat=True)) == [number]


def test_moments_that_can_be_meant_stay(profile: Profile, held_clock: datetime) -> None:
    cursors.ensure(profile)
    soon, skewed = held_clock + timedelta(days=1), held_clock + timedelta(minutes=5)
    Cursor.objects.update(next_at=soon, position=skewed)
    mend(clock.now(), True)
    assert set(Cursor.objects.values_list("next_at", "position")) == {(soon, skewed)}
