"""Bucket arithmetic: below Amazon's numbers in every span of time, whatever the clock does."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from purveyor.amazon.limits import SAFETY, Bucket, MemoryLimiter, adopt, drained, full, numbers_of, reserve
from purveyor.common import clock

pytestmark = pytest.mark.unit

NUMBERS = st.sampled_from([(10.0, 10.0), (10.0, 20.0), (5.0, 15.0), (0.0167, 1.0), (1.0, 10.0), (30.0, 1.0)])
PAUSES = st.lists(st.floats(0, 5), min_size=2, max_size=80)


def _most_allowed(slots: list[float], rate: float, burst: float) -> bool:
    """Whether no span of time holds more slots than Amazon's bucket gives."""
    slots = sorted(slots)
    return all(
        last - first + 1 <= burst + rate * (slots[last] - slots[first]) + 1e-6
        for first in range(len(slots))
        for last in range(first, len(slots))
    )


@given(NUMBERS, PAUSES)
@example((10.0, 10.0), [0.0] * 60)
def test_reserve_never_gives_more_than_burst_and_rate_in_any_span(
    numbers: tuple[float, float], pauses: list[float]
) -> None:
    rate, burst = numbers
    now, slots = 1000.0, []
    bucket = full(rate, burst, now)
    for pause in pauses:
        now += pause
        bucket, wait = reserve(bucket, now)
        slots.append(now + wait)

    assert _most_allowed(slots, rate * SAFETY, max(burst * SAFETY, 1.0))


@given(NUMBERS, st.lists(st.tuples(st.floats(0, 3), st.floats(-4000, 0)), min_size=2, max_size=60))
@example((10.0, 10.0), [(0.0, 0.0)] * 30 + [(0.0, -100.0)] + [(0.0, 0.0)] * 30)
@example((10.0, 10.0), [(0.0, -2.0)] * 60)
def test_reserve_stays_below_the_limit_when_the_clock_jumps_back(
    numbers: tuple[float, float], steps: list[tuple[float, float]]
) -> None:
    rate, burst = numbers
    true, offset, slots, waits = 1000.0, 0.0, [], []
    bucket = full(rate, burst, true)
    for pause, jump in steps:
        true += pause
        offset += jump
        bucket, wait = reserve(bucket, true + offset)
        true += wait
        slots.append(true)
        waits.append(wait)

    assert _most_allowed(slots, rate, burst)


@given(NUMBERS, st.integers(1, 40), st.floats(1.001, 1e9))
def test_reserve_after_a_jump_back_waits_one_bucket_at_most(
    numbers: tuple[float, float], taken: int, jump: float
) -> None:
    bucket = full(*numbers, 1e10)
    for _ in range(taken):
        bucket, _ = reserve(bucket, 1e10)

    _, wait = reserve(bucket, 1e10 - jump)

    assert wait <= bucket.room + bucket.step + 1e-4


@given(NUMBERS, st.floats(1, 1e9))
def test_reserve_after_a_jump_forward_gives_a_full_bucket_at_most(numbers: tuple[float, float], jump: float) -> None:
    rate, burst = numbers
    bucket = full(rate, burst, 0.0)
    for _ in range(50):
        bucket, _ = reserve(bucket, 0.0)

    later = 1e6 + jump
    free = 0
    while True:
        bucket, wait = reserve(bucket, later)
        if wait > 1e-6:
            break
        free += 1

    assert free == math.floor(max(burst * SAFETY, 1.0) + 1e-6)


def test_reserve_gives_the_burst_at_once_and_then_one_per_step() -> None:
    bucket, waits = full(10, 10, 0.0), []
    for _ in range(12):
        bucket, wait = reserve(bucket, 0.0)
        waits.append(round(wait * 9.8, 6))

    assert waits == [0] * 9 + [0.2, 1.2, 2.2]


def test_reserve_takes_small_differences_between_clocks_as_they_are() -> None:
    bucket = Bucket(tat=100.0, seen=100.0, rate=10, burst=10)

    after, wait = reserve(bucket, 99.5)

    assert (after.tat, after.seen, wait) == (100.0 + bucket.step, 100.0, 0.0)


def test_adopt_takes_the_announced_rate_and_no_nonsense() -> None:
    bucket = full(10, 20, 0.0)

    assert [adopt(bucket, rate).rate for rate in (5.0, 1 / 600, 1000.0)] == [5.0, 1 / 600, 1000.0]
    assert [adopt(bucket, rate) for rate in (0.0, -1.0, math.inf, math.nan, 1e-9, 0.0016, 1001.0, 1e9)] == [bucket] * 8


def test_drained_bucket_gives_its_next_slot_one_step_later() -> None:
    bucket = full(10, 10, 50.0)

    _, wait = reserve(drained(bucket, 50.0), 50.0)

    assert wait == pytest.approx(bucket.step)


def test_drained_does_not_forgive_what_is_owed_and_survives_a_jump_back() -> None:
    owing = Bucket(tat=100.0, seen=50.0, rate=10, burst=10)

    assert drained(owing, 50.0) == owing
    assert drained(owing, 10.0).tat == pytest.approx(10 + 2 * owing.room + owing.step)


@pytest.mark.parametrize(
    ("operation", "sandbox", "expected"),
    [
        ("getPurchaseOrders", False, (10.0, 10.0)),
        ("getTransaction", False, (10.0, 20.0)),
        ("getTransaction", True, (5.0, 15.0)),
        ("somethingNew", False, (10.0, 10.0)),
    ],
)
def test_numbers_of_an_operation(operation: str, sandbox: bool, expected: tuple[float, float]) -> None:
    assert numbers_of(operation, sandbox=sandbox) == expected


def _spent(limiter: MemoryLimiter, times: int, key: str = "a", operation: str = "getPurchaseOrders") -> float:
    before = clock.now()
    for _ in range(times):
        limiter.acquire(key, operation)
    return (clock.now() - before) / timedelta(seconds=1)


@pytest.mark.usefixtures("held_clock")
def test_limiter_sleeps_through_the_house_clock_at_two_percent_below_the_rate() -> None:
    limiter = MemoryLimiter()

    assert _spent(limiter, 9) == 0
    assert _spent(limiter, 100) == pytest.approx((109 - 9.8) / 9.8, abs=0.01)


@pytest.mark.usefixtures("held_clock")
def test_limiter_keeps_accounts_and_operations_apart() -> None:
    limiter = MemoryLimiter()
    _spent(limiter, 9)

    assert _spent(limiter, 9, key="b") == 0
    assert _spent(limiter, 9, operation="getPurchaseOrder") == 0
    assert _spent(limiter, 1) > 0


@pytest.mark.usefixtures("held_clock")
def test_limiter_starts_a_sandbox_with_the_sandbox_numbers() -> None:
    limiter = MemoryLimiter(sandbox=True)

    assert _spent(limiter, 14) == 0
    assert _spent(limiter, 10) == pytest.approx((24 - 14.7) / 4.9, abs=0.01)


@pytest.mark.usefixtures("held_clock")
def test_limiter_learns_the_rate_and_throttling() -> None:
    limiter = MemoryLimiter()
    limiter.observe("a", "getPurchaseOrders", None)
    limiter.observe("a", "getPurchaseOrders", 1.0)
    limiter.throttled("a", "getPurchaseOrders")

    assert _spent(limiter, 3) == pytest.approx(3 / 0.98, abs=0.01)


def test_limiter_is_exact_between_threads() -> None:
    slots: list[float] = []

    class Noting(MemoryLimiter):
        """Notes the wait instead of sleeping: all threads ask at the same held moment."""

        def acquire(self, key: str, operation: str) -> None:
            with self._lock:
                bucket, wait = reserve(self._bucket(key, operation, 0.0), 0.0)
                self._buckets[key, operation] = bucket
            slots.append(wait)

    limiter = Noting()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: limiter.acquire("a", "getPurchaseOrders"), range(200)))

    assert _most_allowed(slots, 9.8, 9.8)
