"""The secrets of a profile: a rotated one is tried before it is stored, and asked once how old it is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from purveyor.common.errors import Conflict, Refused
from purveyor.profiles import rotation
from purveyor.profiles.domain import answer_age, replace_secret
from purveyor.profiles.forms import AgeForm, SecretForm
from purveyor.profiles.queries import by_name
from purveyor.profiles.trial import Trial
from purveyor.web.render import page, who_of

CREDENTIALS = "profiles.credentials"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def secret(request: HttpRequest, name: str) -> HttpResponse:
    """Try a rotated secret, and store it."""
    who = who_of(request)
    found = by_name(who, name)
    who.require(CREDENTIALS, found)
    form = SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            trial = replace_secret(who, found, **form.values())
        except Refused as error:
            form.show(error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _words(trial))
            return redirect("profile", found.name)
    return page(request, "profile_secret", "profiles", form=form, profile=found, status=422 if form.errors else 200)


def _words(trial: Trial) -> str:
    if trial == Trial.WORKS:
        return _("Amazon takes it, and it is stored. The old one is kept seven more days.")
    return _("Stored, without having been tried at Amazon. The old one is kept seven more days.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def secret_age(request: HttpRequest, name: str) -> HttpResponse:
    """Say when the present client secret was made, or that nobody knows."""
    who = who_of(request)
    found = by_name(who, name)
    who.require(CREDENTIALS, found)
    unknown = request.POST.get("unknown") == "1"
    form = AgeForm(request.POST if request.method == "POST" and not unknown else None)
    if request.method == "POST" and (unknown or form.is_valid()):
        try:
            answer_age(who, found, None if unknown else form.cleaned_data["issued_at"])
        except Refused as error:
            form.show(error)
        else:
            messages.success(request, _("Noted. You are told in good time before it ends."))
            return redirect("profile", found.name)
    context = {"form": form, "profile": found, "age": rotation.age(found)}
    return page(request, "profile_secret_age", "profiles", status=422 if form.errors else 200, **context)
