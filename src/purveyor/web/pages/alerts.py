"""Alerts: what a person has to know though no page of its own shows it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from purveyor.alerts import domain, kinds, queries, tables
from purveyor.alerts.models import Severity
from purveyor.alerts.states import AlertState
from purveyor.common.errors import Conflict
from purveyor.web import parts
from purveyor.web.lists import default_view, show
from purveyor.web.render import frame_of, page, who_of


def _states() -> list[tuple[str, Any]]:
    words = [(str(state), parts.badge("alert", state).word) for state in AlertState]
    return [("all", gettext_lazy("All")), *words]


ALERTS = tables.ALERTS.with_choices(state=_states)


@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Those that stand, unless another state is asked for."""
    if elsewhere := default_view(request, ALERTS):
        return redirect(elsewhere)
    who = who_of(request)
    who.require_somewhere(queries.VIEW)
    rows = queries.visible_to(who)
    rows = rows.filter(profile__name=scope) if (scope := frame_of(request).scope) else rows
    listing = show(request, ALERTS, rows)
    mine = [one.pk for one in listing.rows if who.may(domain.TAKE, one.profile)]
    return page(
        request,
        "alerts",
        "alerts",
        listing=listing,
        states=_states(),
        severities=Severity.choices,
        mine=mine,
        by_hand=kinds.by_hand(),
        me=who.name,
    )


@require_POST
def take(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Look after one."""
    return _done(request, lambda: domain.take(who_of(request), alert_id), _("It is yours."))


@require_POST
def close(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Close one that does not close by itself."""
    because = request.POST.get("because", "").strip()[:500]
    return _done(request, lambda: domain.close(who_of(request), alert_id, because), _("Closed."))


def _done(request: HttpRequest, do: Any, said: str) -> HttpResponse:
    try:
        do()
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("alerts")
