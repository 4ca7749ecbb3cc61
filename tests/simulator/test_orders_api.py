"""getPurchaseOrders and getPurchaseOrder: parameters, filters, paging, shape (FACTS §5.1, §11)."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from purveyor.common import clock
from purveyor.common.windows import zulu
from purveyor.simulator.world import World
from simulator.talk import ORDERS, Talk, ago

pytestmark = pytest.mark.unit


def pages(talk: Talk, **params: str) -> list[list[str]]:
    """Every page's numbers, following the tokens."""
    found, token = [], {}
    while True:
        body = talk.orders(**(params | token)).json["payload"]
        found.append([order["purchaseOrderNumber"] for order in body["orders"]])
        if "pagination" not in body:
            return found
        token = {"nextToken": body["pagination"]["nextToken"]}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"limit": "0"}, "InvalidInput"),
        ({"limit": "101"}, "InvalidInput"),
        ({"limit": "ten"}, "InvalidInput"),
        ({"limit": "-1"}, "InvalidInput"),
        ({"createdAfter": "2026-03-0200:00:00"}, "InvalidRequest"),
        ({"createdAfter": "2026-03-01"}, "InvalidRequest"),
        ({"createdAfter": "2026-03-01T00:00:00 01:00"}, "InvalidRequest"),
        ({"changedBefore": "yesterday"}, "InvalidRequest"),
        ({"createdAfter": "2026-02-20T00:00:00Z"}, "InvalidInput"),
        ({"createdAfter": "2026-02-20T00:00:00Z", "createdBefore": "2026-02-27T00:00:01Z"}, "InvalidInput"),
        ({"changedAfter": "2026-02-20T00:00:00Z", "changedBefore": "2026-02-27T00:00:01Z"}, "InvalidInput"),
        ({"createdAfter": "2026-03-02T00:00:00Z", "createdBefore": "2026-03-01T00:00:00Z"}, "InvalidInput"),
        ({"sortOrder": "UP"}, "InvalidInput"),
        ({"purchaseOrderState": "new"}, "InvalidInput"),
        ({"poItemState": "New"}, "InvalidInput"),
        ({"includeDetails": "yes"}, "InvalidInput"),
        ({"isPOChanged": "1"}, "InvalidInput"),
        ({"nextToken": "nonsense"}, "InvalidInput"),
        ({"nextToken": base64.b64encode(b"[1]").decode()}, "InvalidInput"),
    ],
)
def test_bad_parameter_is_refused(talk: Talk, params: dict[str, str], code: str) -> None:
    response = talk.get(ORDERS, **params)
    assert (response.status_code, response.json["errors"][0]["code"]) == (400, code)


@pytest.mark.parametrize(
    "params",
    [
        {"createdAfter": "2026-02-20T00:00:00Z", "createdBefore": "2026-02-27T00:00:00Z"},
        {"createdAfter": "2026-03-01T00:00:00"},
        {"createdAfter": "2026-03-01T00:00:00+01:00"},
        {"createdBefore": "2026-03-01T00:00:00Z"},
        {"createdAfter": "2026-03-01T00:00:00Z", "createdBefore": "2026-03-01T00:00:00Z"},
        {"createdAfter": "2026-03-03T00:00:00Z"},
        {"limit": "1"},
        {"limit": "100"},
        {"includeDetails": "False"},
        {"updatedAfter": "2020-01-01T00:00:00Z"},
        {"createdafter": "nonsense"},
        {"MarketplaceIds": "A1PA6795UKMFR9"},
    ],
)
def test_good_and_unknown_parameters_are_taken(talk: Talk, params: dict[str, str]) -> None:
    assert talk.get(ORDERS, **params).status_code == 200


def test_created_range_holds_both_ends(talk: Talk, world: World) -> None:
    at = clock.now() - timedelta(hours=5)
    for number, minutes in (("AAAAAAA1", -1), ("AAAAAAA2", 0), ("AAAAAAA3", 60), ("AAAAAAA4", 61)):
        world.place(number, at=at + timedelta(minutes=minutes))
    assert talk.numbers(createdAfter=zulu(at), createdBefore=zulu(at + timedelta(hours=1))) == ["AAAAAAA2", "AAAAAAA3"]


def test_without_dates_the_last_week_is_listed(talk: Talk, world: World) -> None:
    world.place("OLDORDER", at=clock.now() - timedelta(days=7, seconds=1))
    world.place("NEWORDER", at=clock.now() - timedelta(days=7))
    found = talk.get(ORDERS).json["payload"]["orders"]
    assert [order["purchaseOrderNumber"] for order in found] == ["NEWORDER"]


def test_data_reach_back_six_months(talk: Talk, world: World) -> None:
    edge = clock.now() - timedelta(days=183)
    world.place("TOOOLD01", at=edge - timedelta(seconds=1))
    world.place("INREACH1", at=edge)
    dates = {"createdAfter": zulu(edge - timedelta(days=1)), "createdBefore": zulu(edge + timedelta(days=1))}
    assert talk.numbers(**dates) == ["INREACH1"]


def test_changed_range_lists_only_what_amazon_changed(talk: Talk, world: World) -> None:
    world.place("UNTOUCH1", at=clock.now() - timedelta(days=2))
    world.place("CHANGED1", at=clock.now() - timedelta(days=20))
    world.change("CHANGED1", quantities={"1": 999})
    assert talk.numbers(changedAfter=ago(days=1)) == ["CHANGED1"]
    assert talk.numbers(changedAfter=ago(days=2), changedBefore=ago(days=1)) == []


def test_created_and_changed_range_both_hold(talk: Talk, world: World) -> None:
    for number, days in (("LONGAGO1", 20), ("RECENT01", 2)):
        world.place(number, at=clock.now() - timedelta(days=days))
        world.change(number, quantities={"1": 999})
    assert talk.numbers(changedAfter=ago(days=1), createdAfter=ago(days=3)) == ["RECENT01"]


def test_created_range_holds_both_ends_beside_a_changed_range(talk: Talk, world: World) -> None:
    at = clock.now() - timedelta(hours=5, milliseconds=7)
    for number, millis in (("AAAAAAA1", -1), ("AAAAAAA2", 0), ("AAAAAAA3", 60_000), ("AAAAAAA4", 60_001)):
        world.place(number, at=at + timedelta(milliseconds=millis))
        world.change(number, quantities={"1": 999})
    dates = {"createdAfter": zulu(at), "createdBefore": zulu(at + timedelta(minutes=1))}
    assert talk.numbers(changedAfter=ago(days=1), **dates) == ["AAAAAAA2", "AAAAAAA3"]


def test_an_order_changed_twice_is_found_at_its_last_change(talk: Talk, world: World) -> None:
    number = world.place(at=clock.now() - timedelta(days=5))
    world.change(number, quantities={"1": 999}, at=clock.now() - timedelta(days=3))
    world.change(number, quantities={"1": 998}, at=clock.now() - timedelta(days=1))
    assert talk.numbers(changedAfter=ago(days=4), changedBefore=ago(days=2)) == []
    assert talk.numbers(changedAfter=ago(days=2)) == [number]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"purchaseOrderState": "New"}, ["PLAIN001", "SECOND01"]),
        ({"purchaseOrderState": "Acknowledged"}, ["ANSWERED"]),
        ({"purchaseOrderState": "Closed"}, ["CANCELED"]),
        ({"orderingVendorCode": "WALD2"}, ["SECOND01"]),
        ({"orderingVendorCode": "OTHER"}, []),
        ({"isPOChanged": "true"}, ["CANCELED"]),
        ({"isPOChanged": "false"}, ["ANSWERED", "CANCELED", "PLAIN001", "SECOND01"]),
        ({"poItemState": "Cancelled"}, ["CANCELED"]),
    ],
)
def test_filters_narrow(talk: Talk, world: World, params: dict[str, str], expected: list[str]) -> None:
    for number in ("PLAIN001", "ANSWERED", "CANCELED"):
        world.place(number, lines=2, vendor_code="WALD1")
    world.place("SECOND01", lines=2, vendor_code="WALD2")
    world.acknowledge_elsewhere("ANSWERED")
    world.cancel("CANCELED")
    assert sorted(talk.numbers(**params)) == expected


def test_one_cancelled_line_is_a_cancelled_item(talk: Talk, world: World) -> None:
    number = world.place(lines=2)
    assert talk.numbers(poItemState="Cancelled") == []
    world.cancel(number, 2)
    assert talk.numbers(poItemState="Cancelled") == [number]


def test_without_details_number_and_state_are_told(talk: Talk, world: World) -> None:
    number = world.place()
    listed = talk.orders(includeDetails="false").json["payload"]["orders"]
    assert listed == [{"purchaseOrderNumber": number, "purchaseOrderState": "New"}]


def test_order_in_full(talk: Talk, world: World) -> None:
    world.place(
        "4Z32PABC",
        lines=[
            {
                "asin": "B0TEST0001",
                "sku": "4099111000128",
                "amount": 3,
                "unit": "Cases",
                "unit_size": 6,
                "cost": "4.62",
            },
            {"asin": "B0TEST0002", "sku": "X", "amount": 7, "cost": "1", "list_price": "2.99", "backorder": True},
        ],
        vendor_code="WALD2",
        center="DTM2",
        delivery_window="2026-03-05T23:00:00Z--2026-03-08T23:00:00Z",
        type="RushOrder",
        deal="PD1",
        parties={},
        import_details={"portOfDelivery": "HAMBURG"},
    )
    assert talk.get(ORDERS + "/4Z32PABC").json["payload"] == {
        "purchaseOrderNumber": "4Z32PABC",
        "purchaseOrderState": "New",
        "orderDetails": {
            "purchaseOrderDate": "2026-03-02T09:00:00Z",
            "purchaseOrderStateChangedDate": "2026-03-02T09:00:00Z",
            "purchaseOrderType": "RushOrder",
            "importDetails": {"portOfDelivery": "HAMBURG"},
            "dealCode": "PD1",
            "paymentMethod": "Invoice",
            "sellingParty": {"partyId": "WALD2"},
            "shipToParty": {"partyId": "DTM2"},
            "deliveryWindow": "2026-03-05T23:00:00Z--2026-03-08T23:00:00Z",
            "items": [
                {
                    "itemSequenceNumber": "1",
                    "amazonProductIdentifier": "B0TEST0001",
                    "vendorProductIdentifier": "4099111000128",
                    "orderedQuantity": {"amount": 3, "unitOfMeasure": "Cases", "unitSize": 6},
                    "isBackOrderAllowed": False,
                    "netCost": {"currencyCode": "EUR", "amount": "4.62"},
                },
                {
                    "itemSequenceNumber": "2",
                    "amazonProductIdentifier": "B0TEST0002",
                    "vendorProductIdentifier": "X",
                    "orderedQuantity": {"amount": 7, "unitOfMeasure": "Eaches", "unitSize": 1},
                    "isBackOrderAllowed": True,
                    "netCost": {"currencyCode": "EUR", "amount": "1"},
                    "listPrice": {"currencyCode": "EUR", "amount": "2.99"},
                },
            ],
        },
    }


def test_list_and_single_order_are_the_same(talk: Talk, world: World) -> None:
    number = world.place(lines=3)
    assert talk.orders().json["payload"]["orders"] == [talk.get(f"{ORDERS}/{number}").json["payload"]]


@pytest.mark.parametrize(
    ("number", "status", "code"), [("AAAAAAAA", 404, "ResourceNotFound"), ("null", 400, "InvalidRequest")]
)
def test_unknown_number_is_told_from_an_impossible_one(talk: Talk, number: str, status: int, code: str) -> None:
    response = talk.get(f"{ORDERS}/{number}")
    assert (response.status_code, response.json["errors"][0]["code"]) == (status, code)


def test_accounts_see_their_own_groups_orders(talk: Talk, world: World) -> None:
    mine = world.place("SAMENUMB", lines=1)
    other = world.add_account("Other")
    world.place("SAMENUMB", lines=2, account=other)
    sister = world.add_account("Sister", group=world.account.group)
    assert talk.numbers() == [mine]
    assert len(Talk(world, other).get(ORDERS + "/SAMENUMB").json["payload"]["orderDetails"]["items"]) == 2
    assert Talk(world, sister).numbers() == [mine]


def test_pages_hold_every_order_once_in_order(talk: Talk, world: World) -> None:
    numbers = world.place_many(25, lines=1)
    assert pages(talk, limit="10") == [numbers[:10], numbers[10:20], numbers[20:]]


def test_last_full_page_has_no_token(talk: Talk, world: World) -> None:
    numbers = world.place_many(20, lines=1)
    assert pages(talk, limit="10") == [numbers[:10], numbers[10:]]


def test_page_is_a_hundred_unless_said_otherwise(talk: Talk, world: World) -> None:
    world.place_many(101, lines=1)
    assert [len(page) for page in pages(talk)] == [100, 1]


def test_pages_hold_orders_of_the_same_moment(talk: Talk, world: World) -> None:
    numbers = [world.place(f"SAME000{n}", lines=1) for n in range(5)]
    assert pages(talk, limit="2") == [numbers[:2], numbers[2:4], numbers[4:]]


def test_paging_stays_put_while_orders_come_in(talk: Talk, world: World) -> None:
    numbers = world.place_many(6, lines=1, until=clock.now() - timedelta(days=1), over=timedelta(days=3))
    first = talk.orders(limit="3", createdAfter=ago(days=6)).json["payload"]
    world.place("EARLIER1", at=clock.now() - timedelta(days=5))
    token = first["pagination"]["nextToken"]
    assert talk.numbers(limit="3", createdAfter=ago(days=6), nextToken=token) == numbers[3:]


def test_filtered_pages_are_full(talk: Talk, world: World) -> None:
    numbers = world.place_many(20, lines=1)
    wanted = [n for n in numbers if world.order(n).vendor_code == "WALD1"]
    assert pages(talk, limit="4", orderingVendorCode="WALD1") == [wanted[:4], wanted[4:8], wanted[8:]]


def test_token_needs_its_filters(talk: Talk, world: World) -> None:
    world.place_many(5, lines=1)
    after = ago(days=7)
    token = talk.orders(limit="2", createdAfter=after).json["payload"]["pagination"]["nextToken"]
    assert talk.get(ORDERS, nextToken=token).status_code == 400
    assert talk.get(ORDERS, nextToken=token, createdAfter=after, purchaseOrderState="New").status_code == 400
    # What Amazon does not know is no filter, and the page's length may change.
    assert talk.get(ORDERS, nextToken=token, createdAfter=after, MarketplaceId="X", limit="1").status_code == 200


def test_sort_order_is_ignored_unless_honoured(talk: Talk, world: World) -> None:
    numbers = world.place_many(5, lines=1)
    assert talk.numbers(sortOrder="DESC") == numbers
    world.settings.honour_sort = True
    assert talk.numbers(sortOrder="ASC") == numbers
    assert talk.numbers(sortOrder="DESC") == numbers[::-1]
    assert pages(talk, sortOrder="DESC", limit="2") == [numbers[:2:-1], numbers[2:0:-1], numbers[:1]]


def test_token_is_opaque_text(talk: Talk, world: World) -> None:
    world.place_many(2, lines=1)
    token = talk.orders(limit="1").json["payload"]["pagination"]["nextToken"]
    assert json.loads(base64.b64decode(token))[1] == talk.numbers()[0]
