"""The two kinds of document Amazon hands out, and what differs between them: how to ask, read, compare and take in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from purveyor.amazon.client import Client
from purveyor.amazon.messages import orders as messages
from purveyor.amazon.messages.base import BROKEN
from purveyor.amazon.operations import orders as operations
from purveyor.base.db import together
from purveyor.intake.mapping.orders import order_record
from purveyor.intake.mapping.status import status_record
from purveyor.orders.domain import keep, receive
from purveyor.orders.models import Order
from purveyor.orders.records import Counts, Document, ReceivedOrder, ReceivedStatus
from purveyor.profiles.models import Profile

Hashes = dict[str, tuple[str, str]]
Seen = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as it came: each document still as JSON, the next page's token, and what was asked."""

    documents: list[bytes]
    next_token: str
    request_id: str
    size: int
    query: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """``read`` answers a document's record, and the field names and enum words (``kind=word``) in it we do not know;
    ``held`` for each number the hashes of the bytes (empty where not kept) and of the content we hold, given numbers
    and hashes of the bytes of what came. ``compared_late``: what is new needs no hash of its content yet; it is worked
    out from the kept bytes once something else comes to be compared with them.
    """

    name: str
    operation: str
    fetch: Callable[[Client, str, dict[str, Any]], RawPage]
    read: Callable[[bytes], tuple[ReceivedOrder | ReceivedStatus, list[str]]]
    held: Callable[[Profile, Collection[Seen]], Hashes]
    take: Callable[[Profile, Sequence[Document], Collection[str], bool, str], Counts]
    compared_late: bool = False


def _fetch_orders(client: Client, token: str, filters: dict[str, Any]) -> RawPage:
    page = operations.get_purchase_orders(client, next_token=token, **filters)
    return RawPage(page.orders, page.next_token, page.request_id, len(page.body), _asked(filters, token))


class _Dated(msgspec.Struct, rename="camel"):
    purchase_order_date: datetime


class _Placed(msgspec.Struct, rename="camel"):
    order_details: _Dated


_placed = msgspec.json.Decoder(_Placed)
_SAMPLES = 4


def dates_of(page: RawPage) -> list[datetime]:
    """The dates of some orders of a page, in the order in which they lie there. Empty where any cannot be read."""
    step = max(1, (len(page.documents) - 1) // _SAMPLES)
    try:
        found = [_placed.decode(raw).order_details.purchase_order_date for raw in page.documents[::step]]
    except BROKEN:
        return []
    return [at.replace(tzinfo=UTC) if at.tzinfo is None else at for at in found]


def _fetch_statuses(client: Client, token: str, filters: dict[str, Any]) -> RawPage:
    page = operations.get_purchase_orders_status(client, next_token=token, **filters)
    return RawPage(page.statuses, page.next_token, page.request_id, len(page.body), _asked(filters, token))


def one_order(client: Client, number: str) -> RawPage:
    """A single order as a page of its own. Raises NotFoundAtAmazon."""
    found = operations.get_purchase_order(client, number)
    return RawPage([found.order], "", found.request_id, len(found.body), {"purchaseOrderNumber": number})


def _asked(filters: dict[str, Any], token: str) -> dict[str, Any]:
    asked = {name: value if isinstance(value, bool | int) else str(value) for name, value in filters.items()}
    return asked | ({"nextToken": token[:200]} if token else {})


def _read_order(raw: bytes) -> tuple[ReceivedOrder, list[str]]:
    order = messages.read_order(raw)
    record = order_record(order)
    return record, _strange(order.unknown, record.flags)


def _read_status(raw: bytes) -> tuple[ReceivedStatus, list[str]]:
    status = messages.read_status(raw)
    return status_record(status), _strange(status.unknown, messages.flags(status))


def _strange(unknown: list[str], flags: list[str]) -> list[str]:
    return unknown + [flag for flag in flags if "=" in flag]


def _held_orders(profile: Profile, seen: Collection[Seen]) -> Hashes:
    found = keep.known(profile, {number for number, _hash in seen})
    other = {number for number, raw_hash in seen if number in found and found[number].raw_hash != raw_hash}
    contents = keep.contents(found[number] for number in other)
    return {known.number: (known.raw_hash, contents.get(known.id, "")) for known in found.values()}


def _held_statuses(profile: Profile, seen: Collection[Seen]) -> Hashes:
    found = Order.objects.filter(profile=profile, number__in=together({number for number, _hash in seen})).order_by()
    return {number: ("", content) for number, content in found.values_list("number", "status_hash")}


def _take_orders(
    profile: Profile, documents: Sequence[Document], again: Collection[str], backfilled: bool, by: str
) -> Counts:
    return receive.receive_orders(profile, documents, backfilled=backfilled, by=by, seen_again=again)


def _take_statuses(
    profile: Profile, documents: Sequence[Document], again: Collection[str], backfilled: bool, by: str
) -> Counts:
    return receive.receive_statuses(profile, documents, by=by)


ORDERS = Kind("order", "getPurchaseOrders", _fetch_orders, _read_order, _held_orders, _take_orders, compared_late=True)
STATUSES = Kind("status", "getPurchaseOrdersStatus", _fetch_statuses, _read_status, _held_statuses, _take_statuses)
KINDS = {kind.name: kind for kind in (ORDERS, STATUSES)}
