"""Who a piece of long work is for: written down when it is asked for, found again by the worker that does it.

What they may do is asked anew then: a right taken meanwhile, a person shut out, a token revoked count at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import Denied, Refused
from purveyor.people.models import Token, User
from purveyor.people.who import Who


def written(who: Who) -> dict[str, Any]:
    """Somebody as JSON. Raises Refused for one who is neither a person nor a token: the shell works in the open."""
    if who.user is None:
        raise Refused(_("Long work is asked for by a person."))
    return {"user": who.user.pk, "token": who.token.pk if who.token else None}


def found(told: Mapping[str, Any]) -> Who:
    """The same one, with what they hold now. Raises Denied when they are gone, or the token is no longer good."""
    if told.get("token") is not None:
        good = Token.objects.filter(pk=told["token"], revoked_at=None, expires_at__gt=clock.now(), user__is_active=True)
        if token := good.select_related("user", "profile").first():
            return Who.of_token(token)
    elif user := User.objects.filter(pk=int(told["user"]), is_active=True).first():
        return Who.of(user)
    raise Denied(_("Whoever asked for this may not sign in any more."))
