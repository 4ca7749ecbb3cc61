"""From a decision to its bytes, from a question to its answer, time passes: nothing is sent twice over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from deliver import ANNA, later, placed, until_settled, work
from plug import SIMULATOR
from purveyor.amazon.transport import Reply, Request, Transport, WsgiTransport
from purveyor.common import clock
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.outbox import send
from purveyor.outbox.decide import hold
from purveyor.outbox.enqueue import enqueue
from purveyor.outbox.models import Document
from purveyor.profiles import clients
from purveyor.profiles.limiter import DatabaseLimiter
from purveyor.profiles.models import Profile, SharedToken
from purveyor.simulator.app import create_app
from purveyor.simulator.world import World

SUBMIT, STATUS = "submitAcknowledgement", "getPurchaseOrdersStatus"
pytestmark = [pytest.mark.integration, pytest.mark.django_db]


class Delayed:
    """The stand-in, with something happening around one kind of request."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.before: dict[str, Callable[[], Any]] = {}
        self.after: dict[str, Callable[[], Any]] = {}

    def send(self, request: Request, timeout: float) -> Reply:
        self.before.pop(request.operation, int)()
        reply = self.inner.send(request, timeout)
        self.after.pop(request.operation, int)()
        return reply


class Slots(DatabaseLimiter):
    """Limits, with something happening while a submission waits for its slot."""

    waiting: Callable[[], Any] = int

    def acquire(self, key: str, operation: str) -> None:
        if operation == SUBMIT:
            waiting, self.waiting = self.waiting, int
            waiting()
        super().acquire(key, operation)


@pytest.fixture
def line(plugged: World) -> Delayed:
    found = Delayed(WsgiTransport(create_app(plugged)))
    clients.plug(SIMULATOR, found)
    return found


@pytest.fixture
def document(plugged: World, profile: Profile, line: Delayed) -> Document:
    """Queued, with a token still to be fetched."""
    found = enqueue(acknowledge(ANNA, placed(plugged, profile).pk).pk)
    assert found is not None
    SharedToken.objects.all().delete()
    return found


def taken(plugged: World, document: Document) -> int:
    document.refresh_from_db()
    return len(plugged.acknowledgements(document.subject))


def overtaken(document: Document) -> None:
    """Its worker waits for so long that another takes it for dead."""
    clock.turn(timedelta(minutes=10))
    send.give_up_on(document.pk)


def test_worker_that_waited_too_long_for_a_token_sends_nothing(
    plugged: World, line: Delayed, document: Document
) -> None:
    line.after["login"] = lambda: overtaken(document)
    send.send(document.pk)
    assert (taken(plugged, document), document.state) == (0, "unknown")
    until_settled(document, step=300)
    assert (taken(plugged, document), document.state) == (1, "verified")


def test_twin_without_the_last_word_it_is_sent_twice(
    plugged: World, line: Delayed, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "_last_word", lambda document: None)
    slots = Slots()
    monkeypatch.setitem(clients._LIMITERS, False, slots)

    def settled_meanwhile() -> None:
        overtaken(document)
        later(3600)

    slots.waiting = settled_meanwhile
    send.send(document.pk)
    assert taken(plugged, document) == 2


def test_worker_that_waited_too_long_for_a_slot_sends_nothing(
    plugged: World, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = Slots()
    monkeypatch.setitem(clients._LIMITERS, False, slots)
    slots.waiting = lambda: (overtaken(document), later(3600))
    send.send(document.pk)
    assert (taken(plugged, document), document.attempts.count()) == (1, 2)


def test_lease_begins_anew_when_the_bytes_leave(line: Delayed, document: Document, held_clock: datetime) -> None:
    seen: list[Any] = []
    line.after["login"] = lambda: clock.turn(timedelta(minutes=10))
    line.before[SUBMIT] = lambda: seen.append(Document.objects.get().lease_until - clock.now())
    send.send(document.pk)
    document.refresh_from_db()
    assert (seen, document.state) == ([timedelta(seconds=180)], "sent")


@pytest.mark.parametrize(
    "stop", [lambda: Profile.objects.update(sending=False), lambda: hold("user:anna", "wait")], ids=["off", "held"]
)
def test_what_is_stopped_at_the_last_moment_stays_and_goes_later(
    plugged: World, line: Delayed, document: Document, stop: Callable[[], Any]
) -> None:
    line.after["login"] = stop
    send.send(document.pk)
    assert (taken(plugged, document), document.state, document.problem) == (0, "queued", {})


def test_answer_overtaken_while_it_waited_for_a_token_does_not_leave(
    plugged: World, line: Delayed, document: Document
) -> None:
    lines = document.acknowledgement.order.lines
    line.after["login"] = lambda: lines.update(accepted=3, rejected=7, acknowledged_on="2026-03-02T08:30:00Z")
    send.send(document.pk)
    assert (taken(plugged, document), document.state) == (0, "queued")
    later(10)
    assert (taken(plugged, document), document.state, document.problem["code"]) == (0, "failed", "answered-elsewhere")


def test_twin_that_looks_only_before_it_waits_replaces_the_other_answer(
    plugged: World, line: Delayed, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = document.acknowledgement.order.lines
    line.after["login"] = lambda: (
        lines.update(accepted=3, rejected=7, acknowledged_on="2026-03-02T08:30:00Z"),
        monkeypatch.setattr(send, "outdated", lambda document: None),
    )
    send.send(document.pk)
    assert taken(plugged, document) == 1


def test_slow_answer_from_before_the_visibility_time_is_no_proof(
    plugged: World, line: Delayed, document: Document
) -> None:
    plugged.settings.visibility_delay = 1790.0
    plugged.faults.once("lost-reply", SUBMIT)
    send.send(document.pk)
    later(1789)
    document.refresh_from_db()
    Document.objects.update(due_at=clock.now())
    line.after[STATUS] = lambda: clock.turn(timedelta(seconds=25))
    work()
    assert until_settled(document).state == "verified"
    assert (taken(plugged, document), document.attempts.count()) == (1, 1)


def test_answer_is_found_though_transactions_cannot_be_asked_for(plugged: World, document: Document) -> None:
    plugged.faults.always("missing-role", "getTransaction")
    work()
    assert until_settled(document).state == "verified"


def test_trouble_with_transactions_is_told_while_nothing_is_shown(plugged: World, document: Document) -> None:
    plugged.faults.always("missing-role", "getTransaction")
    plugged.settings.visibility_delay = 1e9
    work()
    later(120)
    document.refresh_from_db()
    assert (document.state, document.problem["code"]) == ("sent", "amazon-forbidden")
    assert Profile.objects.get().trouble["code"] == "amazon-forbidden"


def test_throttled_look_comes_back_by_its_schedule(plugged: World, document: Document) -> None:
    work()
    plugged.faults.always("throttled", STATUS)
    before = clock.now()
    later(60)
    assert clock.now() - before < timedelta(seconds=90)
    plugged.faults.clear()
    assert until_settled(document).state == "verified"
