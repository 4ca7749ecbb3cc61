"""Clocks that jump: a document waits neither for ever nor too short."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deliver import ANNA, document_of, later, placed, work
from purveyor.common import clock
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.outbox.models import Document
from purveyor.outbox.tasks import mend
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

SUBMIT = "submitAcknowledgement"
pytestmark = [pytest.mark.integration, pytest.mark.django_db]
YEARS = timedelta(days=3650)


@pytest.fixture
def document(plugged: World, profile: Profile) -> Document:
    """Queued."""
    order = placed(plugged, profile)
    Profile.objects.update(sending=False)
    acknowledge(ANNA, order.pk)
    work()
    Profile.objects.update(sending=True)
    return document_of(order)


def test_document_due_in_years_goes_now(document: Document, held_clock: datetime) -> None:
    Document.objects.update(due_at=held_clock + YEARS, state_at=held_clock + YEARS)
    work()
    document.refresh_from_db()
    assert document.state == "queued"
    mend(clock.now(), False)
    work()
    document.refresh_from_db()
    assert (document.state, document.state_at) == ("sent", held_clock)


def test_moments_of_a_lost_document_from_the_future_are_now(
    plugged: World, document: Document, held_clock: datetime
) -> None:
    plugged.faults.once("reset", SUBMIT)
    work()
    Document.objects.update(due_at=held_clock + YEARS, state_at=held_clock + YEARS, sent_at=held_clock + YEARS)
    mend(clock.now(), False)
    document.refresh_from_db()
    assert (document.due_at, document.state_at, document.sent_at) == (held_clock, held_clock, held_clock)


def test_moments_that_can_be_meant_stay(document: Document, held_clock: datetime) -> None:
    furthest, skewed = held_clock + timedelta(minutes=90), held_clock + timedelta(minutes=5)
    Document.objects.update(due_at=furthest, state_at=skewed, sent_at=skewed)
    mend(clock.now(), False)
    document.refresh_from_db()
    assert (document.due_at, document.state_at, document.sent_at) == (furthest, skewed, skewed)


@pytest.mark.parametrize(("jumped", "taken"), [(True, 1), (False, 2)], ids=["mended", "twin"])
def test_jump_of_the_clock_is_no_visibility_time(plugged: World, document: Document, jumped: bool, taken: int) -> None:
    """The reply was lost and the clock was two hours slow: set right, nothing of the half hour has really passed."""
    plugged.settings.visibility_delay = 7500.0
    plugged.faults.once("lost-reply", SUBMIT)
    work()
    clock.turn(timedelta(hours=2))
    mend(clock.now(), jumped)
    work()
    for _each in range(20):
        later(60)
    document.refresh_from_db()
    assert len(plugged.acknowledgements(document.subject)) == taken
