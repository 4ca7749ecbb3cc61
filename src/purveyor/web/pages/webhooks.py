"""Webhooks: receivers of events, and what was sent to each."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.alerts.domain import resend
from purveyor.alerts.domain import webhooks as verbs
from purveyor.alerts.makers import may_go_on
from purveyor.alerts.models import Delivery, Webhook
from purveyor.alerts.outward import delivery_full
from purveyor.alerts.states import DeliveryState
from purveyor.base.listing import Column, Filter, Listing, Sort
from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.web import parts
from purveyor.web.alert_forms import WebhookChangeForm, WebhookForm
from purveyor.web.forms import blame
from purveyor.web.lists import show
from purveyor.web.render import page, who_of

SECTION = "webhooks"
HOURS = ("24", "72", "336")
"""How far back a person may have sent again what a webhook missed."""


def _states() -> list[tuple[str, Any]]:
    return [(str(state), parts.badge("delivery", state).word) for state in DeliveryState]


def _state(rows: Any, value: str) -> Any:
    if value not in {str(state) for state in DeliveryState}:
        raise ValueError(_("there is no such state"))
    return rows.filter(state=value)


DELIVERIES: Listing[Delivery] = Listing(
    name="deliveries",
    columns=(Column("made", gettext_lazy("Handed out"), lambda one: one.created_at, sort="-made"),),
    sorts=(
        Sort("-made", gettext_lazy("Handed out"), ("-pk",)),
        Sort("made", gettext_lazy("Handed out"), ("pk",)),
    ),
    filters=(Filter("state", pgettext_lazy("of a delivery", "State"), _state, _states),),
)


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """Those the person manages."""
    who = who_of(request)
    who.require_somewhere(verbs.MANAGE)
    return page(request, "webhooks", SECTION, hooks=verbs.webhooks(who))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new one; its secret is shown once."""
    who = who_of(request)
    who.require_somewhere(verbs.MANAGE)
    form = WebhookForm(request.POST or None, who=who)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            hook, secret = verbs.add(who, told["name"], told["url"], told["profile"] or None, told["events"])
        except Refused as error:
            blame(form, error)
        else:
            return page(request, "webhook_secret", SECTION, hook=hook, secret=secret)
    return page(request, "webhook_form", SECTION, form=form, status=422 if form.errors else 200)


@require_safe
def webhook(request: HttpRequest, hook_id: int) -> HttpResponse:
    """One with its deliveries."""
    return _page_of(request, hook_id)


def _page_of(request: HttpRequest, hook_id: int, said: Any = None) -> HttpResponse:
    who = who_of(request)
    hook = verbs.one(who, hook_id)
    listing = show(request, DELIVERIES, verbs.deliveries(who, hook_id))
    told = {"states": _states(), "said": said, "gone": not may_go_on(hook)}
    return page(request, "webhook", SECTION, hook=hook, listing=listing, **told)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, hook_id: int) -> HttpResponse:
    """Another name, address or choice of events."""
    who = who_of(request)
    hook = verbs.one(who, hook_id)
    form = WebhookChangeForm(request.POST or None, who=who, initial=_initial(hook))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            verbs.change(who, hook_id, name=told["name"], url=told["url"], types=told["events"])
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("The webhook is changed."))
            return redirect("webhook", hook_id)
    return page(request, "webhook_form", SECTION, hook=hook, form=form, status=422 if form.errors else 200)


def _initial(hook: Webhook) -> dict[str, str]:
    return {"name": hook.name, "url": hook.url, "events": " ".join(hook.events)}


@require_POST
def switch(request: HttpRequest, hook_id: int) -> HttpResponse:
    """On or off."""
    on = request.POST.get("on") == "yes"
    verbs.change(who_of(request), hook_id, on=on)
    messages.success(request, _("It takes events from now on.") if on else _("It takes no events any more."))
    return redirect("webhook", hook_id)


@never_cache
@require_POST
def rotate(request: HttpRequest, hook_id: int) -> HttpResponse:
    """A new secret, shown once; the old one signs beside it for a day."""
    who = who_of(request)
    secret = verbs.rotate(who, hook_id, timedelta(hours=24))
    return page(request, "webhook_secret", SECTION, hook=verbs.one(who, hook_id), secret=secret, rotated=True)


@require_POST
def test(request: HttpRequest, hook_id: int) -> HttpResponse:
    """Send a test now and show what the other side says."""
    return _page_of(request, hook_id, verbs.try_out(who_of(request), hook_id))


@require_POST
def replay_failed(request: HttpRequest, hook_id: int) -> HttpResponse:
    """All that never got through, again; with ``hours`` also what it missed over so many hours while it was off."""
    hours = request.POST.get("hours", "")
    since = clock.now() - timedelta(hours=int(hours)) if hours in HOURS else None
    count = resend.replay_missed(who_of(request), hook_id, since)
    messages.success(request, _("Sent again: %(count)d.") % {"count": count})
    return redirect("webhook", hook_id)


@require_POST
def remove(request: HttpRequest, hook_id: int) -> HttpResponse:
    """Remove one with its deliveries."""
    verbs.remove(who_of(request), hook_id)
    messages.success(request, _("The webhook is removed."))
    return redirect("webhooks")


@require_safe
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One event for one webhook: what is sent, what was said."""
    found = verbs.delivery(who_of(request), delivery_id)
    full = delivery_full(found)
    body = json.dumps(full["body"], indent=2, ensure_ascii=False)
    return page(request, "delivery", SECTION, one=found, event=full["event"], headers=full["headers"], body=body)


@require_POST
def replay(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One event again, under its own id."""
    verbs.replay(who_of(request), delivery_id)
    messages.success(request, _("It is sent again."))
    return redirect("delivery", delivery_id)
