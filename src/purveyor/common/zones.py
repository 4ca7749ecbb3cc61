"""Which names of time zones are taken, wherever somebody says one."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> dict[str, str]:
    """The names of the IANA database by their lower case; not the bare abbreviations among them, which name no place
    and know no summer time."""
    return {name.lower(): name for name in available_timezones() if "/" in name or name == "UTC"}


def zone_name(text: str) -> str:
    """A zone as the database spells it; the text itself, without blanks around, where there is none of that name."""
    text = text.strip()
    return zone_names().get(text.lower(), text)


def is_zone(name: str) -> bool:
    """Whether there is a zone of just this name."""
    return zone_names().get(name.lower()) == name
