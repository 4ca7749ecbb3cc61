"""The switches of a profile that are turned with one press, and told with one sentence."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from purveyor.common.errors import Refused
from purveyor.people.who import Who
from purveyor.profiles.domain import change_profile, switch_importing, switch_reading_status
from purveyor.profiles.models import Profile
from purveyor.profiles.queries import by_name
from purveyor.web.render import who_of

Verb = Callable[[Who, Profile, bool], object]


@require_POST
def importing(request: HttpRequest, name: str) -> HttpResponse:
    """Begin or stop fetching by schedule."""
    return _turn(
        request, name, switch_importing, _("Orders are fetched by schedule."), _("Orders are not fetched any more.")
    )


@require_POST
def reading_status(request: HttpRequest, name: str) -> HttpResponse:
    """Begin or stop reading the status of orders by schedule."""
    on, off = _("The status is read by schedule."), _("The status is not read by schedule any more.")
    return _turn(request, name, switch_reading_status, on, off)


@require_POST
def history(request: HttpRequest, name: str) -> HttpResponse:
    """Choose what of the time before connecting is fetched: everything, or only what is still New."""
    on, off = _("Everything of the time before is fetched."), _("Only orders still New are fetched.")
    return _turn(request, name, _fetch_everything, on, off)


def _fetch_everything(who: Who, profile: Profile, on: bool) -> None:
    change_profile(who, profile, import_acknowledged=on)


def _turn(request: HttpRequest, name: str, verb: Verb, said_on: str, said_off: str) -> HttpResponse:
    who = who_of(request)
    found, on = by_name(who, name), request.POST.get("on") == "1"
    try:
        verb(who, found, on)
    except Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said_on if on else said_off)
    return redirect("profile", found.name)
