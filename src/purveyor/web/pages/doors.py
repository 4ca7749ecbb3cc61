"""Coming in and going out: set-up, sign-in with its second step, sign-out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.people.domain.refused import Throttled
from purveyor.people.domain.setup import complete_setup, setup_is_open
from purveyor.people.domain.sign_in import SignInRefused, check_password, needs_second_factor, verify_second_factor
from purveyor.people.forms import SecondFactorForm, SetUpForm, SignInForm
from purveyor.people.models import User
from purveyor.web.addresses import back_to
from purveyor.web.cookies import remember
from purveyor.web.forms import blame
from purveyor.web.render import door

BACKEND = "django.contrib.auth.backends.ModelBackend"
HALF_IN = "half_in"
HALF_IN_SECONDS = 300


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The first administrator, by the code the operator read on the terminal. Closed for good once used."""
    if not setup_is_open():
        return redirect("today" if request.user.is_authenticated else "sign-in")
    if request.POST.get("language", "") in dict(settings.LANGUAGES):
        return _setup_in(request, request.POST["language"])
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            user = complete_setup(told["code"], told["username"], told["password"], _address(request))
        except Refused as error:
            blame(form, error)
        else:
            login(request, user, BACKEND)
            return redirect("today")
    return door(request, "setup", form=form, status=_status(form))


def _setup_in(request: HttpRequest, chosen: str) -> HttpResponse:
    """The same page in another language, with what was typed but for the passwords, which no page shows again."""
    form = SetUpForm(initial={name: request.POST.get(name, "") for name in ("code", "username")})
    with translation.override(chosen):
        request.LANGUAGE_CODE = chosen
        response = door(request, "setup", form=form)
    response.headers["Content-Language"] = chosen
    remember(request, response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; who has a second factor is asked for it next."""
    if request.user.is_authenticated:
        return redirect("today")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            user = check_password(told["username"], told["password"], _address(request))
        except SignInRefused as error:
            blame(form, error)
            return door(request, "sign_in", form=form, next=_next(request), status=_status_of(error))
        return _further(request, user)
    return door(request, "sign_in", form=form, next=_next(request), status=_status(form))


def _further(request: HttpRequest, user: User) -> HttpResponseRedirect:
    if not needs_second_factor(user):
        return _come_in(request, user, _next(request))
    request.session.cycle_key()
    request.session[HALF_IN] = {"user": user.pk, "at": clock.now().timestamp(), "next": _next(request)}
    return redirect("second-factor")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step, within five minutes of the first."""
    half = request.session.get(HALF_IN, {})
    user = User.objects.filter(pk=half.get("user"), is_active=True).first()
    if user is None or clock.now().timestamp() - half["at"] > HALF_IN_SECONDS:
        request.session.pop(HALF_IN, None)
        return redirect("sign-in")
    form = SecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verify_second_factor(user, form.cleaned_data["code"], _address(request))
        except SignInRefused as error:
            blame(form, error)
            return door(request, "second_factor", form=form, status=_status_of(error))
        return _come_in(request, user, half["next"])
    return door(request, "second_factor", form=form, status=_status(form))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


def _come_in(request: HttpRequest, user: User, wanted: str) -> HttpResponseRedirect:
    request.session.pop(HALF_IN, None)
    login(request, user, BACKEND)
    return redirect(back_to(request, wanted, reverse("today")))


def _next(request: HttpRequest) -> str:
    return back_to(request, request.POST.get("next", "") or request.GET.get("next", ""), "")


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _status(form: SetUpForm | SignInForm | SecondFactorForm) -> int:
    return 422 if form.errors else 200


def _status_of(error: SignInRefused) -> int:
    return 429 if isinstance(error, Throttled) else 422
