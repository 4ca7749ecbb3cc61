"""Who may manage whom: nobody gives, or takes over, what they do not hold themselves."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _

from purveyor.common.errors import Denied, NotFound
from purveyor.people import permissions
from purveyor.people.models import User
from purveyor.people.who import Who

MANAGE = "people.manage"
ProfileArg = Model | str | None


def covers(who: Who, user: User) -> bool:
    """Whether ``who`` may manage this person: people.manage, and all they hold, wherever they hold it.

    Whoever sets a password could sign in with it, so this must not reach further than their own arm.
    """
    grants = list(user.grants.select_related("profile"))
    if not grants:
        return who.may(MANAGE)
    return all(who.holds(permissions.held_by(grant.role) | {MANAGE}, grant.profile) for grant in grants)


def require_covers(who: Who, user: User) -> None:
    """Go on only when ``who`` may manage this person. Raises Denied."""
    if not covers(who, user):
        raise Denied(_("You may not manage %(name)s: that needs people.manage and all they hold.") % {"name": user})


def require_gives(who: Who, wanted: Iterable[str], profile: ProfileArg) -> None:
    """Go on only when ``who`` may give these permissions there. Raises Denied."""
    who.require(MANAGE, profile)
    if not who.holds(wanted, profile):
        raise Denied(_("You may not give what you do not hold yourself."))


def find_profile(profile: ProfileArg) -> Model | None:
    """The profile by name; None stays None (every profile). Raises NotFound."""
    if not isinstance(profile, str):
        return profile
    found = apps.get_model("profiles", "Profile")._default_manager.filter(name=profile).first()
    if found is None:
        raise NotFound(_("There is no profile %(name)s.") % {"name": profile})
    return found


def key_of(profile: Model | None) -> int | None:
    """The key a foreign key to the profile holds."""
    return None if profile is None else int(profile.pk)
