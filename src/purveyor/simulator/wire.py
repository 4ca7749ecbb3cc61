"""Orders and their status in Amazon's words (models vendorOrders.json, OrderList and OrderListStatus)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from purveyor.common.windows import zulu
from purveyor.simulator.model import Items, Line, Order, Settings, State, Track

encode = msgspec.json.Encoder(decimal_format="string").encode


def money(amount: str, currency: str) -> dict[str, str]:
    return {"currencyCode": currency, "amount": amount}


def quantity(line: Line, amount: int) -> dict[str, Any]:
    return {"amount": amount, "unitOfMeasure": line.unit, "unitSize": line.unit_size}


def of_eaches(line: Line, eaches: int) -> dict[str, Any]:
    """So many eaches in the line's own unit, or in eaches where they fill no whole cases."""
    if eaches % line.size:
        return {"amount": eaches, "unitOfMeasure": "Eaches", "unitSize": 1}
    return quantity(line, eaches // line.size)


def item(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {"itemSequenceNumber": line.number}
    if line.asin:
        found["amazonProductIdentifier"] = line.asin
    if line.sku:
        found["vendorProductIdentifier"] = line.sku
    found["orderedQuantity"] = quantity(line, line.amount)
    found["isBackOrderAllowed"] = line.backorder
    if line.cost:
        found["netCost"] = money(line.cost, line.currency)
    if line.list_price:
        found["listPrice"] = money(line.list_price, line.currency)
    return found


def items_wire(items: Items) -> bytes:
    """The lines serialised, once for all orders that share them."""
    if not items.wire:
        items.wire = encode([item(line) for line in items.lines])
    return items.wire


def head(order: Order) -> dict[str, Any]:
    """Everything of orderDetails but the lines."""
    found: dict[str, Any] = {"purchaseOrderDate": zulu(order.created_at)}
    if order.changed_at is not None:
        found["purchaseOrderChangedDate"] = zulu(order.changed_at)
    found["purchaseOrderStateChangedDate"] = zulu(order.state_changed_at)
    found["purchaseOrderType"] = order.type
    if order.import_details:
        found["importDetails"] = order.import_details
    if order.deal:
        found["dealCode"] = order.deal
    found["paymentMethod"] = order.payment
    found["sellingParty"] = {"partyId": order.vendor_code}
    found.update({"shipToParty": {"partyId": order.center}} | order.parties)
    if order.ship_window:
        found["shipWindow"] = order.ship_window
    if order.delivery_window:
        found["deliveryWindow"] = order.delivery_window
    return found


def order_wire(order: Order) -> bytes:
    """One order in full. The lines, much the larger part, are taken as serialised before."""
    details = encode(head(order))[:-1] + b',"items":' + items_wire(order.items) + b"}"
    return short_wire(order)[:-1] + b',"orderDetails":' + details + b"}"


def short_wire(order: Order) -> bytes:
    """Number and state alone: what includeDetails=false gives."""
    return encode({"purchaseOrderNumber": order.number, "purchaseOrderState": order.state})


def confirmation(line: Line, track: Track, at: datetime) -> str:
    """A line's confirmationStatus (FACTS §8)."""
    answers = track.visible(at)
    if not answers:
        return "UNCONFIRMED"
    last = answers[-1]
    if last.accepted == 0:
        return "REJECTED"
    return "ACCEPTED" if last.accepted >= line.eaches else "PARTIALLY_ACCEPTED"


def due(line: Line, track: Track, at: datetime) -> int:
    """Eaches still wanted of a line in all: what was confirmed, and no more than is ordered now."""
    answers = track.visible(at)
    return min(answers[-1].accepted, line.eaches) if answers else line.eaches


def receipt(line: Line, track: Track, at: datetime) -> str:
    """A line's receiveStatus: RECEIVED once everything confirmed is in."""
    if track.received == 0:
        return "NOT_RECEIVED"
    return "RECEIVED" if track.received >= due(line, track, at) else "PARTIALLY_RECEIVED"


def is_closed(order: Order) -> bool:
    """The status operation's CLOSED: nothing is awaited any more."""
    return order.state == State.CLOSED


def status(order: Order, at: datetime, settings: Settings) -> dict[str, Any]:
    """One order of getPurchaseOrdersStatus as seen at a moment: answers not visible yet are not shown."""
    return {
        "purchaseOrderNumber": order.number,
        "purchaseOrderStatus": "CLOSED" if is_closed(order) else "OPEN",
        "purchaseOrderDate": zulu(order.created_at),
        "lastUpdatedDate": zulu(order.updated_at),
        "sellingParty": {"partyId": order.vendor_code},
        "shipToParty": {"partyId": order.center},
        "itemStatus": [_item_status(order, line, at, settings) for line in order.lines],
    }


def _item_status(order: Order, line: Line, at: datetime, settings: Settings) -> dict[str, Any]:
    track = order.seen(line.number)
    found: dict[str, Any] = {"itemSequenceNumber": line.number}
    if line.asin:
        found["buyerProductIdentifier"] = line.asin
    if line.sku:
        found["vendorProductIdentifier"] = line.sku
    if line.cost:
        found["netCost"] = money(line.cost, line.currency)
    if line.list_price:
        found["listPrice"] = money(line.list_price, line.currency)
    found["orderedQuantity"] = {
        "orderedQuantity": quantity(line, line.amount),
        "orderedQuantityDetails": _steps(order, line, track),
    }
    found["acknowledgementStatus"] = _answers(line, track, at, settings)
    found["receivingStatus"] = _received(line, track, at)
    return found


def _steps(order: Order, line: Line, track: Track) -> list[dict[str, Any]]:
    """How the ordered quantity came about, newest first."""
    if not track.steps:
        return [{"updatedDate": zulu(order.created_at), "orderedQuantity": quantity(line, line.amount)}]
    found = []
    for step in reversed(track.steps):
        kind, amount = ("cancelledQuantity", step.cancelled) if step.cancelled else ("orderedQuantity", step.ordered)
        found.append({"updatedDate": zulu(step.at), kind: quantity(line, amount)})
    return found


def _answers(line: Line, track: Track, at: datetime, settings: Settings) -> dict[str, Any]:
    answers = track.visible(at)
    last = answers[-1] if answers else None
    found: dict[str, Any] = {
        "confirmationStatus": confirmation(line, track, at),
        "acceptedQuantity": of_eaches(line, last.accepted if last else 0),
        "rejectedQuantity": of_eaches(line, last.rejected if last else 0),
    }
    if answers:
        found["acknowledgementStatusDetails"] = [
            {
                "acknowledgementDate": zulu(answer.date if settings.echo_dates else answer.received_at),
                "acceptedQuantity": of_eaches(line, answer.accepted),
                "rejectedQuantity": of_eaches(line, answer.rejected),
            }
            for answer in reversed(answers)
        ]
    return found


def _received(line: Line, track: Track, at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {
        "receiveStatus": receipt(line, track, at),
        "receivedQuantity": of_eaches(line, track.received),
    }
    if track.received_at is not None:
        found["lastReceiveDate"] = zulu(track.received_at)
    return found
