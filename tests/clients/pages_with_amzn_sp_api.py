"""Run by the clients' own interpreter: Amazon's amzn-sp-api against an address. Job on stdin, findings on stdout.

The client is as it comes; only the base addresses are ours. Its models turn every answer into objects and check each
field on the way, so this proves shapes too.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from spapi import SPAPIClient, SPAPIConfig
from spapi.api.vendor_orders_v1.vendor_orders_api import VendorOrdersApi
from spapi.api.vendor_transaction_status_v1.vendor_transaction_api import VendorTransactionApi
from spapi.models.vendor_orders_v1 import (
    ItemQuantity,
    Money,
    OrderAcknowledgement,
    OrderAcknowledgementItem,
    OrderItemAcknowledgement,
    PartyIdentification,
    SubmitAcknowledgementRequest,
)

job = json.load(sys.stdin)
config = SPAPIConfig(job["client_id"], job["client_secret"], job["refresh_token"])
base = "http://" + job["host"]
client = SPAPIClient(config, oauth_endpoint=base + "/auth/o2/token", endpoint=base).api_client
orders = VendorOrdersApi(client)


def quantity(given: dict) -> ItemQuantity:
    return ItemQuantity(amount=given["amount"], unit_of_measure=given["unitOfMeasure"], unit_size=given["unitSize"])


def request_of(given: dict) -> SubmitAcknowledgementRequest:
    """The same acknowledgement in the client's own objects."""
    (item,) = given["items"]
    (entry,) = item["itemAcknowledgements"]
    answered = OrderItemAcknowledgement(
        acknowledgement_code=entry["acknowledgementCode"],
        acknowledged_quantity=quantity(entry["acknowledgedQuantity"]),
    )
    line = OrderAcknowledgementItem(
        item_sequence_number=item["itemSequenceNumber"],
        ordered_quantity=quantity(item["orderedQuantity"]),
        net_cost=Money(currency_code=item["netCost"]["currencyCode"], amount=item["netCost"]["amount"]),
        item_acknowledgements=[answered],
    )
    acknowledgement = OrderAcknowledgement(
        purchase_order_number=given["purchaseOrderNumber"],
        selling_party=PartyIdentification(party_id=given["sellingParty"]["partyId"]),
        acknowledgement_date=datetime.fromisoformat(given["acknowledgementDate"]),
        items=[line],
    )
    return SubmitAcknowledgementRequest(acknowledgements=[acknowledgement])


numbers, lines, pages, token = [], 0, 0, {}
while True:
    found = orders.get_purchase_orders(created_after=job["after"], limit=100, **token).payload
    numbers += [order.purchase_order_number for order in found.orders]
    lines += sum(len(order.order_details.items) for order in found.orders)
    pages += 1
    if found.pagination is None or not found.pagination.next_token:
        break
    token = {"next_token": found.pagination.next_token}

taken = orders.submit_acknowledgement(request_of(job["acknowledgement"]))
transaction = taken.payload.transaction_id
outcome = VendorTransactionApi(client).get_transaction(transaction).payload.transaction_status
status = orders.get_purchase_orders_status(purchase_order_number=job["acknowledgement"]["purchaseOrderNumber"])
json.dump(
    {
        "numbers": numbers,
        "lines": lines,
        "pages": pages,
        "transaction": transaction,
        "status": outcome.status,
        "read_back": status.payload.orders_status[0].purchase_order_number,
    },
    sys.stdout,
)
