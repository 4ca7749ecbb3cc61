"""Where each sweep of a profile stands: one worker at a time, a position that moves only with what is stored.

``Held`` is a cursor in somebody's hands. Its ``keep`` is called inside the transaction that stores a page: when the
lease is gone meanwhile, the page is undone, for another worker is at it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from purveyor.common import clock
from purveyor.common.errors import Conflict, PurveyorError
from purveyor.intake.models import Cursor
from purveyor.jobs import lease
from purveyor.orders.records import Counts
from purveyor.profiles.models import Profile

# How often, unless somebody asks in between (PRODUCT §3).
EVERY = {
    "new": timedelta(minutes=15),
    "changed": timedelta(hours=1),
    "status": timedelta(hours=6),
    "missing": timedelta(days=1),
}
# Of a new profile, the orders come first.
FIRST = {
    "new": timedelta(0),
    "changed": timedelta(hours=1),
    "status": timedelta(minutes=2),
    "missing": timedelta(days=1),
}
# Longer than one page can take where Amazon throttles it to the last try (``amazon.retry``: about ten minutes): a
# worker that loses its cursor over it undoes the page, and so would the next. The dead are mostly known earlier.
LEASE_SECONDS = 750.0
# Amazon keeps orders for six months (FACTS §5.1); a profile without a cut-off starts a week back.
DEPTH = timedelta(days=180)
FIRST_REACH = timedelta(days=7)
# The clocks of two machines may differ by so much.
SKEW = timedelta(minutes=5)
_POLL = 0.5


def ensure(profile: Profile) -> None:
    """Make the cursors a profile lacks."""
    now = clock.now()
    Cursor.objects.bulk_create(
        [Cursor(profile=profile, sweep=name, next_at=now + FIRST[name]) for name in EVERY], ignore_conflicts=True
    )


def ensure_all() -> None:
    """``ensure`` for every profile that lacks any."""
    for profile in Profile.objects.annotate(have=Count("cursors")).filter(have__lt=len(EVERY)):
        ensure(profile)


def due(now: datetime) -> QuerySet[Cursor]:
    """The cursors whose time has come, of profiles that import and are not paused, held by nobody."""
    mine = {"profile__importing": True, "profile__paused_at": None}
    waiting = Cursor.objects.filter(lease.is_free(now), next_at__lte=now, **mine)
    return waiting.exclude(sweep="status", profile__reading_status=False).order_by("next_at")


def horizon(profile: Profile) -> datetime:
    """From when on this profile's orders concern us."""
    return profile.import_from or profile.created_at - FIRST_REACH


def begin_again(profile: Profile, sweep: str, since: datetime) -> None:
    """Set a sweep's cursor back, so that it reads from ``since`` once more, soon."""
    ensure(profile)
    mine = Cursor.objects.filter(profile=profile, sweep=sweep)
    mine.filter(position__gt=since).update(position=since)
    mine.update(next_at=clock.now())


def pull_back(now: datetime) -> None:
    """Bring near the sweeps whose next time lies further away than any does. One whose position lies ahead has not
    read what came since: it begins where the profile does; what is known is skipped by its content."""
    Cursor.objects.filter(next_at__gt=now + max(EVERY.values())).update(next_at=now)
    Cursor.objects.filter(position__gt=now + SKEW).update(position=None, next_at=now)


class Held:
    """A cursor this worker holds. Take it with ``take`` and end with ``done`` or ``failed``."""

    def __init__(self, cursor: Cursor, owner: str) -> None:
        self.cursor = cursor
        self.owner = owner
        self.position = cursor.position

    @property
    def profile(self) -> Profile:
        return self.cursor.profile

    def keep(self, position: datetime | None = None) -> None:
        """Hold it longer, and move it forward to ``position``. Raises Conflict when another worker has it.

        Somebody may have set it back meanwhile (``begin_again``); then it stays there.
        """
        if not lease.renew(self.cursor, self.owner, LEASE_SECONDS):
            raise Conflict(f"another worker runs the sweep {self.cursor.sweep} of {self.profile}")
        if position is None or (self.position is not None and position <= self.position):
            return
        if Cursor.objects.filter(pk=self.cursor.pk, position=self.position).update(position=position):
            self.position = position

    def done(self, counts: Counts, **more: Any) -> None:
        """It ran to its end."""
        now = clock.now()
        self._give_back(
            next_at=now + EVERY[self.cursor.sweep], last_run_at=now, result=counts.as_dict() | more, problem={}
        )

    def failed(self, error: BaseException) -> None:
        """It could not; the problem is kept for people to see. Each next try waits twice as long as the one before."""
        now, tries = clock.now(), int(self.cursor.problem.get("tries", 0)) + 1
        pause = min(EVERY[self.cursor.sweep], timedelta(minutes=1) * 2 ** min(tries - 1, 10))
        self._give_back(next_at=now + pause, last_run_at=now, problem=_shown(error) | {"tries": tries})

    def _give_back(self, **changes: Any) -> None:
        """Let go; when somebody set the position back meanwhile, it is due again at once."""
        if self.position is not None and "result" in changes:
            moved = Cursor.objects.filter(pk=self.cursor.pk).exclude(position=self.position).exists()
            changes["next_at"] = clock.now() if moved else changes["next_at"]
        lease.give_back(self.cursor, self.owner, **changes)


def take(profile: Profile, sweep: str, *, wait: float = 0.0) -> Held:
    """Hold a profile's cursor, waiting so many seconds for another worker to end. Raises Conflict."""
    ensure(profile)
    cursor = Cursor.objects.select_related("profile").get(profile=profile, sweep=sweep)
    until = clock.now() + timedelta(seconds=wait)
    while (owner := lease.claim(cursor, LEASE_SECONDS)) is None:
        if clock.now() >= until:
            raise Conflict(f"The sweep {sweep} of {profile} is running already.", hint="Wait until it has ended.")
        clock.sleep(_POLL)
    cursor.refresh_from_db()
    return Held(cursor, owner)


def _shown(error: BaseException) -> dict[str, Any]:
    if not isinstance(error, PurveyorError):
        return {"code": "error", "message": type(error).__name__, "remedy": "tell the developer"} | _at()
    found = error.as_dict()
    names = ("code", "message", "remedy", "hint", "request_id", "operation")
    return {name: found.get(name, "") for name in names} | _at()


def _at() -> dict[str, str]:
    return {"at": clock.now().isoformat()}
