from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from purveyor.audit import seal
from purveyor.audit.models import Entry, Tail
from purveyor.audit.verify import verify
from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Conflict
from purveyor.jobs import lease
from purveyor.jobs.registry import recurring_tasks

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def fill(count: int) -> list[Entry]:
    return [record("order.received", by="system:intake.new", name=f"PO{n}") for n in range(count)]


def positions() -> list[tuple[str, int | None]]:
    return list(Entry.objects.order_by("pk").values_list("object_name", "position"))


def test_seal_links_in_order_and_in_batches() -> None:
    fill(5)
    assert seal.seal(batch=2) == 5
    assert positions() == [("PO0", 1), ("PO1", 2), ("PO2", 3), ("PO3", 4), ("PO4", 5)]
    assert verify().ok


def test_seal_continues_where_it_ended() -> None:
    fill(2)
    seal.seal()
    fill(1)
    assert (seal.seal(), seal.seal()) == (1, 0)
    assert (verify().ok, verify().checked) == (True, 3)


def test_seal_gives_its_lease_back() -> None:
    fill(1)
    seal.seal()
    assert Tail.objects.values_list("lease_owner", "lease_until").get() == ("", None)


def test_seal_does_nothing_while_another_is_at_work(held_clock: object) -> None:
    fill(1)
    lease.claim(seal.tail(), seal.LEASE_SECONDS)
    assert seal.seal() == 0
    clock.turn(timedelta(seconds=seal.LEASE_SECONDS + 1))  # the other died
    assert seal.seal() == 1


def test_seal_that_dies_in_the_middle_leaves_nothing_behind() -> None:
    fill(3)
    plan = seal.prepare()
    with transaction.atomic():
        assert seal.apply(plan) == 3
        transaction.set_rollback(True)  # killed before the commit
    assert positions() == [("PO0", None), ("PO1", None), ("PO2", None)]
    assert (Tail.objects.get().position, seal.seal(), verify().ok) == (0, 3, True)


def test_apply_refuses_when_an_entry_of_the_plan_is_gone() -> None:
    first, _ = fill(2)
    plan = seal.prepare()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Entry._meta.db_table} WHERE id = %s", [first.pk])
    with pytest.raises(Conflict):
        seal.apply(plan)
    assert (Tail.objects.get().position, positions()) == (0, [("PO1", None)])


def test_two_sealers_with_the_same_plan_one_links() -> None:
    fill(3)
    plans = [seal.prepare(), seal.prepare()]
    assert [seal.apply(plan) for plan in plans] == [3, 0]
    assert verify().ok


def test_two_sealers_the_slower_with_more_does_not_fork() -> None:
    fill(1)
    slow = seal.prepare()
    fill(1)
    quick = seal.prepare()
    assert (seal.apply(quick), seal.apply(slow)) == (2, 0)
    assert (verify().ok, verify().checked) == (True, 2)


def test_two_sealers_without_the_guard_break_the_chain() -> None:
    """The twin: the same two plans, the tail moved without looking."""
    fill(1)
    slow = seal.prepare()
    fill(1)
    quick = seal.prepare()
    for plan in (quick, slow):
        position, link, _ = plan.rows[-1]
        Tail.objects.update(position=position, link=link)
        seal._link(plan)
    assert verify().why == "an entry was added behind the end of the chain"
    fill(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        seal.seal()


@pytest.mark.django_db(transaction=True)
def test_many_sealers_at_once_make_one_chain() -> None:
    fill(60)
    seal.tail()
    counts: list[int] = []
    gate = threading.Barrier(4)

    def work() -> None:
        gate.wait()
        try:
            while done := seal.apply(seal.prepare(7)) or Entry.objects.filter(position=None).count():
                counts.append(done if done <= 7 else 0)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [position for _, position in positions()] == list(range(1, 61))
    assert (verify().ok, verify().checked) == (True, 60)


def test_sealing_recurs() -> None:
    fill(1)
    recurring_tasks()["audit.seal"].run()
    assert positions() == [("PO0", 1)]
