"""People, their roles, and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from purveyor.api import shapes
from purveyor.api.auth import who
from purveyor.common.errors import NotFound
from purveyor.people.domain import tokens as token_verbs
from purveyor.people.domain import users
from purveyor.people.domain.rights import rights
from purveyor.people.domain.second_factor import remove_second_factor
from purveyor.people.models import Token, User
from purveyor.people.permissions import PERMISSIONS, ROLES
from purveyor.people.schemas import people, person_row, right_row, token_row, tokens, with_second_factor
from purveyor.people.who import Who

router = Router(tags=["people"])


def _managed(caller: Who, name: str) -> User:
    """The person of a name, for a caller who manages anybody at all. Raises Denied and NotFound."""
    caller.require_somewhere("people.manage")
    return users.find_user(name)


def _known(caller: Who, profile: str | None) -> str | None:
    """The name of a profile the caller may know of. Raises NotFound for one that is not theirs, as for none."""
    if profile is not None and not caller.profiles().filter(name=profile).exists():
        raise NotFound(_("There is no profile %(name)s.") % {"name": profile})
    return profile


def _row(user: User) -> dict[str, Any]:
    return person_row(people().get(pk=user.pk), with_second_factor())


@router.get("/me")
def me(request: HttpRequest) -> dict[str, Any]:
    """Who the caller is and what it may do, profile by profile."""
    caller = who(request)
    rights = {p.name: [n for n in PERMISSIONS if caller.may(n, p)] for p in caller.profiles()}
    return {"name": caller.name, "everywhere": [n for n in PERMISSIONS if caller.may(n)], "profiles": rights}


@router.get("/roles")
def roles(request: HttpRequest) -> dict[str, Any]:
    """The roles there are and what each may do."""
    return {"roles": [{"name": r.name, "permissions": sorted(r.permissions)} for r in ROLES.values()]}


@router.get("/rights", response=shapes.RightsOut)
def list_rights(request: HttpRequest, profile: str = "", permission: str = "") -> dict[str, Any]:
    """Who may what, on one ``profile`` or everywhere, or who holds one ``permission``: of those the caller manages, and
    of the caller's owner."""
    return {"rights": [right_row(one) for one in rights(who(request), profile, permission)]}


@router.get("/users", response=shapes.PeopleOut)
def list_users(request: HttpRequest) -> dict[str, Any]:
    """Everybody. Needs people.manage on every profile."""
    who(request).require("people.manage")
    second = with_second_factor()
    return {"users": [person_row(p, second) for p in people()]}


@router.post("/users", response={201: shapes.PersonOut})
def add_user(request: HttpRequest, body: shapes.PersonNew) -> Status[dict[str, Any]]:
    """Add a person with a role, on one profile or on every one."""
    caller = who(request)
    where = _known(caller, body.profile)
    return Status(201, _row(users.add_user(body.name, body.password, body.role, where, who=caller)))


@router.patch("/users/{name}", response=shapes.PersonOut)
def change_user(request: HttpRequest, name: str, body: shapes.PersonChange) -> dict[str, Any]:
    """Change a person's full name, mail address or language."""
    caller = who(request)
    found = _managed(caller, name)
    users.change_user(found, who=caller, **body.dict(exclude_none=True))
    return _row(found)


@router.post("/users/{name}/password", response=shapes.PersonOut)
def set_password(request: HttpRequest, name: str, body: shapes.PasswordAsk) -> dict[str, Any]:
    """Give a person a new password; all their sessions end."""
    caller = who(request)
    found = _managed(caller, name)
    users.set_password(found, body.password, who=caller)
    return _row(found)


@router.post("/users/{name}/second-factor/off", response=shapes.PersonOut)
def second_factor_off(request: HttpRequest, name: str) -> dict[str, Any]:
    """Switch a person's second factor off, when their telephone is lost."""
    caller = who(request)
    found = _managed(caller, name)
    remove_second_factor(found, who=caller)
    return _row(found)


@router.post("/users/{name}/activate", response=shapes.PersonOut)
def activate(request: HttpRequest, name: str) -> dict[str, Any]:
    """Let a person in again; their tokens stay revoked."""
    caller = who(request)
    found = _managed(caller, name)
    users.activate(found, who=caller)
    return _row(found)


@router.post("/users/{name}/grants", response=shapes.PersonOut)
def grant(request: HttpRequest, name: str, body: shapes.GrantAsk) -> dict[str, Any]:
    """Give a person a role."""
    caller = who(request)
    found = _managed(caller, name)
    users.grant(found, body.role, _known(caller, body.profile), who=caller)
    return _row(found)


@router.post("/users/{name}/grants/take-back", response=shapes.PersonOut)
def take_back(request: HttpRequest, name: str, body: shapes.GrantAsk) -> dict[str, Any]:
    """Take a role back."""
    caller = who(request)
    found = _managed(caller, name)
    users.take_back(found, body.role, _known(caller, body.profile), who=caller)
    return _row(found)


@router.post("/users/{name}/deactivate", response=shapes.PersonOut)
def deactivate(request: HttpRequest, name: str) -> dict[str, Any]:
    """Shut a person out; their tokens stop working at once."""
    caller = who(request)
    found = _managed(caller, name)
    users.deactivate(found, who=caller)
    return _row(found)


@router.get("/tokens", response=shapes.TokensOut)
def list_tokens(request: HttpRequest) -> dict[str, Any]:
    """The caller's own tokens; with people.manage, everybody's."""
    caller = who(request)
    rows = tokens() if caller.may("people.manage") else tokens().filter(user=caller.user)
    return {"tokens": [token_row(t) for t in rows]}


@router.post("/tokens", response={201: shapes.TokenMade})
def add_token(request: HttpRequest, body: shapes.TokenNew) -> Status[dict[str, Any]]:
    """Make a token; its text is in this answer only. A token cannot make one that may more than itself."""
    caller = who(request)
    owner = caller.user
    if body.user and (owner is None or body.user != owner.username):
        owner = _managed(caller, body.user)
    if owner is None:
        raise NotFound(_("Say whose token it is."))
    lasts = timedelta(days=body.days)
    made, plain = token_verbs.make_token(owner, body.name, body.scopes, _known(caller, body.profile), lasts, who=caller)
    return Status(201, token_row(tokens().get(pk=made.pk)) | {"token": plain})


@router.post("/tokens/{prefix}/revoke", response=shapes.TokenOut)
def revoke(request: HttpRequest, prefix: str) -> dict[str, Any]:
    """Make a token open nothing any more."""
    caller = who(request)
    found: Token | None = tokens().filter(prefix=prefix).first()
    if found is None or not (found.user == caller.user or caller.may_somewhere("people.manage")):
        raise NotFound(_("There is no token %(prefix)s.") % {"prefix": prefix})
    token_verbs.revoke(found, caller)
    return token_row(tokens().get(pk=found.pk))
