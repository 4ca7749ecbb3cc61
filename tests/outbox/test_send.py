"""Sending on the stand-in: once, with the intent stored before and the outcome after."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from deliver import ANNA, OUTBOX, document_of, later, placed, pull, until_settled, work
from purveyor.common import clock
from purveyor.jobs import registry
from purveyor.jobs.testing import run_due
from purveyor.orders.domain.acknowledge import COMPOSE, acknowledge, acknowledge_many
from purveyor.orders.models import Acknowledgement, Order
from purveyor.outbox import send
from purveyor.outbox.decide import hold
from purveyor.outbox.models import Document
from purveyor.profiles import door
from purveyor.profiles.models import Profile, Secret

SUBMIT = "submitAcknowledgement"
# The storms of kills answer two hundred (tests/proof/kills.py).
MANY = 60
pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def document(plugged, profile):
    """A decided full acceptance of a new order, queued."""
    acknowledge(ANNA, placed(plugged, profile).pk)
    registry.find(COMPOSE).run(Acknowledgement.objects.latest("id").pk)
    return Document.objects.get()


def accepted(plugged, document):
    return len(plugged.acknowledgements(document.subject))


def test_full_acceptance_is_sent_once_and_verified(plugged, profile):
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    work()
    document = document_of(order)
    assert (document.state, document.transaction_id != "") == ("sent", True)
    until_settled(document)
    order.refresh_from_db()
    assert (document.state, order.state, document.due_at) == ("verified", "acknowledged", None)
    assert order.answered_at == document.sent_at
    assert len(plugged.acknowledgements(order.number)) == 1


def test_what_amazon_received_is_what_was_stored(plugged, document):
    stored = bytes(document.body)
    work()
    (received,) = plugged.acknowledgements(document.subject)
    assert json.loads(stored)["acknowledgements"] == [received.body]


def test_attempt_keeps_the_exchange_without_the_token(document):
    work()
    attempt = document.attempts.get()
    assert (attempt.outcome, attempt.status, attempt.number) == ("sent", 202, 1)
    assert attempt.exchange["operation"] == SUBMIT
    assert attempt.request_id == attempt.exchange["response"]["headers"]["x-amzn-requestid"]
    assert "Atza|" not in json.dumps(attempt.exchange)


def test_intent_is_stored_before_the_bytes_leave(plugged, document, monkeypatch):
    seen = []

    class Witness:
        def send(self, request, timeout):
            if request.operation == SUBMIT:
                now = Document.objects.get()
                seen.append((now.state, now.attempts.get().outcome, now.lease_owner != ""))
            return inner.send(request, timeout)

    inner = door._plugged["http://127.0.0.1:9"]
    door.plug("http://127.0.0.1:9", Witness())
    work()
    assert seen == [("sending", "", True)]


@pytest.mark.parametrize("fault", ["throttled", "refused"])
def test_proof_of_non_arrival_is_normal_weather(plugged, document, fault):
    plugged.faults.once(fault, SUBMIT, times=2)
    work()
    document.refresh_from_db()
    assert (document.state, document.problem, document.lease_owner) == ("queued", {}, "")
    assert document.due_at == clock.now() + timedelta(seconds=2)
    later(2)
    document.refresh_from_db()
    assert document.due_at == clock.now() + timedelta(seconds=4)
    later(4)
    document.refresh_from_db()
    assert (document.state, accepted(plugged, document)) == ("sent", 1)
    assert [a.outcome for a in document.attempts.all()] == ["queued", "queued", "sent"]


def test_nudge_that_comes_too_early_sends_nothing(plugged, document):
    plugged.faults.once("throttled", SUBMIT)
    work()
    registry.find("outbox.send").run(document.pk)
    assert (document.attempts.count(), accepted(plugged, document)) == (1, 0)


def test_waits_grow_with_tries_in_a_row_only(plugged, document):
    plugged.faults.once("throttled", SUBMIT, times=3)
    plugged.faults.once("server-error", SUBMIT)
    plugged.faults.once("throttled", SUBMIT)
    waits = []
    for _ in range(5):
        work()
        document.refresh_from_db()
        waits.append((document.due_at - clock.now()).total_seconds() if document.state == "queued" else document.state)
        while document.state == "unknown":
            clock.turn(timedelta(minutes=1))
            registry.find("outbox.look-up").run(document.pk)
            document.refresh_from_db()
        clock.hold(max(clock.now(), document.due_at))
    assert waits == [2, 4, 8, "unknown", 2]


@pytest.mark.parametrize(
    ("fault", "code", "remedy"),
    [
        ("revoked", "amazon-forbidden", "mend the settings"),
        ("missing-role", "amazon-forbidden", "mend the settings"),
    ],
)
def test_refused_access_waits_with_its_remedy_and_heals_by_itself(plugged, document, fault, code, remedy):
    plugged.faults.always(fault, SUBMIT)
    work()
    document.refresh_from_db()
    assert (document.state, document.problem["code"], document.problem["remedy"]) == ("queued", code, remedy)
    assert document.due_at == clock.now() + timedelta(minutes=1)
    later(60)
    document.refresh_from_db()
    assert document.due_at == clock.now() + timedelta(minutes=2)
    plugged.faults.clear()
    later(120)
    document.refresh_from_db()
    assert (document.state, document.problem, accepted(plugged, document)) == ("sent", {}, 1)


def test_revoked_authorisation_troubles_the_profile_until_it_is_good_again(plugged, document):
    plugged.revoke()
    work()
    document.refresh_from_db()
    profile = Profile.objects.get()
    assert (document.state, document.problem["remedy"]) == ("queued", "mend the settings")
    assert profile.trouble["remedy"] == "mend the settings"
    plugged.set_account(revoked=False)
    clock.turn(timedelta(minutes=1))
    run_due(["profiles.probe"])
    work()
    assert Profile.objects.get().trouble == {}
    assert accepted(plugged, document) == 1


def test_missing_secrets_leave_it_queued_with_the_remedy(plugged, document):
    Secret.objects.all().delete()
    work()
    document.refresh_from_db()
    assert (document.state, document.problem["code"]) == ("queued", "profile-secrets-missing")
    assert document.attempts.count() == 0
    assert document.due_at == clock.now() + timedelta(minutes=1)


@pytest.mark.parametrize("fault", ["server-error", "html-error", "empty-503", "reset", "lost-reply", "malformed-json"])
def test_anything_without_proof_makes_it_unknown(plugged, document, fault):
    plugged.faults.once(fault, SUBMIT)
    work()
    document.refresh_from_db()
    assert (document.state, document.problem["code"], document.problem["remedy"]) == (
        "unknown",
        "outcome-unknown",
        "wait",
    )
    assert (document.lease_owner, document.sent_at) == ("", clock.now())


def test_reply_without_a_transaction_id_is_unknown(plugged, document):
    class Forgetful:
        def send(self, request, timeout):
            reply = inner.send(request, timeout)
            if request.operation == SUBMIT:
                return type(reply)(reply.status, reply.headers, b'{"payload": {}}')
            return reply

    inner = door._plugged["http://127.0.0.1:9"]
    door.plug("http://127.0.0.1:9", Forgetful())
    work()
    document.refresh_from_db()
    assert (document.state, document.transaction_id) == ("unknown", "")


def test_bad_request_fails_it_with_amazons_words_and_the_remedy(plugged, document):
    body = json.loads(bytes(document.body))
    del body["acknowledgements"][0]["items"][0]["orderedQuantity"]
    Document.objects.update(body=json.dumps(body).encode())
    work()
    document.refresh_from_db()
    order = Order.objects.get()
    assert (document.state, order.state) == ("failed", "answer failed")
    assert (document.problem["code"], document.problem["remedy"]) == ("amazon-bad-request", "mend the data")
    assert document.problem["said"] != []
    assert document.problem["request_id"] == document.attempts.get().request_id
    assert order.acknowledgements.get().outcome == "failed"


def test_failed_order_can_be_answered_again(plugged, document):
    Document.objects.update(body=b'{"acknowledgements":[{}]}')
    work()
    order = Order.objects.get()
    acknowledge(ANNA, order.pk)
    work()
    fresh = document_of(order)
    assert (fresh.pk != document.pk, fresh.state, accepted(plugged, fresh)) == (True, "sent", 1)


def test_switched_off_profile_keeps_the_decision_and_sends_nothing(plugged, profile):
    Profile.objects.update(sending=False)
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    work()
    document = document_of(order)
    assert (document.state, accepted(plugged, document), document.attempts.count()) == ("queued", 0, 0)
    registry.find("outbox.send").run(document.pk)
    assert accepted(plugged, document) == 0
    Profile.objects.update(sending=True)
    work()
    assert accepted(plugged, document) == 1


def test_held_sending_lets_nothing_leave_even_when_nudged(plugged, document):
    hold("cli:root", "for a test")
    work()
    registry.find("outbox.send").run(document.pk)
    document.refresh_from_db()
    assert (document.state, accepted(plugged, document), document.attempts.count()) == ("queued", 0, 0)


def test_hold_that_comes_after_the_first_look_still_stops_it(plugged, document):
    """``send`` has seen no hold; somebody holds before the document is claimed."""
    hold("cli:root", "for a test")
    assert send._begin(document) is None
    document.refresh_from_db()
    assert (document.state, document.lease_owner, document.attempts.count()) == ("queued", "", 0)


def test_switch_that_goes_off_after_the_first_look_still_stops_it(plugged, document):
    Profile.objects.update(sending=False)
    assert send._begin(document) is None
    document.refresh_from_db()
    assert (document.state, document.lease_owner, document.attempts.count()) == ("queued", "", 0)


def test_many_orders_are_each_answered_once(plugged, profile):
    numbers = [plugged.place(lines=1) for _ in range(MANY)]
    orders = [pull(profile, number) for number in numbers]
    acknowledge_many(ANNA, [order.pk for order in orders])
    for _ in range(120):
        later(60)
        if not Document.objects.exclude(state="verified").exists():
            break
    assert [len(plugged.acknowledgements(number)) for number in numbers] == [1] * MANY
    assert Document.objects.filter(state="verified").count() == MANY


def test_document_of_an_answer_that_cannot_be_written_fails_the_order(plugged, profile):
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    Order.objects.update(vendor_code="")
    work()
    order.refresh_from_db()
    assert (order.state, Document.objects.count()) == ("answer failed", 0)


def test_every_task_is_registered():
    assert set(OUTBOX) <= set(registry.tasks())
