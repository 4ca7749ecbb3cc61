"""An order and a status as Amazon sends them, and the same with one value replaced."""

from __future__ import annotations

import copy
import json
from typing import Any

ORDER: dict[str, Any] = {
    "purchaseOrderNumber": "1ABCDEFG",
    "purchaseOrderState": "New",
    "orderDetails": {
        "purchaseOrderDate": "2026-03-01T07:00:00Z",
        "purchaseOrderChangedDate": "2026-03-01T08:00:00",
        "purchaseOrderStateChangedDate": "2026-03-01T09:00:00.5+01:00",
        "purchaseOrderType": "RegularOrder",
        "importDetails": {"methodOfPayment": "PaidByBuyer", "internationalCommercialTerms": "ExWorks"},
        "paymentMethod": "Invoice",
        "sellingParty": {"partyId": "NORDE"},
        "shipToParty": {
            "partyId": "XHN1",
            "address": {"name": "Lager", "addressLine1": "Am Hafen 7", "countryCode": "DE"},
            "taxInfo": {"taxRegistrationType": "VAT", "taxRegistrationNumber": "DE1"},
        },
        "deliveryWindow": "2026-03-08T23:00:00Z--2026-03-12T23:00:00Z",
        "items": [
            {
                "itemSequenceNumber": "1",
                "amazonProductIdentifier": "B0PRETEND1",
                "vendorProductIdentifier": "4000000000001",
                "orderedQuantity": {"amount": 12, "unitOfMeasure": "Cases", "unitSize": 6},
                "isBackOrderAllowed": True,
                "netCost": {"amount": "10.50", "currencyCode": "EUR"},
            },
            {"itemSequenceNumber": "2", "orderedQuantity": {"amount": 0, "unitOfMeasure": "Eaches", "unitSize": 1}},
        ],
    },
}
STATUS: dict[str, Any] = {
    "purchaseOrderNumber": "1ABCDEFG",
    "purchaseOrderStatus": "OPEN",
    "purchaseOrderDate": "2026-03-01T07:00:00Z",
    "lastUpdatedDate": "2026-03-01T08:00:00",
    "sellingParty": {"partyId": "NORDE"},
    "shipToParty": {"partyId": "XHN1"},
    "itemStatus": [
        {
            "itemSequenceNumber": "1",
            "buyerProductIdentifier": "B0PRETEND1",
            "netCost": {"amount": "10.50", "currencyCode": "EUR"},
            "orderedQuantity": {
                "orderedQuantity": {"amount": 12, "unitOfMeasure": "Cases", "unitSize": 6},
                "orderedQuantityDetails": [{"updatedDate": "2026-03-01T08:00:00", "cancelledQuantity": {"amount": 1}}],
            },
            "acknowledgementStatus": {
                "confirmationStatus": "PARTIALLY_ACCEPTED",
                "acceptedQuantity": {"amount": 10, "unitOfMeasure": "Cases", "unitSize": 6},
                "rejectedQuantity": {"amount": 2, "unitOfMeasure": "Cases", "unitSize": 6},
                "acknowledgementStatusDetails": [{"acknowledgementDate": "2026-03-01T08:30:00"}],
            },
            "receivingStatus": {"receiveStatus": "PARTIALLY_RECEIVE", "lastReceiveDate": "2026-03-09T08:00:00"},
        }
    ],
}


def raw_of(document: Any) -> bytes:
    return json.dumps(document).encode()


def changed(path: str, value: Any, document: dict[str, Any] = ORDER) -> bytes:
    """The document with one value replaced; ``...`` takes it out."""
    whole = copy.deepcopy(document)
    *way, last = path.split(".")
    at: Any = whole
    for step in way:
        at = at[int(step)] if step.isdigit() else at[step]
    key: Any = int(last) if last.isdigit() else last
    if value is ...:
        del at[key]
    else:
        at[key] = value
    return raw_of(whole)


def page_of(*documents: Any, name: str = "orders", **more: Any) -> bytes:
    """A page with these documents, as Amazon answers it."""
    return raw_of({"payload": {name: list(documents)} | more})
