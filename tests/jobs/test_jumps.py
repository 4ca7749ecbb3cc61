"""Clocks that jump: seen, and nothing waits for ever over it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from purveyor.common import clock
from purveyor.jobs import jumps, registry, scans
from purveyor.jobs.models import Tick
from purveyor.jobs.tasks import mend

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Machine:
    """The clock and the time since boot, as this test wants them."""

    def __init__(self) -> None:
        self.now, self.since_boot = NOW, 1000.0

    def passes(self, seconds: float, *, on_the_clock: float | None = None) -> None:
        self.since_boot += seconds
        self.now += timedelta(seconds=seconds if on_the_clock is None else on_the_clock)

    def look(self) -> bool:
        return jumps.look(jumps.offset_of(self.now, self.since_boot))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setattr(jumps, "_offset", None)
    yield Machine()
    jumps._offset = None


@pytest.fixture
def mended(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each time that was mended, whether the clock had jumped."""
    found: list[bool] = []
    monkeypatch.setattr(jumps, "_menders", [lambda now, jumped: found.append(jumped)])
    return found


@pytest.mark.integration
@pytest.mark.django_db
def test_worker_mends_once_when_it_starts_and_after_each_jump(machine: Machine, mended: list[bool]) -> None:
    assert [machine.look(), machine.look(), mended] == [False, False, [False]]
    machine.passes(86400)
    machine.passes(60, on_the_clock=90)
    assert [machine.look(), mended] == [False, [False]]
    machine.passes(1, on_the_clock=3600)
    assert [machine.look(), machine.look(), mended] == [True, False, [False, True]]
    machine.passes(1, on_the_clock=-7200)
    assert [machine.look(), mended] == [True, [False, True, True]]


@pytest.mark.integration
@pytest.mark.django_db
def test_held_clock_never_jumps(machine: Machine, mended: list[bool], held_clock: datetime) -> None:
    assert (machine.look(), mended) == (False, [])


@pytest.mark.integration
@pytest.mark.django_db
def test_mending_that_fails_is_tried_again(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: datetime, jumped: bool) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(jumps, "_menders", [broken])
    for _each in range(2):
        with pytest.raises(RuntimeError):
            machine.look()


@pytest.mark.integration
@pytest.mark.django_db
def test_leases_and_ticks_from_the_future_are_brought_near(held_clock: datetime) -> None:
    every = timedelta(seconds=registry.recurring_tasks()["audit.seal"].every)
    ahead = Tick.objects.create(name="audit.seal", next_at=NOW + every + timedelta(seconds=1), lease_owner="x")
    fine = Tick.objects.create(
        name="people.tidy", next_at=NOW + timedelta(hours=1), lease_until=NOW + timedelta(hours=6)
    )
    Tick.objects.filter(pk=ahead.pk).update(lease_until=NOW + timedelta(hours=6, seconds=1))
    mend(clock.now(), False)
    ahead.refresh_from_db()
    fine.refresh_from_db()
    assert (ahead.next_at, ahead.lease_until) == (NOW, NOW)
    assert (fine.next_at, fine.lease_until) == (NOW + timedelta(hours=1), NOW + timedelta(hours=6))


@pytest.mark.integration
@pytest.mark.parametrize("away", [timedelta(days=1), timedelta(days=20_000), timedelta(days=-20_000)])
def test_timers_go_on_after_the_clock_jumped(away: timedelta) -> None:
    """Before, they slept for as long as it was set back, or counted every beat it had been set forward."""
    beat = threading.Event()
    timers = scans._Timers(executors={"default": scans._OneThread()}, job_defaults={"misfire_grace_time": None})
    timers.add_job(beat.set, "interval", seconds=0.05, id="beat", next_run_time=datetime.now(UTC) + away)
    timers.start()
    try:
        assert beat.wait(10)
    finally:
        timers.shutdown(wait=True)
