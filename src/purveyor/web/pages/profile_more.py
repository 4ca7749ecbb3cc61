"""More about a profile: its own parties, and letting it go."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from purveyor.common.errors import Refused
from purveyor.profiles.domain import disconnect_profile, remove_profile, set_parties
from purveyor.profiles.domain.parties import parties_of
from purveyor.profiles.models import Environment, Profile
from purveyor.profiles.party_forms import PartyForms
from purveyor.profiles.queries import by_name
from purveyor.web.pages.profiles import SwitchForm
from purveyor.web.render import page, who_of

MANAGE = "profiles.manage"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def parties(request: HttpRequest, name: str) -> HttpResponse:
    """Fill in who sells, from where it ships, who is paid and billed."""
    who = who_of(request)
    found = by_name(who, name)
    who.require(MANAGE, found)
    given = PartyForms(parties_of(found), request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if given.is_valid():
            try:
                set_parties(who, found, given.values())
            except Refused as error:
                given.show(error)
            else:
                messages.success(request, _("Stored."))
                return redirect("profile", found.name)
    return page(request, "profile_parties", "profiles", status=status, profile=found, parties=given)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def disconnect(request: HttpRequest, name: str) -> HttpResponse:
    """Let a profile go, after a word about what that means: wipe its secrets, or remove it where it is empty."""
    who = who_of(request)
    found = by_name(who, name)
    who.require(MANAGE, found)
    if found.environment != Environment.SIMULATOR:
        who.require("profiles.credentials", found)
    form = SwitchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _let_go(request, found, form.cleaned_data["because"])
    context = {
        "form": form,
        "profile": found,
        "orders": found.orders.count(),
        "documents": found.documents.count(),
        "waiting": found.documents.filter(state="queued").count(),
    }
    return page(request, "profile_disconnect", "profiles", status=422 if form.errors else 200, **context)


def _let_go(request: HttpRequest, found: Profile, because: str) -> HttpResponse:
    who = who_of(request)
    if request.POST.get("what") == "remove":
        try:
            remove_profile(who, found)
        except Refused as error:
            messages.error(request, error.message)
            return redirect("profile-disconnect", found.name)
        messages.success(request, _("%(name)s is removed.") % {"name": found.name})
        return redirect("profiles")
    disconnect_profile(who, found, because)
    messages.success(request, _("%(name)s is disconnected. Its orders and documents are kept.") % {"name": found.name})
    return redirect("profile", found.name)
