from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from purveyor.common import clock
from purveyor.jobs import lease
from purveyor.jobs.models import Tick

pytestmark = pytest.mark.integration

MINUTE = timedelta(minutes=1)


def a_row() -> Tick:
    return Tick.objects.create(name="row")


@pytest.mark.django_db
def test_claim_holds_a_row_for_a_time(held_clock: datetime) -> None:
    row = a_row()
    owner = lease.claim(row, 60)
    row.refresh_from_db()
    assert (row.lease_owner, row.lease_until) == (owner, held_clock + MINUTE)
    assert lease.claim(row, 60) is None


@pytest.mark.django_db
def test_claim_by_model_and_key() -> None:
    row = a_row()
    assert lease.claim((Tick, row.pk), 60)
    assert lease.claim((Tick, row.pk + 1), 60) is None


@pytest.mark.django_db
def test_claim_keeps_to_its_conditions(held_clock: datetime) -> None:
    row = a_row()
    assert lease.claim(row, 60, next_at__gt=held_clock) is None
    assert lease.claim(row, 60, next_at=held_clock)


@pytest.mark.django_db
def test_a_lease_ends_exactly_at_its_time(held_clock: datetime) -> None:
    row = a_row()
    first = lease.claim(row, 60)
    clock.turn(MINUTE - timedelta(microseconds=1))
    assert lease.claim(row, 60) is None
    clock.turn(timedelta(microseconds=1))
    second = lease.claim(row, 60)
    assert second is not None
    assert second != first


@pytest.mark.django_db
def test_renew_holds_on_from_now(held_clock: datetime) -> None:
    row = a_row()
    owner = lease.claim(row, 60) or ""
    clock.turn(MINUTE / 2)
    assert lease.renew(row, owner, 60)
    row.refresh_from_db()
    assert row.lease_until == held_clock + MINUTE * 1.5


@pytest.mark.django_db
def test_who_lost_the_lease_can_neither_renew_nor_give_back(held_clock: datetime) -> None:
    row = a_row()
    first = lease.claim(row, 60) or ""
    clock.turn(MINUTE)
    second = lease.claim(row, 60) or ""
    assert not lease.renew(row, first, 60)
    assert not lease.give_back(row, first, last_at=held_clock)
    row.refresh_from_db()
    assert (row.lease_owner, row.last_at) == (second, None)


@pytest.mark.django_db
def test_give_back_frees_and_changes_at_once(held_clock: datetime) -> None:
    row = a_row()
    assert lease.give_back(row, lease.claim(row, 60) or "", last_at=held_clock)
    row.refresh_from_db()
    assert (row.lease_owner, row.lease_until, row.last_at) == ("", None, held_clock)
    assert lease.claim(row, 60)


def test_every_claim_has_a_name_of_its_own() -> None:
    names = {lease.new_owner() for _ in range(100)}
    assert len(names) == 100
    assert max(len(n) for n in names) <= 80


def race(take: Callable[[Tick], object]) -> int:
    """How many of eight threads believe they hold the row."""
    pk, won = a_row().pk, []
    start = threading.Barrier(8)

    def one() -> None:
        row = Tick.objects.get(pk=pk)
        start.wait()
        if take(row):
            won.append(1)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return len(won)


@pytest.mark.django_db(transaction=True)
def test_of_many_that_claim_at_once_one_holds() -> None:
    assert race(lambda row: lease.claim(row, 60)) == 1


@pytest.mark.django_db(transaction=True)
def test_without_compare_and_set_all_of_them_hold() -> None:
    """The twin: looking whether it is free and then taking it is no guard."""

    def look_then_take(row: Tick) -> bool:
        if row.lease_until is not None:
            return False
        row.lease_owner, row.lease_until = lease.new_owner(), clock.now() + MINUTE
        row.save(update_fields=["lease_owner", "lease_until"])
        return True

    assert race(look_then_take) == 8


@pytest.mark.django_db(transaction=True)
def test_of_many_that_take_over_from_the_dead_one_holds(held_clock: datetime) -> None:
    def die_then_claim(row: Tick) -> object:
        return lease.claim(row, 60, lease_owner__in=["", "dead"])

    assert race(die_then_claim) == 1


def of_a_process_that_died() -> str:
    """An owner as a process of this machine would have named itself that is gone by now."""
    gone = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True)
    return f"{lease.machine()}:{gone.stdout.strip()}:0123456789ab"


@pytest.mark.django_db
def test_the_lease_of_a_dead_process_of_this_machine_ends_at_once(held_clock: datetime) -> None:
    row = a_row()
    lease.claim(row, 60)
    Tick.objects.filter(pk=row.pk).update(lease_owner=of_a_process_that_died())
    assert lease.claim(row, 60) is None
    assert lease.free_the_dead() == 1
    assert lease.claim(row, 60)


@pytest.mark.django_db
def test_the_lease_of_a_living_process_stays(held_clock: datetime) -> None:
    row = a_row()
    owner = lease.claim(row, 60)
    assert lease.free_the_dead() == 0
    row.refresh_from_db()
    assert (row.lease_owner, row.lease_until) == (owner, held_clock + MINUTE)


@pytest.mark.django_db
def test_the_lease_of_another_machine_is_never_taken_for_dead(held_clock: datetime) -> None:
    row = a_row()
    lease.claim(row, 60)
    elsewhere = "other-0123abcd:" + of_a_process_that_died().partition(":")[2]
    Tick.objects.filter(pk=row.pk).update(lease_owner=elsewhere)
    assert lease.free_the_dead() == 0
    assert lease.claim(row, 60) is None
