"""What is shown of documents, to whom, and as what."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import make_cast
from deliver import ANNA, document_of, later, placed, until_settled, work
from purveyor.base.work import work_of
from purveyor.common import clock
from purveyor.common.errors import NotFound
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
from purveyor.outbox import queries
from purveyor.outbox.decide import hold
from purveyor.outbox.models import Document
from purveyor.outbox.schemas import document_full, document_row
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def decided(plugged, profile):
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    work()
    return document_of(order)


def asked(plugged, profile):
    plugged.faults.once("processing-for-ever")
    return until_settled(decided(plugged, profile), step=600)


def failed(plugged, profile):
    plugged.faults.once("failure-without-reason")
    return until_settled(decided(plugged, profile))


def test_documents_are_seen_on_ones_own_profiles_only(plugged, profile):
    document = decided(plugged, profile)
    cast = make_cast(profile)
    assert [d.pk for d in queries.documents(cast.who("finance"))] == [document.pk]
    assert list(queries.documents(cast.who("stranger"))) == []
    assert queries.document(cast.who("finance"), document.pk).pk == document.pk
    with pytest.raises(NotFound):
        queries.document(cast.who("stranger"), document.pk)


def test_documents_are_found_by_profile_state_number_and_transaction(plugged, profile):
    document, other = decided(plugged, profile), failed(plugged, profile)
    found = lambda **by: [d.pk for d in queries.documents(ANNA, **by)]  # noqa: E731  a short word for a long call
    assert found() == [other.pk, document.pk]
    assert found(state="failed") == [other.pk]
    assert found(profile="nobody") == []
    assert found(search=document.subject[:6].lower()) == [document.pk]
    assert found(search=other.transaction_id) == [other.pk]
    assert [d.pk for d in queries.documents_of(ANNA, document.acknowledgement.order_id)] == [document.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_queries_whatever_its_length(plugged, profile, count):
    for _ in range(count):
        decided(plugged, profile)
    with CaptureQueriesContext(connection) as spent:
        rows = [document_row(d) for d in queries.documents(ANNA)]
    assert (len(rows), len(spent)) == (count, 1)


def test_today_sorts_what_needs_somebody_by_its_remedy(plugged, profile):
    one, two = asked(plugged, profile), failed(plugged, profile)
    waiting = placed(plugged, profile)
    plugged.faults.always("missing-role", "submitAcknowledgement")
    acknowledge(ANNA, waiting.pk)
    work()
    found = queries.today(ANNA)
    assert [d.pk for d in found.asked] == [one.pk]
    assert [d.pk for d in found.failed] == [two.pk]
    assert [d.subject for d in found.troubled] == [waiting.number]
    assert {remedy: len(each) for remedy, each in found.by_remedy.items()} == {"ask Amazon": 2, "mend the settings": 1}
    assert (found.under_way, found.switched_off, found.held) == (2, 0, "")


def test_failed_document_leaves_today_once_the_order_is_answered_anew(plugged, profile):
    document = failed(plugged, profile)
    assert [d.pk for d in queries.failed(ANNA)] == [document.pk]
    acknowledge(ANNA, document.acknowledgement.order_id)
    assert list(queries.failed(ANNA)) == []


def test_only_the_latest_failure_of_an_order_stands_on_today(plugged, profile):
    first = failed(plugged, profile)
    plugged.faults.once("failure-without-reason")
    acknowledge(ANNA, first.acknowledgement.order_id)
    work()
    second = until_settled(document_of(first.acknowledgement.order))
    assert [d.pk for d in queries.failed(ANNA)] == [second.pk]


def test_unknown_that_is_being_looked_up_needs_nobody(plugged, profile):
    plugged.faults.once("reset", "submitAcknowledgement")
    document = decided(plugged, profile)
    assert document.state == "unknown"
    found = queries.today(ANNA)
    assert (found.asked, found.failed, found.troubled, found.under_way) == ([], [], [], 1)


def test_switched_off_and_held_documents_are_counted(plugged, profile):
    Profile.objects.update(sending=False)
    decided(plugged, profile)
    hold("cli:root", "restored")
    found = queries.today(ANNA)
    assert (found.switched_off, found.held) == (1, "restored")


def test_row_is_the_contract_of_outbox_list(plugged, profile):
    document = failed(plugged, profile)
    row = document_row(document)
    assert {"id", "kind", "subject", "state", "transaction_id", "sent_at", "problem"} <= row.keys()
    assert (row["kind"], row["subject"], row["state"]) == ("acknowledgement", document.subject, "failed")
    assert row["problem"]["code"] == "refused-without-reason"
    assert json.dumps(row)


def test_full_document_shows_the_exact_body_and_every_attempt(plugged, profile):
    plugged.faults.once("throttled", "submitAcknowledgement")
    document = decided(plugged, profile)
    later(2)
    full = document_full(queries.document(ANNA, document.pk))
    assert full["body"] == json.loads(bytes(document.body))
    assert [a["outcome"] for a in full["attempts"]] == ["queued", "sent"]
    assert full["attempts"][1]["exchange"]["request"]["body"] == bytes(document.body).decode()
    assert json.dumps(full)


def test_search_finds_by_what_stands_at_the_beginning(plugged, profile):
    document = decided(plugged, profile)
    assert list(queries.documents(ANNA, search=document.subject[1:])) == []


def test_answer_that_amazon_did_not_take_in_time_stands_on_today(plugged, profile):
    """Nothing can be sent: until its time is over the answer waits quietly, then it stands there."""
    order = placed(plugged, profile)
    plugged.faults.always("refused")
    acknowledge(ANNA, order.pk)
    work()
    stands = lambda: [task.item for task in work_of(ANNA).mine if task.source.name == "documents.late"]  # noqa: E731
    later((order.due_at - clock.now()).total_seconds() - 600)
    assert (document_of(order).state, stands()) == ("queued", [])
    later(1200)
    said = "The time for it is over, and it waits to be sent."
    assert [(item.subject, item.sentence, item.remedy) for item in stands()] == [(order.number, said, "wait")]
    plugged.faults.clear()
    until_settled(document_of(order))
    assert stands() == []


def test_answer_sent_in_time_or_to_an_order_that_came_late_is_not_late(plugged, profile):
    sent, came_late = decided(plugged, profile), decided(plugged, profile)
    orders = Order.objects.filter(acknowledgements__in=[sent.acknowledgement, came_late.acknowledgement])
    Document.objects.update(state="queued", problem={})
    Document.objects.filter(pk=came_late.pk).update(sent_at=None)
    orders.update(due_at=clock.now(), first_seen_at=clock.now() - timedelta(seconds=1))
    assert set(queries.late(ANNA)) == {came_late}
    orders.update(first_seen_at=clock.now())
    assert set(queries.late(ANNA)) == set()
