from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from purveyor.audit.models import Entry, Tail
from purveyor.audit.seal import seal
from purveyor.audit.verify import Verdict, verify
from purveyor.audit.write import record
from purveyor.common import canon

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def fill(count: int, name: str = "PO") -> list[Entry]:
    return [record("order.received", by="system:intake.new", name=f"{name}{n}") for n in range(count)]


def tamper(statement: str, *values: object) -> None:
    """What somebody with the database's password could do."""
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("ENTRY", Entry._meta.db_table), values)


def finding(verdict: Verdict) -> tuple[bool, int, int | None, str]:
    return verdict.ok, verdict.checked, verdict.first_bad, verdict.why


def test_verify_an_empty_audit_is_good() -> None:
    assert verify() == Verdict(ok=True, checked=0, first_bad=None, unsealed=0)


def test_verify_a_sealed_chain_is_good_and_names_its_head() -> None:
    fill(5)
    seal()
    assert verify(page=2) == Verdict(ok=True, checked=5, first_bad=None, unsealed=0, head=Tail.objects.get().link)


def test_verify_names_the_unsealed_tail(held_clock: datetime) -> None:
    fill(2)
    seal()
    fill(3)
    verdict = verify()
    assert (verdict.ok, verdict.checked, verdict.unsealed, verdict.unsealed_since) == (True, 2, 3, held_clock)


@pytest.mark.parametrize("column", ["by", "action", "object_id", "object_name", "profile", "because"])
def test_verify_finds_a_changed_entry(column: str) -> None:
    entries = fill(3)
    seal()
    tamper(f'UPDATE ENTRY SET "{column}" = %s WHERE id = %s', "forged", entries[1].pk)
    verdict = verify()
    assert finding(verdict) == (False, 1, 2, "the entry was changed")
    assert verdict.entry == entries[1].pk


def test_verify_finds_a_changed_entry_with_a_forged_hash() -> None:
    entries = fill(3)
    seal()
    changed = Entry.objects.get(pk=entries[1].pk)
    changed.by = "user:bob"
    tamper('UPDATE ENTRY SET "by" = %s, hash = %s WHERE id = %s', "user:bob", changed.fingerprint(), changed.pk)
    assert finding(verify()) == (False, 1, 2, "the entry does not follow the one before it")


@pytest.mark.parametrize("page", [1, 2, 100])
def test_verify_finds_a_removed_entry(page: int) -> None:
    entries = fill(4)
    seal()
    tamper("DELETE FROM ENTRY WHERE id = %s", entries[1].pk)
    assert finding(verify(page)) == (False, 1, 2, "an entry was removed here")


def test_verify_finds_the_first_entry_removed() -> None:
    entries = fill(2)
    seal()
    tamper("DELETE FROM ENTRY WHERE id = %s", entries[0].pk)
    assert finding(verify()) == (False, 0, 1, "an entry was removed here")


def test_verify_finds_the_end_cut_off() -> None:
    entries = fill(3)
    seal()
    tamper("DELETE FROM ENTRY WHERE id = %s", entries[2].pk)
    assert finding(verify()) == (False, 2, 3, "the chain was cut off here")


def test_verify_finds_everything_removed() -> None:
    fill(3)
    seal()
    tamper("DELETE FROM ENTRY")
    assert finding(verify()) == (False, 0, 1, "the chain was cut off here")


def test_verify_finds_reordered_entries() -> None:
    first, second, _ = fill(3)
    seal()
    tamper("UPDATE ENTRY SET position = -1 WHERE id = %s", first.pk)
    tamper("UPDATE ENTRY SET position = 1 WHERE id = %s", second.pk)
    tamper("UPDATE ENTRY SET position = 2 WHERE id = %s", first.pk)
    assert finding(verify()) == (False, 0, 1, "the entry does not follow the one before it")


def test_verify_finds_an_entry_inserted_in_the_middle() -> None:
    fill(3)
    seal()
    tamper("UPDATE ENTRY SET position = position + 10 WHERE position >= 2")
    tamper("UPDATE ENTRY SET position = position - 9 WHERE position >= 12")
    forged = fill(1, "forged")[0]
    link = Entry.objects.get(position=1).link
    tamper("UPDATE ENTRY SET position = 2, link = %s WHERE id = %s", canon.chain(link, forged.hash), forged.pk)
    assert finding(verify()) == (False, 2, 3, "the entry does not follow the one before it")


def test_verify_finds_an_entry_added_behind_the_end() -> None:
    fill(2)
    seal()
    forged = fill(1)[0]
    link = canon.chain(Tail.objects.get().link, forged.hash)
    tamper("UPDATE ENTRY SET position = 3, link = %s WHERE id = %s", link, forged.pk)
    assert finding(verify()) == (False, 2, 3, "an entry was added behind the end of the chain")


def test_verify_finds_a_forged_end() -> None:
    fill(2)
    seal()
    Tail.objects.update(link="0" * 64)
    assert finding(verify()) == (False, 2, 3, "the end of the chain is not the one that was sealed")


def test_verify_finds_a_changed_entry_not_sealed_yet() -> None:
    fill(1)
    seal()
    entry = fill(1)[0]
    tamper("UPDATE ENTRY SET because = 'forged' WHERE id = %s", entry.pk)
    verdict = verify()
    assert finding(verdict) == (False, 1, None, "an entry not sealed yet was changed")
    assert verdict.entry == entry.pk


def test_verify_changes_nothing_but_needs_the_same_queries_for_one_and_three(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    for count in (1, 2):
        fill(count)
        seal()
        with django_assert_num_queries(6):  # type: ignore[operator]  # a fixture that makes a context
            verify()
