"""Documents as Amazon sends them, made up: one order, one status, with anything changed."""

from __future__ import annotations

import json
from typing import Any

from purveyor.amazon.messages.orders import read_order, read_status
from purveyor.common.canon import content_of, sha256
from purveyor.intake.kinds import RawPage
from purveyor.intake.mapping.orders import order_record
from purveyor.intake.mapping.status import status_record
from purveyor.orders.domain.keep import pack
from purveyor.orders.records import Document, ReceivedOrder, ReceivedStatus


def item(number: str = "1", amount: int = 10, **more: Any) -> dict[str, Any]:
    """A line of single pieces at 4.20; ``more`` replaces Amazon's fields, None takes one out."""
    told = {
        "itemSequenceNumber": number,
        "amazonProductIdentifier": f"B00000000{number}",
        "vendorProductIdentifier": f"400000000000{number}",
        "orderedQuantity": {"amount": amount, "unitOfMeasure": "Eaches", "unitSize": 1},
        "isBackOrderAllowed": False,
        "netCost": {"amount": "4.20", "currencyCode": "EUR"},
        "listPrice": {"amount": "9.99", "currencyCode": "EUR"},
    }
    return _without_none(told | more)


def order(number: str = "1ABCDEFG", items: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A new order with one line; ``more`` replaces details, ``state`` the state. None takes one out."""
    state = more.pop("state", "New")
    details = {
        "purchaseOrderDate": "2026-03-02T08:00:00Z",
        "purchaseOrderStateChangedDate": "2026-03-02T08:00:00Z",
        "purchaseOrderType": "RegularOrder",
        "paymentMethod": "Invoice",
        "buyingParty": {"partyId": "AMAZ"},
        "sellingParty": {"partyId": "ACME1"},
        "shipToParty": {"partyId": "FRA1"},
        "billToParty": {"partyId": "AMAZ"},
        "deliveryWindow": "2026-03-09T07:00:00Z--2026-03-16T07:00:00Z",
        "items": [item()] if items is None else items,
    }
    told = {"purchaseOrderNumber": number, "purchaseOrderState": state, "orderDetails": _without_none(details | more)}
    return _without_none(told)


def eaches(amount: int) -> dict[str, Any]:
    return {"amount": amount, "unitOfMeasure": "Eaches", "unitSize": 1}


def status_item(
    number: str = "1",
    ordered: int = 10,
    accepted: int | None = None,
    rejected: int = 0,
    date: str = "",
    received: int = 0,
) -> dict[str, Any]:
    """A line's status: unanswered when ``accepted`` is None, with an echoed date where one is given."""
    answered = accepted is not None
    details = [{"acknowledgementDate": date, "acceptedQuantity": eaches(accepted or 0)}] if date else []
    return {
        "itemSequenceNumber": number,
        "orderedQuantity": {"orderedQuantity": eaches(ordered)},
        "acknowledgementStatus": {
            "confirmationStatus": "PARTIALLY_ACCEPTED" if answered else "UNCONFIRMED",
            "acceptedQuantity": eaches(accepted or 0),
            "rejectedQuantity": eaches(rejected),
            "acknowledgementStatusDetails": details,
        },
        "receivingStatus": {"receiveStatus": "PARTIALLY_RECEIVED", "receivedQuantity": eaches(received)},
    }


def status(
    number: str = "1ABCDEFG", items: list[dict[str, Any]] | None = None, updated: str = "2026-03-02T10:00:00Z"
) -> dict[str, Any]:
    """An order's status."""
    told = {
        "purchaseOrderNumber": number,
        "purchaseOrderStatus": "OPEN",
        "purchaseOrderDate": "2026-03-02T08:00:00Z",
        "lastUpdatedDate": updated,
        "sellingParty": {"partyId": "ACME1"},
        "shipToParty": {"partyId": "FRA1"},
        "itemStatus": [status_item()] if items is None else items,
    }
    return _without_none(told)


def raw(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def page(*documents: dict[str, Any] | bytes) -> RawPage:
    """A last page with these documents."""
    found = [d if isinstance(d, bytes) else raw(d) for d in documents]
    return RawPage(found, "", "request-1", sum(map(len, found)), {})


def mapped(document: dict[str, Any]) -> ReceivedOrder:
    return order_record(read_order(raw(document)))


def mapped_status(document: dict[str, Any]) -> ReceivedStatus:
    return status_record(read_status(raw(document)))


def received(document: dict[str, Any]) -> Document:
    """An order or a status as ``receive`` takes it."""
    own = raw(document)
    record = mapped(document) if "orderDetails" in document else mapped_status(document)
    return Document(
        record=record,
        packed=pack(own),
        raw_hash=sha256(own),
        content_hash=content_of(own),
        request_id="request-1",
        source="test",
    )


def _without_none(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
