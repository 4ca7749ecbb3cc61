"""Who calls: a bearer token. The pages' session is not accepted here, so no forged form can reach this door."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from purveyor.people.domain.tokens import find_token
from purveyor.people.who import Who


class TokenAuth(HttpBearer):
    """``Authorization: Bearer pvy_…``; answers the ``Who`` of the token, or None, which ninja turns into 401."""

    def authenticate(self, request: HttpRequest, token: str) -> Who | None:
        found = find_token(token)
        return Who.of_token(found) if found else None


def who(request: HttpRequest) -> Who:
    """The caller of this request."""
    caller = getattr(request, "auth", None)
    if not isinstance(caller, Who):
        raise TypeError("the route was reached without a caller")
    return caller
