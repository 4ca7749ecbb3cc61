"""One search for any number a person may hold in hand: PO, ASIN, EAN, SKU, fulfillment center, transaction id."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from purveyor.base.search import LONGEST, Found
from purveyor.base.search import search as search_all
from purveyor.centers.models import Center
from purveyor.common.lenient import trimmed
from purveyor.orders import queries as orders
from purveyor.web.render import page, who_of

PAGES = {"orders": "order", "products": "product", "centers": "center", "documents": "document"}
"""The page of one row, by its list."""
SHOWN = 8


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Straight to what it can only be; to the one list that has several; else all there is, list by list."""
    text = trimmed(request.GET.get("q", ""))[:LONGEST]
    if not text:
        return redirect("orders")
    found = search_all(who_of(request), text, SHOWN)
    if len(found) == 1:
        only = found[0]
        return redirect(_address(only, only.rows[0]) if len(only.rows) == 1 else _all(only, text))
    groups = [(one, _lines(one), _all(one, text)) for one in found]
    return page(request, "search", q=text, groups=groups)


def _lines(found: Found) -> list[tuple[Any, str]]:
    """The rows of a group, each with its address."""
    rows = list(orders.zoned(found.rows)) if found.listing.name == "orders" else found.rows
    return [(row, _address(found, row)) for row in rows]


def _address(found: Found, row: Any) -> str:
    return reverse(PAGES[found.listing.name], args=[row.code if isinstance(row, Center) else row.pk])


def _all(found: Found, text: str) -> str:
    return f"{reverse(found.listing.name)}?{urlencode({'q': text})}"
