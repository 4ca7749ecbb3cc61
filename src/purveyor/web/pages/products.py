"""The catalogue: the list of products, and a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from purveyor.common.errors import Refused
from purveyor.products import queries, tables
from purveyor.products.domain import update
from purveyor.products.forms import ProductForm
from purveyor.web.forms import blame
from purveyor.web.lists import default_view, show
from purveyor.web.render import page, who_of


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """The list."""
    if elsewhere := default_view(request, tables.PRODUCTS):
        return redirect(elsewhere)
    who = who_of(request)
    told: dict[str, Any] = {
        "may_manage": who.may_somewhere(update.MANAGE),
        "actives": tables.actives(),
        "lacks": tables.lacks(),
    }
    listing = show(request, tables.PRODUCTS, queries.visible_to(who))
    return page(request, "products", "products", listing=listing, **told)


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
