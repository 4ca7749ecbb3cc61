"""The five operations: addresses, filters, paging, and what they answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amazon.pretend import (
    ACKNOWLEDGE,
    ORDERS,
    STATUS,
    TRANSACTIONS,
    Amazon,
    Say,
    client_of,
    orders_page,
    refused,
)
from purveyor.amazon import errors
from purveyor.amazon.messages.transactions import Transaction
from purveyor.amazon.operations import orders, transactions
from purveyor.amazon.paging import Stopped

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("held_clock")]

UNTIL = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = {"created_after": UNTIL - timedelta(days=7), "created_before": UNTIL}


def test_get_purchase_orders_answers_a_page() -> None:
    amazon = Amazon()
    amazon.tell(ORDERS, Say(200, orders_page("1ABCDEFG", token="t+1=")))

    page = orders.get_purchase_orders(client_of(amazon), **WEEK)

    assert ([len(page.orders), page.next_token, page.request_id]) == [1, "t+1=", "req-1"]
    assert page.body == Say(200, orders_page("1ABCDEFG", token="t+1=")).content
    assert amazon.calls(ORDERS)[0].query == {
        "createdAfter": "2026-02-23T00:00:00Z",
        "createdBefore": "2026-03-02T00:00:00Z",
    }


def test_purchase_order_pages_send_the_filters_with_every_token() -> None:
    amazon = Amazon()
    pages = [orders_page("1", token="t+1="), orders_page(token="t2"), orders_page("3")]
    amazon.tell(ORDERS, *[Say(200, page) for page in pages])

    loop = orders.purchase_order_pages(client_of(amazon), purchase_order_state="New")
    found = [len(page.orders) for page in loop]

    assert (found, loop.stopped) == ([1, 0, 1], Stopped.NOT)
    assert [one.query for one in amazon.calls(ORDERS)] == [
        {"purchaseOrderState": "New"},
        {"purchaseOrderState": "New", "nextToken": "t+1="},
        {"purchaseOrderState": "New", "nextToken": "t2"},
    ]


def test_purchase_order_pages_survive_a_spurious_400_after_the_first_page() -> None:
    amazon = Amazon()
    bad = Say(400, refused("InvalidInput"))
    amazon.tell(ORDERS, Say(200, orders_page("1", token="t")), bad, bad, Say(200, orders_page("2")))

    assert sum(len(page.orders) for page in orders.purchase_order_pages(client_of(amazon))) == 2

    amazon.tell(ORDERS, bad)
    with pytest.raises(errors.BadRequest):
        list(orders.purchase_order_pages(client_of(amazon)))


def test_purchase_order_pages_stop_at_a_repeated_token() -> None:
    amazon = Amazon()
    amazon.tell(ORDERS, Say(200, orders_page("1", token="t")))

    loop = orders.purchase_order_pages(client_of(amazon))

    assert ([len(page.orders) for page in loop], loop.stopped) == ([1, 1], Stopped.REPEATED)


@pytest.mark.parametrize(
    "filters",
    [
        {"created_after": UNTIL - timedelta(days=7, seconds=1), "created_before": UNTIL},
        {"createdAfter": "2026-02-01T00:00:00Z", "createdBefore": "2026-02-08T00:00:01Z"},
        {"changedAfter": UNTIL - timedelta(days=8), "changedBefore": UNTIL},
        {"changedAfter": UNTIL - timedelta(days=8), "changed_before": UNTIL},
        {"nonsense": 1},
    ],
)
def test_get_purchase_orders_refuses_what_amazon_would_not_answer(filters: dict[str, Any]) -> None:
    amazon = Amazon()

    with pytest.raises(ValueError, match=r"more than seven days apart|knows no parameter nonsense"):
        orders.get_purchase_orders(client_of(amazon), **filters)
    assert amazon.asked == []


def test_get_purchase_order_answers_the_order_raw() -> None:
    amazon = Amazon()
    amazon.tell(f"{ORDERS}/1ABCDEFG", Say(200, b'{"payload": {"purchaseOrderNumber":"1ABCDEFG"} }'))

    found = orders.get_purchase_order(client_of(amazon), "1ABCDEFG")

    assert (found.order, found.request_id) == (b'{"purchaseOrderNumber":"1ABCDEFG"}', "req-1")
    with pytest.raises(errors.NotFoundAtAmazon):
        orders.get_purchase_order(client_of(amazon), "2ABCDEFG")


def test_submit_acknowledgement_sends_the_very_bytes_once() -> None:
    amazon = Amazon()
    amazon.tell(ACKNOWLEDGE, Say(202, {"payload": {"transactionId": "t-1"}}))

    found = orders.submit_acknowledgement(client_of(amazon), b'{"acknowledgements":[]}')

    assert found == orders.Submitted("t-1", "req-1", 202)
    assert [one.body for one in amazon.calls(ACKNOWLEDGE)] == [b'{"acknowledgements":[]}']


@pytest.mark.parametrize(
    ("say", "arrived"),
    [
        (Say(error=ConnectionRefusedError()), False),
        (Say(429), False),
        (Say(400, refused()), False),
        (Say(403, refused("Unauthorized", "Access to the resource is forbidden")), False),
        (Say(413), False),
        (Say(error=ConnectionResetError()), None),
        (Say(error=TimeoutError()), None),
        (Say(500), None),
        (Say(503, b""), None),
        (Say(202, b'{"payload":{}}'), None),
        (Say(202, b'{"payload":{"transactionId":'), None),
        (Say(302), None),
    ],
)
def test_submit_acknowledgement_shows_every_failure_and_what_it_proves(say: Say, arrived: bool | None) -> None:
    amazon = Amazon()
    amazon.tell(ACKNOWLEDGE, say)

    with pytest.raises(errors.AmazonError) as caught:
        orders.submit_acknowledgement(client_of(amazon), b"{}")

    assert (errors.arrived(caught.value), len(amazon.calls(ACKNOWLEDGE))) == (arrived, 1)


def test_submit_acknowledgement_may_be_told_to_weather_throttling() -> None:
    amazon = Amazon()
    amazon.tell(ACKNOWLEDGE, Say(429), Say(202, {"payload": {"transactionId": "t-1"}}))

    assert orders.submit_acknowledgement(client_of(amazon), b"{}", retry=True).transaction_id == "t-1"


def test_status_pages_survive_a_spurious_400_after_the_first_page() -> None:
    amazon = Amazon()
    first = {"payload": {"ordersStatus": [], "pagination": {"nextToken": "t"}}}
    amazon.tell(STATUS, Say(200, first), Say(400, refused("InvalidInput")), Say(200, {"payload": {"ordersStatus": []}}))

    assert len(list(orders.status_pages(client_of(amazon)))) == 2


def test_status_pages_ask_with_the_names_of_the_status_operation() -> None:
    amazon = Amazon()
    page = {"payload": {"ordersStatus": [{"purchaseOrderNumber": "1ABCDEFG"}], "pagination": {"nextToken": "t"}}}
    amazon.tell(STATUS, Say(200, page), Say(200, {"payload": {"ordersStatus": []}}))

    loop = orders.status_pages(client_of(amazon), updated_after=UNTIL - timedelta(days=1), updated_before=UNTIL)

    assert [one for page in loop for one in page.statuses] == [b'{"purchaseOrderNumber": "1ABCDEFG"}']
    assert [one.query.get("nextToken") for one in amazon.calls(STATUS)] == [None, "t"]
    assert amazon.calls(STATUS)[1].query["updatedAfter"] == "2026-03-01T00:00:00Z"
    with pytest.raises(ValueError, match="knows no parameter changedAfter"):
        orders.get_purchase_orders_status(client_of(amazon), changedAfter=UNTIL)
    with pytest.raises(ValueError, match="more than seven days apart"):
        orders.get_purchase_orders_status(
            client_of(amazon), updatedAfter=UNTIL - timedelta(days=8), updatedBefore=UNTIL
        )


def test_get_transaction_answers_the_outcome() -> None:
    amazon = Amazon()
    inner = {"transactionId": "t-1", "status": "Failure", "errors": [{"code": "INVALID", "message": "no"}]}
    amazon.tell(f"{TRANSACTIONS}t-1", Say(200, {"payload": {"transactionStatus": inner}}))

    found = transactions.get_transaction(client_of(amazon), "t-1")

    assert found == Transaction("t-1", "Failure", (errors.Said("INVALID", "no"),))
