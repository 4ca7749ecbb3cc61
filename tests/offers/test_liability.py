"""What an offer binds to, and what unsold pieces may cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.offers.domain.liability import Frozen, Liability, liability

pytestmark = pytest.mark.unit

CELLS = [Frozen(100, Decimal("4.50"), 40), Frozen(10, Decimal("2"), 0), Frozen(7, None, 3), Frozen(0, None, 0)]


@pytest.mark.parametrize(("unsold", "risk"), [("none", "0"), ("return", "198"), ("keep", "45")])
def test_open_is_what_was_approved_and_not_ordered(unsold: str, risk: str) -> None:
    assert liability(CELLS, unsold) == Liability(
        approved=117,
        approved_value=Decimal(470),
        ordered=43,
        ordered_value=Decimal(180),
        open=74,
        open_value=Decimal(290),
        risk=Decimal(risk),
        unpriced=7,
    )


@given(st.lists(st.builds(Frozen, st.integers(5, 99), st.none() | st.decimals(1, 9, places=2), st.integers(0, 5))))
def test_sums_add_up_and_do_not_hang_on_the_order(cells: list[Frozen]) -> None:
    found = liability(cells, "keep")
    assert liability(reversed(cells), "keep") == found
    assert (found.approved - found.ordered, found.approved_value - found.ordered_value) == (
        found.open,
        found.open_value,
    )
    assert min(found.open, found.open_value) >= 0
    assert found.risk * 4 == found.ordered_value
