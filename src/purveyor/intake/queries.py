"""What people ask of the intake: how the sweeps fare, what stands aside, which words are new."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import NotFound
from purveyor.intake.cursors import EVERY
from purveyor.intake.models import Aside, Cursor, FieldSeen
from purveyor.people.who import Who
from purveyor.profiles.models import Profile


def sweep_health(profile: Profile) -> list[dict[str, Any]]:
    """Each sweep of a profile, in the order they matter: up to where, when last and next, with what outcome."""
    held = {cursor.sweep: cursor for cursor in Cursor.objects.filter(profile=profile)}
    return [_health(held[name]) for name in EVERY if name in held]


def _health(cursor: Cursor) -> dict[str, Any]:
    now = clock.now()
    return {
        "sweep": cursor.sweep,
        "position": cursor.position,
        "last_run_at": cursor.last_run_at,
        "next_at": cursor.next_at,
        "running": cursor.lease_until is not None and cursor.lease_until > now,
        "result": cursor.result,
        "problem": cursor.problem,
    }


def failing_sweeps(who: Who) -> QuerySet[Cursor]:
    """The sweeps whose last try failed, of the profiles one may see; for Today."""
    mine = Cursor.objects.filter(profile__in=who.profiles("profiles.view"), profile__importing=True)
    return mine.exclude(problem={}).select_related("profile")


def open_asides(who: Who) -> QuerySet[Aside]:
    """The documents that could not be understood and still wait for it, newest first."""
    mine = Aside.objects.filter(profile__in=who.profiles("orders.view"), resolved_at=None)
    return mine.defer("raw").select_related("profile").order_by("-at", "-pk")


def aside_of(who: Who, number: int) -> Aside:
    """One of them, with its bytes. Raises NotFound."""
    found = open_asides(who).defer(None).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such document."))
    return found


def new_names() -> QuerySet[FieldSeen]:
    """Field names and words of Amazon's we do not know, the latest first."""
    return FieldSeen.objects.order_by("-first_seen_at", "-pk")
