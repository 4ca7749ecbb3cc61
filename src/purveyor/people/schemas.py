"""People and tokens as JSON: one shape for REST and the command line; never a hash, never a secret."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from purveyor.people.domain.rights import Right
from purveyor.people.models import Authenticator, Token, User
from purveyor.people.permissions import PERMISSIONS


def people() -> QuerySet[User]:
    """Everybody by name, with what their rows need."""
    return User.objects.prefetch_related("grants__profile").order_by("username")


def tokens() -> QuerySet[Token]:
    """Every token, newest first."""
    return Token.objects.select_related("user", "profile").order_by("-created_at", "-id")


def with_second_factor() -> set[int]:
    """The keys of those who have a confirmed second factor."""
    return set(Authenticator.objects.filter(confirmed=True).values_list("user_id", flat=True))


def person_row(user: User, second: set[int]) -> dict[str, Any]:
    """One person; ``second`` is ``with_second_factor()``, asked once for a whole list."""
    roles = [{"role": g.role, "profile": g.profile.name if g.profile else None} for g in user.grants.all()]
    return {
        "name": user.username,
        "full_name": user.full_name,
        "email": user.email,
        "language": str(user.language),
        "active": user.is_active,
        "second_factor": user.pk in second,
        "roles": roles,
        "created_at": user.created_at,
    }


def token_row(token: Token) -> dict[str, Any]:
    """One token, without what opens."""
    return {
        "prefix": token.prefix,
        "name": token.name,
        "user": token.user.username,
        "scopes": token.scopes,
        "profile": token.profile.name if token.profile else None,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }


def right_row(right: Right) -> dict[str, Any]:
    """What one person holds on one profile, or with None on every one; permissions in the order of their table."""
    return {
        "name": right.user.username,
        "full_name": right.user.full_name,
        "profile": right.profile,
        "roles": list(right.roles),
        "permissions": [name for name in PERMISSIONS if name in right.permissions],
    }
