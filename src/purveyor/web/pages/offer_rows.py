"""One row of an offer whose product nobody knows; and everything that was said of one cell."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.offers import queries
from purveyor.offers.domain import mapping
from purveyor.offers.domain.board import board, history_of
from purveyor.offers.models import Offer
from purveyor.web.offer_next import title_of
from purveyor.web.pages.unmatched import FIELDS, fields_of, products_found
from purveyor.web.render import page, who_of


@require_safe
def cell(request: HttpRequest, offer_id: int, row: int, delivery: int) -> HttpResponse:
    """What was asked, what each stage says now, and every answer there ever was."""
    found = queries.one(who_of(request), offer_id)
    wanted = queries.cell(found, row, delivery)
    now = board(found, rows={row})
    told: dict[str, Any] = {
        "offer": found,
        "cell": wanted,
        "now": now.rows[0].cells[delivery],
        "stages": [(one, now.rows[0].cells[delivery].words.get(one.key)) for one in now.stages],
        "history": [(one, title_of(one.stage.key)) for one in reversed(history_of(wanted))],
    }
    return page(request, "offer_cell", "offers", **told)


@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, offer_id: int, row: int) -> HttpResponse:
    """Say which product a row is."""
    who = who_of(request)
    found = queries.one(who, offer_id)
    wanted = found.rows.filter(number=row).select_related("product").first()
    if wanted is None:
        raise NotFound(_("Offer %(number)s has no row %(row)d.") % {"number": found.number, "row": row})
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _mapped(request, found, row)
        except Refused as error:
            problems = {p.where: p.message for p in error.problems or [Problem(error.message)]}
    usual = {"sku": wanted.vendor_product or wanted.asin, "title": wanted.title}
    told: dict[str, Any] = {
        "offer": found,
        "row": wanted,
        "may_map": who.may_somewhere(mapping.MANAGE),
        "products": products_found(who, request.GET.get("q", "")),
        "fields": fields_of(request, usual, problems),
        "problems": problems,
    }
    return page(request, "offer_row", "offers", status=422 if problems else 200, **told)


def _mapped(request: HttpRequest, found: Offer, row: int) -> HttpResponse:
    new = {name: trimmed(request.POST.get(name, "")) for name in FIELDS} if request.POST.get("do") == "new" else None
    product = mapping.map_row(who_of(request), found, row, sku=request.POST.get("sku", ""), new=new)
    messages.success(request, _("Row %(row)d is %(sku)s.") % {"row": row, "sku": product.sku})
    return redirect("offer", found.pk)
