"""How much of a clock is over, and how loud that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.common.deadlines import OVER, QUIET, Deadline

pytestmark = pytest.mark.unit
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = Deadline("answer", BEGIN, BEGIN + timedelta(hours=24))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("hours", "before", "then"),
    [(12, QUIET, 50), (18, 50, 75), (21.6, 75, 90), (24, 90, OVER)],
)
def test_stage_is_reached_to_the_second(hours: float, before: int, then: int) -> None:
    at = BEGIN + timedelta(hours=hours)
    assert (DAY.stage(at - SECOND), DAY.stage(at), DAY.stage(at + SECOND)) == (before, then, then)


def test_share_counts_from_the_beginning() -> None:
    assert [DAY.share(BEGIN + timedelta(hours=h)) for h in (-12, 0, 6, 24, 36)] == [-0.5, 0.0, 0.25, 1.0, 1.5]


def test_clock_without_length_is_over_once_it_is_due() -> None:
    found = Deadline("answer", BEGIN, BEGIN)
    assert [(found.share(at), found.stage(at)) for at in (BEGIN - SECOND, BEGIN)] == [(0.0, QUIET), (1.0, OVER)]


def test_stages_are_the_callers() -> None:
    assert [DAY.stage(BEGIN + timedelta(hours=h), (10, 20)) for h in (2, 3, 23)] == [QUIET, 10, 20]


@given(st.integers(0, 172_800), st.integers(0, 172_800))
def test_stage_never_falls(one: int, other: int) -> None:
    first, second = sorted((one, other))
    assert DAY.stage(BEGIN + timedelta(seconds=first)) <= DAY.stage(BEGIN + timedelta(seconds=second))
