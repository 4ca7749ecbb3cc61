from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from purveyor.common import clock
from purveyor.jobs.registry import recurring_tasks
from purveyor.people.domain import throttle
from purveyor.people.domain.refused import Throttled
from purveyor.people.domain.throttle import Limit
from purveyor.people.models import Attempt

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

LIMIT = Limit("test", free=3, step=10, longest=60, window=600)


def fail(times: int, what: str = "anna") -> None:
    for _ in range(times):
        throttle.admit(LIMIT, what)


def wait(what: str = "anna") -> int:
    with pytest.raises(Throttled) as caught:
        throttle.admit(LIMIT, what)
    return caught.value.wait


def test_free_tries_cost_nothing_then_waits_double_up_to_the_longest(held_clock: datetime) -> None:
    fail(3)
    waits = []
    for _ in range(5):
        waits.append(wait())
        clock.turn(timedelta(seconds=waits[-1]))
        fail(1)
    assert waits == [10, 20, 40, 60, 60]


def test_waiting_less_is_not_enough_and_not_counted(held_clock: datetime) -> None:
    fail(3)
    clock.turn(timedelta(seconds=9.5))
    assert (wait(), Attempt.objects.get().failures) == (1, 3)


def test_failures_are_forgotten_after_the_window(held_clock: datetime) -> None:
    fail(2)
    clock.turn(timedelta(seconds=600))
    fail(1)
    assert Attempt.objects.get().failures == 3
    clock.turn(timedelta(seconds=601))
    fail(1)
    assert Attempt.objects.get().failures == 1


def test_keys_do_not_touch_each_other(held_clock: datetime) -> None:
    fail(3)
    fail(1, "bob")
    throttle.admit(Limit("another", free=3, step=10, longest=60, window=600), "anna")
    assert Attempt.objects.count() == 3


def test_key_does_not_hold_what_was_typed() -> None:
    fail(1, "my password in the wrong field")
    assert "password" not in Attempt.objects.get().key


def test_forgive_takes_back_the_last_try_only(held_clock: datetime) -> None:
    fail(3)
    throttle.forgive(LIMIT, "anna")
    assert Attempt.objects.values_list("failures", "blocked_until").get() == (2, None)
    throttle.clear(LIMIT, "anna")
    throttle.forgive(LIMIT, "anna")
    assert Attempt.objects.count() == 0


def test_two_tries_at_once_are_both_counted(held_clock: datetime) -> None:
    fail(2)
    first, second = throttle.seen(LIMIT, "anna"), throttle.seen(LIMIT, "anna")
    assert [throttle.count(LIMIT, first), throttle.count(LIMIT, second)] == [True, False]
    assert wait() == 10


def test_two_tries_at_once_without_the_guard_pass_as_one(held_clock: datetime) -> None:
    """The twin: count what was seen, without looking whether it still is so."""
    fail(1)
    for row in [throttle.seen(LIMIT, "anna"), throttle.seen(LIMIT, "anna")]:
        Attempt.objects.filter(pk=row.pk).update(failures=row.failures + 1)
    assert Attempt.objects.get().failures == 2  # three tries were made


def test_words_tell_seconds_then_minutes() -> None:
    assert [Throttled(seconds).message for seconds in (1, 59, 61)] == [
        "Too many tries. Wait 1 second, then try again.",
        "Too many tries. Wait 59 seconds, then try again.",
        "Too many tries. Wait 2 minutes, then try again.",
    ]


@pytest.mark.parametrize("limit", [throttle.BY_NAME, throttle.BY_ADDRESS, throttle.BY_CODE, throttle.BY_SETUP])
def test_limits_remember_longer_than_they_wait(limit: Limit) -> None:
    assert limit.longest < limit.window <= throttle.OLDEST.total_seconds()


def test_tidy_recurs_and_drops_old_counts_only(held_clock: datetime) -> None:
    fail(1, "old")
    clock.turn(throttle.OLDEST + timedelta(seconds=1))
    fail(1, "new")
    recurring_tasks()["people.tidy"].run()
    assert list(Attempt.objects.values_list("key", flat=True)) == [LIMIT.key("new")]
