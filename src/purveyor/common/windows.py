"""Ship and delivery windows: two instants in one string, joined by a double hyphen (FACTS §9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def moment(text: str) -> datetime:
    """Read an ISO 8601 moment; without a zone it is UTC. Raises ValueError otherwise."""
    found = datetime.fromisoformat(text.strip())
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def moment_or_none(text: str) -> datetime | None:
    """As ``moment``; None where there is none or it cannot be read."""
    try:
        return moment(text)
    except ValueError:
        return None


def zulu(at: datetime) -> str:
    """A moment as Amazon wants it: UTC, milliseconds only when there are any, ending in Z."""
    at = at.astimezone(UTC)
    text = at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def local(text: str, zone: str) -> str:
    """A moment as a clock in that IANA zone shows it, to the minute. Raises ValueError for what is no moment."""
    return moment(text).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start`` to ``end``, both aware. The same moment twice means: exactly on that day."""

    start: datetime
    end: datetime

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read ``start--end``. Raises ValueError when a half is missing, unreadable, or the end comes first."""
        start, mark, end = text.partition("--")
        if not mark:
            raise ValueError(f"{text!r} is not a window: two moments joined by -- are expected")
        found = cls(moment(start), moment(end))
        if found.end < found.start:
            raise ValueError(f"{text!r} ends before it starts")
        return found

    def __str__(self) -> str:
        return f"{zulu(self.start)}--{zulu(self.end)}"
