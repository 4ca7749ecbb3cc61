"""What people do about an order beyond answering it: hold, release, say that a change was seen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from purveyor.common.errors import Conflict, Refused
from purveyor.orders.domain import changed
from purveyor.orders.domain import hold as holds
from purveyor.web.detail import find_order
from purveyor.web.render import who_of


@require_POST
def hold(request: HttpRequest, order_id: int) -> HttpResponse:
    """Put it on hold."""
    found = find_order(who_of(request), order_id)
    try:
        holds.hold(who_of(request), found, request.POST.get("because", "").strip()[:500])
        messages.success(request, _("On hold. Nothing goes on with it by itself."))
    except Refused as error:
        messages.error(request, error.message)
    return redirect("order", order_id)


@require_POST
def release(request: HttpRequest, order_id: int, hold_id: int) -> HttpResponse:
    """End one hold."""
    found = find_order(who_of(request), order_id)
    try:
        holds.release(who_of(request), found, hold_id, request.POST.get("because", "").strip()[:500])
        messages.success(request, _("Released."))
    except Conflict as error:
        messages.error(request, error.message)
    return redirect("order", order_id)


@require_POST
def seen(request: HttpRequest, order_id: int) -> HttpResponse:
    """Say that the changes were seen."""
    changed.seen(who_of(request), find_order(who_of(request), order_id))
    messages.success(request, _("Noted, and the alert is closed."))
    return redirect("order", order_id)
