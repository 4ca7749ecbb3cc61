"""API tokens: scoped, hashed, expiring; shown once."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import canon, clock
from purveyor.common.errors import Denied, Problem, Refused
from purveyor.people import permissions
from purveyor.people.domain import manage
from purveyor.people.domain.manage import ProfileArg
from purveyor.people.models import Token, User
from purveyor.people.who import Who

FORM = re.compile(r"pvy_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}")
USUAL = timedelta(days=90)
LONGEST = timedelta(days=730)
WRITE_USE_EVERY = timedelta(minutes=1)
_NOBODY = canon.sha256(b"")


def make_token(
    user: User,
    name: str,
    scopes: Iterable[str],
    profile: ProfileArg = None,
    expires_in: timedelta = USUAL,
    who: Who | None = None,
) -> tuple[Token, str]:
    """A new token of ``user`` and its plain text, ``pvy_<prefix>_<secret>``, which nobody can show again.

    ``who`` makes it (the owner, if not given). Raises Refused for what is wrong with name, scopes or time; Denied when
    a scope is not the owner's or not the maker's to give.
    """
    who, asked, where = who or Who.of(user), sorted(set(scopes)), manage.find_profile(profile)
    _check(user, name, asked, expires_in)
    _check_rights(who, user, asked, where)
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    token = Token(
        user=user,
        name=name,
        prefix=prefix,
        hash=_hash(secret),
        scopes=asked,
        expires_at=clock.now() + expires_in,
        profile_id=manage.key_of(where),
    )
    with transaction.atomic():
        token.save(force_insert=True)
        told = {"owner": user.username, "scopes": asked, "expires_at": token.expires_at}
        record("token.made", by=who.name, obj=token, name=f"{user.username}/{name}", new=told)
    return token, f"pvy_{prefix}_{secret}"


def find_token(plain: str) -> Token | None:
    """The token of this text, if it still opens anything: not revoked, not expired, its owner active.

    Takes the same time for a wrong secret and for an unknown token; writes down the use at most once a minute.
    """
    parts = FORM.fullmatch(plain.strip())
    prefix, secret = parts.groups() if parts else ("", "")
    token = Token.objects.select_related("user", "profile").filter(prefix=prefix).first()
    same = hmac.compare_digest(token.hash if token else _NOBODY, _hash(secret))
    if token is None or not same or not _is_live(token):
        return None
    _write_use(token)
    return token


def revoke(token: Token, who: Who) -> bool:
    """Make it open nothing any more: its owner, or who manages the owner. False when it was revoked before."""
    if not who.is_person(token.user):
        manage.require_covers(who, token.user)
    with transaction.atomic():
        done = bool(Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()))
        if done:
            told = {"owner": token.user.username}
            record("token.revoked", by=who.name, obj=token, name=f"{token.user.username}/{token.name}", old=told)
    return done


def _check(user: User, name: str, scopes: list[str], expires_in: timedelta) -> None:
    found = []
    if not NAME.fullmatch(name):
        found.append(Problem(_("A token's name has letters, digits, blanks and . _ - only, 60 at most."), "name"))
    elif Token.objects.filter(user=user, name=name, revoked_at=None).exists():
        found.append(Problem(_("There is a token of this name already."), "name"))
    if not scopes:
        found.append(Problem(_("A token needs at least one scope."), "scopes"))
    unknown = [scope for scope in scopes if scope not in permissions.PERMISSIONS]
    if unknown:
        found.append(Problem(_("Unknown scopes: %(scopes)s.") % {"scopes": ", ".join(unknown)}, "scopes"))
    if not timedelta(0) < expires_in <= LONGEST:
        found.append(Problem(_("A token lasts at most %(days)d days.") % {"days": LONGEST.days}, "expires_in"))
    if found:
        raise Refused(found[0].message, found)


def _check_rights(who: Who, user: User, scopes: list[str], profile: ProfileArg) -> None:
    if not who.is_person(user):
        manage.require_covers(who, user)
    for one, whose in ((Who.of(user), user.username), (who, who.name)):
        for scope in scopes:
            if not (one.may(scope, profile) if profile is not None else one.may_somewhere(scope)):
                words = {"name": whose, "scope": scope}
                raise Denied(_("%(name)s does not hold %(scope)s and cannot give it to a token.") % words)


def _is_live(token: Token) -> bool:
    return token.revoked_at is None and token.expires_at > clock.now() and token.user.is_active


def _write_use(token: Token) -> None:
    now = clock.now()
    if token.last_used_at is not None and token.last_used_at > now - WRITE_USE_EVERY:
        return
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - WRITE_USE_EVERY)
    Token.objects.filter(long_ago, pk=token.pk).update(last_used_at=now)
    token.last_used_at = now


def _hash(secret: str) -> str:
    """A fast hash will do: the secret is 256 random bits, not a password."""
    return canon.sha256(secret.encode())
