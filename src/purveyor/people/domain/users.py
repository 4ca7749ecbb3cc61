"""People and their roles: add, change, shut out. There is always somebody left who may do all this."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.people import passwords, permissions
from purveyor.people.domain import manage
from purveyor.people.domain.manage import ProfileArg
from purveyor.people.models import Grant, Language, Token, User, spell
from purveyor.people.who import Who

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,59}")


def find_user(username: str) -> User:
    """The person of this name, in any case. Raises NotFound."""
    found = User.objects.filter(username=spell(username)).first()
    if found is None:
        raise NotFound(_("There is no user %(name)s.") % {"name": username})
    return found


def add_user(
    name: str,
    password: str,
    role: str,
    profile: ProfileArg = None,
    *,
    who: Who,
    full_name: str = "",
    email: str = "",
    language: str = Language.ENGLISH,
) -> User:
    """Add a person with a first role, on one profile or on every one.

    Raises Refused (name taken or of the wrong form, weak password, unknown role), Denied, NotFound (profile).
    """
    known, where = permissions.find_role(role), manage.find_profile(profile)
    manage.require_gives(who, known.permissions, where)
    username = spell(name)
    check_name(username)
    passwords.check(password, username)
    user = User(username=username, full_name=full_name, email=email, language=language)
    user.password = make_password(password)
    return insert_with_role(user, known.name, where, who)


def insert_with_role(user: User, role: str, where: Model | None, who: Who) -> User:
    """Store a checked new person with a role; rights are the caller's to check. Raises Refused for a taken name."""
    with transaction.atomic():
        _insert(user)
        told = {"role": role, "full_name": user.full_name, "language": str(user.language)}
        record("user.added", by=who.name, obj=user, new=told, profile=_name(where))
        _add_grant(user, role, where, who)
    return user


def grant(user: User, role: str, profile: ProfileArg = None, *, who: Who) -> bool:
    """Give a role, on one profile or on every one. False when they had it."""
    known, where = permissions.find_role(role), manage.find_profile(profile)
    manage.require_gives(who, known.permissions, where)
    with transaction.atomic():
        return _add_grant(user, known.name, where, who)


def take_back(user: User, role: str, profile: ProfileArg = None, *, who: Who) -> bool:
    """Take a role. False when they did not have it. Raises Refused for the last administrator's."""
    known, where = permissions.find_role(role), manage.find_profile(profile)
    manage.require_gives(who, known.permissions, where)
    with _an_administrator_stays():
        done = bool(user.grants.filter(_at(where), role=known.name).delete()[0])
        if done:
            record("grant.taken", by=who.name, obj=user, old={"role": known.name}, profile=_name(where))
    return done


def set_password(user: User, password: str, *, who: Who) -> None:
    """Set a new password, one's own or of somebody one manages; all their sessions end. Raises Refused, Denied."""
    _require_self_or_manager(user, who)
    passwords.check(password, user.username)
    user.password = make_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        record("user.password_set", by=who.name, obj=user)


def change_user(
    user: User, *, who: Who, full_name: str | None = None, email: str | None = None, language: str | None = None
) -> None:
    """Change what is not given as None, one's own or of somebody one manages."""
    _require_self_or_manager(user, who)
    asked = {"full_name": full_name, "email": email, "language": language}
    changes = {field: value for field, value in asked.items() if value is not None and value != getattr(user, field)}
    if changes.get("language", Language.ENGLISH) not in Language.values:
        raise Refused(_("The pages do not speak this language."), [Problem("", where="language")])
    if not changes:
        return
    old = {field: getattr(user, field) for field in changes}
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(**changes)
        record("user.changed", by=who.name, obj=user, old=old, new=changes)
    for field, value in changes.items():
        setattr(user, field, value)


def deactivate(user: User, *, who: Who) -> None:
    """Shut a person out: no sign-in, no session, no token. Raises Refused for the last administrator."""
    manage.require_covers(who, user)
    with _an_administrator_stays():
        if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            live = Token.objects.filter(user=user, revoked_at=None)
            revoked = live.update(revoked_at=clock.now())
            record("user.deactivated", by=who.name, obj=user, new={"tokens_revoked": revoked})
    user.is_active = False


def activate(user: User, *, who: Who) -> None:
    """Let a person in again. Their tokens stay revoked."""
    manage.require_covers(who, user)
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            record("user.activated", by=who.name, obj=user)
    user.is_active = True


def administrators() -> int:
    """How many active people may everything, everywhere."""
    return User.objects.filter(is_active=True, grants__role=permissions.ADMINISTRATOR, grants__profile=None).count()


@contextmanager
def _an_administrator_stays() -> Iterator[None]:
    """Roll back what leaves nobody to manage the hub.

    The grants of all administrators are locked first (SQLite has one writer anyway), so that of two who shut each
    other out at the same moment one is refused.
    """
    with transaction.atomic():
        all_of_them = Grant.objects.filter(role=permissions.ADMINISTRATOR, profile=None)
        list(all_of_them.select_for_update().order_by("pk").values_list("pk"))
        before = administrators()
        yield
        if before and not administrators():
            message = _("This is the last administrator. Make somebody else one first.")
            raise Refused(message, [Problem(message, where="user")])


def _add_grant(user: User, role: str, where: Model | None, who: Who) -> bool:
    place: dict[str, Any] = {"user": user, "role": role, "profile_id": manage.key_of(where)}
    made = Grant.objects.get_or_create(**place)[1]
    if made:
        record("grant.given", by=who.name, obj=user, new={"role": role}, profile=_name(where))
    return made


def _at(where: Model | None) -> Q:
    return Q(profile=None) if where is None else Q(profile_id=where.pk)


def _insert(user: User) -> None:
    """The name is taken by whoever comes first; the database decides."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        message = _("There is a user %(name)s already.") % {"name": user.username}
        raise Refused(message, [Problem(message, where="username")]) from None


def check_name(username: str) -> None:
    """Raises Refused when a user name (already in its one spelling) is not of the right form."""
    if not NAME.fullmatch(username):
        message = _("A user name begins with a letter or digit and has letters, digits and . _ @ + - only, 60 at most.")
        raise Refused(message, [Problem(message, where="username")])


def _require_self_or_manager(user: User, who: Who) -> None:
    if not who.is_person(user):
        manage.require_covers(who, user)


def _name(profile: Model | None) -> str:
    return str(profile) if profile is not None else ""
