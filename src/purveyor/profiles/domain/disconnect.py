"""Letting a profile go: its secrets are wiped, its orders and documents kept."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.jobs import runs
from purveyor.jobs.states import RUN
from purveyor.people.who import Who
from purveyor.profiles.domain import secrets
from purveyor.profiles.domain.profiles import require_managing, switch_off
from purveyor.profiles.domain.trouble import forget_trouble
from purveyor.profiles.models import Profile
from purveyor.vault import sealing


def disconnect_profile(who: Who, profile: Profile, because: str = "") -> None:
    """Switch importing and sending off and wipe secrets and access tokens; orders and documents stay.

    Long work of the profile is cancelled. Storing both secrets again connects it again; both switches stay off until
    somebody turns them on. Disconnecting twice changes nothing. Raises Denied.
    """
    require_managing(who, profile)
    with transaction.atomic():
        sealing.lock_ring()  # before any other row, as whoever seals does
        found = Profile.objects.select_for_update().get(pk=profile.pk)
        if found.disconnected_at is None:
            Profile.objects.filter(pk=profile.pk).update(disconnected_at=clock.now())
            switch_off(who, found, because)
            secrets.wipe(who, found)
            forget_trouble(who, found)
            record("profile.disconnected", by=who.name, obj=found, because=because)
            for run in found.runs.exclude(state__in=sorted(RUN.ends)):
                with suppress(Refused):  # it has ended meanwhile
                    runs.cancel(run, by=who.name)
    profile.refresh_from_db()
