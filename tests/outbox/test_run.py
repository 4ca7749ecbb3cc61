"""``outbox run``: everything due, then what becomes due, until it is settled or the time is over."""

from __future__ import annotations

import pytest

from cast import make_cast
from deliver import ANNA, document_of, placed
from plug import connect
from purveyor.common import clock
from purveyor.common.errors import Denied
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.outbox.decide import hold
from purveyor.outbox.models import Document
from purveyor.outbox.run import run
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def quick(plugged):
    """A profile on a stand-in that shows answers within ten seconds."""
    return connect(plugged.accounts[0], name="quick", visibility_seconds=10)


def test_run_without_waiting_sends_and_looks_no_further(plugged, profile):
    order = placed(plugged, profile)
    acknowledge(ANNA, order.pk)
    found = run(ANNA)
    assert found.as_dict() == {"sent": 1, "looked": 0, "settled": False, "states": {"sent": 1}, "held": ""}
    assert document_of(order).state == "sent"


def test_run_waits_until_everything_is_settled(plugged, quick, db):
    began = clock.now()
    order = placed(plugged, quick)
    acknowledge(ANNA, order.pk)
    found = run(ANNA, quick, wait=60)
    assert (found.sent, found.settled, document_of(order).state) == (1, True, "verified")
    assert (clock.now() - began).total_seconds() < 15


def test_run_ends_when_the_time_is_over(plugged, quick, db):
    plugged.faults.always("server-error", "getPurchaseOrdersStatus")
    began = clock.now()
    acknowledge(ANNA, placed(plugged, quick).pk)
    found = run(ANNA, quick, wait=5)
    assert (found.settled, found.states) == (False, {"sent": 1})
    assert (clock.now() - began).total_seconds() >= 5


def test_run_does_not_wait_for_what_only_a_person_can_move(plugged, quick, db):
    began = clock.now()
    acknowledge(ANNA, placed(plugged, quick).pk)
    hold("cli:root", "restored")
    found = run(ANNA, quick, wait=600)
    assert (found.sent, found.states, found.held) == (0, {"queued": 1}, "restored")
    Profile.objects.update(sending=False)
    assert run(ANNA, quick, wait=600).states == {"queued": 1}
    assert (clock.now() - began).total_seconds() < 5


def test_run_keeps_to_one_profile(plugged, quick, profile):
    mine, other = placed(plugged, quick), placed(plugged, profile)
    acknowledge(ANNA, mine.pk)
    acknowledge(ANNA, other.pk)
    run(ANNA, quick)
    assert [d.subject for d in Document.objects.filter(state="sent")] == [mine.number]


def test_run_needs_the_permission(plugged, profile):
    cast = make_cast(profile)
    acknowledge(ANNA, placed(plugged, profile).pk)
    for player in ("finance", "stranger"):
        with pytest.raises(Denied):
            run(cast.who(player), profile)
    assert Document.objects.count() == 0
    assert run(cast.who("vendor_manager")).sent == 1
