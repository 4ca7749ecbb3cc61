"""Routes: who is told of which alerts, where and when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.alerts.domain import routes as verbs
from purveyor.alerts.models import Route
from purveyor.common.errors import Refused
from purveyor.web.alert_forms import RouteForm
from purveyor.web.forms import blame
from purveyor.web.render import page, who_of

SECTION = "routes"


@require_safe
def routes(request: HttpRequest) -> HttpResponse:
    """Those the person may edit."""
    who = who_of(request)
    who.require_somewhere(verbs.ROUTE)
    return page(request, "routes", SECTION, routes=verbs.routes(who))


@sensitive_post_parameters("address")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new one."""
    who = who_of(request)
    who.require_somewhere(verbs.ROUTE)
    form = RouteForm(request.POST or None, who=who)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.add(who, verbs.Asked(**form.asked()))
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("The route is there. Test it once."))
            return redirect("route", made.pk)
    return page(request, "route", SECTION, form=form, status=422 if form.errors else 200)


@sensitive_post_parameters("address")
@require_http_methods(["GET", "HEAD", "POST"])
def route(request: HttpRequest, route_id: int) -> HttpResponse:
    """One, to be changed and tested."""
    who = who_of(request)
    found = verbs.one(who, route_id)
    if request.method != "POST":
        return _page_of(request, found, RouteForm(who=who, initial=_initial(found)))
    form = _without_profile(RouteForm(request.POST, who=who))
    if form.is_valid():
        try:
            verbs.change(who, route_id, form.asked() | {"profile": verbs.asked_of(found).profile})
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("The route is changed."))
            return redirect("route", route_id)
    return _page_of(request, found, form, status=422)


@require_POST
def test(request: HttpRequest, route_id: int) -> HttpResponse:
    """Send a test now and show what the other side says."""
    who = who_of(request)
    said = verbs.try_out(who, route_id)
    found = verbs.one(who, route_id)
    return _page_of(request, found, RouteForm(who=who, initial=_initial(found)), said=said)


@require_POST
def remove(request: HttpRequest, route_id: int) -> HttpResponse:
    """Remove one."""
    verbs.remove(who_of(request), route_id)
    messages.success(request, _("The route is removed."))
    return redirect("routes")


def _page_of(request: HttpRequest, route: Route, form: RouteForm, status: int = 200, said: Any = None) -> HttpResponse:
    return page(request, "route", SECTION, status=status, route=route, form=_without_profile(form), said=said)


def _without_profile(form: RouteForm) -> RouteForm:
    """A route stays with its profile."""
    form.fields.pop("profile", None)
    return form


def _initial(route: Route) -> dict[str, Any]:
    names = ("name", "on", "severity", "kinds", "sink", "role", "pace", "daily_at", "zone", "quiet_from", "quiet_until")
    return {name: getattr(route, name) for name in (*names, "serious_breaks")} | {
        "person": route.person.username if route.person else "",
        "webhook": route.webhook_id,
    }
