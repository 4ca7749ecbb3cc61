"""The one who acts: a person, a token, the system, or the operator at the shell. Every verb is handed one."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from purveyor.common.errors import Denied
from purveyor.people import permissions
from purveyor.people.models import Grant, Token, User

if TYPE_CHECKING:
    # A type alone: this package knows no later one, only the label of its foreign keys.
    ProfileRef = Model | str | int | None

Held = dict[int | None, frozenset[str]]


class Who:
    """Somebody or something that acts, with what it may do. Make it with ``of``, ``of_token``, ``system`` or ``cli``.

    What it holds is read from the database once, with the first question; make a new one for each request.
    """

    def __init__(self, name: str, *, user: User | None = None, token: Token | None = None) -> None:
        self.name = name
        self.user = user
        self.token = token

    @classmethod
    def of(cls, user: User) -> Who:
        """A person who signed in."""
        return cls(f"user:{user.username}", user=user)

    @classmethod
    def of_token(cls, token: Token) -> Who:
        """A machine: what the token's scopes and profile allow, and never more than its owner holds right now."""
        return cls(f"token:{token.user.username}/{token.name}", user=token.user, token=token)

    @classmethod
    def system(cls, task: str) -> Who:
        """The hub itself, at work on a task such as ``intake.new``. May everything."""
        return cls(f"system:{task}")

    @classmethod
    def cli(cls) -> Who:
        """The operator at the shell, who owns the files anyway. May everything."""
        return cls(f"cli:{_os_user()}")

    def __repr__(self) -> str:
        return f"<Who {self.name}>"

    @property
    def language(self) -> str:
        """The language to speak to them: ``en`` or ``de``."""
        return str(self.user.language if self.user else settings.LANGUAGE_CODE)

    def is_person(self, user: User) -> bool:
        """Whether this is that person in person, and not one of their tokens."""
        return self.token is None and self.user is not None and self.user.pk == user.pk

    def may(self, permission: str, profile: ProfileRef = None) -> bool:
        """Whether it holds a permission on a profile (a Profile, its name or its key).

        Without a profile: on every profile there is and will be. Whether it holds it on any at all is
        ``may_somewhere``. Raises UnknownPermission.
        """
        return self.holds([permission], profile)

    def holds(self, wanted: Iterable[str], profile: ProfileRef = None) -> bool:
        """Whether it holds all of these permissions on a profile, or without one on every profile."""
        asked = {permissions.check(permission) for permission in wanted}
        if self.user is None:
            return True
        return asked <= self._on(self._key(profile))

    def may_somewhere(self, permission: str) -> bool:
        """Whether it holds a permission on one profile at least: for what is shown, never for what is done."""
        permissions.check(permission)
        return self.user is None or any(permission in held for held in self._held.values())

    def require(self, permission: str, profile: ProfileRef = None) -> None:
        """Go on only with this permission (see ``may``). Raises Denied, which names it in a sentence."""
        if not self.may(permission, profile):
            self._deny(permission, profile)

    def require_somewhere(self, permission: str) -> None:
        """Go on only with this permission on one profile at least; then show only ``profiles(permission)``."""
        if not self.may_somewhere(permission):
            self._deny(permission, None)

    def profiles(self, permission: str = "") -> QuerySet[Any]:
        """The profiles it may see: those where it holds this permission, or any permission at all."""
        every = apps.get_model("profiles", "Profile")._default_manager.all()
        reach = self._reach(permission)
        return every if reach is None else every.filter(pk__in=reach)

    def profile_names(self, permission: str) -> frozenset[str] | None:
        """The names of the profiles where it holds a permission; None means every profile and what belongs to none."""
        reach = self._reach(permission)
        return None if reach is None else frozenset(self._names.get(key, "") for key in reach)

    def _reach(self, permission: str) -> set[int] | None:
        """The keys of the profiles where it holds the permission (any, if empty); None for every profile."""
        if self.user is None:
            return None
        with_it = [key for key, held in self._held.items() if (permission in held if permission else held)]
        return None if None in with_it else {key for key in with_it if key is not None}

    def _deny(self, permission: str, profile: ProfileRef) -> None:
        words = {"permission": permission, "sentence": permissions.PERMISSIONS[permission], "profile": profile}
        if profile is None:
            raise Denied(_("This needs the permission %(permission)s: %(sentence)s") % words)
        raise Denied(_("On profile %(profile)s this needs the permission %(permission)s: %(sentence)s") % words)

    def _on(self, key: int | None) -> frozenset[str]:
        return self._held.get(None, frozenset()) | self._held.get(key, frozenset())

    def _key(self, profile: ProfileRef) -> int | None:
        """The profile's key; -1, which no profile has, for a name on which nothing is held."""
        if isinstance(profile, Model):
            return int(profile.pk)
        if isinstance(profile, str):
            return next((key for key, name in self._names.items() if name == profile), -1)
        return profile

    @cached_property
    def _grants(self) -> list[tuple[str, int | None, str | None]]:
        if self.user is None or not self.user.is_active:
            return []
        found = Grant.objects.filter(user=self.user).order_by("id")
        return list(found.values_list("role", "profile_id", "profile__name"))

    @cached_property
    def _names(self) -> dict[int, str]:
        names = {key: str(name) for _role, key, name in self._grants if key is not None}
        if self.token is not None and self.token.profile_id is not None and self.token.profile is not None:
            names[self.token.profile_id] = str(self.token.profile)
        return names

    @cached_property
    def _held(self) -> Held:
        held: Held = {}
        for role, key, _name in self._grants:
            held[key] = held.get(key, frozenset()) | permissions.held_by(role)
        return held if self.token is None else _cut(held, self.token)


def _cut(held: Held, token: Token) -> Held:
    """What remains of the owner's permissions under a token."""
    scopes = frozenset(token.scopes)
    if token.profile_id is None:
        return {key: found & scopes for key, found in held.items()}
    owner = held.get(None, frozenset()) | held.get(token.profile_id, frozenset())
    return {token.profile_id: owner & scopes}


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
