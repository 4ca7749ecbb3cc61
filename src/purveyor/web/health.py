"""How the sweeps of a profile are doing, in words and colours of the pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from purveyor.common import clock
from purveyor.intake.models import Cursor
from purveyor.profiles.models import Profile

SWEEPS: dict[str, Any] = {
    "new": _("New orders"),
    "changed": _("Changed orders"),
    "status": _("Status read-back"),
    "missing": _("Missing orders"),
}
# A sweep is late when it should have begun so long ago.
LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep of one profile. ``state`` is fine, late, never, paused, trouble, or stopped where it is off."""

    word: Any
    state: str
    cursor: Cursor

    @property
    def problem(self) -> Any:
        return self.cursor.problem


@dataclass
class Health:
    """One profile with its sweeps."""

    profile: Profile
    sweeps: list[Sweep] = field(default_factory=list)

    @property
    def worst(self) -> str:
        """The state that says most about the whole profile."""
        if self.profile.paused_at is not None:
            return "paused"
        if self.profile.trouble:
            return "trouble"
        found = {sweep.state for sweep in self.sweeps}
        return next((state for state in ("trouble", "late", "fine", "stopped") if state in found), "never")

    @property
    def ran(self) -> datetime | None:
        """When anything was fetched last."""
        return max((s.cursor.last_run_at for s in self.sweeps if s.cursor.last_run_at), default=None)


def health_of(profiles: Iterable[Profile]) -> list[Health]:
    """The health of profiles, in their order; two queries however many there are."""
    found = {profile.pk: Health(profile) for profile in profiles}
    order = list(SWEEPS)
    for cursor in Cursor.objects.filter(profile__in=list(found)):
        found[cursor.profile_id].sweeps.append(_sweep(found[cursor.profile_id].profile, cursor))
    for one in found.values():
        one.sweeps.sort(key=lambda s: order.index(s.cursor.sweep) if s.cursor.sweep in order else len(order))
    return list(found.values())


def _sweep(profile: Profile, cursor: Cursor) -> Sweep:
    off = not profile.importing or (cursor.sweep == "status" and not profile.reading_status)
    return Sweep(SWEEPS.get(cursor.sweep, cursor.sweep), "stopped" if off else _state(profile, cursor), cursor)


def _state(profile: Profile, cursor: Cursor) -> str:
    if cursor.problem:
        return "trouble"
    if profile.paused_at is not None:
        return "paused"
    now = clock.now()
    if cursor.next_at and cursor.next_at + LATE_AFTER < now and not (cursor.lease_until and cursor.lease_until > now):
        return "late"
    return "fine" if cursor.last_run_at else "never"
