"""What the alerts ask about people (``alerts.directory``): who holds a role or a permission on a profile."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from purveyor.alerts.directory import Person
from purveyor.people.models import Grant, User, spell
from purveyor.people.permissions import ROLES, check, held_by


class Directory:
    """Answers from the grants as they are now. Without a profile, only what is held on every profile counts."""

    def named(self, name: str) -> Person | None:
        """The active person of a name."""
        return next(iter(_people(_active().filter(username=spell(name)))), None)

    def of(self, keys: Collection[int]) -> list[Person]:
        """The active ones among these."""
        return _people(_active().filter(pk__in=keys))

    def in_role(self, role: str, profile_id: int | None) -> list[Person]:
        """Those who hold this role there."""
        return self._holding([role], profile_id)

    def who_may(self, permission: str, profile_id: int | None) -> list[Person]:
        """Those who hold this permission there."""
        check(permission)
        return self._holding([role for role in ROLES if permission in held_by(role)], profile_id)

    def roles(self) -> list[str]:
        """The names of the roles there are."""
        return list(ROLES)

    def _holding(self, roles: Iterable[str], profile_id: int | None) -> list[Person]:
        where = Q(profile=None) if profile_id is None else Q(profile=None) | Q(profile_id=profile_id)
        holders = Grant.objects.filter(where, role__in=list(roles)).values("user_id")
        return _people(_active().filter(pk__in=holders))


def _active() -> QuerySet[User]:
    return User.objects.filter(is_active=True).order_by("username")


def _people(users: QuerySet[User]) -> list[Person]:
    return [Person(u.pk, u.username, u.get_full_name(), u.email, str(u.language)) for u in users]
