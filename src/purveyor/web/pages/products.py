"""The catalogue: the list of products, and a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from purveyor.base.listing import Column, Filter, Listing, Sort
from purveyor.common.errors import Refused
from purveyor.products import queries
from purveyor.products.domain import update
from purveyor.products.forms import ProductForm
from purveyor.products.models import Product
from purveyor.web.forms import blame
from purveyor.web.lists import show
from purveyor.web.render import page, who_of


def _active(rows: QuerySet[Product], value: str) -> QuerySet[Product]:
    if value not in dict(_actives()):
        raise ValueError(_("there is no such state"))
    return rows.filter(active=value == "yes")


def _actives() -> list[tuple[str, Any]]:
    return [("yes", gettext_lazy("sold")), ("no", gettext_lazy("no longer sold"))]


def _lacking(rows: QuerySet[Product], value: str) -> QuerySet[Product]:
    if value not in queries.LACKING:
        raise ValueError(_("there is nothing of this name"))
    return rows.filter(queries.LACKING[value])


def _lacks() -> list[tuple[str, Any]]:
    words = (gettext_lazy("ASIN"), gettext_lazy("EAN"), gettext_lazy("Case pack"), gettext_lazy("Stock"))
    return list(zip(queries.LACKING, (*words, gettext_lazy("Cost")), strict=True))


_sku = gettext_lazy("SKU")
_changed = gettext_lazy("Changed")

PRODUCTS: Listing[Product] = Listing(
    name="products",
    columns=(
        Column("sku", _sku, lambda product: product.sku, sort="sku"),
        Column("title", gettext_lazy("Title"), lambda product: product.title, sort="title"),
        Column("changed", _changed, lambda product: product.updated_at, sort="-changed"),
    ),
    sorts=(
        Sort("sku", _sku, ("sku",)),
        Sort("-sku", _sku, ("-sku",)),
        Sort("title", gettext_lazy("Title"), ("title",)),
        Sort("-title", gettext_lazy("Title"), ("-title",)),
        Sort("-changed", _changed, ("-updated_at",)),
        Sort("changed", _changed, ("updated_at",)),
    ),
    filters=(
        Filter("active", gettext_lazy("State"), _active, _actives),
        Filter("lacking", gettext_lazy("Lacks"), _lacking, _lacks),
    ),
    search=queries.search,
)


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """The list."""
    who = who_of(request)
    listing = show(request, PRODUCTS, queries.visible_to(who))
    may_manage = who.may_somewhere(update.MANAGE)
    return page(
        request, "products", "products", listing=listing, may_manage=may_manage, actives=_actives(), lacks=_lacks()
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new product."""
    who = who_of(request)
    who.require_somewhere(update.MANAGE)
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            product = update.create(who, form.facts())
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("Product %(sku)s was added.") % {"sku": product.sku})
            return redirect("product", product.pk)
    return page(request, "product_add", "products", status=422 if form.errors else 200, form=form)
