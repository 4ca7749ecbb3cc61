"""What so many percent of values do not exceed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.orders.figures import at_share, middle

pytestmark = pytest.mark.unit


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.integers(1, 100))
def test_share_is_a_value_that_so_many_do_not_exceed(values: list[int], percent: int) -> None:
    found = at_share(sorted(values), percent)
    within = sum(value <= found for value in values)
    less = sum(value < found for value in values)
    assert found in values
    assert within * 100 >= percent * len(values) > less * 100


def test_middle_of_nothing_is_nothing() -> None:
    assert middle([]) == (0, None, None)
    assert middle([3]) == (1, 3, 3)
    assert middle(range(1, 11)) == (10, 5, 9)
