"""Who may answer a stage of an offer, and who may confirm what another answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from purveyor.common import clock
from purveyor.offers.domain.sums import value_after
from purveyor.offers.keys import KEYS
from purveyor.offers.models import Deputy, Stage
from purveyor.people.who import Who
from purveyor.profiles import dated

VIEW = "offers.view"
MANAGE = "offers.manage"
SECOND = "offers.second"
COMPLETE = "offers.complete"
REOPEN = "offers.reopen"


def may_answer(who: Who, stage: Stage) -> bool:
    """Whether somebody may answer a stage: they hold its permission on the offer's profile, or stand in for one who
    does."""
    return may_answer_key(who, stage.key, stage.offer.profile)


def may_answer_key(who: Who, key: str, profile: Any) -> bool:
    """The same for every offer of a profile."""
    permission = KEYS[key].permission
    return who.may(permission, profile) or _stands_in(who, key, permission, profile)


def _stands_in(who: Who, key: str, permission: str, profile: Any, *, but: int | None = None) -> bool:
    """Whether somebody is deputy of one who holds the permission still, leaving out one absent person. A token counts
    as far as it is cut."""
    if who.user is None or not who.may(VIEW, profile):
        return False
    token = who.token
    if token is not None and (permission not in token.scopes or token.profile_id not in (None, profile.pk)):
        return False
    now = clock.now()
    rows = Deputy.objects.filter(profile=profile, key=key, deputy=who.user, begins_at__lte=now, ends_at__gt=now)
    rows = rows.exclude(absent=but) if but is not None else rows
    return any(Who.of(one.absent).may(permission, profile) for one in rows.select_related("absent"))


def may_confirm(who: Who, stage: Stage) -> bool:
    """Whether somebody may be the second person of a stage: never the one who handed it on, in person, by a token or
    by a deputy of theirs; above the value limit only who may confirm, else the stage's own people too."""
    if is_approver(who, stage):
        return False
    if who.may(SECOND, stage.offer.profile):
        return True
    if above_limit(stage):
        return False
    permission, profile = KEYS[stage.key].permission, stage.offer.profile
    return who.may(permission, profile) or _stands_in(who, stage.key, permission, profile, but=stage.approver_id)


def is_approver(who: Who, stage: Stage) -> bool:
    """Whether they handed the stage on; what has no user is told by its name."""
    if who.user is not None and stage.approver_id is not None:
        return bool(who.user.pk == stage.approver_id)
    return who.name == stage.approved_by


def second_needed(stage: Stage) -> bool:
    """Whether a stage needs a second person, as its profile's settings say now."""
    return bool(dated.value(stage.offer.profile, "offers.four_eyes")) or above_limit(stage)


def above_limit(stage: Stage) -> bool:
    """Whether what the offer comes to after a stage reaches the limit from which a second approver looks."""
    limit: Decimal = dated.value(stage.offer.profile, "offers.value_limit")
    return limit > 0 and value_after(stage) >= limit
