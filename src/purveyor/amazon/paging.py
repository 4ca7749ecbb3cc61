"""Next-token loops and time windows: pure, with a guard against every way Amazon's paging goes wrong (FACTS §11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

Span = tuple[datetime, datetime]

LONGEST = timedelta(days=7)
"""The longest range Amazon answers (FACTS §5.1)."""
FINEST = timedelta(seconds=2)


class HasToken(Protocol):
    @property
    def next_token(self) -> str: ...


Page = TypeVar("Page", bound=HasToken)


class Stopped(StrEnum):
    """Why a loop ended before Amazon said it was over."""

    NOT = ""
    REPEATED = "Amazon repeated a page token"
    CAP = "there were more pages than allowed"


class Pages(Generic[Page]):
    """Iterates over pages until the token is absent; empty pages with a token go on.

    After the loop ``stopped`` tells whether it came to its natural end, and ``token`` the last token seen.
    ``fetch`` gets the token (empty for the first page) and must send the original filters along each time.
    """

    def __init__(self, fetch: Callable[[str], Page], cap: int) -> None:
        self._fetch = fetch
        self._cap = cap
        self.stopped = Stopped.NOT
        self.token = ""

    def __iter__(self) -> Iterator[Page]:
        seen: set[str] = set()
        self.stopped, self.token = Stopped.NOT, ""
        for _ in range(self._cap):
            page = self._fetch(self.token)
            self.token = page.next_token
            yield page
            if not self.token:
                return
            if self.token in seen:
                self.stopped = Stopped.REPEATED
                return
            seen.add(self.token)
        self.stopped = Stopped.CAP


def pages(fetch: Callable[[str], Page], *, cap: int = 10_000) -> Pages[Page]:
    """Every page ``fetch`` has to give, at most ``cap`` of them. Look at ``stopped`` when the loop is over."""
    return Pages(fetch, cap)


def windows(start: datetime, end: datetime, *, longest: timedelta = LONGEST) -> list[Span]:
    """The time from ``start`` to ``end`` in spans of at most ``longest``, each beginning where the one before ends.

    Nothing when ``end`` does not come after ``start``. Raises ValueError for naive moments.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("windows need aware moments")
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    found: list[Span] = []
    while start < end:
        stop = min(start + longest, end)
        found.append((start, stop))
        start = stop
    return found


def halves(window: Span) -> list[Span]:
    """A window in two, cut at a whole second; itself alone where it is shorter than two seconds."""
    start, end = window
    if end - start < FINEST:
        return [window]
    middle = start + (end - start) / 2
    middle = middle.replace(microsecond=0) + timedelta(seconds=1) * (middle.microsecond > 0)
    return [(start, middle), (middle, end)]
