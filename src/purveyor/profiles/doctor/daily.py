"""Every profile is examined once a day by itself, spread over the day so that they do not all ask at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from purveyor.people.who import Who
from purveyor.profiles.doctor.kept import EVERY, check_profile
from purveyor.profiles.models import Profile
from purveyor.profiles.queries import connected

SOONEST = timedelta(hours=1)
_STEP = timedelta(minutes=277)
"""Profiles after one another lie so far apart; it has no divisor in common with the minutes of a day."""


def due(now: datetime, limit: int) -> list[int]:
    """The profiles whose examination has come. New ones are given their time of the day first."""
    for profile in connected().filter(check_at=None).only("pk"):
        Profile.objects.filter(pk=profile.pk, check_at=None).update(check_at=now + first_after(profile.pk))
    waiting = connected().filter(check_at__lte=now).order_by("check_at", "pk")
    return list(waiting.values_list("pk", flat=True)[:limit])


def first_after(number: int) -> timedelta:
    """How long after it was noticed a profile is first examined: from an hour to a day and an hour."""
    return SOONEST + (_STEP * number) % EVERY


def examine_one(profile_id: int, now: datetime) -> None:
    """Examine a profile that is due. Nothing when another worker is at it, or when it was disconnected meanwhile."""
    mine = connected().filter(pk=profile_id, check_at__lte=now)
    if mine.update(check_at=now + EVERY):
        check_profile(Who.system("profiles.daily_check"), Profile.objects.get(pk=profile_id))


def pull_back(now: datetime) -> None:
    """Bring near what a clock that ran ahead has put too far away."""
    Profile.objects.filter(check_at__gt=now + EVERY + SOONEST).update(check_at=now)
