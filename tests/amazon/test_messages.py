"""Readers are tolerant: what can be understood is read, the rest stands aside with its reason."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.amazon.errors import Said, Unreadable
from purveyor.amazon.messages import base, orders, transactions
from purveyor.amazon.messages.orders import (
    OrderStatus,
    PurchaseOrder,
    flags,
    known_enum,
    number_of,
    read_order,
    read_page,
    read_status,
    status_page,
)
from purveyor.common import units

pytestmark = pytest.mark.unit

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


def _raw(document: Any) -> bytes:
    return json.dumps(document).encode()


def _changed(path: str, value: Any, document: dict[str, Any] = ORDER) -> bytes:
    """The document with one value replaced; ``...`` takes it out."""
    changed = copy.deepcopy(document)
    *way, last = path.split(".")
    at: Any = changed
    for step in way:
        at = at[int(step)] if step.isdigit() else at[step]
    key: Any = int(last) if last.isdigit() else last
    if value is ...:
        del at[key]
    else:
        at[key] = value
    return _raw(changed)


LINE = "orderDetails.items.0"


def test_read_order_understands_a_whole_order() -> None:
    order = read_order(_raw(ORDER))

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
    order = read_order(_changed(path, value))
    assert msgspec.structs.replace(order, unknown=[]) == read_order(_raw(ORDER))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{LINE}.vendorProductIdentifier", 4000000000001),
        (f"{LINE}.vendorProductIdentifier", "4000000000001"),
    ],
)
def test_read_order_takes_numbers_for_text(path: str, value: Any) -> None:
    details = read_order(_changed(path, value)).order_details
    assert details is not None
    assert details.items[0].vendor_product_identifier == "4000000000001"


def test_read_order_keeps_prices_exact() -> None:
    raw = _raw(ORDER).replace(b'"10.50"', b"0.10000000000000000555")
    details = read_order(raw.replace(b'"itemSequenceNumber": "1"', b'"itemSequenceNumber": 1')).order_details

    assert details is not None
    assert details.items[0].net_cost == orders.Price(amount=Decimal("0.10000000000000000555"), currency_code="EUR")


@pytest.mark.parametrize("value", ["soon", "", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", 5, []])
def test_read_order_leaves_out_a_moment_it_cannot_read_and_says_so(value: Any) -> None:
    order = read_order(_changed("orderDetails.purchaseOrderChangedDate", value))

    details = order.order_details
    assert details is not None
    assert details.purchase_order_changed_date is None
    assert order.mended == ["orderDetails.purchaseOrderChangedDate"]
    assert flags(order) == ["unreadable orderDetails.purchaseOrderChangedDate"]
    assert details.purchase_order_date == datetime(2026, 3, 1, 7, tzinfo=UTC)


def test_read_order_takes_a_mere_date_for_its_midnight() -> None:
    details = read_order(_changed("orderDetails.purchaseOrderChangedDate", "2026-03-01")).order_details

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
    raw = _changed(path, value)
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
    status = read_status(_raw(STATUS))

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
    status = read_status(_changed("itemStatus.0.receivingStatus.lastReceiveDate", "soon", STATUS))

    assert status.item_status[0].receiving_status.last_receive_date is None
    assert flags(status) == ["unreadable itemStatus.receivingStatus.lastReceiveDate"]


def test_read_status_puts_a_broken_status_aside_with_its_number() -> None:
    with pytest.raises(Unreadable) as caught:
        read_status(_changed("itemStatus.0.itemSequenceNumber", ..., STATUS))

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
    assert flags(read_order(_changed(path, value))) == [expected]


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
    assert flags(read_status(_changed(path, "Odd", STATUS))) == [expected]


def test_flags_are_silent_about_what_is_known_in_any_case() -> None:
    raw = _raw(ORDER).replace(b'"Cases"', b'"CASES"').replace(b'"New"', b'"NEW"')

    assert flags(read_order(raw)) == []


def test_unknown_fields_are_named_by_their_place() -> None:
    document = copy.deepcopy(ORDER)
    document["top"] = {"inner": 1}
    document["orderDetails"]["items"][0]["orderedQuantity"]["weight"] = 1
    document["orderDetails"]["items"][1]["colour"] = "red"
    document["orderDetails"]["shipToParty"]["address"]["Name"] = "case matters"

    assert read_order(_raw(document)).unknown == [
        "orderDetails.items.colour",
        "orderDetails.items.orderedQuantity.weight",
        "orderDetails.shipToParty.address.Name",
        "top",
    ]


def test_unknown_fields_are_named_where_other_things_are_odd_too() -> None:
    document = copy.deepcopy(ORDER)
    document["orderDetails"] |= {"dealCode": None, "purchaseOrderChangedDate": "soon", "colour": "red"}
    order = read_order(_raw(document))

    assert (order.unknown, order.mended) == (["orderDetails.colour"], ["orderDetails.purchaseOrderChangedDate"])
    assert order.order_details is not None
    assert len(order.order_details.items) == 2


def test_unknown_fields_of_a_known_document_are_none() -> None:
    assert (read_order(_raw(ORDER)).unknown, read_status(_raw(STATUS)).unknown) == ([], [])


def test_unknown_fields_of_a_status_and_their_bound() -> None:
    assert read_status(_raw(STATUS | {"new": 1})).unknown == ["new"]
    assert len(read_order(_raw(ORDER | {f"n{i}": 1 for i in range(500)})).unknown) == 100


def test_unknown_fields_see_the_fields_we_use_ourselves() -> None:
    order = read_order(_raw(ORDER | {"(mended)": ["x"], "(unknown)": ["y"]}))

    assert (order.mended, order.unknown) == ([], ["(mended)", "(unknown)"])


def _page(*documents: Any, name: str = "orders", **more: Any) -> bytes:
    return _raw({"payload": {name: list(documents)} | more})


def test_read_page_leaves_each_order_raw_and_finds_the_token() -> None:
    page = read_page(_page({"purchaseOrderNumber": "1"}, "broken", pagination={"nextToken": "abc="}))

    assert (page.orders, page.next_token) == ([b'{"purchaseOrderNumber": "1"}', b'"broken"'], "abc=")


def test_read_page_has_no_nul_in_the_token() -> None:
    assert read_page(_page(pagination={"nextToken": "a\0b"})).next_token == "a\ufffdb"


def test_read_page_does_not_lose_the_page_to_one_broken_order() -> None:
    raw = _page(ORDER, {"purchaseOrderNumber": ["1"]}, ORDER).replace(b"4000000000001", b"\xff000000000001", 1)

    outcomes = []
    for document in read_page(raw).orders:
        try:
            outcomes.append(read_order(document).purchase_order_number)
        except Unreadable as error:
            outcomes.append(f"aside {error.number}")

    assert outcomes == ["aside 1ABCDEFG", "aside ", "1ABCDEFG"]


@pytest.mark.parametrize(
    ("payload", "token"),
    [
        ({}, ""),
        ({"orders": None}, ""),
        ({"orders": []}, ""),
        ({"pagination": {"nextToken": "x"}}, "x"),
        ({"orders": [], "pagination": {"nextToken": None}}, ""),
        ({"orders": [], "pagination": None}, ""),
        ({"orders": [], "pagination": {"nextToken": 5}}, "5"),
        ({"orders": [], "pagination": {}, "other": 1}, ""),
    ],
)
def test_read_page_takes_a_page_without_orders(payload: Any, token: str) -> None:
    page = read_page(_raw({"payload": payload, "errors": []}))

    assert (page.orders, page.next_token) == ([], token)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the reply is empty"),
        (b" \n", "the reply is empty"),
        (b" <html>", "the reply is a web page instead of JSON"),
        (b'{"payload":{"orders":[', "the reply is not the JSON agreed on"),
        (b'{"message":"x"}', "the reply has no payload: x"),
        (b'{"payload":null}', "the reply has no payload"),
        (b'{"errors":[{"code":"A","message":"m"}]}', "the reply has no payload: A: m"),
        (b'{"payload":{"message":"x"}}', "the page holds no orders"),
        (b'{"payload":{"ordersStatus":[]}}', "the page holds no orders"),
        (b'{"payload":[]}', "the page is not in the shape agreed on"),
        (b'{"payload":{"orders":{}}}', "the page is not in the shape agreed on"),
        (b"[]", "the reply is not the JSON agreed on"),
        (b'{"payload":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    ],
)
def test_read_page_takes_nothing_else_for_a_page(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_page(body)

    assert reason in caught.value.message


def test_status_page_leaves_each_status_raw() -> None:
    page = status_page(_page(STATUS, name="ordersStatus", pagination={"nextToken": "t"}))

    assert ([read_status(raw) for raw in page.orders], page.next_token) == ([read_status(_raw(STATUS))], "t")
    with pytest.raises(Unreadable, match="the page holds no ordersStatus"):
        status_page(_page(ORDER))


@pytest.mark.parametrize(
    ("inner", "status", "known", "errors"),
    [
        ({"transactionId": "t", "status": "Processing"}, "Processing", "Processing", ()),
        (
            {"transactionId": "t", "status": "FAILURE", "errors": [{"code": "A", "message": "m"}]},
            "FAILURE",
            "Failure",
            (Said("A", "m"),),
        ),
        ({"transactionId": "t", "status": "Success", "errors": None}, "Success", "Success", ()),
        ({"transactionId": "t", "status": "Failure", "errors": []}, "Failure", "Failure", ()),
        ({"transactionId": "t", "status": "Parked", "new": 1}, "Parked", "", ()),
    ],
)
def test_transaction_is_read(inner: Any, status: str, known: str, errors: tuple[Said, ...]) -> None:
    found = transactions.read(_raw({"payload": {"transactionStatus": inner}}))

    assert (found, found.known_status) == (transactions.Transaction("t", status, errors), known)


@pytest.mark.parametrize(
    "payload", [{}, {"transactionStatus": None}, {"transactionStatus": {"transactionId": "t"}}, []]
)
def test_transaction_without_a_status_is_unreadable(payload: Any) -> None:
    with pytest.raises(Unreadable):
        transactions.read(_raw({"payload": payload}))


def test_submission_is_read_or_unreadable() -> None:
    assert transactions.read_submitted(b'{"payload":{"transactionId":"t-1","x":1}}') == "t-1"
    longest = b"t" * 100
    assert transactions.read_submitted(b'{"payload":{"transactionId":" ' + longest + b'"}}') == "t" * 100
    nowhere = (b" ", b".", b"..", b"a\\nb", longest + b"t")
    strange = [b'{"transactionId":"' + number + b'"}' for number in nowhere]
    for payload in (b"{}", b'{"transactionId":""}', b'{"transactionId":null}', b"[]", *strange):
        with pytest.raises(Unreadable):
            transactions.read_submitted(b'{"payload":' + payload + b"}")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["\0", "\ud800", "1e999999", "-1", "99999999999999999999", "2026-13-01T00:00:00Z", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for key, one in inner for place in _places(one, (*way, key)))]


@st.composite
def mutations(draw: st.DrawFn, document: dict[str, Any]) -> bytes:
    """The document with some values replaced, taken out or renamed."""
    changed: Any = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(_places(changed)))
        if not way:
            changed = draw(st.one_of(st.just(changed), JSON))
            continue
        at = changed
        for step in way[:-1]:
            at = at[step]
        match draw(st.sampled_from(["replace", "take out", "rename"])):
            case "replace":
                at[way[-1]] = draw(JSON)
            case "rename" if isinstance(at, dict):
                at[draw(st.text(max_size=8))] = at.pop(way[-1])
            case _:
                del at[way[-1]]
    return json.dumps(changed).encode()


def _use(document: PurchaseOrder | OrderStatus) -> None:
    """What everybody does with a document that was read: nothing of it may fail."""
    flags(document)
    msgspec.json.encode(document)
    if isinstance(document, PurchaseOrder) and document.order_details:
        orders.window(document.order_details.ship_window)
        for line in document.order_details.items:
            assert 0 <= line.ordered_quantity.units.eaches <= 4 * 10**18
        at = document.order_details.purchase_order_date
        assert at is None or at.astimezone(UTC) - at == timedelta(0)


@given(mutations(ORDER))
def test_any_mutation_of_an_order_reads_or_is_unreadable(raw: bytes) -> None:
    number_of(raw)
    with suppress(Unreadable):
        _use(read_order(raw))


@given(mutations(STATUS))
def test_any_mutation_of_a_status_reads_or_is_unreadable(raw: bytes) -> None:
    with suppress(Unreadable):
        _use(read_status(raw))


@given(st.data())
def test_any_damage_to_the_bytes_of_a_page_reads_or_is_unreadable(data: st.DataObject) -> None:
    raw = bytearray(_page(ORDER, ORDER))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at : at + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=3))

    with suppress(Unreadable):
        for document in read_page(bytes(raw)).orders:
            number_of(document)
            read_order(document)


@given(
    mutations(
        {"payload": {"transactionStatus": {"transactionId": "t", "status": "Failure", "errors": [{"code": "A"}]}}}
    )
)
def test_any_mutation_of_a_transaction_reads_or_is_unreadable(raw: bytes) -> None:
    with suppress(Unreadable):
        assert transactions.read(raw).status


def test_deeply_nested_documents_are_unreadable_and_harmless() -> None:
    raw = b'{"purchaseOrderNumber":"1ABCDEFG","new":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    with pytest.raises(Unreadable, match="nested too deeply"):
        read_order(raw)
    assert number_of(raw) == "1ABCDEFG"


def test_broken_covers_every_error_of_the_decoder() -> None:
    assert set(base.BROKEN) == {msgspec.MsgspecError, UnicodeDecodeError, RecursionError}
