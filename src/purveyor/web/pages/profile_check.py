"""The connection check of a profile: its last answer, and the button that asks again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from purveyor.profiles.doctor import ASK, check_profile, last_check
from purveyor.profiles.models import Profile
from purveyor.profiles.queries import by_name
from purveyor.web.paused import paused_of
from purveyor.web.render import page, who_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, name: str) -> HttpResponse:
    """Show the last answer; asked with POST, examine the connection and show that."""
    who = who_of(request)
    found = by_name(who, name)
    if request.method == "POST":
        check_profile(who, found)
        return redirect("profile-check", found.name)
    return _page(request, found)


def _page(request: HttpRequest, found: Profile) -> HttpResponse:
    who = who_of(request)
    return page(
        request,
        "profile_check",
        "profiles",
        profile=found,
        answer=last_check(found),
        paused=paused_of(who, [found]).get(found.pk),
        may_check=who.may(ASK, found),
        may_secret=who.may("profiles.credentials", found),
    )
