"""What waits while a profile is paused: its deadlines go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from purveyor.orders.queries import Deadlines, deadlines
from purveyor.people.who import Who
from purveyor.profiles.models import Profile


@dataclass(frozen=True, slots=True)
class Paused:
    """A paused profile: since when, when it is tried again, and what is due meanwhile."""

    since: datetime
    again: datetime | None
    waiting: Deadlines


def paused_of(who: Who, profiles: Iterable[Profile]) -> dict[int, Paused]:
    """The paused ones among profiles, by key; two queries however many there are, none where none is paused."""
    found = [profile for profile in profiles if profile.paused_at is not None]
    waiting = deadlines(who, found) if found else {}
    return {
        profile.pk: Paused(profile.paused_at, profile.probe_at, waiting.get(profile.pk, Deadlines()))
        for profile in found
        if profile.paused_at is not None
    }
