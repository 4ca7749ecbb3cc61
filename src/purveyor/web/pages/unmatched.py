"""Products nobody knows: one task each, with all the orders it holds; choose the product or make a new one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.orders.domain import mapping
from purveyor.people.who import Who
from purveyor.products import queries as products
from purveyor.products.models import Product
from purveyor.web.render import page, who_of

FIELDS = ("sku", "gtin", "title", "case_pack")
FOUND_AT_MOST = 20


@require_safe
def unmatched(request: HttpRequest) -> HttpResponse:
    """All of them, the soonest due first."""
    who = who_of(request)
    who.require_somewhere("orders.view")
    rows = [(one, _address(one.asin, one.vendor_product)) for one in mapping.as_known(mapping.unmatched(who))]
    return page(request, "unmatched", "orders", rows=rows, holds_nothing=mapping.holds_nothing())


def _address(asin: str, vendor_product: str) -> str:
    return f"{reverse('unmatched-one')}?{urlencode({'asin': asin, 'vendor_product': vendor_product})}"


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest) -> HttpResponse:
    """One of them: what it holds, and which product it is."""
    who = who_of(request)
    who.require_somewhere("orders.view")
    asin, vendor_product = request.GET.get("asin", ""), request.GET.get("vendor_product", "")
    if not (asin or vendor_product) and request.method != "POST":
        return unmatched(request)
    held = next((u for u in mapping.unmatched(who) if (u.asin, u.vendor_product) == (asin, vendor_product)), None)
    if held is None:
        raise NotFound(_("No order is held for this product any more."))
    may_map = who.may_somewhere(mapping.MANAGE)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _mapped(request, asin, vendor_product)
        except Refused as error:
            problems = {p.where: p.message for p in error.problems or [Problem(error.message)]}
    return page(
        request,
        "unmatched_one",
        "orders",
        status=422 if problems else 200,
        one=held,
        orders=mapping.orders_of(who, asin, vendor_product),
        may_map=may_map,
        products=products_found(who, request.GET.get("q", "")) if may_map else [],
        fields=fields_of(request, {"sku": vendor_product or asin}, problems),
        problems=problems,
    )


def _mapped(request: HttpRequest, asin: str, vendor_product: str) -> HttpResponse:
    who = who_of(request)
    new = {name: trimmed(request.POST.get(name, "")) for name in FIELDS} if request.POST.get("do") == "new" else None
    product, held = mapping.map_product(who, asin, vendor_product, sku=request.POST.get("sku", ""), new=new)
    if held > mapping.AT_ONCE:
        said = _("It is %(sku)s; %(count)d orders are being looked at again and go on by themselves.")
    else:
        said = ngettext(
            "It is %(sku)s; %(count)d order goes on by itself.",
            "It is %(sku)s; %(count)d orders go on by themselves.",
            held,
        )
    messages.success(request, said % {"sku": product.sku, "count": held})
    return redirect("unmatched")


def products_found(who: Who, text: str) -> list[Product]:
    """Products that are sold, found as the catalogue's own list finds them; none for no text."""
    if not trimmed(text):
        return []
    return list(products.search(products.visible_to(who).filter(active=True), text).order_by("sku")[:FOUND_AT_MOST])


def fields_of(request: HttpRequest, usual: dict[str, str], problems: dict[str, str]) -> list[dict[str, Any]]:
    """The fields of a new product, prefilled with what is said where nobody knows it."""
    labels = {"sku": _("SKU"), "gtin": _("EAN, UPC or GTIN"), "title": _("Title"), "case_pack": _("Pieces a case")}
    typed = request.POST if request.POST.get("do") == "new" else {}
    return [
        {
            "name": name,
            "label": labels[name],
            "value": typed.get(name, usual.get(name, "")),
            "problem": problems.get(name, "") if typed else "",
        }
        for name in FIELDS
    ]
