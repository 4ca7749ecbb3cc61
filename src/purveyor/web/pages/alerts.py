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
from purveyor.common.errors import Conflict, Refused
from purveyor.web import parts
from purveyor.web.alert_forms import CommentForm
from purveyor.web.forms import blame
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


@require_safe
def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """One, with what was said about it."""
    return _page_of(request, alert_id, CommentForm())


@require_POST
def comment(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Say something about one."""
    who = who_of(request)
    who.require(domain.TAKE, queries.one(who, alert_id).profile)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            domain.comment(who, alert_id, form.cleaned_data["text"])
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("Your comment is kept."))
            return redirect("alert", alert_id)
    return _page_of(request, alert_id, form, status=422)


@require_POST
def assign(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Have somebody else look after one."""
    try:
        domain.assign(who_of(request), alert_id, request.POST.get("person", ""))
    except (Conflict, Refused) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("They look after it now."))
    return redirect("alert", alert_id)


def _page_of(request: HttpRequest, alert_id: int, form: CommentForm, status: int = 200) -> HttpResponse:
    who = who_of(request)
    found = queries.one(who, alert_id)
    may_take = who.may(domain.TAKE, found.profile)
    return page(
        request,
        "alert",
        "alerts",
        status=status,
        alert=found,
        comments=queries.comments(found),
        form=form,
        may_take=may_take,
        people=domain.assignable(found) if may_take else [],
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
