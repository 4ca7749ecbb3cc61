"""The cheapest read of each operation the switched-on features need; a refused one does not end the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from purveyor.amazon import errors
from purveyor.amazon.client import Client
from purveyor.amazon.errors import AmazonError, Forbidden
from purveyor.amazon.messages.orders import number_of
from purveyor.amazon.operations.orders import OrdersPage, get_purchase_orders, get_purchase_orders_status
from purveyor.amazon.operations.transactions import get_transaction
from purveyor.base.phrase import _
from purveyor.common import clock
from purveyor.profiles.doctor.report import Check
from purveyor.profiles.doctor.visit import Visit
from purveyor.profiles.doctor.words import of_operation, refused, said_by

T = TypeVar("T")
LATELY = timedelta(days=1)
WEEK = timedelta(days=7)
EARLIER = 5
"""Weeks looked back for one order, where the last one has none."""
PAGE, PAGES = 100, 3
SPANS = (WEEK, LATELY, timedelta(hours=1))


def orders(visit: Visit, begun: Check) -> Check:
    """Numbers only, of the last week; further back until one is found to read in full."""
    first = _try(visit, begun, "getPurchaseOrders", lambda client: _week(client, 0))
    if isinstance(first, Check):
        return first
    said = _("Amazon answered.")
    try:
        _find_one(visit, first)
    except AmazonError as error:
        # It may be asked, which is what this step is about.
        said = _("Amazon answered, then: %(said)s") % {"said": said_by(error)}
    return begun.good(said, request_id=first.request_id)


def _week(client: Client, back: int, *, span: timedelta = WEEK, token: str = "") -> OrdersPage:
    until = clock.now() - back * WEEK
    return get_purchase_orders(
        client,
        next_token=token,
        created_after=until - span,
        created_before=until,
        limit=PAGE,
        include_details=False,
    )


def _find_one(visit: Visit, first: OrdersPage) -> None:
    client = _client(visit)
    page, back = first, 0
    while not page.orders and back < EARLIER:
        back += 1
        page = _week(client, back)
    visit.numbers = [number for raw in page.orders if (number := number_of(raw))]
    if first.orders:
        visit.per_day = _per_day(client, first)


def _per_day(client: Client, first: OrdersPage) -> float:
    """How many orders come in a day, counted over the longest span that takes few pages."""
    for span in SPANS:
        page = first if span is WEEK else _week(client, 0, span=span)
        count = len(page.orders)
        for _more in range(PAGES - 1):
            if page.next_token:
                page = _week(client, 0, span=span, token=page.next_token)
                count += len(page.orders)
        if not page.next_token:
            return count / (span / LATELY)
    return len(page.orders) * PAGES / (SPANS[-1] / LATELY)  # at least


def status(visit: Visit, begun: Check) -> Check:
    """What Amazon counted of the last day's orders."""
    if "status" not in visit.connection.features:
        return _switched_off(begun)
    now = clock.now()
    found = _try(
        visit,
        begun,
        "getPurchaseOrdersStatus",
        lambda client: get_purchase_orders_status(client, updated_after=now - LATELY, updated_before=now, limit=1),
    )
    return found if isinstance(found, Check) else begun.good(_("Amazon answered."), request_id=found.request_id)


def transactions(visit: Visit, begun: Check) -> Check:
    """What became of an answer given earlier; sending itself is never tried."""
    if "acknowledge" not in visit.connection.features:
        return _switched_off(begun)
    known = visit.connection.evidence.transaction_id
    if not known:
        means = _("Not known yet: it can be asked once an answer was sent. The roles of the orders open it, too.")
        return begun.unknown(_("Nothing was asked of Amazon."), means)
    found = _try(visit, begun, "getTransaction", lambda client: get_transaction(client, known))
    return found if isinstance(found, Check) else begun.good(_("Amazon answered."), request_id=visit.request_id)


def _switched_off(begun: Check) -> Check:
    return begun.ended(begun.state, means=_("Not tried, since the feature is switched off."))


def _try(visit: Visit, begun: Check, operation: str, ask: Callable[[Client], T]) -> T | Check:
    """What was answered, or the bad check. Only a refused role lets the next step try."""
    try:
        found = ask(_client(visit))
    except AmazonError as error:
        visit.failed(error)
        visit.over = not _goes_on(error)
        told = of_operation(error, operation, bool(visit.opened), visit.connection)
        return refused(begun, error, told)
    visit.opened.append(operation)
    return found


def _goes_on(error: AmazonError) -> bool:
    if isinstance(error, Forbidden):
        return not error.token_fault
    return isinstance(error, errors.BadRequest | errors.NotFoundAtAmazon)


def _client(visit: Visit) -> Client:
    if visit.client is None:
        raise ValueError("asked before the login was tried")
    return visit.client
