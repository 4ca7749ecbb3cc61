"""When the secrets of a profile last gave an access token, and which client secret it was: evidence for the doctor."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import Q

from purveyor.common import clock
from purveyor.profiles.models import Profile, Secret

OFTEN = timedelta(hours=1)
"""Written at most so often, unless it is another secret than before."""
_SLOTS = (Secret.Slot.NEW, Secret.Slot.OLD)


def note_worked(profile_id: int, slot: str) -> None:
    """A token exchange worked with the client secret of this slot. One statement; changes nothing within the hour."""
    now = clock.now()
    old = Q(worked_at=None) | Q(worked_at__lte=now - OFTEN) | ~Q(worked_slot=slot)
    Profile.objects.filter(old, pk=profile_id).update(worked_at=now, worked_slot=slot)


def noting(profile: Profile) -> Callable[[int], None]:
    """What a client tells of its exchanges. Evidence only: a busy database must not cost the token."""

    def granted(place: int) -> None:
        with suppress(DatabaseError):
            note_worked(profile.pk, _SLOTS[min(place, 1)])

    return granted
