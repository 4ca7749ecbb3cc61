"""The bulk writing behind ``receive``: rows of orders, lines and versions, one statement a table. No decisions here.

The columns follow the records field by field; a test holds the two together.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from django.db.models import F, Max

from purveyor.base.db import bulk_upsert, together
from purveyor.common.canon import content_of
from purveyor.orders.domain import standing
from purveyor.orders.models import Line, Order, Snapshot
from purveyor.orders.records import Document, ReceivedLine, ReceivedOrder
from purveyor.orders.states import OrderState
from purveyor.profiles import dated
from purveyor.profiles.models import Profile

# Amazon's clock for an answer (FACTS §5.1), unless the profile's settings say otherwise.
ANSWER_WITHIN = timedelta(hours=24)

LOCK = "orders.receive"

_OF_RECORD = ReceivedOrder.__struct_fields__[:-1]
_CHANGING = (*_OF_RECORD[1:], "line_count", "version", "raw_hash", "content_hash")
_AT_FIRST = ("profile_id", "state", "state_at", "elsewhere", "due_at", "first_seen_at", "backfilled")
_BLANK = {"type": "undefined", "amazon_status": "", "status_version": 0, "status_hash": ""}
ORDER_COLUMNS = ("number", *_CHANGING, *_AT_FIRST, *_BLANK)

_OF_LINE = ReceivedLine.__struct_fields__
LINE_COLUMNS = (*_OF_LINE, "order_id", "shelf")
_LINE_CHANGING = (*(name for name in _OF_LINE if name != "number"), "gone")

_SNAPSHOT_COLUMNS = ("order_id", "kind", "version", "at", "content_hash", "raw", "request_id", "source")


class Known(NamedTuple):
    """What is held of an order, as far as receiving needs it."""

    number: str
    id: int
    state: str
    amazon_state: str
    eaches: int
    version: int
    raw_hash: str
    content_hash: str
    changed_at: datetime | None
    amazon_state_at: datetime | None
    answered_at: datetime | None
    amazon_status: str
    status_at: datetime | None


class Version(msgspec.Struct):
    """One document on its way into the tables: which order and which of its versions it becomes."""

    document: Document
    order_id: int = 0
    number: int = 1


def pack(raw: bytes) -> bytes:
    """A document's own bytes as they are kept."""
    return zlib.compress(raw, 1)


def known(profile: Profile, numbers: Collection[str]) -> dict[str, Known]:
    """What is held of these orders, by number."""
    found = Order.objects.filter(profile=profile, number__in=together(numbers)).order_by().values_list(*Known._fields)
    return {row[0]: Known(*row) for row in found}


def known_by(order_ids: Collection[int], **narrower: Any) -> dict[int, Known]:
    """What is held of these orders, by their key."""
    found = Order.objects.filter(pk__in=together(order_ids), **narrower).order_by().values_list(*Known._fields)
    return {known.id: known for known in (Known(*row) for row in found)}


def insert_orders(profile: Profile, versions: Sequence[Version], now: datetime, *, backfilled: bool) -> None:
    """Insert new orders with their lines."""
    within = timedelta(hours=dated.value(profile, "deadlines.answer_hours"))
    rows = [_order_row(profile, version, now, backfilled, within) for version in versions]
    bulk_upsert("orders_order", ORDER_COLUMNS, rows)
    _number_orders(profile, versions)
    bulk_upsert("orders_line", LINE_COLUMNS, _all_lines(versions), ready=True)


def update_orders(profile: Profile, versions: Sequence[Version], now: datetime) -> None:
    """Write Amazon's fields of changed orders and their lines; what is ours, and Amazon's counts, stay as they are."""
    rows = [_order_row(profile, version, now, backfilled=False) for version in versions]
    bulk_upsert("orders_order", ORDER_COLUMNS, rows, conflict=("profile_id", "number"), update=_CHANGING)
    once = ("order_id", "number")
    bulk_upsert("orders_line", LINE_COLUMNS, _all_lines(versions), conflict=once, update=_LINE_CHANGING, ready=True)
    _drop_lines(versions)


def _order_row(
    profile: Profile, version: Version, now: datetime, backfilled: bool, within: timedelta = ANSWER_WITHIN
) -> tuple[Any, ...]:
    document = version.document
    record: Any = document.record
    state = standing.first_state(record.amazon_state, record.eaches)
    return (
        *msgspec.structs.astuple(record)[:-1],
        len(record.lines),
        version.number,
        document.raw_hash,
        document.content_hash,
        profile.pk,
        state,
        now,
        standing.seen_answered(record.amazon_state, record.amazon_state_at) if state == OrderState.ELSEWHERE else {},
        record.ordered_at + within,
        now,
        backfilled or is_old(profile, version),
        *_BLANK.values(),
    )


def is_old(profile: Profile, version: Version) -> bool:
    """Whether the order was placed before the account was connected: somebody may have handled it elsewhere."""
    record: Any = version.document.record
    return bool(record.ordered_at < profile.created_at)


def _number_orders(profile: Profile, versions: Sequence[Version]) -> None:
    """Give versions of just inserted orders the keys of their orders."""
    by_number = {version.document.record.number: version for version in versions}
    keys = Order.objects.filter(profile=profile, number__in=together(by_number)).order_by().values_list("number", "id")
    for number, key in keys:
        by_number[number].order_id = key


def number_versions(versions: Sequence[Version], kind: str) -> None:
    """Give each version the next number of its order."""
    latest = dict(
        Snapshot.objects.filter(order_id__in=[v.order_id for v in versions], kind=kind)
        .order_by()
        .values_list("order_id")
        .annotate(Max("version"))
    )
    for version in versions:
        version.number = latest.get(version.order_id, 0) + 1


def _all_lines(versions: Iterable[Version]) -> list[tuple[Any, ...]]:
    return [row for version in versions for row in _line_rows(version)]


def _line_rows(version: Version) -> Iterator[tuple[Any, ...]]:
    """The rows as both databases take them at once: decimals and truth values as text."""
    order_id, shelf = version.order_id, version.order_id // Line.SHELF
    for line in _lines(version):
        yield (
            line.position,
            line.number,
            line.asin,
            line.vendor_product,
            line.amount,
            line.unit,
            line.unit_size,
            line.eaches,
            "1" if line.backorder_allowed else "0",
            None if line.net_cost is None else str(line.net_cost),
            None if line.list_price is None else str(line.list_price),
            line.currency,
            line.cost_unit,
            order_id,
            shelf,
        )


def _drop_lines(versions: Sequence[Version]) -> None:
    """Mark the lines that these versions of their orders no longer have."""
    kept = {(version.order_id, line.number) for version in versions for line in _lines(version)}
    held = Line.objects.filter(order_id__in=[v.order_id for v in versions], gone=False).order_by()
    gone = [
        key for order_id, number, key in held.values_list("order_id", "number", "id") if (order_id, number) not in kept
    ]
    if gone:
        Line.objects.filter(id__in=gone).update(gone=True)


def write_snapshots(versions: Iterable[Version], kind: str, now: datetime) -> None:
    """Keep each version word for word."""
    rows = [
        (
            v.order_id,
            kind,
            v.number,
            now,
            v.document.content_hash,
            v.document.packed,
            v.document.request_id,
            v.document.source,
        )
        for v in versions
    ]
    bulk_upsert("orders_snapshot", _SNAPSHOT_COLUMNS, rows)


def unseen(versions: Sequence[Version], kind: str) -> list[Version]:
    """Those whose very content is not among the kept versions of their order yet."""
    kept = Snapshot.objects.filter(order_id__in=[v.order_id for v in versions], kind=kind).order_by()
    held = {(one.order_id, one.content_hash or content_of(one.document())) for one in kept}
    return [v for v in versions if (v.order_id, content(v.document)) not in held]


def content(document: Document) -> str:
    """The hash of what a document says. A new order's is not worked out before it is asked for: most never are."""
    return document.content_hash or content_of(zlib.decompress(document.packed))


def contents(held: Iterable[Known]) -> dict[int, str]:
    """The hash of what each of these orders says, by its key; where none was kept, from the bytes of its version."""
    found = {known.id: known.content_hash for known in held}
    missing = [key for key, kept in found.items() if not kept]
    if missing:
        present = Snapshot.objects.filter(order_id__in=missing, kind=Snapshot.Kind.ORDER, version=F("order__version"))
        found |= {one.order_id: content_of(one.document()) for one in present.order_by()}
    return found


def _lines(version: Version) -> Sequence[ReceivedLine]:
    lines: Any = version.document.record.lines
    found: Sequence[ReceivedLine] = lines
    return found
