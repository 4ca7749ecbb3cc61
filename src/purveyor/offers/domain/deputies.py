"""Who answers a stage in another's place, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.offers.keys import KEYS
from purveyor.offers.models import Deputy
from purveyor.offers.rules import MANAGE, VIEW
from purveyor.people.models import User
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

LONGEST = timedelta(days=366)


def appoint(
    who: Who, profile: Profile, key: str, absent: User, deputy: User, begins_at: datetime, ends_at: datetime
) -> Deputy:
    """Let somebody answer a stage in another's place from a moment until before another, both aware.

    Who holds the stage's permission may do so for themselves; for others it needs ``offers.manage``. Raises NotFound
    for no such stage, Denied, and Refused with each problem and its field.
    """
    stage = KEYS.get(key)
    if stage is None:
        words = {"key": key, "keys": ", ".join(KEYS)}
        raise NotFound(_("There is no stage %(key)s; there are %(keys)s.") % words)
    if not (_is_own(who, absent) and who.may(stage.permission, profile)):
        who.require(MANAGE, profile)
    problems = [*_people_problems(profile, stage.permission, absent, deputy), *_time_problems(begins_at, ends_at)]
    if problems:
        raise Refused(_("Nobody was appointed."), problems)
    said: dict[str, Any] = {"key": key, "absent": absent, "deputy": deputy, "begins_at": begins_at, "ends_at": ends_at}
    with transaction.atomic():
        made = Deputy.objects.create(profile=profile, by=who.name, **said)
        record("offer.deputy_appointed", by=who.name, obj=made, new=_told(made))
    return made


def dismiss(who: Who, deputy: Deputy) -> None:
    """End it now, or before it begins. The absent person may, and who holds ``offers.manage``.

    Raises Denied, and NotFound where it is over.
    """
    if not _is_own(who, deputy.absent):
        who.require(MANAGE, deputy.profile)
    now = clock.now()
    with transaction.atomic():
        mine = Deputy.objects.filter(pk=deputy.pk, ends_at__gt=now)
        if not mine.filter(begins_at__lt=now).update(ends_at=now) and not mine.delete()[0]:
            raise NotFound(_("There is no such deputy, or their time is over."))
        record("offer.deputy_dismissed", by=who.name, obj=deputy, old=_told(deputy))


def _is_own(who: Who, person: User) -> bool:
    return who.user is not None and who.user.pk == person.pk


def _people_problems(profile: Profile, permission: str, absent: User, deputy: User) -> Iterator[Problem]:
    if not Who.of(absent).may(permission, profile):
        words = {"person": absent.username, "permission": permission, "profile": profile.name}
        said = _("%(person)s does not hold %(permission)s on profile %(profile)s, so nobody can stand in for them.")
        yield Problem(said % words, where="absent")
    if absent.pk == deputy.pk:
        yield Problem(_("Nobody is their own deputy."), where="deputy")
    elif not Who.of(deputy).may(VIEW, profile):
        words = {"person": deputy.username, "profile": profile.name}
        said = _("%(person)s may not see the offers of profile %(profile)s. Give them a role there first.")
        yield Problem(said % words, where="deputy")


def _time_problems(begins_at: datetime, ends_at: datetime) -> Iterator[Problem]:
    for name, at in (("begins_at", begins_at), ("ends_at", ends_at)):
        if at.tzinfo is None:
            yield Problem(_("A moment needs its offset."), where=name)
            return
    if ends_at <= begins_at:
        yield Problem(_("It ends before it begins."), where="ends_at")
    elif ends_at <= clock.now():
        yield Problem(_("This time is over."), where="ends_at")
    elif ends_at - begins_at > LONGEST:
        yield Problem(_("A deputy is appointed for %(days)d days at most.") % {"days": LONGEST.days}, where="ends_at")


def _told(one: Deputy) -> dict[str, Any]:
    return {
        "stage": one.key,
        "absent": one.absent.username,
        "deputy": one.deputy.username,
        "begins_at": one.begins_at,
        "ends_at": one.ends_at,
    }
