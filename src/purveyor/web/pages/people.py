"""People: who may come in, with which roles where, and the tokens of their machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.base.listing import Column, Listing, Sort
from purveyor.common import clock
from purveyor.common.errors import NotFound, PurveyorError, Refused
from purveyor.people.domain import users
from purveyor.people.domain.manage import covers, require_covers
from purveyor.people.domain.sign_in import needs_second_factor, remove_second_factor
from purveyor.people.domain.tokens import revoke
from purveyor.people.forms import AddUserForm, GrantForm, SetPasswordForm
from purveyor.people.models import Grant, Token, User
from purveyor.people.permissions import ROLES
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.web.forms import blame
from purveyor.web.lists import show
from purveyor.web.render import page, who_of

MANAGE = "people.manage"

PEOPLE: Listing[User] = Listing(
    name="people",
    columns=(
        Column("name", gettext_lazy("User name"), lambda user: user.username, sort="name"),
        Column("full_name", gettext_lazy("Full name"), lambda user: user.full_name),
        Column("state", gettext_lazy("State"), lambda user: user.is_active),
        Column("added", gettext_lazy("Added"), lambda user: user.created_at, sort="-added"),
    ),
    sorts=(
        Sort("name", gettext_lazy("User name"), ("username",)),
        Sort("-name", gettext_lazy("User name"), ("-username",)),
        Sort("-added", gettext_lazy("Added"), ("-created_at",)),
        Sort("added", gettext_lazy("Added"), ("created_at",)),
    ),
    search=lambda rows, text: rows.filter(username__icontains=text) | rows.filter(full_name__icontains=text),
)


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody holds, in words. No profile means every one; the reader may know of the ``known`` ones only."""

    grant: Grant
    known: frozenset[str] | None

    @property
    def title(self) -> Any:
        known = ROLES.get(self.grant.role)
        return known.title if known else self.grant.role

    @property
    def sentence(self) -> Any:
        known = ROLES.get(self.grant.role)
        return known.sentence if known else ""

    @property
    def where(self) -> str:
        if not self.grant.profile_id:
            return _("every profile")
        return _name(self.grant.profile, self.known)


def _name(profile: Profile | None, known: frozenset[str] | None) -> str:
    """A profile's name, for who may know of it; None is every one."""
    if profile is None:
        return _("Every profile")
    return profile.name if known is None or profile.name in known else _("another profile")


def _with_roles() -> QuerySet[User]:
    grants = Grant.objects.select_related("profile").order_by("role", "profile__name")
    return User.objects.prefetch_related(Prefetch("grants", grants))


def roles_of(user: User, who: Who) -> list[Held]:
    """What a person holds, from their (prefetched) grants, as somebody may read it."""
    known = who.profile_names("")
    return [Held(grant, known) for grant in user.grants.all()]


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody."""
    who_of(request).require_somewhere(MANAGE)
    listing = show(request, PEOPLE, _with_roles())
    for user in listing.rows:
        user.roles = roles_of(user, who_of(request))
    return page(request, "people", "people", listing=listing)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new person with a first role."""
    who = who_of(request)
    who.require_somewhere(MANAGE)
    form = AddUserForm(request.POST or None, who=who)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            user = users.add_user(
                told["username"],
                told["password"],
                told["role"],
                told["profile"],
                who=who,
                full_name=told["full_name"],
                email=told["email"],
                language=told["language"],
            )
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("%(name)s can sign in now.") % {"name": user.username})
            return redirect("person", user.pk)
    return page(request, "person_add", "people", form=form, roles=ROLES.values(), status=422 if form.errors else 200)


@require_safe
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: roles, tokens, doors."""
    return _page_of(request, _find(request, user_id))


@require_POST
def give(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a role."""
    user, who = _find(request, user_id), who_of(request)
    form = GrantForm(request.POST, who=who)
    if form.is_valid():
        try:
            users.grant(user, form.cleaned_data["role"], form.cleaned_data["profile"], who=who)
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("The role is given."))
            return redirect("person", user.pk)
    return _page_of(request, user, form=form, status=422)


@require_POST
def take(request: HttpRequest, user_id: int, grant_id: int) -> HttpResponse:
    """Take a role back."""
    user = _find(request, user_id)
    held = user.grants.select_related("profile").filter(pk=grant_id).first()
    if held is None:
        raise NotFound(_("They do not hold this role."))
    done = _("The role is taken back.")
    return _do(request, user, done, lambda who: users.take_back(user, held.role, held.profile, who=who))


@require_POST
def shut_out(request: HttpRequest, user_id: int) -> HttpResponse:
    """Deactivate: no sign-in, no session, no token."""
    user = _find(request, user_id)
    done = _("%(name)s cannot sign in any more; their tokens are revoked.") % {"name": user.username}
    return _do(request, user, done, lambda who: users.deactivate(user, who=who))


@require_POST
def let_in(request: HttpRequest, user_id: int) -> HttpResponse:
    """Activate again."""
    user = _find(request, user_id)
    done = _("%(name)s can sign in again.") % {"name": user.username}
    return _do(request, user, done, lambda who: users.activate(user, who=who))


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest, user_id: int) -> HttpResponse:
    """A new password for somebody who lost theirs."""
    user, who = _find(request, user_id), who_of(request)
    require_covers(who, user)
    form = SetPasswordForm(request.POST or None)
    form.person = user.username
    if request.method == "POST" and form.is_valid():
        try:
            users.set_password(user, form.cleaned_data["password"], who=who)
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("The new password is in force. All their sessions have ended."))
            return redirect("person", user.pk)
    return page(request, "person_password", "people", form=form, person=user, status=422 if form.errors else 200)


@require_POST
def second_factor_off(request: HttpRequest, user_id: int) -> HttpResponse:
    """Switch off the second factor of somebody who lost it."""
    user = _find(request, user_id)
    return _do(request, user, _("The second factor is off."), lambda who: remove_second_factor(user, who))


@require_POST
def token_revoke(request: HttpRequest, user_id: int, token_id: int) -> HttpResponse:
    """Revoke a token of theirs."""
    user = _find(request, user_id)
    token = Token.objects.select_related("user").filter(pk=token_id, user=user).first()
    if token is None:
        raise NotFound(_("There is no such token."))
    done = _("Token %(name)s is revoked: it opens nothing any more.") % {"name": token.name}
    return _do(request, user, done, lambda who: revoke(token, who))


def _find(request: HttpRequest, user_id: int) -> User:
    who_of(request).require_somewhere(MANAGE)
    user = _with_roles().filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such person."))
    return user


def _do(request: HttpRequest, user: User, done: str, verb: Any) -> HttpResponse:
    """Call a verb about a person, then show them; a refusal is said above."""
    try:
        verb(who_of(request))
    except Refused as error:
        return _page_of(request, user, problem=error, status=422)
    messages.success(request, done)
    return redirect("person", user.pk)


def _page_of(
    request: HttpRequest,
    user: User,
    *,
    form: GrantForm | None = None,
    problem: PurveyorError | None = None,
    status: int = 200,
) -> HttpResponse:
    who = who_of(request)
    tokens = user.tokens.filter(revoked_at=None).select_related("profile").order_by("name")
    return page(
        request,
        "person",
        "people",
        status=status,
        person=user,
        roles=roles_of(user, who),
        tokens=[(token, _name(token.profile, who.profile_names(""))) for token in tokens],
        has_second_factor=needs_second_factor(user),
        may_manage=covers(who, user),
        form=form or GrantForm(who=who),
        problem=problem.as_dict() if problem else None,
        now=clock.now(),
    )
