from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from purveyor.base import db
from purveyor.jobs.models import Run, Tick

pytestmark = pytest.mark.integration

COLUMNS = ("name", "next_at", "lease_owner")
NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
# Below and above where PostgreSQL takes another way, and where SQLite's statements of many rows end.
SIZES = pytest.mark.parametrize("size", [3, 49, 50, 333, 700])


def rows(size: int, owner: str = "a") -> list[tuple[Any, ...]]:
    return [(f"t{n}", NOON + timedelta(minutes=n), owner) for n in range(size)]


def stored() -> list[tuple[Any, ...]]:
    return list(Tick.objects.order_by("pk").values_list(*COLUMNS))


@SIZES
@pytest.mark.django_db
def test_bulk_upsert_inserts_as_the_orm_would(size: int) -> None:
    db.bulk_upsert("jobs_tick", COLUMNS, rows(size))
    assert stored() == rows(size)
    assert Tick.objects.filter(next_at=NOON).get().name == "t0"


@SIZES
@pytest.mark.django_db
def test_bulk_upsert_updates_only_what_it_is_told(size: int) -> None:
    db.bulk_upsert("jobs_tick", COLUMNS, rows(size))
    later = [(name, at + timedelta(days=1), "b") for name, at, _ in rows(size + 1)]
    db.bulk_upsert("jobs_tick", COLUMNS, later, conflict=["name"], update=["lease_owner"])
    assert stored() == [*((n, at, "b") for n, at, _ in rows(size)), later[-1]]


@SIZES
@pytest.mark.django_db
def test_bulk_upsert_leaves_alone_what_is_there(size: int) -> None:
    db.bulk_upsert("jobs_tick", COLUMNS, rows(size))
    db.bulk_upsert("jobs_tick", COLUMNS, rows(size + 1, "b"), conflict=["name"])
    assert [owner for *_, owner in stored()] == ["a"] * size + ["b"]


@SIZES
@pytest.mark.django_db
def test_bulk_upsert_takes_the_last_of_rows_that_are_the_same(size: int) -> None:
    twice = [*rows(size), *rows(size, "z")]
    db.bulk_upsert("jobs_tick", COLUMNS, twice, conflict=["name"], update=["lease_owner"])
    assert stored() == rows(size, "z")


@SIZES
@pytest.mark.django_db(transaction=True)
def test_bulk_upsert_does_everything_or_nothing(size: int) -> None:
    with pytest.raises(IntegrityError):
        db.bulk_upsert("jobs_tick", COLUMNS, [*rows(size), rows(1)[0]])
    assert stored() == []


@pytest.mark.parametrize("names", [["t1", "t3", "none"], ["t2"], [], ['"', "ü", "'"]])
@pytest.mark.django_db
def test_together_finds_what_a_list_finds(names: list[str]) -> None:
    db.bulk_upsert("jobs_tick", COLUMNS, [*rows(5), ('"', NOON, "a"), ("ü", NOON, "a")])
    listed = Tick.objects.filter(name__in=names)
    assert set(Tick.objects.filter(name__in=db.together(names))) == set(listed)
    keys = set(listed.values_list("pk", flat=True))
    assert set(Tick.objects.filter(pk__in=db.together(keys))) == set(listed)


@pytest.mark.django_db(transaction=True)
def test_bulk_upsert_can_be_repeated_inside_and_across_transactions() -> None:
    with transaction.atomic():
        db.bulk_upsert("jobs_tick", COLUMNS, rows(60), conflict=["name"])
        db.bulk_upsert("jobs_tick", COLUMNS, rows(70), conflict=["name"])
    db.bulk_upsert("jobs_tick", COLUMNS, rows(80), conflict=["name"])
    assert stored() == rows(80)


@SIZES
@pytest.mark.django_db
def test_bulk_upsert_writes_json_and_nothing_as_the_orm_reads_them(size: int) -> None:
    params = {"text": "ü€\t\\n", "list": [1, None, {"price": Decimal("1.50")}]}
    columns = (
        "kind",
        "params",
        "result",
        "state",
        "state_at",
        "done",
        "step",
        "problem",
        "by",
        "created_at",
        "cancel_requested",
        "lease_owner",
        "total",
    )
    row = ("backfill", params, ["x"], "waiting", NOON, 0, "", "", "hub", NOON, True, "", None)
    db.bulk_upsert("jobs_run", columns, [row] * size)
    assert Run.objects.count() == size
    found = Run.objects.earliest("pk")
    assert found.params == {"text": "ü€\t\\n", "list": [1, None, {"price": "1.50"}]}
    assert (found.result, found.cancel_requested, found.total, found.created_at) == (["x"], True, None, NOON)


@pytest.mark.django_db
def test_bulk_upsert_of_nothing_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        db.bulk_upsert("jobs_tick", COLUMNS, [])


@pytest.mark.django_db
def test_is_postgres_says_what_answers() -> None:
    assert db.is_postgres() == (connection.vendor == "postgresql")


@pytest.mark.django_db
def test_the_transaction_around_a_test_does_not_count() -> None:
    assert not db.in_transaction()
    db.assert_no_transaction()
    with transaction.atomic():
        assert db.in_transaction()
        with pytest.raises(RuntimeError):
            db.assert_no_transaction()
    db.assert_no_transaction()


@pytest.mark.django_db(transaction=True)
def test_nothing_may_be_waited_for_inside_a_transaction() -> None:
    db.assert_no_transaction()
    with transaction.atomic(), pytest.raises(RuntimeError):
        db.assert_no_transaction()
