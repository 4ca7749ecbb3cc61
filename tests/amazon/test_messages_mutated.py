"""Whatever Amazon sends is read or stands aside: documents with values replaced, taken out, renamed or damaged."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amazon.samples import ORDER, STATUS, page_of
from purveyor.amazon.errors import Unreadable
from purveyor.amazon.messages import base, orders, transactions
from purveyor.amazon.messages.orders import (
    OrderStatus,
    PurchaseOrder,
    flags,
    number_of,
    read_order,
    read_page,
    read_status,
)

pytestmark = pytest.mark.unit


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
    raw = bytearray(page_of(ORDER, ORDER))
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
