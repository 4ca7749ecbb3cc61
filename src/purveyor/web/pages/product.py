"""One product: its facts, other names, costs and stock, and the orders it stands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from purveyor.base.columns import day
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.common.gs1 import printed
from purveyor.common.lenient import Unreadable
from purveyor.orders import queries as orders
from purveyor.orders.models import Order
from purveyor.people.who import Who
from purveyor.products import queries
from purveyor.products.domain import facts, stock, update
from purveyor.products.forms import AliasForm, CostForm, CountForm, ProductForm, shown
from purveyor.products.models import Product
from purveyor.web.forms import blame
from purveyor.web.render import page, who_of

ORDERS_SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, product_id: int) -> HttpResponse:
    """Look at it, or change its facts."""
    who = who_of(request)
    found = queries.one(who, product_id)
    if request.method != "POST":
        return _page(request, found)
    who.require_somewhere(update.MANAGE)
    form = ProductForm(request.POST)
    if form.is_valid():
        try:
            update.change(who, found, form.facts(), seen=form.cleaned_data["version"])
        except (Refused, Conflict) as error:
            blame(form, error if isinstance(error, Refused) else Refused(error.message, hint=error.hint))
        else:
            messages.success(request, _("Stored."))
            return redirect("product", found.pk)
    return _page(request, found, status=422, form=form)


def _page(request: HttpRequest, found: Product, status: int = 200, **given: forms.Form) -> HttpResponse:
    who = who_of(request)
    told: dict[str, Any] = {
        "form": ProductForm(initial=shown(found)),
        "alias_form": AliasForm(auto_id="alias_%s"),
        "count_form": CountForm(auto_id="count_%s"),
        "cost_form": CostForm(auto_id="cost_%s", initial={"marketplace": _usual_marketplace(who)}),
    }
    return page(
        request,
        "product",
        "products",
        status=status,
        product=found,
        ean=printed(found.gtin),
        aliases=found.aliases.order_by("value"),
        costs=found.costs.order_by("marketplace", "-valid_from"),
        orders=_orders(who, found),
        orders_shown=ORDERS_SHOWN,
        may_manage=who.may_somewhere(update.MANAGE),
        **(told | given),
    )


def _usual_marketplace(who: Who) -> str:
    return str(who.profiles().values_list("marketplace", flat=True).first() or "")


def _orders(who: Who, found: Product) -> list[Order]:
    """The newest orders it stands in, by each of its own numbers."""
    mine: dict[int, Order] = {}
    for name in filter(None, (found.asin, printed(found.gtin), found.sku)):
        for order in orders.search(orders.visible_to(who), name)[:ORDERS_SHOWN]:
            mine[order.pk] = order
    return sorted(mine.values(), key=lambda order: (order.ordered_at, order.pk), reverse=True)[:ORDERS_SHOWN]


def _done(
    request: HttpRequest, product_id: int, name: str, form: forms.Form, verb: Callable[[Product], Any]
) -> HttpResponse:
    """A small form's verb; what it refuses is said at its field, and nothing typed is lost."""
    found = queries.one(who_of(request), product_id)
    who_of(request).require_somewhere(update.MANAGE)
    if form.is_valid():
        try:
            verb(found)
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("Stored."))
            return redirect("product", found.pk)
    return _page(request, found, status=422, **{name: form})


@require_POST
def alias(request: HttpRequest, product_id: int) -> HttpResponse:
    """Give it another name."""
    form, who = AliasForm(request.POST, auto_id="alias_%s"), who_of(request)
    return _done(
        request, product_id, "alias_form", form, lambda found: update.add_alias(who, found, _said(form, "alias"))
    )


@require_POST
def alias_remove(request: HttpRequest, product_id: int) -> HttpResponse:
    """Take another name away."""
    who = who_of(request)
    found = queries.one(who, product_id)
    update.remove_alias(who, found, request.POST.get("alias", ""))
    messages.success(request, _("The name was taken away."))
    return redirect("product", found.pk)


@require_POST
def count(request: HttpRequest, product_id: int) -> HttpResponse:
    """Write down how many pieces there are."""
    form, who = CountForm(request.POST, auto_id="count_%s"), who_of(request)

    def verb(found: Product) -> None:
        try:
            pieces = facts.stock(_said(form, "on_hand"), "")
        except Unreadable as error:
            raise Refused(str(error), [Problem(str(error), where="on_hand")]) from None
        stock.count(who, found, pieces)

    return _done(request, product_id, "count_form", form, verb)


@require_POST
def cost(request: HttpRequest, product_id: int) -> HttpResponse:
    """Agree a cost."""
    form, who = CostForm(request.POST, auto_id="cost_%s"), who_of(request)
    return _done(request, product_id, "cost_form", form, lambda found: update.set_cost(who, found, form.cleaned_data))


@require_POST
def cost_remove(request: HttpRequest, product_id: int) -> HttpResponse:
    """Take a cost away."""
    who = who_of(request)
    found = queries.one(who, product_id)
    try:
        begins = day(request.POST.get("valid_from", ""))
    except Unreadable as error:
        raise NotFound(str(error)) from None
    update.remove_cost(who, found, request.POST.get("marketplace", ""), begins)
    messages.success(request, _("The cost was taken away."))
    return redirect("product", found.pk)


def _said(form: forms.Form, name: str) -> str:
    return str(form.cleaned_data[name])
