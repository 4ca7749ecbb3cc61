"""The client and the stand-in Amazon, in process and over a socket: the whole wire, on good days and on bad ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from purveyor.amazon import errors
from purveyor.amazon.client import Client
from purveyor.amazon.login import Grant
from purveyor.amazon.messages import orders as messages
from purveyor.amazon.operations import orders, transactions
from purveyor.amazon.paging import Stopped, windows
from purveyor.amazon.transport import HttpTransport, WsgiTransport
from purveyor.common import clock
from purveyor.simulator.app import create_app
from purveyor.simulator.server import serve
from purveyor.simulator.world import World

pytestmark = pytest.mark.integration

Connect = Callable[..., Client]


@pytest.fixture
def world(held_clock: datetime) -> Iterator[World]:
    found = World(scenario="quiet", secrets_from_seed=True)
    yield found
    found.close()


@pytest.fixture(params=["wsgi", "http"])
def connect(request: pytest.FixtureRequest, world: World) -> Iterator[Connect]:
    """Makes a client for the world's first account."""

    def client(endpoint: str, transport: Any, **more: Any) -> Client:
        account = world.account
        grant = Grant(account.client_id, (account.client_secret,), account.refresh_token)
        return Client(
            grant=grant, endpoint=endpoint, login_url=endpoint + "/auth/o2/token", transport=transport, **more
        )

    if request.param == "wsgi":
        yield lambda **more: client("https://amazon.test", WsgiTransport(create_app(world)), **more)
        return
    with serve(world) as server, HttpTransport() as transport:
        yield lambda **more: client(server.address, transport, **more)


def _read_all(client: Client, days: int = 7) -> list[str]:
    found: list[str] = []
    for after, before in windows(clock.now() - timedelta(days=days), clock.now()):
        loop = orders.purchase_order_pages(client, created_after=after, created_before=before, limit=10)
        read = [messages.read_order(raw) for page in loop for raw in page.orders]
        assert loop.stopped == Stopped.NOT
        found += [order.purchase_order_number for order in read]
        assert [order.unknown for order in read] == [[]] * len(read)
    return found


def test_orders_are_read_page_by_page(world: World, connect: Connect) -> None:
    placed = world.place_many(35, lines=2)

    assert sorted(set(_read_all(connect()))) == sorted(placed)


def test_limits_of_the_stand_in_are_never_met(world: World, connect: Connect) -> None:
    client = connect()
    for _ in range(60):
        orders.get_purchase_orders(client, limit=1)

    assert dict(world.requests.answers) == {("token", 200): 1, ("getPurchaseOrders", 200): 60}


@pytest.mark.parametrize(
    "fault",
    [
        "throttled",
        "server-error",
        "html-error",
        "empty-503",
        "refused",
        "reset",
        "lost-reply",
        "malformed-json",
        "spurious-400",
        "empty-page",
        "expired-token",
    ],
)
def test_reading_survives(fault: str, world: World, connect: Connect) -> None:
    placed = world.place_many(25, lines=1)
    client = connect()
    world.faults.once(fault, "getPurchaseOrders")

    assert sorted(set(_read_all(client))) == sorted(placed)
    assert world.faults.taken[fault, "getPurchaseOrders"] == 1


def test_reading_says_so_when_a_token_repeats(world: World, connect: Connect) -> None:
    world.place_many(25, lines=1)
    client = connect()
    world.faults.always("repeated-token", "getPurchaseOrders")

    loop = orders.purchase_order_pages(client, limit=10)

    assert (len(list(loop)), loop.stopped) == (2, Stopped.REPEATED)


@pytest.mark.parametrize(
    ("fault", "kind"), [("revoked", errors.InvalidGrant), ("throttled", None), ("html-error", None), ("reset", None)]
)
def test_login_survives_or_names_what_is_wrong(
    fault: str, kind: type[errors.AmazonError] | None, world: World, connect: Connect
) -> None:
    world.faults.once(fault, "token")

    if kind is None:
        assert connect().check_login() != ""
    else:
        with pytest.raises(kind):
            connect().check_login()


def test_missing_role_is_told_from_token_trouble(world: World, connect: Connect) -> None:
    client = connect()
    world.faults.always("missing-role", "getPurchaseOrders")

    with pytest.raises(errors.Forbidden) as caught:
        orders.get_purchase_orders(client)
    assert caught.value.token_trouble is False
    assert caught.value.request_id != ""


def _answer(world: World, number: str) -> bytes:
    """Accept every line as ordered, out of what the wire says."""
    account = world.account
    document = messages.read_order(orders.get_purchase_order(_plugged_in(world), number).order)
    details = document.order_details
    assert details is not None
    lines = []
    for line in details.items:
        given = line.ordered_quantity.units
        amount = messages.WrittenQuantity(
            amount=given.amount, unit_of_measure=messages.Unit(given.unit), unit_size=given.unit_size
        )
        price = line.net_cost
        assert price is not None
        answer = messages.LineAnswer(acknowledgement_code=messages.Code.ACCEPTED, acknowledged_quantity=amount)
        lines.append(
            messages.AcknowledgedLine(
                item_sequence_number=line.item_sequence_number,
                amazon_product_identifier=line.amazon_product_identifier,
                vendor_product_identifier=line.vendor_product_identifier,
                ordered_quantity=amount,
                net_cost=messages.WrittenPrice(amount=price.amount or Decimal(0), currency_code=price.currency_code),
                item_acknowledgements=[answer],
            )
        )
    return messages.write_acknowledgement(
        messages.OrderAcknowledgement(
            purchase_order_number=number,
            selling_party=messages.WrittenParty(party_id=account.vendor_codes[0]),
            acknowledgement_date=clock.now(),
            items=lines,
        )
    )


def _plugged_in(world: World) -> Client:
    return Client(
        grant=Grant(world.account.client_id, (world.account.client_secret,), world.account.refresh_token),
        endpoint="https://amazon.test",
        login_url="https://amazon.test/auth/o2/token",
        transport=WsgiTransport(create_app(world)),
    )


def test_acknowledgement_is_taken_followed_and_read_back(world: World, connect: Connect) -> None:
    number = world.place(lines=3)
    client = connect()
    before = {one for page in orders.status_pages(client, purchase_order_number=number) for one in page.statuses}

    submitted = orders.submit_acknowledgement(client, _answer(world, number))
    clock.turn(timedelta(minutes=31))
    outcome = transactions.get_transaction(client, submitted.transaction_id)
    (raw,) = (one for page in orders.status_pages(client, purchase_order_number=number) for one in page.statuses)

    status = messages.read_status(raw)
    assert (outcome.id, outcome.known_status, submitted.status) == (submitted.transaction_id, "Processing", 202)
    assert {line.acknowledgement_status.confirmation_status for line in status.item_status} == {"ACCEPTED"}
    assert raw not in before
    assert messages.flags(status) == []


@pytest.mark.parametrize(
    ("fault", "arrived", "taken"),
    [
        ("throttled", False, 0),
        ("reset", None, 0),
        ("lost-reply", None, 1),
        ("server-error", None, 0),
        ("html-error", None, 0),
        ("malformed-json", None, 1),
        ("missing-role", False, 0),
    ],
)
def test_submission_that_fails_says_what_it_proves(
    fault: str, arrived: bool | None, taken: int, world: World, connect: Connect
) -> None:
    number = world.place(lines=1)
    client, body = connect(), _answer(world, number)
    world.faults.once(fault, "submitAcknowledgement")

    with pytest.raises(errors.AmazonError) as caught:
        orders.submit_acknowledgement(client, body)

    assert (errors.arrived(caught.value), len(world.acknowledgements(number))) == (arrived, taken)


def test_submission_to_nobody_proves_that_nothing_arrived(world: World) -> None:
    number = world.place(lines=1)
    world.faults.once("refused", "submitAcknowledgement")

    with pytest.raises(errors.NotConnected) as caught:
        orders.submit_acknowledgement(_plugged_in(world), _answer(world, number))

    assert (errors.arrived(caught.value), world.acknowledgements(number)) == (False, [])
