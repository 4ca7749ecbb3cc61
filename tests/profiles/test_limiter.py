"""The shared limiter does the arithmetic of ``amazon.limits`` in one statement."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purveyor.amazon import limits
from purveyor.base.db import is_postgres
from purveyor.common import clock
from purveyor.profiles.limiter import DatabaseLimiter, limiter_key
from purveyor.profiles.models import Bucket

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

KEY, OPERATION = "app-and-account", "getPurchaseOrders"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
numbers = itertools.count()

moves = st.lists(
    st.one_of(
        st.tuples(st.just("turn"), st.floats(-100, 100)),
        st.tuples(st.just("reserve"), st.just(0.0)),
        st.tuples(st.just("throttled"), st.just(0.0)),
        st.tuples(st.just("observe"), st.floats(0.01, 50)),
    ),
    max_size=25,
)


class Pure:
    """The same bucket kept by the pure functions."""

    def __init__(self) -> None:
        self.state = limits.Bucket(0, 0, *limits.numbers_of(OPERATION))

    def reserve(self) -> float:
        self.state, wait = limits.reserve(self.state, clock.now().timestamp())
        return wait

    def throttled(self) -> None:
        self.state = limits.drained(self.state, clock.now().timestamp())

    def observe(self, rate: float) -> None:
        self.state = limits.adopt(self.state, rate)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(moves)
def test_limiter_equals_the_pure_arithmetic(moves: list[tuple[str, float]]) -> None:
    key, shared, pure = f"key-{next(numbers)}", DatabaseLimiter(), Pure()
    with clock.held(START):
        shared.reserve(key, OPERATION)
        pure.reserve()
        for move, value in moves:
            if move == "turn":
                clock.hold(clock.now() + timedelta(seconds=value))
            elif move == "reserve":
                assert shared.reserve(key, OPERATION) == pytest.approx(pure.reserve(), abs=1e-5)
            elif move == "throttled":
                shared.throttled(key, OPERATION)
                pure.throttled()
            else:
                shared.observe(key, OPERATION, value)
                pure.observe(value)
    row = Bucket.objects.get(key=f"{key}:{OPERATION}")
    found = (row.tat, row.seen, row.rate, row.burst)
    assert found == pytest.approx((pure.state.tat, pure.state.seen, pure.state.rate, pure.state.burst), abs=1e-5)


def waits(count: int, limiter: DatabaseLimiter | None = None) -> list[float]:
    shared = limiter or DatabaseLimiter()
    return [round(shared.reserve(KEY, OPERATION), 3) for _ in range(count)]


def test_limiter_lets_a_burst_go_and_then_keeps_the_step(held_clock: datetime) -> None:
    step = 1 / 9.8
    assert waits(12) == [0.0] * 9 + [round(n * step - 8.8 * step, 3) for n in (9, 10, 11)]


def test_limiter_acquire_sleeps_as_long_as_it_has_to(held_clock: datetime) -> None:
    shared = DatabaseLimiter()
    for _ in range(9 + 98):
        shared.acquire(KEY, OPERATION)
    assert (clock.now() - held_clock).total_seconds() == pytest.approx(98 / 9.8, abs=0.1)


def test_limiter_clock_that_jumps_back_waits_one_bucket_at_most(held_clock: datetime) -> None:
    waits(200)
    clock.hold(held_clock - timedelta(days=300))
    bucket = 9.8 / 9.8
    assert waits(1)[0] <= bucket + 1e-6
    assert DatabaseLimiter().reserve(KEY, OPERATION) <= bucket + 1 / 9.8


def test_limiter_clock_that_jumps_ahead_finds_a_full_bucket(held_clock: datetime) -> None:
    waits(200)
    clock.turn(timedelta(days=1))
    assert waits(9) == [0.0] * 9


def test_limiter_429_drains_the_bucket_for_everybody(held_clock: datetime) -> None:
    DatabaseLimiter().throttled(KEY, OPERATION)
    assert waits(2) == [round(1 / 9.8, 3), round(2 / 9.8, 3)]


def test_limiter_adopts_the_rate_of_the_header(held_clock: datetime) -> None:
    shared = DatabaseLimiter()
    shared.reserve(KEY, OPERATION)
    shared.observe(KEY, OPERATION, 1.0)
    assert Bucket.objects.get().rate == 1.0
    assert round(waits(20)[-1], 1) == round((19 - 8.8) / 0.98 + 1 / 9.8, 1)


@pytest.mark.parametrize("rate", [None, 0.0, -1.0, float("nan"), float("inf"), 1e-9, 1e9])
def test_limiter_ignores_nonsense_in_the_header(held_clock: datetime, rate: float | None) -> None:
    shared = DatabaseLimiter()
    shared.reserve(KEY, OPERATION)
    shared.observe(KEY, OPERATION, rate)
    assert Bucket.objects.get().rate == 10.0


def test_limiter_keeps_operations_and_accounts_apart(held_clock: datetime) -> None:
    shared = DatabaseLimiter()
    waits(30, shared)
    assert shared.reserve(KEY, "getTransaction") == 0.0
    assert shared.reserve("another", OPERATION) == 0.0


def test_limiter_of_the_sandbox_starts_with_its_numbers(held_clock: datetime) -> None:
    DatabaseLimiter(sandbox=True).reserve(KEY, OPERATION)
    assert Bucket.objects.values_list("rate", "burst").get() == limits.SANDBOX


def test_limiter_costs_one_statement_a_request(held_clock: datetime) -> None:
    shared = DatabaseLimiter()
    shared.acquire(KEY, OPERATION)
    with CaptureQueriesContext(connection) as seen:
        shared.acquire(KEY, OPERATION)
        shared.observe(KEY, OPERATION, 10.0)
    assert [q["sql"].split()[0] for q in seen] == ["UPDATE"]


@pytest.mark.django_db(transaction=True)
def test_limiter_never_sleeps_in_a_transaction(held_clock: datetime) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        DatabaseLimiter().acquire(KEY, OPERATION)
    assert Bucket.objects.count() == 0


def test_limiter_uses_the_running_clock_of_the_database() -> None:
    DatabaseLimiter().reserve(KEY, OPERATION)
    seen = datetime.fromtimestamp(Bucket.objects.get().seen, UTC)
    assert abs(seen - datetime.now(UTC)) < timedelta(seconds=30)
    assert is_postgres() == (connection.vendor == "postgresql")


def test_limiter_key_is_one_per_application_and_account() -> None:
    mine = limiter_key("client", "https://eu", "DE")
    assert (len(mine), limiter_key("client", "https://eu", "DE")) == (40, mine)
    others = {limiter_key("client2", "https://eu", "DE"), limiter_key("client", "https://eu", "FR")}
    assert len(others | {limiter_key("client", "https://na", "DE"), mine}) == 4
