"""getPurchaseOrdersStatus: what was ordered, answered, received (FACTS §5.1, §8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from purveyor.common import clock
from purveyor.simulator.world import World
from simulator.talk import STATUS, TEN, Talk, ago

pytestmark = pytest.mark.unit


@pytest.fixture
def number(world: World) -> str:
    return world.place("PURCHASE", lines=[TEN, TEN], vendor_code="WALD1", center="LEJ1")


def each(amount: int) -> dict[str, Any]:
    return {"amount": amount, "unitOfMeasure": "Eaches", "unitSize": 1}


def test_fresh_order_in_full(talk: Talk, world: World) -> None:
    world.place("FRESHONE", lines=[TEN], vendor_code="WALD1", center="LEJ1")
    assert talk.status("FRESHONE") == {
        "purchaseOrderNumber": "FRESHONE",
        "purchaseOrderStatus": "OPEN",
        "purchaseOrderDate": "2026-03-02T09:00:00Z",
        "lastUpdatedDate": "2026-03-02T09:00:00Z",
        "sellingParty": {"partyId": "WALD1"},
        "shipToParty": {"partyId": "LEJ1"},
        "itemStatus": [
            {
                "itemSequenceNumber": "1",
                "buyerProductIdentifier": "B0TEST0001",
                "vendorProductIdentifier": "SKU-1",
                "netCost": {"currencyCode": "EUR", "amount": "10.00"},
                "orderedQuantity": {
                    "orderedQuantity": each(10),
                    "orderedQuantityDetails": [{"updatedDate": "2026-03-02T09:00:00Z", "orderedQuantity": each(10)}],
                },
                "acknowledgementStatus": {
                    "confirmationStatus": "UNCONFIRMED",
                    "acceptedQuantity": each(0),
                    "rejectedQuantity": each(0),
                },
                "receivingStatus": {"receiveStatus": "NOT_RECEIVED", "receivedQuantity": each(0)},
            }
        ],
    }


def test_changed_quantities_are_told_newest_first(talk: Talk, world: World, number: str) -> None:
    clock.turn(timedelta(hours=1))
    world.change(number, quantities={"1": 25})
    clock.turn(timedelta(hours=1))
    talk.access = ""
    world.change(number, quantities={"1": 5})
    assert talk.status(number)["itemStatus"][0]["orderedQuantity"] == {
        "orderedQuantity": each(5),
        "orderedQuantityDetails": [
            {"updatedDate": "2026-03-02T11:00:00Z", "cancelledQuantity": each(20)},
            {"updatedDate": "2026-03-02T10:00:00Z", "orderedQuantity": each(15)},
            {"updatedDate": "2026-03-02T09:00:00Z", "orderedQuantity": each(10)},
        ],
    }
    assert talk.status(number)["lastUpdatedDate"] == "2026-03-02T11:00:00Z"


def test_the_same_quantity_again_is_no_step(talk: Talk, world: World, number: str) -> None:
    world.change(number, quantities={"1": 10})
    assert len(talk.status(number)["itemStatus"][0]["orderedQuantity"]["orderedQuantityDetails"]) == 1


def receipts(talk: Talk, number: str) -> list[tuple[str, int]]:
    found = [line["receivingStatus"] for line in talk.status(number)["itemStatus"]]
    return [(f["receiveStatus"], f["receivedQuantity"]["amount"]) for f in found]


def test_goods_come_in(talk: Talk, world: World, number: str) -> None:
    world.acknowledge_elsewhere(number, {"1": 10, "2": 6})
    world.receive(number, {"1": 4})
    assert receipts(talk, number) == [("PARTIALLY_RECEIVED", 4), ("NOT_RECEIVED", 0)]
    assert "lastReceiveDate" not in talk.status(number)["itemStatus"][1]["receivingStatus"]
    assert talk.status(number)["purchaseOrderStatus"] == "OPEN"
    world.receive(number)
    assert receipts(talk, number) == [("RECEIVED", 10), ("RECEIVED", 6)]
    assert talk.status(number)["purchaseOrderStatus"] == "CLOSED"
    assert talk.status(number)["itemStatus"][0]["receivingStatus"]["lastReceiveDate"] == "2026-03-02T09:00:00Z"
    assert world.order(number).state == "Closed"


def test_goods_nobody_promised_are_received_as_ordered(talk: Talk, world: World, number: str) -> None:
    world.receive(number)
    assert receipts(talk, number) == [("RECEIVED", 10), ("RECEIVED", 10)]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"limit": "0"}, "InvalidInput"),
        ({"updatedBefore": "2019-09-2100:00:00"}, "InvalidRequest"),
        ({"updatedAfter": "2026-02-01T00:00:00Z"}, "InvalidInput"),
        ({"createdAfter": "2026-02-01T00:00:00Z"}, "InvalidInput"),
        ({"purchaseOrderStatus": "New"}, "InvalidInput"),
        ({"itemConfirmationStatus": "accepted"}, "InvalidInput"),
        ({"itemReceiveStatus": "PARTIALLY_RECEIVE"}, "InvalidInput"),
        ({"sortOrder": "desc"}, "InvalidInput"),
    ],
)
def test_bad_parameter_is_refused(talk: Talk, params: dict[str, str], code: str) -> None:
    response = talk.get(STATUS, **params)
    assert (response.status_code, response.json["errors"][0]["code"]) == (400, code)


def test_changed_is_unknown_here_and_ignored(talk: Talk, number: str) -> None:
    assert talk.statuses(changedAfter="nonsense") == [number]


@pytest.fixture
def mixed(world: World) -> None:
    """One order of each kind."""
    for number in ("ACCEPTED", "REJECTED", "WAITING1", "RECEIVED"):
        world.place(number, lines=[TEN, TEN], vendor_code="WALD1", center="LEJ1")
    world.place("ELSEWHER", lines=[TEN, TEN], vendor_code="WALD2", center="DTM2")
    world.acknowledge_elsewhere("ACCEPTED", {"1": 10, "2": 5})
    world.acknowledge_elsewhere("REJECTED", {})
    world.acknowledge_elsewhere("RECEIVED")
    world.receive("RECEIVED", {"1": 10, "2": 1})


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"purchaseOrderNumber": "ACCEPTED"}, ["ACCEPTED"]),
        ({"purchaseOrderNumber": "NOTHINGS"}, []),
        ({"purchaseOrderNumber": "ACCEPTED", "shipToPartyId": "DTM2"}, []),
        ({"purchaseOrderStatus": "CLOSED"}, ["REJECTED"]),
        ({"purchaseOrderStatus": "OPEN"}, ["ACCEPTED", "ELSEWHER", "RECEIVED", "WAITING1"]),
        ({"itemConfirmationStatus": "ACCEPTED"}, ["ACCEPTED", "RECEIVED"]),
        ({"itemConfirmationStatus": "PARTIALLY_ACCEPTED"}, ["ACCEPTED"]),
        ({"itemConfirmationStatus": "REJECTED"}, ["REJECTED"]),
        ({"itemConfirmationStatus": "UNCONFIRMED"}, ["ELSEWHER", "WAITING1"]),
        ({"itemReceiveStatus": "RECEIVED"}, ["RECEIVED"]),
        ({"itemReceiveStatus": "PARTIALLY_RECEIVED"}, ["RECEIVED"]),
        ({"itemReceiveStatus": "NOT_RECEIVED"}, ["ACCEPTED", "ELSEWHER", "REJECTED", "WAITING1"]),
        ({"orderingVendorCode": "WALD2"}, ["ELSEWHER"]),
        ({"shipToPartyId": "DTM2"}, ["ELSEWHER"]),
    ],
)
def test_filters_narrow(talk: Talk, params: dict[str, str], expected: list[str]) -> None:
    assert sorted(talk.statuses(**params)) == expected


def test_updated_range_finds_what_moved(talk: Talk, world: World) -> None:
    world.place("STILL001", at=clock.now() - timedelta(days=3))
    world.place("MOVED001", at=clock.now() - timedelta(days=30))
    world.acknowledge_elsewhere("MOVED001")
    assert talk.statuses(updatedAfter=ago(days=1)) == ["MOVED001"]
    assert talk.statuses(updatedAfter=ago(days=4)) == ["STILL001", "MOVED001"]


def test_number_alone_reaches_back_six_months(talk: Talk, world: World) -> None:
    world.place("OLDORDER", at=clock.now() - timedelta(days=182))
    world.place("TOOOLD01", at=clock.now() - timedelta(days=184))
    assert talk.statuses(purchaseOrderNumber="OLDORDER") == ["OLDORDER"]
    assert talk.statuses(purchaseOrderNumber="TOOOLD01") == []


def test_created_range_and_number_both_hold(talk: Talk, number: str) -> None:
    assert talk.statuses(purchaseOrderNumber=number, createdBefore=ago(days=1)) == []


def test_pages_follow_the_token(talk: Talk, world: World) -> None:
    numbers = world.place_many(5, lines=1)
    first = talk.get(STATUS, limit="3").json["payload"]
    rest = talk.statuses(limit="3", nextToken=first["pagination"]["nextToken"])
    assert [order["purchaseOrderNumber"] for order in first["ordersStatus"]] + rest == numbers


def test_ascending_is_refused_where_set(talk: Talk, world: World) -> None:
    assert talk.get(STATUS, sortOrder="ASC").status_code == 200
    world.settings.refuse_ascending = True
    assert talk.get(STATUS, sortOrder="ASC").status_code == 400
    assert talk.get(STATUS, sortOrder="DESC").status_code == 200
