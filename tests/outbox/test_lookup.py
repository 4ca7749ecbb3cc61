"""Looking up what nobody knows: arrived, not arrived and sent again, or asked of a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deliver import ANNA, document_of, later, placed, until_settled, work
from purveyor.common import clock
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.answer import propose_full
from purveyor.outbox.decide import after_restore, current_hold, release_hold
from purveyor.outbox.models import Document

SUBMIT = "submitAcknowledgement"
pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def unknown(plugged, profile, fault, **more):
    order = placed(plugged, profile)
    plugged.faults.once(fault, SUBMIT, **more)
    acknowledge(ANNA, order.pk)
    work()
    document = document_of(order)
    assert document.state == "unknown"
    return document


def taken(plugged, document):
    return len(plugged.acknowledgements(document.subject))


def test_lost_reply_after_the_work_is_found_to_have_arrived(plugged, profile):
    document = unknown(plugged, profile, "lost-reply")
    later(60)
    document.refresh_from_db()
    assert (document.state, document.problem, taken(plugged, document)) == ("verified", {}, 1)
    assert document.attempts.count() == 1


@pytest.mark.parametrize("fault", ["reset", "server-error", "html-error", "empty-503"])
def test_what_did_not_arrive_goes_once_more_after_the_visibility_time(plugged, profile, fault):
    document = unknown(plugged, profile, fault)
    body, since = bytes(document.body), clock.now()
    for minutes in (1, 1, 3, 5, 5):
        later(minutes * 60)
        document.refresh_from_db()
        assert (document.state, taken(plugged, document)) == ("unknown", 0)
    later(15 * 60)
    document.refresh_from_db()
    assert clock.now() - since == timedelta(minutes=30)
    assert (document.state, taken(plugged, document), document.attempts.count()) == ("sent", 1, 2)
    assert bytes(document.body) == body
    assert until_settled(document).state == "verified"
    assert taken(plugged, document) == 1


def test_answer_that_never_arrives_is_tried_five_times_and_then_asked(plugged, profile):
    document = unknown(plugged, profile, "server-error", times=99)
    until_settled(document, step=1800)
    assert (document.state, document.problem["code"]) == ("asked", "tried-too-often")
    assert (document.attempts.count(), taken(plugged, document)) == (5, 0)


def test_throttling_does_not_count_against_the_five(plugged, profile):
    document = unknown(plugged, profile, "server-error")
    plugged.faults.once("throttled", SUBMIT, times=6)
    plugged.faults.once("server-error", SUBMIT)
    until_settled(document, step=300)
    assert (document.state, taken(plugged, document), document.attempts.count()) == ("verified", 1, 9)


def test_order_amazon_does_not_show_is_asked_about(plugged, profile):
    document = unknown(plugged, profile, "reset")
    plugged.book(plugged.account.group).updated.keys.clear()
    del plugged.book(plugged.account.group).orders[document.subject]
    until_settled(document, step=600)
    assert (document.state, document.problem["code"]) == ("asked", "cannot-tell")


@pytest.mark.parametrize("fault", ["empty-page", "malformed-json", "unknown-enum", "repeated-token"])
def test_odd_page_is_never_taken_for_proof(plugged, profile, fault):
    document = unknown(plugged, profile, "reset")
    plugged.faults.once("empty-page", "getPurchaseOrdersStatus")
    plugged.faults.once(fault, "getPurchaseOrdersStatus", times=3)
    until_settled(document, step=600)
    assert (document.state, taken(plugged, document), document.attempts.count()) == ("verified", 1, 2)


def test_another_answer_seen_instead_is_asked_with_both_numbers(plugged, profile):
    document = unknown(plugged, profile, "reset")
    plugged.acknowledge_elsewhere(document.subject, {"1": 4})
    until_settled(document, step=600)
    assert (document.state, document.problem["code"]) == ("asked", "shows-another-answer")
    assert taken(plugged, document) == 0


def test_trouble_while_looking_never_counts_as_not_arrived(plugged, profile):
    document = unknown(plugged, profile, "reset")
    plugged.faults.always("server-error", "getPurchaseOrdersStatus")
    for _ in range(20):
        later(600)
    document.refresh_from_db()
    assert (document.state, taken(plugged, document)) == ("unknown", 0)


def test_dates_only_correction_that_was_lost_is_told_by_the_echoed_date(plugged, profile):
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    work()
    until_settled(document_of(order))
    order.refresh_from_db()
    plugged.faults.once("reset", SUBMIT)
    acknowledge(ANNA, order.pk, propose_full(order))
    work()
    document = document_of(order)
    assert document.state == "unknown"
    until_settled(document, step=300)
    assert (document.state, taken(plugged, document), document.attempts.count()) == ("verified", 2, 2)


def test_correction_of_dates_is_proved_by_a_new_date_of_amazons_own(plugged, profile):
    plugged.settings.echo_dates = False
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    work()
    until_settled(document_of(order))
    plugged.faults.once("reset", SUBMIT)
    acknowledge(ANNA, order.pk, propose_full(order))
    work()
    document = until_settled(document_of(order), step=300)
    assert (document.state, taken(plugged, document), document.attempts.count()) == ("verified", 2, 2)


def test_restore_holds_sending_and_looks_up_what_was_under_way(plugged, profile):
    arrived, queued, undecided = (placed(plugged, profile) for _ in range(3))
    acknowledge(ANNA, arrived.pk)
    work()
    acknowledge(ANNA, queued.pk)
    acknowledge(ANNA, undecided.pk)
    assert after_restore() == 3
    assert {d.state for d in Document.objects.all()} == {"unknown"}
    assert {d.problem["code"] for d in Document.objects.all()} == {"restored"}
    for _ in range(70):
        later(60)
    states = {d.subject: d.state for d in Document.objects.all()}
    assert states == {arrived.number: "verified", queued.number: "queued", undecided.number: "queued"}
    assert [len(plugged.acknowledgements(n)) for n in states] == [0, 0, 1]
    assert current_hold() is not None
    release_hold(ANNA, "all looked up")
    work()
    assert [len(plugged.acknowledgements(n)) for n in states] == [1, 1, 1]


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "presumed accepted", "unknown"])
def test_restore_makes_everything_under_way_unknown_and_free(plugged, profile, state):
    acknowledge(ANNA, placed(plugged, profile).pk)
    work()
    Document.objects.update(state=state, lease_owner="gone", lease_until=clock.now() + timedelta(hours=1))
    assert after_restore() == (state != "unknown")
    document = Document.objects.get()
    assert (document.state, document.lease_owner, document.lease_until) == ("unknown", "", None)


@pytest.mark.parametrize("state", ["asked", "verified", "failed"])
def test_restore_leaves_alone_what_is_settled_or_asked(plugged, profile, state):
    acknowledge(ANNA, placed(plugged, profile).pk)
    work()
    Document.objects.update(state=state)
    assert after_restore() == 0
    assert Document.objects.get().state == state


def test_restored_document_that_was_sent_since_is_recognised(plugged, profile):
    """The backup holds it queued; after the backup it was sent. The restored bytes are the same, so is their date."""
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    work()
    later(60)
    document = document_of(order)
    assert document.state == "verified"
    document.attempts.all().delete()
    document.acknowledgement.__class__.objects.update(outcome="", document=None)
    Document.objects.all().delete()
    order.__class__.objects.update(state="acknowledging", answered_at=None, status_hash="")
    order.lines.update(accepted=None, rejected=None, acknowledged_on="")
    after_restore()
    later(60)
    assert document_of(order).state == "verified"
    assert len(plugged.acknowledgements(order.number)) == 1


def test_restore_starts_the_waiting_time_of_unknowns_anew(plugged, profile):
    document = unknown(plugged, profile, "reset")
    clock.turn(timedelta(minutes=29))
    after_restore()
    later(120)
    document.refresh_from_db()
    assert document.state == "unknown"
    assert document.state_at == clock.now() - timedelta(minutes=2)
