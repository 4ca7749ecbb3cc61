"""Races about documents, each with a twin that shows the race when the guard is off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from deliver import ANNA, document_of, placed
from plug import SIMULATOR, connect
from purveyor.amazon.operations.orders import submit_acknowledgement
from purveyor.amazon.transport import Reply, Request, Transport
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Acknowledgement, Order
from purveyor.outbox import follow, send, verify
from purveyor.outbox.decide import withdraw
from purveyor.outbox.enqueue import enqueue
from purveyor.outbox.models import Attempt, Document
from purveyor.profiles import door
from purveyor.profiles.clients import client_for
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World
from racing import PATIENCE, side_by_side

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

SUBMIT = "submitAcknowledgement"


def together(*works: Callable[[], Any]) -> list[Any]:
    """What each answered, or the Conflict it met."""

    def met(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Conflict as error:
            return error

    return side_by_side(*(partial(met, work) for work in works))


@pytest.fixture
def profile(plugged: World, transactional_db: None) -> Profile:
    return connect(plugged.accounts[0], visibility_seconds=1800)


@pytest.fixture
def order(plugged: World, profile: Profile) -> Order:
    return placed(plugged, profile)


@pytest.fixture
def document(order: Order) -> Document:
    """Queued."""
    found = enqueue(acknowledge(ANNA, order.pk).pk)
    assert found is not None
    return found


def taken(plugged: World, document: Document) -> int:
    return len(plugged.acknowledgements(document.subject))


# ── claiming ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_workers_that_claim_one_document_send_it_once(plugged: World, document: Document) -> None:
    together(*[lambda: send.send(document.pk)] * 4)
    assert (taken(plugged, document), Attempt.objects.count()) == (1, 1)
    document.refresh_from_db()
    assert document.state == "sent"


def test_claiming_twin_that_looks_first_sends_it_four_times(plugged: World, document: Document) -> None:
    everybody_has_looked = threading.Barrier(4)

    def look_then_send() -> None:
        found = Document.objects.select_related("profile").get(pk=document.pk)
        everybody_has_looked.wait(PATIENCE)
        if found.state == "queued":
            submit_acknowledgement(client_for(found.profile), bytes(found.body))

    together(*[look_then_send] * 4)
    assert taken(plugged, document) == 4


# ── deciding ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_order_acknowledged_by_four_at_once_is_decided_once(order: Order) -> None:
    found = together(*[lambda: acknowledge(ANNA, order.pk)] * 4)
    assert sorted(type(each).__name__ for each in found) == ["Acknowledgement", "Conflict", "Conflict", "Conflict"]
    assert Acknowledgement.objects.count() == 1
    assert Entry.objects.filter(action="order.acknowledged").count() == 1


def test_deciding_twin_without_compare_and_set_is_decided_by_all(order: Order) -> None:
    everybody_has_looked = threading.Barrier(4)

    def look_then_decide() -> bool:
        found = Order.objects.get(pk=order.pk)
        everybody_has_looked.wait(PATIENCE)
        return found.state == "new" and Order.objects.filter(pk=order.pk).update(state="acknowledging") == 1

    assert together(*[look_then_decide] * 4) == [True] * 4


# ── composing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_decision_composed_by_four_at_once_has_one_document(order: Order) -> None:
    decided = acknowledge(ANNA, order.pk)
    found = together(*[lambda: enqueue(decided.pk)] * 4)
    decided.refresh_from_db()
    assert [each.pk for each in found if each] == [decided.document_id]
    assert Document.objects.count() == 1
    assert Entry.objects.filter(action="document.queued").count() == 1


def test_composing_twin_that_looks_first_links_four(order: Order) -> None:
    decided = acknowledge(ANNA, order.pk)
    everybody_has_looked = threading.Barrier(4)

    def look_then_link() -> bool:
        found = Acknowledgement.objects.get(pk=decided.pk)
        everybody_has_looked.wait(PATIENCE)
        return found.document_id is None and Acknowledgement.objects.filter(pk=decided.pk).update(by="me") == 1

    assert together(*[look_then_link] * 4) == [True] * 4


# ── coming back late ────────────────────────────────────────────────────────────────────────────────────────────────


class Slow:
    """A transport that does something while the reply of a submission is on its way."""

    def __init__(self, meanwhile: Callable[[], None], *, before: bool = False) -> None:
        self.inner: Transport = door._plugged[SIMULATOR]
        self.meanwhile, self.before, self.once = meanwhile, before, True
        door.plug(SIMULATOR, self)

    def send(self, request: Request, timeout: float) -> Reply:
        hit, self.once = request.operation == SUBMIT and self.once, self.once and request.operation != SUBMIT
        if hit and self.before:
            self.meanwhile()
        reply = self.inner.send(request, timeout)
        if hit and not self.before:
            self.meanwhile()
        return reply


def lease_runs_out(document: Document) -> None:
    clock.turn(timedelta(seconds=181))
    assert send.abandoned(clock.now(), 10) == [document.pk]
    send.give_up_on(document.pk)


def test_worker_that_comes_back_late_changes_no_state(plugged: World, document: Document) -> None:
    Slow(lambda: lease_runs_out(document))
    send.send(document.pk)
    document.refresh_from_db()
    assert (document.state, document.transaction_id != "") == ("unknown", True)
    attempt = document.attempts.get()
    assert (attempt.outcome, attempt.status) == ("sent", 202)


def test_late_transaction_id_keeps_it_from_going_again_by_itself(plugged: World, document: Document) -> None:
    plugged.faults.once("processing-for-ever")
    Slow(lambda: lease_runs_out(document))
    send.send(document.pk)
    for _ in range(30):
        clock.turn(timedelta(minutes=10))
        follow.look_up(document.pk)
    document.refresh_from_db()
    assert (document.state, document.problem["code"], taken(plugged, document)) == ("asked", "never-shown", 1)


def test_late_reply_takes_a_requeued_document_out_of_the_queue(plugged: World, document: Document) -> None:
    """The bytes leave only after the sweeper and the look-up have given them up: pathological, and still seen."""

    def given_up_and_queued_again() -> None:
        lease_runs_out(document)
        clock.turn(timedelta(minutes=31))
        follow.look_up(document.pk)
        assert Document.objects.get().state == "queued"

    Slow(given_up_and_queued_again, before=True)
    send.send(document.pk)
    document.refresh_from_db()
    assert (document.state, document.transaction_id != "") == ("unknown", True)
    assert send.sendable(clock.now(), 10) == []


def second_worker_is_sending(document: Document) -> None:
    """The first one's lease ran out, the look-up found nothing, and another worker has begun."""
    lease_runs_out(document)
    clock.turn(timedelta(minutes=31))
    follow.look_up(document.pk)
    found = Document.objects.select_related("profile").get(pk=document.pk)
    assert send._begin(found) is not None


def test_late_result_does_not_end_the_attempt_of_another_worker(plugged: World, document: Document) -> None:
    Slow(lambda: second_worker_is_sending(document), before=True)
    send.send(document.pk)
    document.refresh_from_db()
    assert (document.state, document.attempts.count(), document.lease_owner != "") == ("sending", 2, True)
    assert [a.outcome for a in document.attempts.all()] == ["sent", ""]


def test_late_result_twin_without_the_owner_ends_the_attempt_of_another(plugged: World, document: Document) -> None:
    ended = []

    def compare_state_alone() -> None:
        second_worker_is_sending(document)
        ended.append(Document.objects.filter(pk=document.pk, state="sending").update(state="sent"))

    Slow(compare_state_alone, before=True)
    send.send(document.pk)
    assert ended == [1]


def test_sweeper_leaves_a_worker_alone_whose_lease_runs(plugged: World, document: Document) -> None:
    def too_early() -> None:
        clock.turn(timedelta(seconds=179))
        assert send.abandoned(clock.now(), 10) == []
        send.give_up_on(document.pk)

    Slow(too_early)
    send.send(document.pk)
    document.refresh_from_db()
    assert document.state == "sent"


class PowerCut(BaseException):
    """The process ends here; nothing of ours may catch it."""


@pytest.mark.parametrize("before", [True, False], ids=["before the bytes leave", "after the reply"])
def test_process_that_ends_while_sending_leaves_an_unknown_that_is_settled(
    plugged: World, document: Document, before: bool
) -> None:
    def end() -> None:
        raise PowerCut

    Slow(end, before=before)
    with pytest.raises(PowerCut):
        send.send(document.pk)
    document.refresh_from_db()
    assert (document.state, document.attempts.get().outcome) == ("sending", "")
    lease_runs_out(document)
    for _ in range(40):
        clock.turn(timedelta(minutes=1))
        follow.look_up(document.pk)
        send.send(document.pk)
        follow.follow(document.pk)
    document.refresh_from_db()
    assert (document.state, taken(plugged, document)) == ("verified", 1)


# ── a person beside a worker ────────────────────────────────────────────────────────────────────────────────────────


def test_document_withdrawn_while_it_is_sent_is_one_or_the_other(plugged: World, document: Document) -> None:
    together(lambda: send.send(document.pk), lambda: withdraw(ANNA, document.pk))
    document.refresh_from_db()
    assert (document.state, taken(plugged, document)) in {("sent", 1), ("failed", 0)}


def test_two_proofs_at_once_settle_it_once(plugged: World, order: Order, document: Document) -> None:
    send.send(document.pk)
    clock.turn(timedelta(minutes=1))
    together(
        lambda: follow.follow(document.pk),
        lambda: verify.verify_order(order.pk),
        lambda: follow.follow(document.pk),
        lambda: verify.verify_order(order.pk),
    )
    assert document_of(order).state == "verified"
    settled = Entry.objects.filter(object_kind="outbox.document", action="state.changed", new__state="verified")
    assert settled.count() == 1
    assert Order.objects.get().state == "acknowledged"
