"""Readers are tolerant: what can be understood is read, the rest stands aside with its reason."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from amazon.samples import ORDER, STATUS, changed, raw_of
from purveyor.amazon.errors import Unreadable
from purveyor.amazon.messages import orders
from purveyor.amazon.messages.orders import (
    PurchaseOrder,
    flags,
    known_enum,
    number_of,
    read_order,
    read_status,
)
from purveyor.common import units

pytestmark = pytest.mark.unit

LINE = "orderDetails.items.0"


def test_read_order_understands_a_whole_order() -> None:
    order = read_order(raw_of(ORDER))

    details = order.order_details
    assert details is not None
    assert (order.purchase_order_number, order.purchase_order_state, order.mended) == ("1ABCDEFG", "New", [])
    assert details.purchase_order_date == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert details.purchase_order_changed_date == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert details.purchase_order_state_changed_date == datetime(2026, 3, 1, 8, 0, 0, 500_000, UTC)
    assert (details.selling_party.party_id, details.bill_to_party.party_id) == ("NORDE", "")
    assert details.ship_to_party.address == orders.Address(name="Lager", address_line1="Am Hafen 7", country_code="DE")
    first, second = details.items
    assert first.ordered_quantity.units == units.Quantity(12, units.CASES, 6)
    assert (first.is_back_order_allowed, second.is_back_order_allowed) == (True, False)
    assert (first.net_cost, second.net_cost) == (orders.Price(amount=Decimal("10.50"), currency_code="EUR"), None)
    assert second.ordered_quantity.units == units.Quantity(0, units.EACHES, 1)


@pytest.mark.parametrize(
    ("unit", "size", "expected"),
    [("cases", 6, 60), ("Cases", 0, 10), ("Eaches", 6, 10), ("Pallets", 6, 10), ("", 0, 10)],
)
def test_quantity_counts_eaches_whatever_the_unit_says(unit: str, size: int, expected: int) -> None:
    quantity = orders.Quantity(amount=10, unit_of_measure=unit, unit_size=size)

    assert quantity.units.eaches == expected


def test_read_order_understands_an_order_without_details() -> None:
    assert read_order(b'{"purchaseOrderNumber":"1ABCDEFG"}') == PurchaseOrder(purchase_order_number="1ABCDEFG")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{LINE}.orderedQuantity.amount", "12"),
        (f"{LINE}.orderedQuantity.amount", 12.0),
        (f"{LINE}.orderedQuantity.amount", "12.0"),
        (f"{LINE}.orderedQuantity.amount", " 12 "),
        (f"{LINE}.itemSequenceNumber", 1),
        (f"{LINE}.netCost.amount", 10.5),
        (f"{LINE}.isBackOrderAllowed", "true"),
        (f"{LINE}.isBackOrderAllowed", 1),
        (f"{LINE}.listPrice", None),
        ("orderDetails.billToParty", None),
        ("orderDetails.dealCode", None),
        ("orderDetails.newThing", {"deep": [1, {"a": None}]}),
        (f"{LINE}.newThing", "x"),
        ("newThing", 5),
    ],
)
def test_read_order_takes_other_spellings_of_the_same_order(path: str, value: Any) -> None:
    order = read_order(changed(path, value))
    assert msgspec.structs.replace(order, unknown=[]) == read_order(raw_of(ORDER))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{LINE}.vendorProductIdentifier", 4000000000001),
        (f"{LINE}.vendorProductIdentifier", "4000000000001"),
    ],
)
def test_read_order_takes_numbers_for_text(path: str, value: Any) -> None:
    details = read_order(changed(path, value)).order_details
    assert details is not None
    assert details.items[0].vendor_product_identifier == "4000000000001"


def test_read_order_keeps_prices_exact() -> None:
    raw = raw_of(ORDER).replace(b'"10.50"', b"0.10000000000000000555")
    details = read_order(raw.replace(b'"itemSequenceNumber": "1"', b'"itemSequenceNumber": 1')).order_details

    assert details is not None
    assert details.items[0].net_cost == orders.Price(amount=Decimal("0.10000000000000000555"), currency_code="EUR")


@pytest.mark.parametrize("value", ["soon", "", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", 5, []])
def test_read_order_leaves_out_a_moment_it_cannot_read_and_says_so(value: Any) -> None:
    order = read_order(changed("orderDetails.purchaseOrderChangedDate", value))

    details = order.order_details
    assert details is not None
    assert details.purchase_order_changed_date is None
    assert order.mended == ["orderDetails.purchaseOrderChangedDate"]
    assert flags(order) == ["unreadable orderDetails.purchaseOrderChangedDate"]
    assert details.purchase_order_date == datetime(2026, 3, 1, 7, tzinfo=UTC)


def test_read_order_takes_a_mere_date_for_its_midnight() -> None:
    details = read_order(changed("orderDetails.purchaseOrderChangedDate", "2026-03-01")).order_details

    assert details is not None
    assert details.purchase_order_changed_date == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("purchaseOrderNumber", ..., "Object missing required field `purchaseOrderNumber`"),
        ("purchaseOrderNumber", None, "Object missing required field `purchaseOrderNumber`"),
        ("purchaseOrderNumber", " ", "it has no purchase order number"),
        ("purchaseOrderNumber", {"a": 1}, "Expected `str`, got `object`"),
        (f"{LINE}.orderedQuantity", ..., "Object missing required field `orderedQuantity`"),
        (f"{LINE}.orderedQuantity.amount", ..., "Object missing required field `amount`"),
        (f"{LINE}.orderedQuantity.amount", None, "Object missing required field `amount`"),
        (f"{LINE}.orderedQuantity.amount", "a dozen", "Expected `int`, got `str`"),
        (f"{LINE}.orderedQuantity.amount", "", "Expected `int`, got `str`"),
        (f"{LINE}.orderedQuantity.amount", 1.5, "Expected `int`"),
        (f"{LINE}.orderedQuantity.amount", True, "Expected `int`, got `bool`"),
        (f"{LINE}.orderedQuantity.amount", -1, "Expected `int` >= 0"),
        (f"{LINE}.orderedQuantity.amount", 2**40, "Expected `int` <= 2000000000"),
        (f"{LINE}.orderedQuantity.amount", 10**30, "Expected `int`"),
        (f"{LINE}.netCost.amount", "ten", "Invalid decimal string"),
        (f"{LINE}.netCost.amount", "NaN", "the amount is no sum of money"),
        (f"{LINE}.netCost.amount", "1e500", "the amount is no sum of money"),
        (f"{LINE}.netCost.amount", "0e-500", "the amount is no sum of money"),
        (f"{LINE}.itemSequenceNumber", "2", "its lines are not numbered one by one"),
        (f"{LINE}.itemSequenceNumber", "", "its lines are not numbered one by one"),
        ("orderDetails.items", {"a": 1}, "Expected `array`, got `object`"),
        ("orderDetails.items", [None], "Expected `object`, got `null`"),
        ("orderDetails", "x", "Expected `object | null`, got `str`"),
        ("orderDetails.dealCode", "a\0b", "it holds a NUL character"),
        ("orderDetails.dealCode", "\ud800", "truncated"),
    ],
)
def test_read_order_puts_a_broken_order_aside_with_reason_and_number(path: str, value: Any, reason: str) -> None:
    raw = changed(path, value)
    with pytest.raises(Unreadable) as caught:
        read_order(raw)

    assert reason in caught.value.message
    assert caught.value.number == ("" if path == "purchaseOrderNumber" else "1ABCDEFG")
    assert (caught.value.remedy, bool(caught.value.hint)) == ("tell the developer", True)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"purchaseOrderNumber":"1ABCDEFG","orderDetails":{"items":[{"x', "1ABCDEFG"),
        (b'{"orderDetails":{}, "purchaseOrderNumber" : 12345678, \xff', "12345678"),
        (b'{"purchaseOrderNumber":12345678}', "12345678"),
        (b'{"purchaseOrderNumber":null}', ""),
        (b'{"purchaseOrderNumber":"1AB\\u0000C"}', "1AB\ufffdC"),
        (b"", ""),
        (b"[]", ""),
        (b"<html>", ""),
    ],
)
def test_number_of_finds_the_number_also_in_a_broken_document(raw: bytes, expected: str) -> None:
    assert number_of(raw) == expected


def test_read_status_understands_a_whole_status() -> None:
    status = read_status(raw_of(STATUS))

    (line,) = status.item_status
    acknowledged = line.acknowledgement_status
    assert (status.purchase_order_number, status.last_updated_date) == ("1ABCDEFG", datetime(2026, 3, 1, 8, tzinfo=UTC))
    assert acknowledged.accepted_quantity is not None
    assert acknowledged.accepted_quantity.units.eaches == 60
    assert acknowledged.acknowledgement_status_details == [
        orders.AcknowledgedDetail(acknowledgement_date=datetime(2026, 3, 1, 8, 30, tzinfo=UTC))
    ]
    assert line.receiving_status.last_receive_date == datetime(2026, 3, 9, 8, tzinfo=UTC)
    (ordered,) = line.ordered_quantity.ordered_quantity_details
    assert (ordered.updated_date, ordered.cancelled_quantity) == (
        datetime(2026, 3, 1, 8, tzinfo=UTC),
        orders.Quantity(amount=1),
    )
    assert flags(status) == []


def test_read_status_leaves_out_a_moment_in_a_line_and_says_so() -> None:
    status = read_status(changed("itemStatus.0.receivingStatus.lastReceiveDate", "soon", STATUS))

    assert status.item_status[0].receiving_status.last_receive_date is None
    assert flags(status) == ["unreadable itemStatus.receivingStatus.lastReceiveDate"]


def test_read_status_puts_a_broken_status_aside_with_its_number() -> None:
    with pytest.raises(Unreadable) as caught:
        read_status(changed("itemStatus.0.itemSequenceNumber", ..., STATUS))

    assert caught.value.number == "1ABCDEFG"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("unitOfMeasure", "CASES", "Cases"),
        ("unitOfMeasure", " eaches ", "Eaches"),
        ("unitOfMeasure", "EACH", ""),
        ("purchaseOrderState", "new", "New"),
        ("receiveStatus", "PARTIALLY_RECEIVE", "PARTIALLY_RECEIVED"),
        ("priceUnit", "kilograms", "KILOGRAMS"),
        ("purchaseOrderState", "", ""),
    ],
)
def test_known_enum_finds_the_canonical_word(kind: str, text: str, expected: str) -> None:
    assert known_enum(kind, text) == expected


def test_known_enum_knows_its_kinds() -> None:
    with pytest.raises(KeyError):
        known_enum("colour", "red")


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("purchaseOrderState", "Frozen", "purchaseOrderState=Frozen"),
        ("orderDetails.purchaseOrderType", "Odd", "purchaseOrderType=Odd"),
        ("orderDetails.paymentMethod", "Odd", "paymentMethod=Odd"),
        ("orderDetails.importDetails.methodOfPayment", "Odd", "methodOfPayment=Odd"),
        ("orderDetails.importDetails.internationalCommercialTerms", "Odd", "internationalCommercialTerms=Odd"),
        ("orderDetails.shipToParty.taxInfo.taxRegistrationType", "Odd", "taxRegistrationType=Odd"),
        (f"{LINE}.orderedQuantity.unitOfMeasure", "EACH", "unitOfMeasure=EACH"),
        (f"{LINE}.netCost.unitOfMeasure", "STONES", "priceUnit=STONES"),
        ("orderDetails.shipWindow", "next week", "unreadable orderDetails.shipWindow"),
        (
            "orderDetails.deliveryWindow",
            "2026-03-09T00:00:00Z--2026-03-08T00:00:00Z",
            "unreadable orderDetails.deliveryWindow",
        ),
    ],
)
def test_flags_name_what_is_not_known(path: str, value: str, expected: str) -> None:
    assert flags(read_order(changed(path, value))) == [expected]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("purchaseOrderStatus", "purchaseOrderStatus=Odd"),
        ("itemStatus.0.acknowledgementStatus.confirmationStatus", "confirmationStatus=Odd"),
        ("itemStatus.0.acknowledgementStatus.rejectedQuantity.unitOfMeasure", "unitOfMeasure=Odd"),
        ("itemStatus.0.receivingStatus.receiveStatus", "receiveStatus=Odd"),
        ("itemStatus.0.netCost.unitOfMeasure", "priceUnit=Odd"),
    ],
)
def test_flags_name_what_is_not_known_in_a_status(path: str, expected: str) -> None:
    assert flags(read_status(changed(path, "Odd", STATUS))) == [expected]


def test_flags_are_silent_about_what_is_known_in_any_case() -> None:
    raw = raw_of(ORDER).replace(b'"Cases"', b'"CASES"').replace(b'"New"', b'"NEW"')

    assert flags(read_order(raw)) == []


def test_unknown_fields_are_named_by_their_place() -> None:
    document = copy.deepcopy(ORDER)
    document["top"] = {"inner": 1}
    document["orderDetails"]["items"][0]["orderedQuantity"]["weight"] = 1
    document["orderDetails"]["items"][1]["colour"] = "red"
    document["orderDetails"]["shipToParty"]["address"]["Name"] = "case matters"

    assert read_order(raw_of(document)).unknown == [
        "orderDetails.items.colour",
        "orderDetails.items.orderedQuantity.weight",
        "orderDetails.shipToParty.address.Name",
        "top",
    ]


def test_unknown_fields_are_named_where_other_things_are_odd_too() -> None:
    document = copy.deepcopy(ORDER)
    document["orderDetails"] |= {"dealCode": None, "purchaseOrderChangedDate": "soon", "colour": "red"}
    order = read_order(raw_of(document))

    assert (order.unknown, order.mended) == (["orderDetails.colour"], ["orderDetails.purchaseOrderChangedDate"])
    assert order.order_details is not None
    assert len(order.order_details.items) == 2


def test_unknown_fields_of_a_known_document_are_none() -> None:
    assert (read_order(raw_of(ORDER)).unknown, read_status(raw_of(STATUS)).unknown) == ([], [])


def test_unknown_fields_of_a_status_and_their_bound() -> None:
    assert read_status(raw_of(STATUS | {"new": 1})).unknown == ["new"]
    assert len(read_order(raw_of(ORDER | {f"n{i}": 1 for i in range(500)})).unknown) == 100


def test_unknown_fields_see_the_fields_we_use_ourselves() -> None:
    order = read_order(raw_of(ORDER | {"(mended)": ["x"], "(unknown)": ["y"]}))

    assert (order.mended, order.unknown) == ([], ["(mended)", "(unknown)"])
