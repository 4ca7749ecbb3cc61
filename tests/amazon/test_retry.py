"""When to try again: reads with patience, submissions only with proof."""

from __future__ import annotations

import pytest

from purveyor.amazon import errors
from purveyor.amazon.retry import delay, should_retry

pytestmark = pytest.mark.unit


def _attempts(kind: type[errors.AmazonError], *, method: str = "GET", paging: bool = False) -> int:
    """How many attempts are made in all when it never gets better."""
    attempt = 1
    while should_retry(kind("x"), attempt, method=method, paging=paging):
        attempt += 1
    return attempt


@pytest.mark.parametrize(
    ("kind", "paging", "expected"),
    [
        (errors.Throttled, False, 30),
        (errors.ServerError, False, 4),
        (errors.ReplyLost, False, 4),
        (errors.NotConnected, False, 4),
        (errors.Unreadable, False, 4),
        (errors.BadRequest, False, 1),
        (errors.BadRequest, True, 3),
        (errors.Forbidden, True, 1),
        (errors.NotFoundAtAmazon, True, 1),
        (errors.Redirected, False, 1),
        (errors.LoginUnavailable, False, 1),
    ],
)
def test_should_retry_a_read(kind: type[errors.AmazonError], paging: bool, expected: int) -> None:
    assert _attempts(kind, paging=paging) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (errors.Throttled, 30),
        (errors.ServerError, 1),
        (errors.ReplyLost, 1),
        (errors.NotConnected, 1),
        (errors.Unreadable, 1),
        (errors.BadRequest, 1),
    ],
)
def test_should_retry_a_submission_only_after_throttling(kind: type[errors.AmazonError], expected: int) -> None:
    assert _attempts(kind, method="POST", paging=True) == expected


def test_delay_doubles_up_to_a_bound_and_jitter_shortens_it_by_half_at_most() -> None:
    trouble, throttled = errors.ServerError("x"), errors.Throttled("x")

    assert [delay(trouble, attempt, 0.0) for attempt in (1, 2, 3, 9)] == [1, 2, 4, 30]
    assert [delay(throttled, attempt, 0.0) for attempt in (1, 2, 30)] == [0.5, 1, 30]
    assert (delay(trouble, 1, 0.5), delay(trouble, 1, 1.0)) == (0.75, 0.5)
