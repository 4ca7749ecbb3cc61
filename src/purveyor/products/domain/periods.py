"""Where an agreed cost begins and ends among the others of its product and marketplace. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A cost and its days, both included; without ``ends`` until further notice."""

    begins: date
    ends: date | None
    amount: Decimal
    currency: str

    def covers(self, day: date) -> bool:
        return self.begins <= day and (self.ends is None or day <= self.ends)


class Overlap(ValueError):
    """A cost with an end reaches into one that begins later; ``other`` is that one."""

    def __init__(self, other: Period) -> None:
        super().__init__(f"it reaches into the period that begins {other.begins}")
        self.other = other


def place(periods: Sequence[Period], new: Period) -> list[Period]:
    """All periods with the new one among them, in order of their days; none overlap.

    The one before it ends the day before; what remains of that one behind the new one's own end goes on. One that
    begins the same day is replaced. Without an end the new one ends where the next begins. Raises Overlap where it has
    an end and still reaches into one that begins later.
    """
    later = min((p for p in periods if p.begins > new.begins), key=lambda p: p.begins, default=None)
    if later is not None:
        if new.ends is None:
            new = replace(new, ends=later.begins - DAY)
        elif new.ends >= later.begins:
            raise Overlap(later)
    found = [new]
    for one in periods:
        if one.begins != new.begins:
            found.append(replace(one, ends=new.begins - DAY) if one.covers(new.begins) else one)
        rest = _rest(one, new)
        if rest is not None:
            found.append(rest)
    return sorted(found, key=lambda p: p.begins)


def _rest(one: Period, new: Period) -> Period | None:
    """What of a period lies behind the end of the new one that was put into it."""
    if new.ends is None or new.ends == date.max:
        return None  # many systems write 31.12.9999 for an open end: behind it is no day
    if not one.covers(new.begins) or one.begins == new.begins or not one.covers(new.ends + DAY):
        return None
    return replace(one, begins=new.ends + DAY)
