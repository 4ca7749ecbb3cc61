"""Acknowledgements as we send them (vendor orders v1): strict, exact words only, canonical bytes.

Checked against amzn/selling-partner-api-models 34dc93f (5 Aug 2026), vendorOrders.json. Whether an answer is allowed is
not decided here (AC-01 … AC-04 belong to the orders); here stands what Amazon would refuse by its shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from purveyor.amazon.messages.base import BROKEN, Unreadable
from purveyor.common import canon
from purveyor.common.errors import Problem, Refused
from purveyor.common.money import plain
from purveyor.common.windows import zulu

_NUMBER = re.compile(r"[A-Za-z0-9]{1,32}\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


class Code(StrEnum):
    """What is done with an amount of a line."""

    ACCEPTED = "Accepted"
    BACKORDERED = "Backordered"
    REJECTED = "Rejected"


class Reason(StrEnum):
    """Why an amount is rejected."""

    TEMPORARILY_UNAVAILABLE = "TemporarilyUnavailable"
    INVALID_PRODUCT_IDENTIFIER = "InvalidProductIdentifier"
    OBSOLETE_PRODUCT = "ObsoleteProduct"


class Unit(StrEnum):
    CASES = "Cases"
    EACHES = "Eaches"


class PriceUnit(StrEnum):
    POUNDS = "POUNDS"
    OUNCES = "OUNCES"
    GRAMS = "GRAMS"
    KILOGRAMS = "KILOGRAMS"


class Written(
    msgspec.Struct, rename="camel", kw_only=True, frozen=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A message of ours or part of one."""


class WrittenQuantity(Written, frozen=True):
    """``unit_size`` eaches per case."""

    amount: int
    unit_of_measure: Unit
    unit_size: int | None = None


class WrittenPrice(Written, frozen=True):
    """A price per each, or per ``unit_of_measure`` where goods are sold by weight; as in the order."""

    amount: Decimal
    currency_code: str = ""
    unit_of_measure: PriceUnit | None = None


class WrittenParty(Written, frozen=True):
    party_id: str


class LineAnswer(Written, frozen=True):
    """What happens to an amount of the line; several split it."""

    acknowledgement_code: Code
    acknowledged_quantity: WrittenQuantity
    scheduled_ship_date: datetime | None = None
    scheduled_delivery_date: datetime | None = None
    rejection_reason: Reason | None = None


class AcknowledgedLine(Written, frozen=True):
    """One line: identifiers, ordered quantity and cost as in the order. List price and multiplier: books only."""

    item_sequence_number: str
    ordered_quantity: WrittenQuantity
    net_cost: WrittenPrice
    item_acknowledgements: list[LineAnswer]
    amazon_product_identifier: str = ""
    vendor_product_identifier: str = ""
    list_price: WrittenPrice | None = None
    discount_multiplier: str = ""


class OrderAcknowledgement(Written, frozen=True):
    """The answer to one purchase order: every line, or what is left out counts as rejected (FACTS §5.1)."""

    purchase_order_number: str
    selling_party: WrittenParty
    acknowledgement_date: datetime
    items: list[AcknowledgedLine]


class Acknowledgements(Written, frozen=True):
    """The body of submitAcknowledgement. One order each, so that one transaction id means one document."""

    acknowledgements: list[OrderAcknowledgement]


def write_acknowledgement(document: Acknowledgements | OrderAcknowledgement) -> bytes:
    """The canonical bytes of a submission. Raises Refused naming every value Amazon would refuse by its shape."""
    whole = document if isinstance(document, Acknowledgements) else Acknowledgements(acknowledgements=[document])
    problems = list(_problems(whole))
    if problems:
        raise Refused("Amazon would refuse this acknowledgement", problems)
    return canon.canonical(_plain(msgspec.to_builtins(whole, builtin_types=(Decimal, datetime))))


def read_acknowledgement(body: bytes) -> Acknowledgements:
    """The document behind the bytes of ``write_acknowledgement``. Raises Unreadable for anything inexact."""
    try:
        return msgspec.json.decode(body, type=Acknowledgements)
    except BROKEN as error:
        raise Unreadable(f"this is not an acknowledgement of ours: {error}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return plain(value)
    return zulu(value) if isinstance(value, datetime) else value


def _problems(whole: Acknowledgements) -> Iterator[Problem]:
    if not whole.acknowledgements:
        yield Problem("there is no order to acknowledge", "acknowledgements")
    for at, order in enumerate(whole.acknowledgements):
        yield from _order_problems(order, f"acknowledgements[{at}]")


def _order_problems(order: OrderAcknowledgement, where: str) -> Iterator[Problem]:
    if not _NUMBER.match(order.purchase_order_number):
        yield Problem("a purchase order number is letters and digits", f"{where}.purchaseOrderNumber")
    if not order.selling_party.party_id.strip():
        yield Problem("the vendor code is missing", f"{where}.sellingParty.partyId")
    yield from _moment_problems(order.acknowledgement_date, f"{where}.acknowledgementDate")
    if not order.items:
        yield Problem("there is no line", f"{where}.items")
    numbers = [line.item_sequence_number for line in order.items]
    if len(set(numbers)) < len(numbers):
        yield Problem("a line is answered twice", f"{where}.items")
    for at, line in enumerate(order.items):
        yield from _line_problems(line, f"{where}.items[{at}]")


def _line_problems(line: AcknowledgedLine, where: str) -> Iterator[Problem]:
    if not line.item_sequence_number:
        yield Problem("the line number is missing", f"{where}.itemSequenceNumber")
    if not (line.amazon_product_identifier or line.vendor_product_identifier):
        yield Problem("the line names no product", where)
    yield from _quantity_problems(line.ordered_quantity, f"{where}.orderedQuantity")
    yield from _price_problems(line.net_cost, f"{where}.netCost")
    if line.list_price:
        yield from _price_problems(line.list_price, f"{where}.listPrice")
    if not line.item_acknowledgements:
        yield Problem("the line has no answer", f"{where}.itemAcknowledgements")
    for at, answer in enumerate(line.item_acknowledgements):
        yield from _answer_problems(answer, f"{where}.itemAcknowledgements[{at}]")


def _answer_problems(answer: LineAnswer, where: str) -> Iterator[Problem]:
    if answer.acknowledgement_code not in set(Code):
        yield Problem(f"{answer.acknowledgement_code!r} is no answer Amazon knows", f"{where}.acknowledgementCode")
    yield from _quantity_problems(answer.acknowledged_quantity, f"{where}.acknowledgedQuantity")
    for name, at in (
        ("scheduledShipDate", answer.scheduled_ship_date),
        ("scheduledDeliveryDate", answer.scheduled_delivery_date),
    ):
        if at is not None:
            yield from _moment_problems(at, f"{where}.{name}")
    if answer.rejection_reason is not None and answer.rejection_reason not in set(Reason):
        yield Problem(f"{answer.rejection_reason!r} is no reason Amazon knows", f"{where}.rejectionReason")
    if (answer.rejection_reason is not None) != (answer.acknowledgement_code == Code.REJECTED):
        yield Problem("a reason goes with a rejection, and with nothing else", f"{where}.rejectionReason")


def _quantity_problems(quantity: WrittenQuantity, where: str) -> Iterator[Problem]:
    if type(quantity.amount) is not int or quantity.amount < 1:
        yield Problem("the quantity must be a whole number of at least 1", f"{where}.amount")
    if quantity.unit_of_measure not in set(Unit):
        yield Problem(f"{quantity.unit_of_measure!r} is no unit Amazon knows", f"{where}.unitOfMeasure")
    size = quantity.unit_size
    if (size is not None and (type(size) is not int or size < 1)) or (
        size is None and quantity.unit_of_measure == Unit.CASES
    ):
        yield Problem("a case holds a whole number of eaches, at least 1", f"{where}.unitSize")


def _price_problems(price: WrittenPrice, where: str) -> Iterator[Problem]:
    if not (isinstance(price.amount, Decimal) and price.amount.is_finite() and price.amount > 0):
        yield Problem("the price must be above zero", f"{where}.amount")
    if price.currency_code and not _CURRENCY.match(price.currency_code):
        yield Problem("a currency is three capital letters", f"{where}.currencyCode")
    if price.unit_of_measure is not None and price.unit_of_measure not in set(PriceUnit):
        yield Problem(f"{price.unit_of_measure!r} is no price unit Amazon knows", f"{where}.unitOfMeasure")


def _moment_problems(at: datetime, where: str) -> Iterator[Problem]:
    if not isinstance(at, datetime) or at.tzinfo is None or at.utcoffset() is None:
        yield Problem("the moment needs a time zone", where)
