"""Reading a page of 100 purchase orders with 20 lines each, as if every document were new: bound 10 ms."""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

from purveyor.amazon.messages import orders
from purveyor.common import canon

ORDERS = 100
LINES = 20
ROUNDS = 60
BOUND_MS = 10.0


def page(extra: dict[str, Any] | None = None) -> bytes:
    """A page as Amazon sends it; ``extra`` fields are added to the first line of the first order."""
    documents = [_order(number) for number in range(ORDERS)]
    documents[0]["orderDetails"]["items"][0] |= extra or {}
    return json.dumps({"payload": {"pagination": {"nextToken": "MDAwMDAwMDAwMQ=="}, "orders": documents}}).encode()


def _order(number: int) -> dict[str, Any]:
    address = {
        "name": "Lager Nord",
        "addressLine1": "Am Hafen 7",
        "city": "Emden",
        "postalCode": "26721",
        "countryCode": "DE",
    }
    return {
        "purchaseOrderNumber": f"{number:03d}QZ7XB",
        "purchaseOrderState": "New",
        "orderDetails": {
            "purchaseOrderDate": "2026-08-31T09:14:00Z",
            "purchaseOrderStateChangedDate": "2026-08-31T09:14:00Z",
            "purchaseOrderType": "RegularOrder",
            "paymentMethod": "Invoice",
            "buyingParty": {"partyId": "XHN1"},
            "sellingParty": {"partyId": "NORDE"},
            "shipToParty": {"partyId": "XHN1", "address": address},
            "billToParty": {"partyId": "XHN1", "address": address},
            "shipWindow": "2026-09-06T22:00:00Z--2026-09-12T22:00:00Z",
            "deliveryWindow": "2026-09-08T22:00:00Z--2026-09-14T22:00:00Z",
            "items": [_line(line) for line in range(1, LINES + 1)],
        },
    }


def _line(line: int) -> dict[str, Any]:
    return {
        "itemSequenceNumber": str(line),
        "amazonProductIdentifier": f"B0PRETEND{line:02d}",
        "vendorProductIdentifier": f"40000000000{line:02d}",
        "orderedQuantity": {"amount": 12 * line, "unitOfMeasure": "Cases", "unitSize": 6},
        "isBackOrderAllowed": True,
        "netCost": {"amount": f"{line}.95", "currencyCode": "EUR"},
        "listPrice": {"amount": f"{line + 4}.99", "currencyCode": "EUR"},
    }


def read_all(body: bytes) -> int:
    """What an import does with a page of documents never seen before; answers how many orders were read."""
    found = orders.read_page(body)
    for raw in found.orders:
        canon.sha256(raw)
        orders.flags(orders.read_order(raw))
    return len(found.orders)


def median_ms(body: bytes) -> float:
    """Milliseconds for one page, the median of many."""
    spent = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        read_all(body)
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


def main() -> dict[str, Any]:
    """Measure and print the figure against its bound."""
    figure = median_ms(page())
    ok = figure < BOUND_MS
    print(
        f"parse: a page of {ORDERS} orders x {LINES} lines in {figure:.2f} ms (bound {BOUND_MS:.0f} ms)"
        f" {'ok' if ok else 'MISSED'}"
    )
    return {"name": "parse", "ms": round(figure, 2), "bound_ms": BOUND_MS, "ok": ok}


if __name__ == "__main__":
    sys.exit(not main()["ok"])
