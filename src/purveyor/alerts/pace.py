"""When a route tells: at once, on the hour, once a day, never in quiet hours. Pure: functions of local times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Times:
    """``hourly`` or ``daily_at`` gather; neither is at once. ``quiet`` is from and until, over midnight where the
    second is the earlier. All are local times of ``zone``."""

    zone: str = "UTC"
    hourly: bool = False
    daily_at: time | None = None
    quiet: tuple[time, time] | None = None
    serious_breaks: bool = True


def due_at(times: Times, serious: bool, now: datetime) -> datetime:
    """When to tell what happens now. What is serious breaks through quiet hours where the route lets it, but waits
    for the others it is gathered with."""
    zone = ZoneInfo(times.zone)
    found = now
    if times.daily_at is not None:
        found = next_at(times.daily_at, zone, now)
    elif times.hourly:
        local = now.astimezone(zone)
        # The next full hour by what the clocks there show; zones lie a half or a quarter of an hour apart.
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        found = now - past + timedelta(hours=1)
    if times.quiet and is_quiet(times.quiet, found.astimezone(zone).time()) and not (serious and times.serious_breaks):
        found = next_at(times.quiet[1], zone, found)
    return found.astimezone(UTC)


def next_at(at: time, zone: ZoneInfo, after: datetime) -> datetime:
    """The next moment behind ``after`` at which the clocks there show a time."""
    day = after.astimezone(zone).date()
    found = datetime.combine(day, at, zone)
    if found.astimezone(UTC) <= after:
        found = datetime.combine(day + timedelta(days=1), at, zone)
    return found.astimezone(UTC)


def is_quiet(quiet: tuple[time, time], at: time) -> bool:
    """Whether a local time lies in the quiet hours: the first included, the last not."""
    begin, end = quiet
    return begin <= at < end if begin <= end else at >= begin or at < end
