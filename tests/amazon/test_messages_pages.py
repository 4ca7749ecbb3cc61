"""Pages of documents, and what became of a submission: read as far as they can be."""

from __future__ import annotations

from typing import Any

import pytest

from amazon.samples import ORDER, STATUS, page_of, raw_of
from purveyor.amazon.errors import Said, Unreadable
from purveyor.amazon.messages import transactions
from purveyor.amazon.messages.orders import (
    read_order,
    read_page,
    read_status,
    status_page,
)

pytestmark = pytest.mark.unit


def test_read_page_leaves_each_order_raw_and_finds_the_token() -> None:
    page = read_page(page_of({"purchaseOrderNumber": "1"}, "broken", pagination={"nextToken": "abc="}))

    assert (page.orders, page.next_token) == ([b'{"purchaseOrderNumber": "1"}', b'"broken"'], "abc=")


def test_read_page_has_no_nul_in_the_token() -> None:
    assert read_page(page_of(pagination={"nextToken": "a\0b"})).next_token == "a\ufffdb"


def test_read_page_does_not_lose_the_page_to_one_broken_order() -> None:
    raw = page_of(ORDER, {"purchaseOrderNumber": ["1"]}, ORDER).replace(b"4000000000001", b"\xff000000000001", 1)

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
    page = read_page(raw_of({"payload": payload, "errors": []}))

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
    page = status_page(page_of(STATUS, name="ordersStatus", pagination={"nextToken": "t"}))

    assert ([read_status(raw) for raw in page.orders], page.next_token) == ([read_status(raw_of(STATUS))], "t")
    with pytest.raises(Unreadable, match="the page holds no ordersStatus"):
        status_page(page_of(ORDER))


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
    found = transactions.read(raw_of({"payload": {"transactionStatus": inner}}))

    assert (found, found.known_status) == (transactions.Transaction("t", status, errors), known)


@pytest.mark.parametrize(
    "payload", [{}, {"transactionStatus": None}, {"transactionStatus": {"transactionId": "t"}}, []]
)
def test_transaction_without_a_status_is_unreadable(payload: Any) -> None:
    with pytest.raises(Unreadable):
        transactions.read(raw_of({"payload": payload}))


def test_submission_is_read_or_unreadable() -> None:
    assert transactions.read_submitted(b'{"payload":{"transactionId":"t-1","x":1}}') == "t-1"
    longest = b"t" * 100
    assert transactions.read_submitted(b'{"payload":{"transactionId":" ' + longest + b'"}}') == "t" * 100
    nowhere = (b" ", b".", b"..", b"a\\nb", longest + b"t")
    strange = [b'{"transactionId":"' + number + b'"}' for number in nowhere]
    for payload in (b"{}", b'{"transactionId":""}', b'{"transactionId":null}', b"[]", *strange):
        with pytest.raises(Unreadable):
            transactions.read_submitted(b'{"payload":' + payload + b"}")
