"""Following what was sent: transaction, status read-back, presumed, asked, failed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deliver import ANNA, document_of, later, placed, pull_status, until_settled, work
from purveyor.common import clock
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.outbox.decide import resolve
from purveyor.outbox.models import Document

SUBMIT = "submitAcknowledgement"
pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def sent(plugged, profile, answers=None, **line):
    order = placed(plugged, profile, {"amount": 10, "cost": "4.20"} | line)
    acknowledge(ANNA, order.pk, answers)
    work()
    return document_of(order)


def test_first_look_comes_after_a_minute(plugged, profile):
    document = sent(plugged, profile)
    assert document.due_at == clock.now() + timedelta(minutes=1)


def test_processing_for_a_quarter_of_an_hour_is_presumed_accepted(plugged, profile):
    plugged.settings.visibility_delay = 1500
    document = sent(plugged, profile)
    for minutes in (1, 1, 3, 5):
        later(minutes * 60)
        document.refresh_from_db()
        assert document.state == "sent"
    later(5 * 60)
    document.refresh_from_db()
    assert (document.state, document.problem) == ("presumed accepted", {})
    later(15 * 60)
    document.refresh_from_db()
    assert document.state == "verified"


def test_answer_amazon_took_but_never_shows_is_asked_about_and_never_sent_again(plugged, profile):
    plugged.faults.once("processing-for-ever")
    document = sent(plugged, profile)
    until_settled(document, step=600)
    assert (document.state, document.problem["code"], document.problem["remedy"]) == (
        "asked",
        "never-shown",
        "ask Amazon",
    )
    assert document.transaction_id in document.problem["hint"]
    assert clock.now() - document.sent_at == timedelta(hours=2)
    later(86_400)
    assert len(plugged.acknowledgements(document.subject)) == 1


def test_answer_that_shows_up_after_all_settles_what_was_asked(plugged, profile):
    plugged.settings.visibility_delay = 3 * 3600
    document = sent(plugged, profile)
    assert until_settled(document, step=600).state == "asked"
    later(3600)
    later(1800)
    document.refresh_from_db()
    assert (document.state, document.problem) == ("verified", {})


def test_failure_says_amazons_words_ours_and_the_remedy(plugged, profile):
    document = sent(plugged, profile)
    plugged.cancel(document.subject)
    until_settled(document)
    assert (document.state, document.problem["remedy"]) == ("failed", "mend the data")
    assert "cancelled" in document.problem["message"]
    assert any("ORDER_CANCELLED" in words for words in document.problem["said"])
    # The answer failed, and Amazon's status calls the order closed.
    assert document.acknowledgement.outcome == "failed"
    assert document.acknowledgement.order.state == "closed"


def test_failure_without_a_reason_sends_to_amazon_with_the_transaction(plugged, profile):
    plugged.faults.once("failure-without-reason")
    document = sent(plugged, profile)
    until_settled(document)
    assert (document.state, document.problem["code"], document.problem["remedy"]) == (
        "failed",
        "refused-without-reason",
        "ask Amazon",
    )
    assert document.transaction_id in document.problem["hint"]


def test_status_that_shows_another_answer_is_asked_with_both_numbers(plugged, profile):
    plugged.faults.once("processing-for-ever")
    document = sent(plugged, profile)
    plugged.acknowledge_elsewhere(document.subject, {"1": 3})
    until_settled(document, step=600)
    assert (document.state, document.problem["code"]) == ("asked", "shows-another-answer")
    assert "10 confirmed and 0 rejected" in document.problem["message"]
    assert "3 and 7" in document.problem["message"]


def test_quantities_prove_it_where_amazon_echoes_no_date(plugged, profile):
    plugged.settings.echo_dates = False
    document = sent(plugged, profile)
    assert until_settled(document).state == "verified"


def test_status_of_a_sweep_proves_it_without_another_look(plugged, profile):
    document = sent(plugged, profile)
    clock.turn(timedelta(seconds=30))
    pull_status(profile, document.subject)
    work()
    document.refresh_from_db()
    assert document.state == "verified"


def test_trouble_while_looking_is_said_and_heals(plugged, profile):
    document = sent(plugged, profile)
    plugged.faults.always("missing-role", "getPurchaseOrdersStatus")
    later(60)
    document.refresh_from_db()
    assert (document.state, document.problem["remedy"]) == ("sent", "mend the settings")
    plugged.faults.clear()
    until_settled(document)
    assert (document.state, document.problem) == ("verified", {})


def test_weather_while_looking_says_nothing(plugged, profile):
    document = sent(plugged, profile)
    plugged.faults.once("server-error", "getPurchaseOrdersStatus", times=9)
    later(60)
    document.refresh_from_db()
    assert (document.state, document.problem, document.lease_owner) == ("sent", {}, "")


def test_unsettled_document_is_never_forgotten(plugged, profile):
    sent(plugged, profile)
    plugged.faults.always("missing-role")
    later(60)
    assert not Document.objects.exclude(state="verified").filter(due_at=None).exists()


def test_person_says_it_arrived(plugged, profile):
    plugged.faults.once("processing-for-ever")
    document = until_settled(sent(plugged, profile), step=600)
    resolve(ANNA, document.pk, "arrived", "seen in Vendor Central")
    document.refresh_from_db()
    order = document.acknowledgement.order
    assert (document.state, order.state, order.answered_at) == ("verified", "acknowledged", document.sent_at)
