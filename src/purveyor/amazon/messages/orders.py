"""Purchase orders and their status as Amazon sends them (vendor orders v1), read tolerantly.

Checked against amzn/selling-partner-api-models 34dc93f (5 Aug 2026), vendorOrders.json. Enums stay text; ``known_enum``
finds the canonical word. Prices are decimal, per each or per weight unit. Traps of the shape: FACTS §9.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, TypeVar

import msgspec

from purveyor.amazon.messages import base
from purveyor.amazon.messages.acknowledgements import (
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
from purveyor.amazon.messages.base import BROKEN, Message, Moment, Unreadable, aware, payload_of
from purveyor.common import units
from purveyor.common.windows import Window

__all__ = [
    "AcknowledgedLine",
    "Acknowledgements",
    "Code",
    "LineAnswer",
    "OrderAcknowledgement",
    "PriceUnit",
    "Reason",
    "Unit",
    "WrittenParty",
    "WrittenPrice",
    "WrittenQuantity",
    "read_acknowledgement",
    "write_acknowledgement",
]

Count = Annotated[int, msgspec.Meta(ge=0, le=2_000_000_000)]
MENDED, UNKNOWN = "(mended)", "(unknown)"
OUR_OWN = frozenset({MENDED, UNKNOWN})
"""What we note about a document in fields of its own; in brackets, as no field of Amazon's is."""

ENUMS: dict[str, tuple[str, ...]] = {
    "purchaseOrderState": ("New", "Acknowledged", "Closed"),
    "purchaseOrderType": ("RegularOrder", "ConsignedOrder", "NewProductIntroduction", "RushOrder"),
    "paymentMethod": ("Invoice", "Consignment", "CreditCard", "Prepaid"),
    "acknowledgementCode": ("Accepted", "Backordered", "Rejected"),
    "rejectionReason": ("TemporarilyUnavailable", "InvalidProductIdentifier", "ObsoleteProduct"),
    "unitOfMeasure": (units.CASES, units.EACHES),
    "priceUnit": ("POUNDS", "OUNCES", "GRAMS", "KILOGRAMS"),
    "taxRegistrationType": ("VAT", "GST"),
    "methodOfPayment": (
        "PaidByBuyer",
        "CollectOnDelivery",
        "DefinedByBuyerAndSeller",
        "FOBPortOfCall",
        "PrepaidBySeller",
        "PaidBySeller",
    ),
    "internationalCommercialTerms": (
        "ExWorks",
        "FreeCarrier",
        "FreeOnBoard",
        "FreeAlongSideShip",
        "CarriagePaidTo",
        "CostAndFreight",
        "CarriageAndInsurancePaidTo",
        "CostInsuranceAndFreight",
        "DeliveredAtTerminal",
        "DeliveredAtPlace",
        "DeliverDutyPaid",
    ),
    "purchaseOrderStatus": ("OPEN", "CLOSED"),
    "confirmationStatus": ("ACCEPTED", "PARTIALLY_ACCEPTED", "REJECTED", "UNCONFIRMED"),
    "receiveStatus": ("NOT_RECEIVED", "PARTIALLY_RECEIVED", "RECEIVED"),
}
"""Each kind of enum with its canonical words (FACTS §8). ``priceUnit`` is the unitOfMeasure of a price."""

_CANONICAL = {kind: {word.lower(): word for word in words} for kind, words in ENUMS.items()}
# One table inside the model misspells this value (FACTS §8).
_CANONICAL["receiveStatus"]["partially_receive"] = "PARTIALLY_RECEIVED"


def known_enum(kind: str, text: str) -> str:
    """The canonical word for what Amazon wrote, whatever its case; empty when the word is not known.

    Raises KeyError for a kind that is not in ``ENUMS``.
    """
    return _CANONICAL[kind].get(text.strip().lower(), "")


class Quantity(Message, frozen=True):
    """An amount in Amazon's unit; ``unit_size`` eaches per case (0 where Amazon says nothing)."""

    amount: Count
    unit_of_measure: str = ""
    unit_size: Count = 0

    @property
    def units(self) -> units.Quantity:
        """The same as a quantity of ours. An unknown or absent unit counts as eaches, and ``flags`` tells of it."""
        cases = known_enum("unitOfMeasure", self.unit_of_measure) == units.CASES
        return units.Quantity(self.amount, units.CASES if cases else units.EACHES, self.unit_size or 1)


class Price(Message, frozen=True):
    """A price per each, or per weight unit where ``unit_of_measure`` says so."""

    amount: Decimal | None = None
    currency_code: str = ""
    unit_of_measure: str = ""


class TaxInfo(Message, frozen=True):
    tax_registration_type: str = ""
    tax_registration_number: str = ""


class Address(Message, frozen=True):
    name: str = ""
    address_line1: str = ""
    address_line2: str = ""
    address_line3: str = ""
    city: str = ""
    county: str = ""
    district: str = ""
    state_or_region: str = ""
    postal_code: str = ""
    country_code: str = ""
    phone: str = ""


class Party(Message, frozen=True):
    """A vendor code, fulfillment center or other party with its address as Amazon has it."""

    party_id: str = ""
    address: Address | None = None
    tax_info: TaxInfo | None = None


class ImportDetails(Message, frozen=True):
    method_of_payment: str = ""
    international_commercial_terms: str = ""
    port_of_delivery: str = ""
    import_containers: str = ""
    shipping_instructions: str = ""


class OrderItem(Message, frozen=True):
    """One line. An ordered quantity of 0 is a line Amazon cancelled (FACTS §11 row 27)."""

    item_sequence_number: str
    ordered_quantity: Quantity
    amazon_product_identifier: str = ""
    vendor_product_identifier: str = ""
    is_back_order_allowed: bool = False
    net_cost: Price | None = None
    list_price: Price | None = None


NOBODY = Party()


class OrderDetails(Message, frozen=True):
    """Windows stay as Amazon wrote them; ``window`` reads them."""

    purchase_order_date: Moment = None
    purchase_order_changed_date: Moment = None
    purchase_order_state_changed_date: Moment = None
    purchase_order_type: str = ""
    import_details: ImportDetails | None = None
    deal_code: str = ""
    payment_method: str = ""
    buying_party: Party = NOBODY
    selling_party: Party = NOBODY
    ship_to_party: Party = NOBODY
    bill_to_party: Party = NOBODY
    ship_window: str = ""
    delivery_window: str = ""
    items: list[OrderItem] = []

    def __post_init__(self) -> None:
        aware(self, "purchase_order_date", "purchase_order_changed_date", "purchase_order_state_changed_date")


class PurchaseOrder(Message, frozen=True):
    """A purchase order. Without details (includeDetails=false) only number and state are there.

    ``mended`` names the fields whose moment could not be read and was left out, ``unknown`` those the model does not
    have; both by their dotted names.
    """

    purchase_order_number: str
    purchase_order_state: str = ""
    order_details: OrderDetails | None = None
    mended: list[str] = msgspec.field(default_factory=list, name=MENDED)
    unknown: list[str] = msgspec.field(default_factory=list, name=UNKNOWN)


class OrderedDetail(Message, frozen=True):
    updated_date: Moment = None
    ordered_quantity: Quantity | None = None
    cancelled_quantity: Quantity | None = None

    def __post_init__(self) -> None:
        aware(self, "updated_date")


class Ordered(Message, frozen=True):
    ordered_quantity: Quantity | None = None
    ordered_quantity_details: list[OrderedDetail] = []


class AcknowledgedDetail(Message, frozen=True):
    """One acknowledgement of the line, by whatever channel it came."""

    acknowledgement_date: Moment = None
    accepted_quantity: Quantity | None = None
    rejected_quantity: Quantity | None = None

    def __post_init__(self) -> None:
        aware(self, "acknowledgement_date")


class Acknowledged(Message, frozen=True):
    """Backordered quantities count as accepted here; there is no backorder status (FACTS §8)."""

    confirmation_status: str = ""
    accepted_quantity: Quantity | None = None
    rejected_quantity: Quantity | None = None
    acknowledgement_status_details: list[AcknowledgedDetail] = []


class Receiving(Message, frozen=True):
    """Indicative only (FACTS §11 row 11)."""

    receive_status: str = ""
    received_quantity: Quantity | None = None
    last_receive_date: Moment = None

    def __post_init__(self) -> None:
        aware(self, "last_receive_date")


class ItemStatus(Message, frozen=True):
    """One line's status. The ASIN is called buyerProductIdentifier here (FACTS §9)."""

    item_sequence_number: str
    buyer_product_identifier: str = ""
    vendor_product_identifier: str = ""
    net_cost: Price | None = None
    list_price: Price | None = None
    ordered_quantity: Ordered = Ordered()
    acknowledgement_status: Acknowledged = Acknowledged()
    receiving_status: Receiving = Receiving()


class OrderStatus(Message, frozen=True):
    """What Amazon counts as ordered, acknowledged and received. ``mended`` and ``unknown`` as in
    PurchaseOrder."""

    purchase_order_number: str
    purchase_order_status: str = ""
    purchase_order_date: Moment = None
    last_updated_date: Moment = None
    selling_party: Party = NOBODY
    ship_to_party: Party = NOBODY
    item_status: list[ItemStatus] = []
    mended: list[str] = msgspec.field(default_factory=list, name=MENDED)
    unknown: list[str] = msgspec.field(default_factory=list, name=UNKNOWN)

    def __post_init__(self) -> None:
        aware(self, "purchase_order_date", "last_updated_date")


Document = TypeVar("Document", PurchaseOrder, OrderStatus)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: each document still as JSON, and the token of the next page (empty on the last)."""

    orders: list[bytes]
    next_token: str = ""


class _Pagination(msgspec.Struct, rename="camel"):
    next_token: str | int | None = None


class _Orders(msgspec.Struct, rename="camel"):
    orders: list[msgspec.Raw] | None = None
    orders_status: list[msgspec.Raw] | None = None
    pagination: _Pagination | None = None


class _Reply(msgspec.Struct):
    payload: _Orders | None = None


_reply = msgspec.json.Decoder(_Reply)
_payload = msgspec.json.Decoder(_Orders)
_keys = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_page(body: bytes) -> Page:
    """A page of getPurchaseOrders with each order raw. Raises Unreadable for anything that is not a whole page."""
    return _page(body, "orders")


def status_page(body: bytes) -> Page:
    """A page of getPurchaseOrdersStatus with each status raw. Raises Unreadable as ``read_page`` does."""
    return _page(body, "ordersStatus")


def _page(body: bytes, name: str) -> Page:
    try:
        found = _reply.decode(body).payload
    except BROKEN:
        found = None
    documents = None if found is None else found.orders if name == "orders" else found.orders_status
    if found is None or documents is None:
        found, documents = _without_documents(body, name), []
    token = found.pagination.next_token if found.pagination else None
    return Page([bytes(document) for document in documents], "" if token is None else _storable(str(token)))


def _without_documents(body: bytes, name: str) -> _Orders:
    """The payload of a page that names no documents. Raises Unreadable where that is no empty page."""
    payload = payload_of(body)
    try:
        found = _payload.decode(payload)
        # An account without orders may get an empty payload; one that holds something else instead is no empty page.
        strange = _keys.decode(payload).keys() - {"pagination", name}
    except BROKEN as error:
        raise Unreadable(f"the page is not in the shape agreed on: {error}") from None
    if strange:
        raise Unreadable(f"the page holds no {name}")
    return found


def read_order(raw: bytes) -> PurchaseOrder:
    """One purchase order. Raises Unreadable with the reason and, where it can be found, the number."""
    order = _read(raw, PurchaseOrder)
    _check(order.purchase_order_number, order.order_details.items if order.order_details else [])
    return order


def read_status(raw: bytes) -> OrderStatus:
    """One order's status. Raises Unreadable with the reason and, where it can be found, the number."""
    status = _read(raw, OrderStatus)
    _check(status.purchase_order_number, status.item_status)
    return status


def _read(raw: bytes, kind: type[Document]) -> Document:
    try:
        found, left_out, unknown = base.read(raw, kind)
        if found.mended or found.unknown:
            # Ours alone to fill: where Amazon sends fields of these names, they are unknown ones.
            found, left_out, unknown = base.mended(raw, kind)
    except Unreadable as error:
        error.number = number_of(raw)
        raise
    if left_out or unknown:
        msgspec.structs.force_setattr(found, "mended", left_out)
        msgspec.structs.force_setattr(found, "unknown", unknown)
    return found


def _check(number: str, lines: Sequence[OrderItem | ItemStatus]) -> None:
    if not number.strip():
        raise base.unreadable("it has no purchase order number")
    numbers = {line.item_sequence_number for line in lines}
    if len(numbers) < len(lines) or "" in numbers:
        raise base.unreadable("its lines are not numbered one by one", number)
    amounts = [price.amount for price in _prices(lines) if price.amount is not None]
    # Written for thousands of prices a page: a method mapped over them costs a fraction of a check for each.
    places = set(map(Decimal.adjusted, amounts))
    if not (all(map(Decimal.is_finite, amounts)) and all(-20 < place < 20 for place in places)):
        raise base.unreadable("the amount is no sum of money", number)


def _prices(lines: Iterable[OrderItem | ItemStatus]) -> list[Price]:
    return [price for line in lines for price in (line.net_cost, line.list_price) if price]


class _Number(msgspec.Struct, rename="camel"):
    purchase_order_number: str | int | None = None


_number = msgspec.json.Decoder(_Number)
_LOOKS_LIKE_NUMBER = re.compile(rb'"purchaseOrderNumber"\s*:\s*"?(?!null)([\w\-]{1,64})')


def number_of(raw: bytes) -> str:
    """The purchase order number, also out of a broken document where it can be made out; else empty.

    A NUL in it, which no database of ours keeps, is shown as a replacement character.
    """
    try:
        return _storable(str(_number.decode(raw).purchase_order_number or ""))
    except BROKEN:
        found = _LOOKS_LIKE_NUMBER.search(raw)
        return found[1].decode("ascii", "replace") if found else ""


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd")


@lru_cache(maxsize=1024)
def window(text: str) -> Window | None:
    """A ship or delivery window; None where there is none or it cannot be read (``flags`` tells which).

    Many orders share theirs, and each is asked for more than once: the last ones are remembered.
    """
    try:
        return Window.parse(text)
    except (ValueError, OverflowError):
        return None


def flags(document: PurchaseOrder | OrderStatus) -> list[str]:
    """What a person should know about this document: enum words we do not know, windows and moments we cannot read.

    Each as ``kind=word`` or ``unreadable name``, once, sorted.
    """
    words = _order_words(document) if isinstance(document, PurchaseOrder) else _status_words(document)
    found = {f"{kind}={word}" for kind, some in words.items() for word in some if word and not known_enum(kind, word)}
    found |= {f"unreadable {name}" for name in document.mended}
    if isinstance(document, PurchaseOrder) and document.order_details:
        details = document.order_details
        texts = {"shipWindow": details.ship_window, "deliveryWindow": details.delivery_window}
        found |= {f"unreadable orderDetails.{name}" for name, text in texts.items() if text and window(text) is None}
    return sorted(found)


Words = dict[str, set[str]]
"""The enum words of a document by their kind, each once however many lines have it."""


def _order_words(order: PurchaseOrder) -> Words:
    details = order.order_details
    found = {"purchaseOrderState": {order.purchase_order_state}}
    if details is None:
        return found
    found["purchaseOrderType"] = {details.purchase_order_type}
    found["paymentMethod"] = {details.payment_method}
    if details.import_details:
        found["methodOfPayment"] = {details.import_details.method_of_payment}
        found["internationalCommercialTerms"] = {details.import_details.international_commercial_terms}
    found["taxRegistrationType"] = _tax_words(
        details.buying_party, details.selling_party, details.ship_to_party, details.bill_to_party
    )
    found["unitOfMeasure"] = {line.ordered_quantity.unit_of_measure for line in details.items}
    found["priceUnit"] = {price.unit_of_measure for price in _prices(details.items)}
    return found


def _status_words(status: OrderStatus) -> Words:
    lines = status.item_status
    return {
        "purchaseOrderStatus": {status.purchase_order_status},
        "taxRegistrationType": _tax_words(status.selling_party, status.ship_to_party),
        "confirmationStatus": {line.acknowledgement_status.confirmation_status for line in lines},
        "receiveStatus": {line.receiving_status.receive_status for line in lines},
        "unitOfMeasure": {quantity.unit_of_measure for line in lines for quantity in _quantities(line) if quantity},
        "priceUnit": {price.unit_of_measure for price in _prices(lines)},
    }


def _quantities(line: ItemStatus) -> tuple[Quantity | None, ...]:
    acknowledged = line.acknowledgement_status
    return (
        line.ordered_quantity.ordered_quantity,
        acknowledged.accepted_quantity,
        acknowledged.rejected_quantity,
        line.receiving_status.received_quantity,
    )


def _tax_words(*parties: Party) -> set[str]:
    return {party.tax_info.tax_registration_type for party in parties if party.tax_info}
