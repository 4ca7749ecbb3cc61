"""What a person decides about documents: resolve, withdraw, hold, release."""

from __future__ import annotations

import pytest

from cast import make_cast
from deliver import ANNA, document_of, later, placed, until_settled, work
from purveyor.audit.models import Entry
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.outbox.decide import current_hold, hold, hold_sending, release_hold, resolve, withdraw
from purveyor.outbox.models import Hold
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def asked(plugged, profile):
    order = placed(plugged, profile)
    plugged.faults.once("processing-for-ever")
    acknowledge(ANNA, order.pk)
    work()
    return until_settled(document_of(order), step=600)


@pytest.fixture
def queued(plugged, profile):
    Profile.objects.update(sending=False)
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    work()
    return document_of(order)


def test_arrived_settles_document_and_order(asked):
    resolve(ANNA, asked.pk, "arrived", "seen in Vendor Central")
    asked.refresh_from_db()
    assert (asked.state, asked.acknowledgement.order.state) == ("verified", "acknowledged")


def test_resend_sends_the_same_bytes_once_more(plugged, asked):
    body = bytes(asked.body)
    resolve(ANNA, asked.pk, "resend", "not in Vendor Central")
    work()
    until_settled(asked)
    assert (asked.state, bytes(asked.body), asked.attempts.count()) == ("verified", body, 2)
    assert len(plugged.acknowledgements(asked.subject)) == 2


def test_resend_is_compared_with_what_amazon_shows_by_then(asked):
    asked.acknowledgement.order.lines.update(accepted=3, rejected=1)
    resolve(ANNA, asked.pk, "resend", "not in Vendor Central")
    asked.refresh_from_db()
    assert asked.baseline == {"1": {"accepted": 3, "rejected": 1, "acknowledged_on": ""}}


def test_giving_up_fails_the_order_which_can_be_answered_anew(asked):
    resolve(ANNA, asked.pk, "give up", "the buyer called")
    asked.refresh_from_db()
    order = asked.acknowledgement.order
    assert (asked.state, asked.problem["code"], order.state) == ("failed", "given-up", "answer failed")
    assert acknowledge(ANNA, order.pk).revision == 2


def test_decision_is_audited_with_its_reason(asked):
    resolve(ANNA, asked.pk, "give up", "the buyer called")
    entry = Entry.objects.get(action="document.resolved")
    assert (entry.by, entry.new, entry.because) == (ANNA.name, {"verdict": "give up"}, "the buyer called")


@pytest.mark.parametrize(("verdict", "because"), [("arrived", "  "), ("perhaps", "because")])
def test_decision_needs_a_known_word_and_a_reason(asked, verdict, because):
    with pytest.raises(Refused):
        resolve(ANNA, asked.pk, verdict, because)
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_nobody_decides_what_is_not_asked(queued):
    with pytest.raises(Conflict):
        resolve(ANNA, queued.pk, "arrived", "sure")
    queued.refresh_from_db()
    assert queued.state == "queued"


def test_decision_needs_the_permission(asked, profile):
    cast = make_cast(profile)
    with pytest.raises(Denied):
        resolve(cast.who("finance"), asked.pk, "arrived", "sure")
    with pytest.raises(NotFound):
        resolve(cast.who("stranger"), asked.pk, "arrived", "sure")
    asked.refresh_from_db()
    assert asked.state == "asked"
    resolve(cast.who("vendor_manager"), asked.pk, "arrived", "sure")
    asked.refresh_from_db()
    assert asked.state == "verified"


def test_withdrawn_document_never_leaves(plugged, queued):
    withdraw(ANNA, queued.pk, "wrong quantity")
    Profile.objects.update(sending=True)
    work()
    queued.refresh_from_db()
    assert (queued.state, queued.problem["code"]) == ("failed", "withdrawn")
    assert plugged.acknowledgements(queued.subject) == []
    assert queued.acknowledgement.order.state == "answer failed"


def test_sent_document_cannot_be_withdrawn(plugged, queued):
    Profile.objects.update(sending=True)
    work()
    with pytest.raises(Conflict):
        withdraw(ANNA, queued.pk)
    queued.refresh_from_db()
    assert queued.state == "sent"


def test_withdrawing_needs_the_permission(queued, profile):
    with pytest.raises(Denied):
        withdraw(make_cast(profile).who("finance"), queued.pk)
    queued.refresh_from_db()
    assert queued.state == "queued"


def test_hold_stands_once_and_is_released_by_a_person(plugged, profile):
    first = hold("cli:root", "a reason")
    assert hold("cli:root", "another").pk == first.pk
    assert release_hold(ANNA, "over") == 1
    first.refresh_from_db()
    assert (current_hold(), first.released_by) == (None, ANNA.name)
    assert [e.action for e in Entry.objects.filter(action__startswith="sending.").order_by("id")] == [
        "sending.held",
        "sending.released",
    ]


def test_hold_concerns_everybody_so_it_needs_the_permission_everywhere(profile):
    cast = make_cast(profile)
    with pytest.raises(Denied):
        hold_sending(cast.who("vendor_manager"), "no")
    assert Hold.objects.count() == 0
    hold_sending(cast.who("administrator"), "yes")
    with pytest.raises(Denied):
        release_hold(cast.who("vendor_manager"))
    assert current_hold() is not None


def test_released_hold_lets_documents_go(plugged, profile):
    hold("cli:root", "a reason")
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    later(60)
    assert plugged.acknowledgements(order.number) == []
    release_hold(ANNA)
    work()
    assert len(plugged.acknowledgements(order.number)) == 1
