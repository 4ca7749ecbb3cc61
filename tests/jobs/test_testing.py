from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from purveyor.common import clock
from purveyor.jobs.nudge import nudge
from purveyor.jobs.testing import run_due

pytestmark = [pytest.mark.integration]

NAMES = {"test.first", "test.second", "test.beat"}


@pytest.mark.django_db
def test_nudges_run_in_order_also_where_nothing_is_ever_committed(a_task: Any) -> None:
    seen: list[int] = []
    a_task("test.first", lambda row: nudge("test.second", row + 1))
    a_task("test.second", seen.append)
    with transaction.atomic():
        nudge("test.first", 1)
        nudge("test.second", 7)
        assert run_due(NAMES) == 0
    assert run_due(NAMES) == 3
    assert seen == [7, 2]


@pytest.mark.django_db(transaction=True)
def test_nudges_run_where_things_are_committed(a_task: Any) -> None:
    seen: list[int] = []
    a_task("test.first", seen.append)
    with transaction.atomic():
        nudge("test.first", 1)
        nudge("test.first", 1)
        assert run_due(NAMES) == 0
    assert (run_due(NAMES), seen) == (1, [1])


@pytest.mark.django_db
def test_a_nudge_that_was_rolled_back_is_not_run(a_task: Any) -> None:
    a_task("test.first", lambda row: pytest.fail("nobody committed that"))
    with transaction.atomic():
        nudge("test.first", 1)
        transaction.set_rollback(True)
    assert run_due(NAMES) == 0


@pytest.mark.django_db
def test_what_is_due_runs_until_nothing_is_left(a_task: Any) -> None:
    left = [3, 1, 2]
    a_task("test.first", left.remove, due=lambda now, limit: left[:limit])
    assert (run_due(NAMES), left) == (3, [])


@pytest.mark.django_db
def test_other_names_are_left_alone(a_task: Any) -> None:
    a_task("test.first", lambda row: None)
    a_task("test.second", lambda row: pytest.fail("not asked for"), due=lambda now, limit: [1])
    nudge("test.second", 1)
    nudge("test.first", 1)
    assert run_due({"test.first"}) == 1


@pytest.mark.django_db
def test_what_recurs_runs_in_its_time(held_clock: datetime, a_chore: Any) -> None:
    beats: list[datetime] = []
    a_chore("test.beat", lambda: beats.append(clock.now()), every=60)
    assert run_due(NAMES) == 1
    clock.turn(timedelta(seconds=60))
    assert run_due(NAMES) == 1
    assert beats == [held_clock, held_clock + timedelta(seconds=60)]


@pytest.mark.django_db
def test_what_never_settles_is_named(a_task: Any) -> None:
    a_task("test.first", lambda row: None, due=lambda now, limit: [8])
    with pytest.raises(RuntimeError, match=r"test\.first for row 8"):
        run_due(NAMES, limit=5)


@pytest.mark.django_db
def test_errors_of_a_task_are_raised(a_task: Any) -> None:
    def breaks(row: int) -> None:
        raise LookupError("gone")

    a_task("test.first", breaks)
    nudge("test.first", 1)
    with pytest.raises(LookupError):
        run_due(NAMES)
