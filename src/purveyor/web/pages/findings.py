"""Ways out of findings, second persons: what the order's page lets people do about what was found."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from purveyor.common.errors import Conflict, Refused
from purveyor.orders.domain import remedy, second
from purveyor.web.detail import find_order
from purveyor.web.render import who_of


@require_POST
def take(request: HttpRequest, order_id: int, finding_id: int) -> HttpResponse:
    """Take a way out of a finding."""
    who = who_of(request)
    order = find_order(who, order_id)
    way, because = request.POST.get("way", ""), request.POST.get("because", "")
    return _done(
        request, order.pk, lambda: remedy.take(who, order, finding_id, way, because), _("Done. The order goes on.")
    )


@require_POST
def settle(request: HttpRequest, order_id: int, request_id: int) -> HttpResponse:
    """Confirm or decline the answer that waits for a second person."""
    who = who_of(request)
    order = find_order(who, order_id)
    second.waiting(order, request_id)
    if request.POST.get("do") == "confirm":
        return _done(request, order.pk, lambda: second.confirm(who, request_id), _("Confirmed. The answer goes out."))
    because = request.POST.get("because", "").strip()
    return _done(request, order.pk, lambda: second.decline(who, request_id, because), _("Declined."))


def _done(request: HttpRequest, order_id: int, do: Callable[[], object], said: str) -> HttpResponse:
    try:
        do()
    except (Refused, Conflict) as error:
        problems = [problem.message for problem in getattr(error, "problems", ())]
        messages.error(request, " ".join(dict.fromkeys([error.message, *problems])))
    else:
        messages.success(request, said)
    return redirect("order", order_id)
