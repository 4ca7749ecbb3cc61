"""What is one's own: name, language, password, second factor, tokens, and how the pages look."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from purveyor.common import clock
from purveyor.common.errors import NotFound, Refused
from purveyor.people.domain.second_factor import begun_second_factor
from purveyor.people.domain.sign_in import (
    confirm_second_factor,
    enrol_second_factor,
    needs_second_factor,
    recovery_codes_left,
    remove_second_factor,
)
from purveyor.people.domain.tokens import make_token, revoke
from purveyor.people.domain.users import change_user, set_password
from purveyor.people.forms import ChangePasswordForm, PersonForm, SecondFactorForm, TokenForm
from purveyor.people.models import Token, User
from purveyor.web.addresses import back_to
from purveyor.web.cookies import remember
from purveyor.web.forms import blame
from purveyor.web.frame import LOOK_COOKIE, SCOPE_COOKIE
from purveyor.web.render import LOOKS, frame_of, page, who_of


def _me(request: HttpRequest) -> User:
    user = who_of(request).user
    if user is None:
        raise NotFound(_("Nobody is signed in."))
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own page."""
    me = _me(request)
    known = {"full_name": me.full_name, "email": me.email, "language": me.language}
    form = PersonForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        change_user(me, who=who_of(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("account")
    tokens = me.tokens.filter(revoked_at=None).select_related("profile").order_by("name")
    return page(
        request,
        "account",
        "account",
        form=form,
        me=me,
        tokens=tokens,
        now=clock.now(),
        has_second_factor=needs_second_factor(me),
        codes_left=recovery_codes_left(me),
        status=422 if form.errors else 200,
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password; the old one is asked for, and every other session ends."""
    me = _me(request)
    form = ChangePasswordForm(request.POST or None)
    form.person = me.username
    if request.method == "POST" and form.is_valid():
        if not me.check_password(form.cleaned_data["old"]):
            form.add_error("old", _("This is not the password you have now."))
        else:
            try:
                set_password(me, form.cleaned_data["password"], who=who_of(request))
            except Refused as error:
                blame(form, error)
            else:
                update_session_auth_hash(request, me)
                messages.success(request, _("The new password is in force. Your other sessions have ended."))
                return redirect("account")
    return page(request, "password", "account", form=form, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Switch the second factor on: photograph, type the first code, keep the recovery codes."""
    me = _me(request)
    if needs_second_factor(me):
        return redirect("account")
    form = SecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = confirm_second_factor(me, form.cleaned_data["code"])
        except Refused as error:
            blame(form, error)
        else:
            return page(request, "recovery_codes", "account", codes=codes)
    uri, picture = _enrolment(me, again=request.method == "POST")
    return page(request, "enrol", "account", form=form, uri=uri, picture=picture, status=422 if form.errors else 200)


def _enrolment(me: User, again: bool) -> tuple[str, str]:
    """The secret to photograph: the one begun before while a wrong code is corrected, else a new one."""
    return (begun_second_factor(me) if again else None) or enrol_second_factor(me)


@require_POST
def second_factor_off(request: HttpRequest) -> HttpResponse:
    """Switch one's own second factor off."""
    remove_second_factor(_me(request), who_of(request))
    messages.success(request, _("The second factor is off."))
    return redirect("account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token(request: HttpRequest) -> HttpResponse:
    """A new token for a machine; its text is shown this once."""
    me, who = _me(request), who_of(request)
    form = TokenForm(request.POST or None, who=who)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made, plain = make_token(me, told["name"], told["scopes"], told["profile"], form.expires_in, who)
        except Refused as error:
            blame(form, error)
        else:
            return page(request, "token_made", "account", token=made, plain=plain)
    return page(request, "token", "account", form=form, status=422 if form.errors else 200)


@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke a token of one's own."""
    found = Token.objects.filter(pk=token_id, user=_me(request)).first()
    if found is None:
        raise NotFound(_("There is no such token."))
    revoke(found, who_of(request))
    messages.success(request, _("Token %(name)s is revoked: it opens nothing any more.") % {"name": found.name})
    return redirect("account")


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Light or dark; anything else follows the machine."""
    response = redirect(back_to(request, request.POST.get("back", ""), reverse("today")))
    chosen = request.POST.get("look", "")
    if chosen in LOOKS:
        remember(request, response, LOOK_COOKIE, chosen)
    else:
        response.delete_cookie(LOOK_COOKIE)
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language before the sign-in; behind it, it is the person's own and kept with them."""
    chosen = request.POST.get("language", "")
    response = redirect(back_to(request, request.POST.get("back", ""), reverse("today")))
    if chosen in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            change_user(request.user, who=who_of(request), language=chosen)
        remember(request, response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@require_POST
def scope(request: HttpRequest) -> HttpResponse:
    """Which profile is in view: one, or all."""
    wanted = request.POST.get("profile", "")
    response = redirect(back_to(request, request.POST.get("back", ""), reverse("today")))
    if any(profile.name == wanted for profile in frame_of(request).profiles):
        remember(request, response, SCOPE_COOKIE, wanted)
    else:
        response.delete_cookie(SCOPE_COOKIE)
    return response
