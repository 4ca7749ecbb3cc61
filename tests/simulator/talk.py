"""A plain client for the stand-in's tests: asks the app without sockets, as a program would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from werkzeug.test import Client, TestResponse

from purveyor.common import clock
from purveyor.common.windows import zulu
from purveyor.simulator.accounts import Account
from purveyor.simulator.app import create_app
from purveyor.simulator.world import World

ORDERS = "/vendor/orders/v1/purchaseOrders"
STATUS = "/vendor/orders/v1/purchaseOrdersStatus"
ACKNOWLEDGE = "/vendor/orders/v1/acknowledgements"
TRANSACTIONS = "/vendor/transactions/v1/transactions/"
LOGIN = "/auth/o2/token"
AGENT = "Tests/1 (Language=Python)"


@dataclass
class Talk:
    """One account talking to one world."""

    world: World
    account: Account
    client: Client = field(init=False)
    access: str = ""

    def __post_init__(self) -> None:
        self.client = Client(create_app(self.world))

    def credentials(self, **other: str) -> dict[str, str]:
        return {
            "grant_type": "refresh_token",
            "client_id": self.account.client_id,
            "client_secret": self.account.client_secret,
            "refresh_token": self.account.refresh_token,
        } | other

    def sign_in(self, **other: str) -> TestResponse:
        return self.client.post(LOGIN, data=self.credentials(**other))

    def headers(self, **other: str) -> dict[str, str]:
        if not self.access:
            self.access = self.sign_in().json["access_token"]
        return {"x-amz-access-token": self.access, "User-Agent": AGENT} | other

    def get(self, path: str, **params: Any) -> TestResponse:
        return self.client.get(path, query_string=params, headers=self.headers())

    def post(self, path: str, body: Any) -> TestResponse:
        return self.client.post(path, json=body, headers=self.headers())

    def orders(self, **params: Any) -> TestResponse:
        """The last week's orders, unless dates are given."""
        if not {"createdAfter", "createdBefore", "changedAfter", "changedBefore"} & set(params):
            params["createdAfter"] = ago(days=7)
        return self.get(ORDERS, **params)

    def numbers(self, **params: Any) -> list[str]:
        return [order["purchaseOrderNumber"] for order in self.orders(**params).json["payload"]["orders"]]

    def status(self, number: str) -> dict[str, Any]:
        return self.get(STATUS, purchaseOrderNumber=number).json["payload"]["ordersStatus"][0]

    def statuses(self, **params: Any) -> list[str]:
        found = self.get(STATUS, **params).json["payload"]["ordersStatus"]
        return [order["purchaseOrderNumber"] for order in found]

    def acknowledge(self, *bodies: dict[str, Any]) -> TestResponse:
        return self.post(ACKNOWLEDGE, {"acknowledgements": list(bodies)})

    def transaction(self, transaction_id: str) -> dict[str, Any]:
        return self.get(TRANSACTIONS + transaction_id).json["payload"]["transactionStatus"]

    def outcome(self, *bodies: dict[str, Any]) -> dict[str, Any]:
        """Submit, wait until everything is visible, and say what became of it."""
        found = self.acknowledge(*bodies).json["payload"]["transactionId"]
        self.world.advance(timedelta(seconds=10))
        return self.transaction(found)

    def codes(self, *bodies: dict[str, Any]) -> list[str]:
        """The error codes of a submission; none when it was good."""
        return [error["code"] for error in self.outcome(*bodies).get("errors", [])]


def ago(**time: float) -> str:
    return zulu(clock.now() - timedelta(**time))


def entry(amount: int, code: str = "Accepted", **more: Any) -> dict[str, Any]:
    quantity = {"amount": amount, "unitOfMeasure": more.pop("unit", "Eaches"), "unitSize": more.pop("size", 1)}
    return {"acknowledgementCode": code, "acknowledgedQuantity": quantity} | more


def item(line: str, *entries: dict[str, Any], cost: str | None = "10.00", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "itemSequenceNumber": line,
        "orderedQuantity": {"amount": 10, "unitOfMeasure": "Eaches", "unitSize": 1},
        "itemAcknowledgements": list(entries),
    }
    return found | ({"netCost": {"amount": cost, "currencyCode": "EUR"}} if cost is not None else {}) | more


def answer(number: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "purchaseOrderNumber": number,
        "sellingParty": {"partyId": "WALD1"},
        "acknowledgementDate": "2026-03-02T09:00:00Z",
        "items": list(items),
    } | more


TEN = {"amount": 10, "cost": "10.00", "backorder": True}
