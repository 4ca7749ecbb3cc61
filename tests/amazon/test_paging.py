"""Next-token loops that end, and windows that leave no gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.amazon.paging import Stopped, halves, pages, windows

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC))


@dataclass
class _Page:
    holds: list[int]
    next_token: str


def _walk(tokens: dict[str, _Page], cap: int = 10) -> tuple[list[int], Stopped, str]:
    loop = pages(tokens.__getitem__, cap=cap)
    return [one for page in loop for one in page.holds], loop.stopped, loop.token


def test_pages_go_on_over_empty_pages_until_the_token_is_absent() -> None:
    tokens = {"": _Page([1], "a"), "a": _Page([], "b"), "b": _Page([], "c"), "c": _Page([2], "")}

    assert _walk(tokens) == ([1, 2], Stopped.NOT, "")


@pytest.mark.parametrize("repeated", ["a", "b"])
def test_pages_stop_at_a_repeated_token_and_say_so(repeated: str) -> None:
    tokens = {"": _Page([1], "a"), "a": _Page([2], "b"), "b": _Page([3], repeated)}

    assert _walk(tokens) == ([1, 2, 3], Stopped.REPEATED, repeated)


def test_pages_stop_at_the_cap_and_say_so() -> None:
    tokens = {"": _Page([1], "a"), "a": _Page([2], "b"), "b": _Page([3], "")}

    assert _walk(tokens, cap=2) == ([1, 2], Stopped.CAP, "b")
    assert _walk(tokens, cap=3) == ([1, 2, 3], Stopped.NOT, "")


def test_pages_can_be_walked_again() -> None:
    loop = pages({"": _Page([1], "a"), "a": _Page([2], "a")}.__getitem__)

    assert [[one for page in loop for one in page.holds] for _ in range(2)] == [[1, 2], [1, 2]]


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_windows_cover_the_time_without_gap_in_spans_of_seven_days_at_most(start: datetime, length: timedelta) -> None:
    found = windows(start, start + length)

    assert [end for _, end in found][:-1] == [begin for begin, _ in found][1:]
    assert (found[0][0], found[-1][1]) == (start, start + length) if length else found == []
    assert all(timedelta(0) < end - begin <= timedelta(days=7) for begin, end in found)


def test_windows_are_as_few_as_can_be() -> None:
    assert windows(START, START + timedelta(days=7)) == [(START, START + timedelta(days=7))]
    assert len(windows(START, START + timedelta(days=7, seconds=1))) == 2
    assert len(windows(START, START + timedelta(days=2), longest=timedelta(hours=12))) == 4


def test_windows_of_nothing_are_none_and_naive_moments_are_refused() -> None:
    assert windows(START, START) == windows(START, START - timedelta(1)) == []
    with pytest.raises(ValueError, match="aware"):
        windows(START.replace(tzinfo=None), START)
    with pytest.raises(ValueError, match="aware"):
        windows(START, START.replace(tzinfo=None))


def test_windows_count_in_real_hours_whatever_the_zone() -> None:
    east = timezone(timedelta(hours=9))

    assert windows(START.astimezone(east), START + timedelta(hours=1)) == [(START, START + timedelta(hours=1))]


@given(MOMENTS, st.timedeltas(timedelta(seconds=2), timedelta(days=7)))
def test_halves_meet_at_a_whole_second_inside(start: datetime, length: timedelta) -> None:
    (first, middle), (again, last) = halves((start, start + length))

    assert (first, again, last) == (start, middle, start + length)
    assert first < middle < last
    assert middle.microsecond == 0


def test_halves_leave_a_window_alone_that_is_too_short() -> None:
    short = (START, START + timedelta(seconds=1.9))

    assert halves(short) == [short]
