"""Writers are strict: what Amazon would refuse by its shape does not leave, and the bytes are always the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from purveyor.amazon.errors import Unreadable
from purveyor.amazon.messages.orders import (
    AcknowledgedLine,
    Acknowledgements,
    Code,
    LineAnswer,
    OrderAcknowledgement,
    PriceUnit,
    Reason,
    Unit,
    WrittenParty,
    WrittenPrice,
    WrittenQuantity,
    read_acknowledgement,
    write_acknowledgement,
)
from purveyor.common.errors import Refused

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def eaches(amount: int) -> WrittenQuantity:
    return WrittenQuantity(amount=amount, unit_of_measure=Unit.EACHES, unit_size=1)


def line(number: str = "1", **more: Any) -> AcknowledgedLine:
    given: dict[str, Any] = {
        "item_sequence_number": number,
        "amazon_product_identifier": "B0PRETEND1",
        "ordered_quantity": eaches(10),
        "net_cost": WrittenPrice(amount=Decimal("10.5"), currency_code="EUR"),
        "item_acknowledgements": [LineAnswer(acknowledgement_code=Code.ACCEPTED, acknowledged_quantity=eaches(10))],
    }
    return AcknowledgedLine(**given | more)


def order(*lines: AcknowledgedLine, **more: Any) -> OrderAcknowledgement:
    given: dict[str, Any] = {
        "purchase_order_number": "1ABCDEFG",
        "selling_party": WrittenParty(party_id="NORDE"),
        "acknowledgement_date": AT,
        "items": list(lines or [line()]),
    }
    return OrderAcknowledgement(**given | more)


def every_field() -> OrderAcknowledgement:
    """An answer that splits a line of a book sold by weight, which no vendor sells: it uses every field there is."""
    cases = WrittenQuantity(amount=2, unit_of_measure=Unit.CASES, unit_size=6)
    price = WrittenPrice(amount=Decimal("1E+1"), currency_code="EUR", unit_of_measure=PriceUnit.KILOGRAMS)
    answers = [
        LineAnswer(acknowledgement_code=Code.ACCEPTED, acknowledged_quantity=cases, scheduled_ship_date=AT),
        LineAnswer(
            acknowledgement_code=Code.BACKORDERED,
            acknowledged_quantity=cases,
            scheduled_delivery_date=AT.astimezone(timezone(timedelta(hours=2))) + timedelta(days=9),
        ),
        LineAnswer(
            acknowledgement_code=Code.REJECTED,
            acknowledged_quantity=cases,
            rejection_reason=Reason.TEMPORARILY_UNAVAILABLE,
        ),
    ]
    split = line(
        "2",
        vendor_product_identifier="4000000000001",
        ordered_quantity=WrittenQuantity(amount=6, unit_of_measure=Unit.CASES, unit_size=6),
        net_cost=price,
        list_price=price,
        discount_multiplier="0.90",
        item_acknowledgements=answers,
    )
    return order(line(), split)


def test_write_acknowledgement_gives_canonical_bytes() -> None:
    assert write_acknowledgement(order()) == (
        b'{"acknowledgements":[{"acknowledgementDate":"2026-03-02T09:00:00Z","items":['
        b'{"amazonProductIdentifier":"B0PRETEND1",'
        b'"itemAcknowledgements":[{"acknowledgedQuantity":{"amount":10,"unitOfMeasure":"Eaches","unitSize":1},'
        b'"acknowledgementCode":"Accepted"}],"itemSequenceNumber":"1",'
        b'"netCost":{"amount":"10.50","currencyCode":"EUR"},'
        b'"orderedQuantity":{"amount":10,"unitOfMeasure":"Eaches","unitSize":1}}],'
        b'"purchaseOrderNumber":"1ABCDEFG","sellingParty":{"partyId":"NORDE"}}]}'
    )


def test_write_acknowledgement_writes_every_field_plainly() -> None:
    (document,) = json.loads(write_acknowledgement(every_field()))["acknowledgements"]

    split = document["items"][1]
    assert split["netCost"] == {"amount": "10.00", "currencyCode": "EUR", "unitOfMeasure": "KILOGRAMS"}
    assert (split["discountMultiplier"], split["vendorProductIdentifier"]) == ("0.90", "4000000000001")
    accepted, backordered, rejected = split["itemAcknowledgements"]
    assert accepted["scheduledShipDate"] == "2026-03-02T09:00:00Z"
    assert backordered["scheduledDeliveryDate"] == "2026-03-11T09:00:00Z"
    assert (rejected["rejectionReason"], "scheduledShipDate" in rejected) == ("TemporarilyUnavailable", False)


def test_what_was_written_can_be_read_back() -> None:
    whole = Acknowledgements(acknowledgements=[every_field(), order(purchase_order_number="2ABCDEFG")])
    written = write_acknowledgement(whole)

    assert write_acknowledgement(read_acknowledgement(written)) == written


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        write_acknowledgement(order()).replace(b'"Accepted"', b'"ACCEPTED"'),
        write_acknowledgement(order()).replace(b'"items"', b'"Items"'),
        write_acknowledgement(order()).replace(b'"amount":10,', b'"amount":"10",'),
        write_acknowledgement(order()).replace(b'"partyId"', b'"extra":1,"partyId"'),
    ],
)
def test_read_acknowledgement_takes_nothing_inexact(body: bytes) -> None:
    with pytest.raises(Unreadable, match="not an acknowledgement of ours"):
        read_acknowledgement(body)


def _answer(**more: Any) -> list[LineAnswer]:
    given: dict[str, Any] = {"acknowledgement_code": Code.ACCEPTED, "acknowledged_quantity": eaches(10)}
    return [LineAnswer(**given | more)]


def _quantity(**more: Any) -> WrittenQuantity:
    return msgspec.structs.replace(eaches(10), **more)


def _price(**more: Any) -> WrittenPrice:
    return msgspec.structs.replace(WrittenPrice(amount=Decimal("1"), currency_code="EUR"), **more)


LINE = "acknowledgements[0].items[0]"
ANSWER = f"{LINE}.itemAcknowledgements[0]"


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (Acknowledgements(acknowledgements=[]), ["acknowledgements"]),
        (order(purchase_order_number=""), ["acknowledgements[0].purchaseOrderNumber"]),
        (order(purchase_order_number="1ABC DEF\n"), ["acknowledgements[0].purchaseOrderNumber"]),
        (order(purchase_order_number="x" * 33), ["acknowledgements[0].purchaseOrderNumber"]),
        (order(selling_party=WrittenParty(party_id=" ")), ["acknowledgements[0].sellingParty.partyId"]),
        (order(acknowledgement_date=AT.replace(tzinfo=None)), ["acknowledgements[0].acknowledgementDate"]),
        (order(items=[]), ["acknowledgements[0].items"]),
        (order(line(), line()), ["acknowledgements[0].items"]),
        (order(line("")), [f"{LINE}.itemSequenceNumber"]),
        (order(line(amazon_product_identifier="")), [LINE]),
        (order(line(ordered_quantity=_quantity(amount=0))), [f"{LINE}.orderedQuantity.amount"]),
        (order(line(ordered_quantity=_quantity(amount=1.5))), [f"{LINE}.orderedQuantity.amount"]),
        (order(line(ordered_quantity=_quantity(amount=True))), [f"{LINE}.orderedQuantity.amount"]),
        (order(line(ordered_quantity=_quantity(unit_of_measure="CASES"))), [f"{LINE}.orderedQuantity.unitOfMeasure"]),
        (order(line(ordered_quantity=_quantity(unit_size=0))), [f"{LINE}.orderedQuantity.unitSize"]),
        (
            order(line(ordered_quantity=WrittenQuantity(amount=1, unit_of_measure=Unit.CASES))),
            [f"{LINE}.orderedQuantity.unitSize"],
        ),
        (order(line(net_cost=_price(amount=Decimal(0)))), [f"{LINE}.netCost.amount"]),
        (order(line(net_cost=_price(amount=Decimal("NaN")))), [f"{LINE}.netCost.amount"]),
        (order(line(net_cost=_price(amount=1.5))), [f"{LINE}.netCost.amount"]),
        (order(line(net_cost=_price(currency_code="eur"))), [f"{LINE}.netCost.currencyCode"]),
        (order(line(net_cost=_price(currency_code="EURO"))), [f"{LINE}.netCost.currencyCode"]),
        (order(line(net_cost=_price(unit_of_measure="STONES"))), [f"{LINE}.netCost.unitOfMeasure"]),
        (order(line(list_price=_price(amount=Decimal(-1)))), [f"{LINE}.listPrice.amount"]),
        (order(line(item_acknowledgements=[])), [f"{LINE}.itemAcknowledgements"]),
        (
            order(line(item_acknowledgements=_answer(acknowledgement_code="maybe"))),
            [f"{ANSWER}.acknowledgementCode"],
        ),
        (
            order(line(item_acknowledgements=_answer(acknowledged_quantity=_quantity(amount=0)))),
            [f"{ANSWER}.acknowledgedQuantity.amount"],
        ),
        (
            order(line(item_acknowledgements=_answer(scheduled_ship_date=AT.replace(tzinfo=None)))),
            [f"{ANSWER}.scheduledShipDate"],
        ),
        (
            order(line(item_acknowledgements=_answer(scheduled_delivery_date=AT.replace(tzinfo=None)))),
            [f"{ANSWER}.scheduledDeliveryDate"],
        ),
        (order(line(item_acknowledgements=_answer(acknowledgement_code=Code.REJECTED))), [f"{ANSWER}.rejectionReason"]),
        (
            order(line(item_acknowledgements=_answer(rejection_reason=Reason.OBSOLETE_PRODUCT))),
            [f"{ANSWER}.rejectionReason"],
        ),
        (
            order(line(item_acknowledgements=_answer(acknowledgement_code=Code.REJECTED, rejection_reason="Bored"))),
            [f"{ANSWER}.rejectionReason"],
        ),
        (
            order(line(item_acknowledgements=[]), selling_party=WrittenParty(party_id="")),
            ["acknowledgements[0].sellingParty.partyId", f"{LINE}.itemAcknowledgements"],
        ),
    ],
)
def test_write_acknowledgement_refuses_and_names_every_place(document: Any, where: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        write_acknowledgement(document)

    assert [problem.where for problem in caught.value.problems] == where
