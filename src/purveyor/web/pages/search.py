"""One search for any number a person may hold in hand: PO, ASIN, EAN, SKU, transaction id."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from purveyor.common.lenient import trimmed
from purveyor.orders import queries as orders
from purveyor.outbox import queries as outbox
from purveyor.web.render import page, who_of

SHOWN = 20


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Straight to what it can only be; else what it may be."""
    text = trimmed(request.GET.get("q", ""))[:100]
    if not text:
        return redirect("orders")
    who = who_of(request)
    found = list(orders.search(orders.visible_to(who), text)[: SHOWN + 1])
    sent = [] if found else list(outbox.documents(who).filter(transaction_id__istartswith=text)[: SHOWN + 1])
    if len(found) == 1:
        return redirect("order", found[0].pk)
    if len(sent) == 1:
        return redirect("document", sent[0].pk)
    if found:
        return redirect(f"/orders/?{urlencode({'q': text})}")
    if sent:
        return redirect(f"/documents/?{urlencode({'q': text})}")
    return page(request, "search", q=text)
