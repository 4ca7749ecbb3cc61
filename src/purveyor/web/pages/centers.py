"""Fulfillment centers: where orders go, by whose clock, and whose word that is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.centers import queries, tables
from purveyor.centers.domain.facts import code_of
from purveyor.centers.domain.update import MANAGE, decline_offer, set_center, take_offer
from purveyor.centers.forms import CenterForm
from purveyor.centers.models import Center, Source
from purveyor.common.errors import Conflict, Refused
from purveyor.common.zones import zone_names
from purveyor.orders import queries as orders
from purveyor.web.forms import blame
from purveyor.web.lists import default_view, show
from purveyor.web.render import page, who_of

ORDERS_SHOWN = 10
VERSIONS_SHOWN = 50


@require_safe
def centers(request: HttpRequest) -> HttpResponse:
    """The registry."""
    if elsewhere := default_view(request, tables.CENTERS):
        return redirect(elsewhere)
    who = who_of(request)
    listing = show(request, tables.CENTERS, queries.visible_to(who))
    return page(
        request,
        "centers",
        "centers",
        listing=listing,
        sources=Source.choices,
        may_manage=who.may_somewhere(MANAGE),
    )


@require_safe
def center(request: HttpRequest, code: str) -> HttpResponse:
    """One center: what is known, whose word it is, its history, and the orders that go there."""
    who = who_of(request)
    who.require_somewhere(queries.VIEW)
    found = queries.find(code)
    sees_orders = who.may_somewhere("orders.view")
    going = orders.visible_to(who).filter(ship_to=found.code).order_by("-ordered_at", "-pk") if sees_orders else ()
    return page(
        request,
        "center",
        "centers",
        center=found,
        offered=Center(code=found.code, **found.offered["parts"]) if found.offered else None,
        versions=found.versions.order_by("-number")[:VERSIONS_SHOWN],
        orders=list(orders.zoned(going[:ORDERS_SHOWN])),
        sees_orders=sees_orders,
        may_manage=who.may_somewhere(MANAGE),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say what is known of a center, or add one."""
    who = who_of(request)
    who.require_somewhere(MANAGE)
    found = queries.find(code) if code else None
    form = CenterForm(request.POST if request.method == "POST" else None, found, code_of(request.GET.get("code", "")))
    if request.method == "POST" and form.is_valid() and _stored(request, form, found):
        return redirect("center", code_of(found.code if found else form.cleaned_data["code"]))
    status = 422 if form.errors else 200
    zones = sorted(zone_names().values())
    return page(request, "center_edit", "centers", status=status, form=form, center=found, zones=zones)


def _stored(request: HttpRequest, form: CenterForm, found: Center | None) -> bool:
    """Whether the verb took it; else the form says why not."""
    code = found.code if found else form.cleaned_data["code"]
    seen = form.cleaned_data["version"]
    try:
        if found is None and Center.objects.filter(code=code_of(code)).exists():
            said = _("There is a center %(code)s already; change it on its own page.") % {"code": code_of(code)}
            form.add_error("code", said)
            return False
        set_center(who_of(request), code, form.facts, expect_version=seen, **form.origin)
    except Refused as error:
        blame(form, error)
    except Conflict as error:
        form.add_error(None, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("Stored."))
    return not form.errors


@require_POST
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """Take the address an order offers, or decline it."""
    do = take_offer if request.POST.get("do") == "take" else decline_offer
    try:
        do(who_of(request), code)
    except (Refused, Conflict) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Stored."))
    return redirect("center", code_of(code))
