"""A person says of which type an order is, on the order's page; at once acknowledged if wanted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from purveyor.common.errors import Conflict, Refused
from purveyor.orders.domain.overrule import overrule
from purveyor.orders.types_said import word
from purveyor.web.detail import find_order
from purveyor.web.render import who_of


@require_POST
def say(request: HttpRequest, order_id: int) -> HttpResponse:
    """Overrule the type, or hand it back to the rules."""
    who, given = who_of(request), request.POST
    found = find_order(who, order_id)
    version = given.get("version", "")
    try:
        made = overrule(
            who,
            found,
            given.get("type", ""),
            offer=given.get("offer", ""),
            reason=given.get("reason", ""),
            acknowledge=given.get("acknowledge") == "yes",
            expect_version=int(version) if version.isdecimal() else None,
        )
    except (Refused, Conflict) as error:
        problems = [problem.message for problem in getattr(error, "problems", ())]
        messages.error(request, " ".join(dict.fromkeys([error.message, *problems])))
    else:
        messages.success(request, _("The order's type is: %(type)s.") % {"type": word(made.type)})
    return redirect("order", order_id)
