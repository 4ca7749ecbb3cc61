"""Query parameters as Amazon reads them: unknown names are ignored without a word (FACTS §11 row 6)."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta

from werkzeug.datastructures import MultiDict

from purveyor.common.windows import moment
from purveyor.simulator.model import millis
from purveyor.simulator.spapi.envelope import invalid, unreadable

# FACTS §5.1: a range of at most seven days, within the last six months.
LONGEST = timedelta(days=7)
DEEPEST = timedelta(days=183)

Args = MultiDict[str, str]
Span = tuple[int, int]


def when(args: Args, name: str) -> datetime | None:
    """A moment, or None when absent. Raises Bad for what is no ISO 8601 date and time."""
    text = args.get(name)
    if text is None:
        return None
    try:
        if "T" not in text:
            raise ValueError
        return moment(text)
    except ValueError:
        raise unreadable("The request is invalid.", f"{name} is not an ISO 8601 date and time.") from None


def flag(args: Args, name: str, usual: bool) -> bool:
    """A boolean written as text."""
    text = args.get(name, str(usual)).lower()
    if text not in {"true", "false"}:
        raise invalid(f"{name} must be true or false.")
    return text == "true"


def word(args: Args, name: str, words: Container[str]) -> str:
    """One of the words Amazon knows; empty when absent."""
    text = args.get(name, "")
    if name in args and text not in words:
        raise invalid(f"{text!r} is no value of {name}.")
    return text


def limit(args: Args) -> int:
    """Page size: 1 to 100, 100 when absent."""
    text = args.get("limit", "100")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 100:
        raise invalid("limit must be a whole number from 1 to 100.")
    return int(text)


def span(args: Args, name: str, now: datetime) -> Span | None:
    """The range ``nameAfter`` to ``nameBefore`` in milliseconds, both ends included; None when neither is given.

    An open end is now, an open beginning seven days before the end. Raises Bad for more than seven days or a range that
    ends before it begins.
    """
    after, before = when(args, f"{name}After"), when(args, f"{name}Before")
    if after is None and before is None:
        return None
    end = before or max(now, after or now)
    start = after or end - LONGEST
    if start > end:
        raise invalid(f"{name}After is later than {name}Before.")
    if end - start > LONGEST:
        raise invalid(f"The range from {name}After to {name}Before is longer than 7 days.")
    return millis(start), millis(end)


def recent(now: datetime) -> Span:
    """The last seven days."""
    return millis(now - LONGEST), millis(now)


def deepest(now: datetime) -> int:
    """The earliest moment data reach back to."""
    return millis(now - DEEPEST)
