"""Vendor Orders v1 (model vendorOrders.json; FACTS §5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from werkzeug.wrappers import Response

from purveyor.common import clock
from purveyor.simulator import answering, rules, wire
from purveyor.simulator.book import Book, Index
from purveyor.simulator.faults import Place
from purveyor.simulator.model import Order, State, millis
from purveyor.simulator.spapi import paging, parameters
from purveyor.simulator.spapi.call import Call
from purveyor.simulator.spapi.envelope import Bad, invalid, payload, unreadable

ORDER_FILTERS = (
    "createdAfter", "createdBefore", "changedAfter", "changedBefore", "sortOrder", "includeDetails", "poItemState",
    "isPOChanged", "purchaseOrderState", "orderingVendorCode",
)  # fmt: skip
STATUS_FILTERS = (
    "createdAfter", "createdBefore", "updatedAfter", "updatedBefore", "sortOrder", "purchaseOrderNumber",
    "purchaseOrderStatus", "itemConfirmationStatus", "itemReceiveStatus", "orderingVendorCode", "shipToPartyId",
)  # fmt: skip
SORTS = ("ASC", "DESC")
CONFIRMATIONS = ("ACCEPTED", "PARTIALLY_ACCEPTED", "REJECTED", "UNCONFIRMED")
RECEIPTS = ("NOT_RECEIVED", "PARTIALLY_RECEIVED", "RECEIVED")
NUMBER = re.compile(r"[A-Za-z0-9]{8}")

# No size is published behind Amazon's 413; this one is far above any honest acknowledgement.
LARGEST_BODY = 5_000_000

Keep = Callable[[Order], bool]


def get_purchase_orders(call: Call) -> Response:
    """A page of orders, in full or by number and state."""
    args, now = call.args, clock.now()
    details = parameters.flag(args, "includeDetails", usual=True)
    keep = _order_filter(call)
    created, changed = parameters.span(args, "created", now), parameters.span(args, "changed", now)
    with call.world.lock:
        page = _page(call, call.book, created, changed, call.book.changed, ORDER_FILTERS, keep)
        listed = [wire.order_wire(order) if details else wire.short_wire(order) for order in page.orders]
    return payload(_list(b"orders", listed, page.token))


def _order_filter(call: Call) -> Keep:
    args = call.args
    state = parameters.word(args, "purchaseOrderState", tuple(State))
    cancelled = parameters.word(args, "poItemState", ("Cancelled",))
    changed = parameters.flag(args, "isPOChanged", usual=False)
    code = args.get("orderingVendorCode", "")

    def keep(order: Order) -> bool:
        return (
            (not state or order.state == state)
            and (not code or order.vendor_code == code)
            and (not changed or order.changed_at is not None)
            and (not cancelled or any(line.amount == 0 for line in order.lines))
        )

    return keep


def _page(
    call: Call,
    book: Book,
    created: parameters.Span | None,
    other: parameters.Span | None,
    index: Index,
    filters: tuple[str, ...],
    keep: Keep,
) -> paging.Page:
    """The page asked for, walked along the index of the range that was given; with both, the second narrows."""
    args, settings, now = call.args, call.world.settings, clock.now()
    descending = parameters.word(args, "sortOrder", SORTS) == "DESC" and settings.honour_sort
    limit = parameters.limit(args)
    marks = paging.digest(args, filters)
    token = args.get("nextToken", "")
    cursor = paging.read(token, marks) if token else paging.Cursor(None, "", marks)
    span = other or created or parameters.recent(now)
    if not other:
        index = book.created
    elif created:
        keep = _within(created, keep)
    span = (max(span[0], parameters.deepest(now)), span[1])
    hit = call.hit.name if call.hit and call.hit.place == Place.PAGING else ""
    if hit == "spurious-400":
        raise invalid("The request has an invalid parameter.")
    if hit == "empty-page":
        return paging.empty(cursor)
    page = paging.cut(book, index, span, cursor, limit, keep, descending)
    return paging.Page(page.orders, token) if hit == "repeated-token" else page


def _within(created: parameters.Span, keep: Keep) -> Keep:
    low, high = created
    return lambda order: low <= millis(order.created_at) <= high and keep(order)


def _list(name: bytes, listed: list[bytes], token: str) -> bytes:
    pagination = b'"pagination":' + wire.encode({"nextToken": token}) + b"," if token else b""
    return b"{" + pagination + b'"' + name + b'":[' + b",".join(listed) + b"]}"


def get_purchase_order(call: Call) -> Response:
    """One order by its number."""
    number = call.path["purchaseOrderNumber"]
    with call.world.lock:
        order = call.book.orders.get(number)
        if order is not None:
            return payload(wire.order_wire(order))
    if not NUMBER.fullmatch(number):
        raise unreadable("The request is missing or has invalid parameters.", "purchaseOrderNumber")
    raise Bad(404, "ResourceNotFound", "There is no such purchase order.")


def get_purchase_orders_status(call: Call) -> Response:
    """A page of what has been ordered, answered and received."""
    args, world, now = call.args, call.world, clock.now()
    if args.get("sortOrder") == "ASC" and world.settings.refuse_ascending:
        raise invalid("The request has an invalid parameter.")
    keep = _status_filter(call)
    created, updated = parameters.span(args, "created", now), parameters.span(args, "updated", now)
    number = args.get("purchaseOrderNumber", "")
    if number and created is None and updated is None:
        created = (0, parameters.recent(now)[1])
    with world.lock:
        book = call.book.only(number) if number else call.book
        page = _page(call, book, created, updated, book.updated, STATUS_FILTERS, keep)
        listed = [wire.encode(wire.status(order, now, world.settings)) for order in page.orders]
    return payload(_list(b"ordersStatus", listed, page.token))


def _status_filter(call: Call) -> Keep:
    args, now = call.args, clock.now()
    number, center = args.get("purchaseOrderNumber", ""), args.get("shipToPartyId", "")
    code = args.get("orderingVendorCode", "")
    status = parameters.word(args, "purchaseOrderStatus", ("OPEN", "CLOSED"))
    confirmed = parameters.word(args, "itemConfirmationStatus", CONFIRMATIONS)
    received = parameters.word(args, "itemReceiveStatus", RECEIPTS)

    def keep(order: Order) -> bool:
        return (
            (not number or order.number == number)
            and (not center or order.center == center)
            and (not code or order.vendor_code == code)
            and (not status or wire.is_closed(order) == (status == "CLOSED"))
            and (
                not confirmed or any(wire.confirmation(n, order.seen(n.number), now) == confirmed for n in order.lines)
            )
            and (not received or any(wire.receipt(n, order.seen(n.number), now) == received for n in order.lines))
        )

    return keep


def submit_acknowledgement(call: Call) -> Response:
    """Take acknowledgements: 202 and a transaction id, or 400 at once for what has not their shape."""
    bodies = _bodies(call)
    hit = call.hit
    fault = hit.name if hit and hit.place == Place.OUTCOME else ""
    found = answering.submit(call.world, call.account, bodies, fault)
    return payload(wire.encode({"transactionId": found}), 202)


def _bodies(call: Call) -> list[dict[str, Any]]:
    bodies = body_of(call).get("acknowledgements")
    if not isinstance(bodies, list) or not bodies:
        raise invalid("The request carries no acknowledgements.")
    numbers = set()
    for place, body in enumerate(bodies):
        try:
            numbers.add(rules.read(body).purchase_order_number)
        except ValueError as problem:
            raise invalid(f"acknowledgements[{place}]: {problem}") from None
    if len(numbers) < len(bodies):
        raise invalid("A purchase order is acknowledged twice in one request.")
    return bodies


def body_of(call: Call) -> dict[str, Any]:
    """The request's JSON object. Raises Bad: 415 for another type, 413 for too much, 400 for no object."""
    if call.request.mimetype != "application/json":
        raise Bad(415, "UnsupportedMediaType", "The body must be application/json.")
    data = call.request.get_data()
    if len(data) > LARGEST_BODY:
        raise Bad(413, "RequestTooLarge", "The body is too large.")
    try:
        found = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise invalid("The body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise invalid("The body must be a JSON object.")
    return found
