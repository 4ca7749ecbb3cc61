from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from purveyor.base.progress import estimate

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("done", "total", "after", "left"),
    [
        (25, 100, 10, 30),
        (1, 3, 10, 20),
        (100, 100, 10, 0),
        (120, 100, 10, 0),
        (0, 100, 10, None),
        (25, None, 10, None),
        (25, 0, 10, None),
        (25, 100, 0, None),
        (25, 100, -5, None),
    ],
)
def test_estimate_goes_by_the_pace_so_far(done: int, total: int | None, after: int, left: int | None) -> None:
    assert estimate(done, total, START, START + timedelta(seconds=after)) == left


def test_estimate_knows_nothing_before_the_start() -> None:
    assert estimate(1, 2, None, START) is None
