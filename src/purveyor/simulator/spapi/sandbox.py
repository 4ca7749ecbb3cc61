"""Amazon's static sandbox: certain parameters are answered with a canned case (FACTS §10).

Which parameters trigger what, and what shape the answer has, are Amazon's facts; the data are our own. Nothing that is
sent changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from purveyor.simulator.spapi import orders
from purveyor.simulator.spapi.call import Call
from purveyor.simulator.spapi.envelope import invalid, payload, unreadable
from purveyor.simulator.wire import encode

NEXT_PAGE = "U3RhbmQtaW4gcGFnZSAy"
PROCESSING = "20190904190535-eef8cad8-418e-4ed3-ac72-789e2ee6214a"
FAILED = "20190918190535-eef8cad8-418e-456f-ac72-789e2ee6813c"
MALFORMED = "Tran0904190535-eef8cad8-418e-4ed3-ac72-789e2ee6214a"

_DAY = "2021-03-01T"


def answer(call: Call, operation: str) -> Response:
    """The canned answer of an operation. Raises Bad for the cases that are errors."""
    status, body = _ANSWERS[operation](call)
    return payload(encode(body), status)


def _says(call: Call, **wanted: str) -> bool:
    return all(call.args.get(name) == value for name, value in wanted.items())


# ── orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _money(amount: str, weight: str = "") -> dict[str, str]:
    return {"amount": amount, "currencyCode": "EUR"} | ({"unitOfMeasure": weight} if weight else {})


def _quantity(amount: int, unit: str = "Eaches", size: int = 1) -> dict[str, Any]:
    return {"amount": amount, "unitOfMeasure": unit, "unitSize": size}


def _item(
    number: str, amount: int, *, cost: bool = True, listed: bool = True, cases: int = 0, weight: str = ""
) -> dict[str, Any]:
    found = {
        "itemSequenceNumber": number,
        "amazonProductIdentifier": f"B0STANDIN{number[-1]}",
        "vendorProductIdentifier": f"WH-100{number[-1]}",
        "orderedQuantity": _quantity(amount, "Cases", cases) if cases else _quantity(amount),
        "isBackOrderAllowed": bool(cases),
    }
    costs = {"netCost": _money("12.5", weight)} if cost else {}
    return found | costs | ({"listPrice": _money("25", weight)} if listed else {})


_IMPORT = {
    "importContainers": "1-20',1-40'HC",
    "internationalCommercialTerms": "FreeOnBoard",
    "methodOfPayment": "PrepaidBySeller",
    "portOfDelivery": "HAMBURG",
    "shippingInstructions": "Load on pallets",
}


def _details(items: list[dict[str, Any]], *, changed: bool, mock: bool, imported: bool = False) -> dict[str, Any]:
    party = {"partyId": "LEJ1"}
    found: dict[str, Any] = {
        "purchaseOrderDate": _DAY + "08:00:00Z",
        "purchaseOrderType": "RegularOrder",
        "paymentMethod": "Invoice",
        "buyingParty": party,
        "sellingParty": {"partyId": "WALD1"},
        "shipToParty": party,
        "billToParty": party,
        "items": items,
    }
    if not mock:
        found["purchaseOrderStateChangedDate"] = _DAY + "09:00:00Z"
        found["shipWindow"] = "2021-03-03T23:00:00Z--2021-03-09T23:00:00Z"
    if changed:
        found["purchaseOrderChangedDate"] = _DAY + "10:00:00Z"
    return found | ({"importDetails": _IMPORT} if imported else {})


def _order(
    number: str, state: str, items: list[dict[str, Any]], *, changed: bool = True, imported: bool = False
) -> dict[str, Any]:
    details = _details(items, changed=changed, mock=not state, imported=imported)
    return (
        {"purchaseOrderNumber": number} | ({"purchaseOrderState": state} if state else {}) | {"orderDetails": details}
    )


def _one(number: str, state: str = "New", *, changed: bool = True) -> dict[str, Any]:
    return _order(number, state, [_item("1", 20)], changed=changed)


def _cut() -> dict[str, Any]:
    """An order one line of which Amazon cancelled."""
    return _order("TestPO1", "Acknowledged", [_item("1", 0), _item("2", 10)])


def _orders(call: Call) -> tuple[int, Any]:
    orders_of = _orders_by_dates(call)
    if orders_of is not None:
        return 200, orders_of
    if call.args.get("createdBefore") == "2019-09-2100:00:00":
        raise unreadable("The request is invalid.")
    weighed = _item("00001", 24, cases=5, weight="KILOGRAMS", listed=False)
    mock = [
        _order("mock-purchaseOrderNumber1", "", [_item(f"0000{n}", n, cost=False) for n in (1, 2, 3)], changed=False),
        _order("mock-purchaseOrderNumber2", "", [weighed], changed=False, imported=True),
    ]
    return 200, {"pagination": {"nextToken": NEXT_PAGE}, "orders": mock}


def _orders_by_dates(call: Call) -> dict[str, Any] | None:
    first, second = "2020-05-25T13:00:00", "2020-05-27T13:00:00"
    if _says(
        call,
        createdAfter="2019-08-20T14:00:00",
        createdBefore="2019-09-21T00:00:00",
        includeDetails="true",
        limit="2",
        sortOrder="DESC",
    ):
        imported = _order("5STANDB2", "New", [_item("1", 5, cases=10, weight="KILOGRAMS")], imported=True)
        listed = [_order("5STANDB1", "New", [_item(str(n), n) for n in (1, 2, 3)]), imported]
        return {"pagination": {"nextToken": NEXT_PAGE}, "orders": listed}
    if _says(
        call,
        createdAfter="2019-08-20T14:00:00",
        createdBefore="2019-08-21T00:00:00",
        includeDetails="false",
        sortOrder="DESC",
    ):
        # Amazon's own token of the page before, or ours.
        numbers = (("5STANDB3", "New"), ("5STANDB4", "Acknowledged"))
        return {"orders": [{"purchaseOrderNumber": n, "purchaseOrderState": s} for n, s in numbers]}
    if _says(call, changedAfter=second, changedBefore=first, poItemState="Cancelled"):
        return {"orders": [_cut()]}
    if _says(call, changedAfter=first, changedBefore=second):
        return {"orders": [_one("TestPO2"), _cut()]}
    if _says(call, createdAfter=first, createdBefore="2020-05-26T13:00:00", isPOChanged="true"):
        return {"orders": [_one("TestPO2")]}
    if _says(call, createdAfter=first, createdBefore=second, purchaseOrderState="New", orderingVendorCode="API01"):
        return {"orders": [_one("TestPO2"), _one("TestPO3", changed=False)]}
    return None


def _order_by_number(call: Call) -> tuple[int, Any]:
    number = call.path["purchaseOrderNumber"]
    if number == "null":
        raise unreadable("The request is missing or has invalid parameters.", "purchaseOrderNumber")
    if number == "4Z32PABC":
        return 200, _order(number, "Closed", [_item(str(n), 10 * n) for n in (1, 2, 3)], changed=False)
    items = [_item(f"0000{n}", 10 * n, listed=False) for n in (1, 2, 3)]
    return 200, _order("mock-purchaseOrderNumber", "", items, changed=False)


# ── status ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_ANSWERED = "2020-08-17T21:00:00.000Z"


def _ordered(*steps: tuple[str, int]) -> dict[str, Any]:
    """What was ordered, with the steps that led there, newest first."""
    total = sum(amount if kind == "orderedQuantity" else -amount for kind, amount in steps)
    details = [{"updatedDate": _ANSWERED, kind: _quantity(amount)} for kind, amount in steps]
    return {"orderedQuantity": _quantity(total), "orderedQuantityDetails": details}


def _answered(word: str, accepted: int, rejected: int) -> dict[str, Any]:
    found = {
        "confirmationStatus": word,
        "acceptedQuantity": _quantity(accepted),
        "rejectedQuantity": _quantity(rejected),
    }
    if word == "UNCONFIRMED":
        return found
    detail = {"acknowledgementDate": _ANSWERED, "rejectedQuantity": _quantity(rejected)}
    if accepted:
        detail["acceptedQuantity"] = _quantity(accepted)
    return found | {"acknowledgementStatusDetails": [detail]}


def _received(word: str, amount: int) -> dict[str, Any]:
    found = {"receiveStatus": word, "receivedQuantity": _quantity(amount)}
    return found | ({"lastReceiveDate": "2020-08-28T09:00:00.000Z"} if amount else {})


def _line(number: str, ordered: dict[str, Any], answered: dict[str, Any], received: dict[str, Any]) -> dict[str, Any]:
    return {
        "itemSequenceNumber": number,
        "buyerProductIdentifier": f"B0STANDIN{number}",
        "vendorProductIdentifier": f"WH-100{number}",
        "netCost": _money("12.5"),
        "listPrice": _money("25"),
        "orderedQuantity": ordered,
        "acknowledgementStatus": answered,
        "receivingStatus": received,
    }


def _status(number: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "purchaseOrderNumber": number,
        "purchaseOrderStatus": "OPEN",
        "purchaseOrderDate": "2020-08-17T08:00:00.000Z",
        "lastUpdatedDate": _ANSWERED,
        "sellingParty": {"partyId": "WALD1"},
        "shipToParty": {"partyId": "LEJ1"},
        "itemStatus": lines,
    }


def _waiting(number: str, *steps: tuple[str, int]) -> dict[str, Any]:
    """An order nobody has answered."""
    line = _line("1", _ordered(*steps), _answered("UNCONFIRMED", 0, 0), _received("NOT_RECEIVED", 0))
    return _status(number, [line])


def _statuses(call: Call) -> tuple[int, Any]:
    once, cut = ("orderedQuantity", 10), (("cancelledQuantity", 50), ("orderedQuantity", 150))
    if _says(call, createdAfter="2020-08-17T14:00:00", createdBefore="2020-08-18T00:00:00", limit="1"):
        return 200, {"pagination": {"nextToken": NEXT_PAGE}, "ordersStatus": [_settled()]}
    if _says(call, purchaseOrderNumber="TestPO2"):
        return 200, {"ordersStatus": [_waiting("TestPO2", once)]}
    dates = {"updatedAfter": "2020-08-16T00:00:00.00Z", "updatedBefore": "2020-08-18T00:00:00.00Z"}
    if _says(call, **dates, itemConfirmationStatus="UNCONFIRMED", purchaseOrderStatus="OPEN"):
        return 200, {"ordersStatus": [_waiting("TestPO2", once), _waiting("TestPO1", *cut)]}
    if call.args.get("updatedBefore") == "2019-09-2100:00:00":
        raise unreadable("The request is invalid.")
    mock = [_waiting("mock-purchaseOrderNumber1", once), _waiting("mock-purchaseOrderNumber2", *cut)]
    return 200, {"ordersStatus": mock}


def _settled() -> dict[str, Any]:
    """An order with a line of every outcome."""
    one, more = ("orderedQuantity", 1), (("orderedQuantity", 5), ("orderedQuantity", 15))
    lines = [
        _line("1", _ordered(one), _answered("ACCEPTED", 1, 0), _received("RECEIVED", 1)),
        _line("2", _ordered(*more), _answered("PARTIALLY_ACCEPTED", 15, 5), _received("PARTIALLY_RECEIVED", 10)),
        _line("3", _ordered(("orderedQuantity", 5)), _answered("REJECTED", 0, 5), _received("NOT_RECEIVED", 0)),
    ]
    return _status("5STANDB5", lines)


# ── acknowledgements and transactions ───────────────────────────────────────────────────────────────────────────────


def _acknowledge(call: Call) -> tuple[int, Any]:
    """TestOrder202 is taken, TestOrder400 refused, anything else gets a mock id."""
    found = orders.body_of(call).get("acknowledgements")
    number = found[0].get("purchaseOrderNumber") if isinstance(found, list) and found else None
    if number == "TestOrder400":
        raise invalid("sellingParty is incomplete: partyId is missing.")
    mock = "" if number == "TestOrder202" else "mock-TransactionId-"
    return 202, {"transactionId": mock + PROCESSING}


def _transaction(call: Call) -> tuple[int, Any]:
    number = call.path["transactionId"]
    if number == MALFORMED:
        raise invalid("The transaction id is invalid.")
    if number == FAILED:
        errors = [{"code": "INVALID_ORDER_ID", "message": "There is no such order."}]
        return 200, {"transactionStatus": {"transactionId": number, "status": "Failure", "errors": errors}}
    return 200, {"transactionStatus": {"transactionId": PROCESSING, "status": "Processing"}}


_ANSWERS: dict[str, Callable[[Call], tuple[int, Any]]] = {
    "getPurchaseOrders": _orders,
    "getPurchaseOrder": _order_by_number,
    "getPurchaseOrdersStatus": _statuses,
    "submitAcknowledgement": _acknowledge,
    "getTransaction": _transaction,
}

__all__ = ["FAILED", "MALFORMED", "PROCESSING", "NEXT_PAGE", "answer"]
