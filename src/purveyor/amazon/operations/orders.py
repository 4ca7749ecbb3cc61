"""The four purchase-order operations (vendor orders v1, FACTS §5.1).

Parameter names checked against amzn/selling-partner-api-models 34dc93f (5 Aug 2026), vendorOrders.json. Filters may be
given by Amazon's name or in Python's spelling (``createdAfter`` or ``created_after``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from purveyor.amazon.client import Client, Leaving, Operation, at, flag, one_of, snake, text, whole
from purveyor.amazon.messages import orders, transactions
from purveyor.amazon.messages.base import payload_of
from purveyor.amazon.paging import LONGEST, Pages, pages
from purveyor.common.windows import moment

GET_PURCHASE_ORDERS = Operation(
    "getPurchaseOrders",
    "GET",
    "/vendor/orders/v1/purchaseOrders",
    orders.read_page,
    {
        "limit": whole(1, 100),
        "createdAfter": at,
        "createdBefore": at,
        "changedAfter": at,
        "changedBefore": at,
        "sortOrder": one_of("ASC", "DESC"),
        "nextToken": text,
        "includeDetails": flag,
        "poItemState": one_of("Cancelled"),
        "isPOChanged": flag,
        "purchaseOrderState": one_of("New", "Acknowledged", "Closed"),
        "orderingVendorCode": text,
    },
)
GET_PURCHASE_ORDER = Operation(
    "getPurchaseOrder", "GET", "/vendor/orders/v1/purchaseOrders/{purchaseOrderNumber}", payload_of
)
SUBMIT_ACKNOWLEDGEMENT = Operation(
    "submitAcknowledgement", "POST", "/vendor/orders/v1/acknowledgements", transactions.read_submitted
)
GET_PURCHASE_ORDERS_STATUS = Operation(
    "getPurchaseOrdersStatus",
    "GET",
    "/vendor/orders/v1/purchaseOrdersStatus",
    orders.status_page,
    {
        "limit": whole(1, 100),
        "sortOrder": one_of("ASC", "DESC"),
        "nextToken": text,
        "createdAfter": at,
        "createdBefore": at,
        "updatedAfter": at,
        "updatedBefore": at,
        "purchaseOrderNumber": text,
        "purchaseOrderStatus": one_of("OPEN", "CLOSED"),
        "itemConfirmationStatus": one_of("ACCEPTED", "PARTIALLY_ACCEPTED", "REJECTED", "UNCONFIRMED"),
        "itemReceiveStatus": one_of("NOT_RECEIVED", "PARTIALLY_RECEIVED", "RECEIVED"),
        "orderingVendorCode": text,
        "shipToPartyId": text,
    },
)


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """A page of purchase orders, each still as JSON. ``body`` is the page as it came."""

    orders: list[bytes] = field(repr=False)
    next_token: str
    request_id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatusPage:
    """A page of order statuses, each still as JSON. ``body`` is the page as it came."""

    statuses: list[bytes] = field(repr=False)
    next_token: str
    request_id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OneOrder:
    """One purchase order, still as JSON. ``body`` is the reply as it came."""

    order: bytes = field(repr=False)
    request_id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Submitted:
    """Amazon took a document in; that is not yet to say that it accepts it."""

    transaction_id: str
    request_id: str
    status: int


def get_purchase_orders(client: Client, *, next_token: str = "", **filters: Any) -> OrdersPage:
    """One page. With ``next_token`` the same filters must be given again. Raises AmazonError; ValueError for a filter
    Amazon would ignore or refuse, or a range of more than seven days."""
    answer = client.call(GET_PURCHASE_ORDERS, query=_query(next_token, filters), paging=bool(next_token))
    return OrdersPage(answer.content.orders, answer.content.next_token, answer.request_id, answer.body)


def purchase_order_pages(client: Client, *, cap: int = 10_000, **filters: Any) -> Pages[OrdersPage]:
    """Every page of these filters; look at ``stopped`` when the loop is over."""
    return pages(lambda token: get_purchase_orders(client, next_token=token, **filters), cap=cap)


def get_purchase_order(client: Client, number: str) -> OneOrder:
    """One order by its number. Raises NotFoundAtAmazon when this account has none such."""
    answer = client.call(GET_PURCHASE_ORDER, path={"purchaseOrderNumber": number})
    return OneOrder(answer.content, answer.request_id, answer.body)


def submit_acknowledgement(
    client: Client, body: bytes, *, retry: bool = False, leaving: Leaving | None = None
) -> Submitted:
    """Send the bytes of ``write_acknowledgement``, once. With ``retry`` it is repeated after a 429, which is proof
    that nothing arrived. ``leaving`` as in ``Client.call``. Raises AmazonError; ``errors.arrived`` tells what is known
    about its effect."""
    answer = client.call(SUBMIT_ACKNOWLEDGEMENT, body=body, retry=retry, leaving=leaving)
    return Submitted(answer.content, answer.request_id, answer.status)


def get_purchase_orders_status(client: Client, *, next_token: str = "", **filters: Any) -> StatusPage:
    """One page of statuses; as ``get_purchase_orders``, but the change filters are called updatedAfter/Before."""
    answer = client.call(GET_PURCHASE_ORDERS_STATUS, query=_query(next_token, filters), paging=bool(next_token))
    return StatusPage(answer.content.orders, answer.content.next_token, answer.request_id, answer.body)


def status_pages(client: Client, *, cap: int = 10_000, **filters: Any) -> Pages[StatusPage]:
    """Every page of these filters; look at ``stopped`` when the loop is over."""
    return pages(lambda token: get_purchase_orders_status(client, next_token=token, **filters), cap=cap)


def _query(next_token: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    given = {snake(name): value for name, value in filters.items() if value}
    for kind in ("created", "changed", "updated"):
        after, before = given.get(f"{kind}_after"), given.get(f"{kind}_before")
        if after and before and _aware(before) - _aware(after) > LONGEST:
            raise ValueError(f"{kind}After and {kind}Before are more than seven days apart")
    return {**filters, "nextToken": next_token or None}


def _aware(value: datetime | str) -> datetime:
    return moment(at(value))
