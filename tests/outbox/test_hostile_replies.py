"""Replies nobody agreed on: whatever comes back, its outcome is stored, and the document goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliver import ANNA, document_of, placed, until_settled, work
from plug import SIMULATOR
from purveyor.amazon.transport import Reply, Request, Transport, WsgiTransport
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
from purveyor.outbox.models import Document
from purveyor.profiles import clients
from purveyor.profiles.models import Profile, SharedToken
from purveyor.simulator.app import create_app
from purveyor.simulator.world import World

SUBMIT = "submitAcknowledgement"
pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


class Hostile:
    """The stand-in, but for what it is told to answer to an operation."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.instead: dict[str, Reply] = {}

    def send(self, request: Request, timeout: float) -> Reply:
        return self.instead.get(request.operation) or self.inner.send(request, timeout)


@pytest.fixture
def hostile(plugged: World) -> Hostile:
    found = Hostile(WsgiTransport(create_app(plugged)))
    clients.plug(SIMULATOR, found)
    return found


@pytest.fixture
def order(profile: Profile, plugged: World, hostile: Hostile) -> Order:
    """An order whose answer is decided."""
    found = placed(plugged, profile)
    acknowledge(ANNA, found.pk)
    SharedToken.objects.all().delete()
    return found


def answer(status: int, body: Any, **headers: str) -> Reply:
    return Reply(status, headers, json.dumps(body).encode())


def sent(order: Order) -> Document:
    work()
    return document_of(order)


TAKEN = {"payload": {"transactionId": "fake-transaction"}}


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (answer(202, TAKEN, **{"x-amzn-requestid": "R" * 500}), "sent"),
        (answer(202, {"payload": {"transactionId": "t" * 500}}), "unknown"),
        (answer(202, {"payload": {"transactionId": ".."}}), "unknown"),
        (answer(202, {"payload": {"transactionId": " "}}), "unknown"),
        (answer(400, {"errors": [{"code": "Bad\0", "message": "a\0b", "details": "c\0"}]}), "failed"),
        (answer(400, {"message": "word " * 100_000}), "failed"),
        (answer(500, {"message": "a\0b"}, **{"x-amzn-requestid": "R" * 500}), "unknown"),
    ],
)
def test_outcome_of_an_outlandish_reply_is_stored(hostile: Hostile, order: Order, reply: Reply, state: str) -> None:
    hostile.instead[SUBMIT] = reply
    document = sent(order)
    attempt = document.attempts.get()
    assert (document.state, attempt.outcome, attempt.status) == (state, state, reply.status)
    assert attempt.request_id == "R" * 80 * bool(reply.headers)
    assert len(json.dumps(document.problem)) < 20_000


def test_words_of_a_refused_login_never_keep_a_document_from_going_on(hostile: Hostile, order: Order) -> None:
    hostile.instead["login"] = answer(400, {"error": "invalid_grant", "error_description": "a\0b"})
    document = sent(order)
    assert (document.state, document.problem["code"]) == ("queued", "login-invalid-grant")
    assert document.problem["message"] == "invalid_grant: a\ufffdb"


def test_rate_nobody_means_never_stops_a_document(hostile: Hostile, order: Order) -> None:
    hostile.instead[SUBMIT] = answer(500, {}, **{"x-amzn-ratelimit-limit": "1e-9"})
    assert sent(order).state == "unknown"
    hostile.instead.clear()
    assert until_settled(document_of(order), step=300).state == "verified"
