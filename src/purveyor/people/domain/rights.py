"""Who may what: people by profiles by permissions, as the roles they hold make it at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.people import permissions
from purveyor.people.domain.manage import MANAGE
from purveyor.people.models import Grant, User
from purveyor.people.who import Who

Place = str | None
"""A profile's name; None for every profile there is and will be."""


@dataclass(frozen=True, slots=True)
class Right:
    """What somebody holds in one place. Roles given on every profile count in each, and are named again there."""

    user: User
    profile: Place
    roles: tuple[str, ...]
    permissions: frozenset[str]


def rights(who: Who, profile: str = "", permission: str = "") -> list[Right]:
    """What everybody holds whom ``who`` manages, by name, and in any case what ``who`` holds; whoever is shut out
    holds nothing and is left out.

    With a profile: on this one. With a permission: only who holds it there. Whoever manages people on some profiles
    alone sees those profiles only. Raises NotFound for a profile that is not theirs to see, Refused for an unknown
    permission.
    """
    _check(who, profile, permission)
    managed = who.profile_names(MANAGE)
    found = [right for user in _people(who, managed) for right in _of(who, user, managed, profile)]
    return [right for right in found if not permission or permission in right.permissions]


def held(grants: Iterable[tuple[str, Place]]) -> dict[Place, tuple[str, ...]]:
    """The roles in each place a person holds any in, those of every profile among them, from their grants."""
    by_place: dict[Place, list[str]] = {}
    for role, place in sorted(grants, key=lambda grant: (grant[1] or "", grant[0])):
        by_place.setdefault(place, []).append(role)
    everywhere = by_place.get(None, [])
    return {place: tuple(dict.fromkeys([*everywhere, *roles])) for place, roles in by_place.items()}


def _check(who: Who, profile: str, permission: str) -> None:
    if permission and permission not in permissions.PERMISSIONS:
        said = _("There is no permission %(name)s.") % {"name": permission}
        raise Refused(said, [Problem(said, where="permission")])
    if profile and not who.profiles().filter(name=profile).exists():
        raise NotFound(_("There is no profile %(name)s.") % {"name": profile})


def _people(who: Who, managed: frozenset[str] | None) -> Iterable[User]:
    grants = Prefetch("grants", Grant.objects.select_related("profile").order_by("role", "id"))
    found = User.objects.filter(is_active=True).prefetch_related(grants).order_by("username")
    if managed is None or managed:
        return found
    return found.filter(pk=who.user.pk) if who.user else found.none()


def _of(who: Who, user: User, managed: frozenset[str] | None, profile: str) -> Iterator[Right]:
    """The rows of one person: the places they hold something in, those asked for, those that are the asker's to see."""
    places = held((grant.role, grant.profile.name if grant.profile else None) for grant in user.grants.all())
    mine = managed is None or (who.user is not None and who.user.pk == user.pk)
    wanted: Iterable[Place] = [profile] if profile else places if mine else sorted(managed or ())
    for place in wanted:
        if mine or place in (managed or ()):
            yield from _right(user, place, places)


def _right(user: User, place: Place, places: Mapping[Place, tuple[str, ...]]) -> Iterator[Right]:
    roles = places.get(place) or places.get(None, ())
    if roles:
        yield Right(user, place, roles, frozenset().union(*(permissions.held_by(role) for role in roles)))
