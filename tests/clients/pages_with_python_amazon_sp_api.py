"""Run by the clients' own interpreter: python-amazon-sp-api against an address. Job on stdin, findings on stdout.

The client is as it comes; only the base addresses are ours.
"""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

from sp_api.api import VendorOrders, VendorTransactionStatus
from sp_api.auth import AccessTokenClient

job = json.load(sys.stdin)


class Login(AccessTokenClient):
    scheme = "http://"
    host = job["host"]


more = {
    "marketplace": SimpleNamespace(
        endpoint="http://" + job["host"], marketplace_id="A1PA6795UKMFR9", region="eu-west-1"
    ),
    "credentials": {
        "refresh_token": job["refresh_token"],
        "lwa_app_id": job["client_id"],
        "lwa_client_secret": job["client_secret"],
    },
    "auth_token_client_class": Login,
}
orders = VendorOrders(**more)

numbers, lines, pages, token = [], 0, 0, {}
while True:
    page = orders.get_purchase_orders(createdAfter=job["after"], limit=100, **token)
    found = page.payload["orders"]
    numbers += [order["purchaseOrderNumber"] for order in found]
    lines += sum(len(order["orderDetails"]["items"]) for order in found)
    pages += 1
    next_token = page.payload.get("pagination", {}).get("nextToken")
    if not next_token:
        break
    token = {"nextToken": next_token}

taken = orders.submit_acknowledgement(acknowledgements=[job["acknowledgement"]])
transaction = taken.payload["transactionId"]
outcome = VendorTransactionStatus(**more).get_transaction(transaction).payload["transactionStatus"]
status = orders.get_purchase_orders_status(purchaseOrderNumber=job["acknowledgement"]["purchaseOrderNumber"])
json.dump(
    {
        "numbers": numbers,
        "lines": lines,
        "pages": pages,
        "transaction": transaction,
        "status": outcome["status"],
        "read_back": status.payload["ordersStatus"][0]["purchaseOrderNumber"],
    },
    sys.stdout,
)
