"""Costs and their days: none overlap, and the one before a new one ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.products.domain.periods import Overlap, Period, place

pytestmark = pytest.mark.unit

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)


def period(begins: int, ends: int | None = None, amount: str = "1") -> Period:
    """Days are counted from the first of January; the end belongs to it."""
    return Period(FIRST + begins * DAY, None if ends is None else FIRST + ends * DAY, Decimal(amount), "EUR")


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ([], period(5), [period(5)]),
        ([period(0)], period(5, amount="2"), [period(0, 4), period(5, amount="2")]),
        ([period(0, 5)], period(5, amount="2"), [period(0, 4), period(5, amount="2")]),
        ([period(0, 4)], period(5, amount="2"), [period(0, 4), period(5, amount="2")]),
        ([period(5)], period(5, amount="2"), [period(5, amount="2")]),
        ([period(5)], period(5, 9), [period(5, 9)]),
        ([period(0)], period(5, 9, "2"), [period(0, 4), period(5, 9, "2"), period(10)]),
        ([period(0, 9)], period(5, 9, "2"), [period(0, 4), period(5, 9, "2")]),
        ([period(0, 10)], period(5, 9, "2"), [period(0, 4), period(5, 9, "2"), period(10, 10)]),
        ([period(10)], period(5, amount="2"), [period(5, 9, "2"), period(10)]),
        ([period(10)], period(5, 9, "2"), [period(5, 9, "2"), period(10)]),
        ([period(0)], replace(period(5), ends=date.max), [period(0, 4), replace(period(5), ends=date.max)]),
    ],
)
def test_new_period_finds_its_place(before: list[Period], new: Period, after: list[Period]) -> None:
    assert place(before, new) == after


def test_period_that_reaches_into_a_later_one_is_refused() -> None:
    with pytest.raises(Overlap) as error:
        place([period(20), period(10, 12)], period(5, 10))
    assert error.value.other == period(10, 12)


SPANS = st.tuples(st.integers(0, 30), st.none() | st.integers(0, 12)).map(
    lambda span: (span[0], None if span[1] is None else span[0] + span[1])
)


@given(st.lists(SPANS, max_size=8))
def test_every_day_has_one_cost_at_most_and_the_newest_counts(spans: list[tuple[int, int | None]]) -> None:
    periods: list[Period] = []
    for number, (begins, ends) in enumerate(spans):
        new = period(begins, ends, str(number + 1))
        try:
            periods = place(periods, new)
        except Overlap:
            continue
        covering = [[p for p in periods if p.covers(FIRST + day * DAY)] for day in range(60)]
        assert max(map(len, covering)) <= 1
        assert covering[begins][0].amount == new.amount
