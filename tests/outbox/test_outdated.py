"""An answer Amazon made obsolete before it left: it stays here, and the order asks for another one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from deliver import ANNA, document_of, later, placed, pull, pull_status, until_settled, work
from orders.making import line
from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.models import Order
from purveyor.outbox.decide import resolve
from purveyor.outbox.models import Document
from purveyor.outbox.outdated import unfitting
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

CHANGED = "Amazon changed the order after this answer was decided: line 1."


@pytest.fixture
def waiting(plugged: World, profile: Profile) -> Order:
    """An order whose answer is decided and documented, while sending is off."""
    Profile.objects.update(sending=False)
    order = placed(plugged, profile, {"amount": 10, "cost": "4.20"}, {"amount": 6, "cost": "1.00"})
    acknowledge(ANNA, order.pk)
    work()
    assert document_of(order).state == "queued"
    return order


def sent_after(order: Order, world: World) -> Document:
    """What becomes of the document once the change is imported and sending is on."""
    pull(order.profile, order.number)
    Profile.objects.update(sending=True)
    work()
    assert world.acknowledgements(order.number) == []
    return document_of(order)


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize("amount", [4, 12])
def test_changed_quantity_keeps_the_answer_from_leaving(plugged: World, waiting: Order, amount: int) -> None:
    plugged.change(waiting.number, quantities={"1": amount})
    document = sent_after(waiting, plugged)
    waiting.refresh_from_db()
    assert (document.state, document.problem["code"], document.problem["message"]) == (
        "failed",
        "order-changed",
        CHANGED,
    )
    assert (waiting.state, document.attempts.count()) == ("answer failed", 0)


@pytest.mark.integration
@pytest.mark.django_db
def test_changed_order_can_be_answered_anew(plugged: World, waiting: Order) -> None:
    plugged.change(waiting.number, quantities={"1": 4})
    sent_after(waiting, plugged)
    acknowledge(ANNA, waiting.pk)
    work()
    assert until_settled(document_of(waiting)).state == "verified"
    assert len(plugged.acknowledgements(waiting.number)) == 1


@pytest.mark.integration
@pytest.mark.django_db
def test_cancelled_line_keeps_the_answer_from_leaving(plugged: World, waiting: Order) -> None:
    plugged.cancel(waiting.number, line="1")
    document = sent_after(waiting, plugged)
    waiting.refresh_from_db()
    assert (document.problem["message"], waiting.state) == (CHANGED, "answer failed")


@pytest.mark.integration
@pytest.mark.django_db
def test_order_cancelled_as_a_whole_is_not_answered(plugged: World, waiting: Order) -> None:
    plugged.cancel(waiting.number)
    document = sent_after(waiting, plugged)
    waiting.refresh_from_db()
    assert (document.state, document.problem["code"], waiting.state) == ("failed", "order-changed", "closed")
    assert document.problem["message"] == "Amazon closed the order before this answer left."


@pytest.mark.unit
def test_unfitting_lines_are_those_changed_cancelled_or_new() -> None:
    lines = [line("1", 10), line("2", 0), line("3", 5), line("4", 7)]
    assert unfitting({"1": 10, "2": 6, "3": 4}, lines) == ["2", "3", "4"]
    assert unfitting({"1": 10, "3": 5, "4": 7}, lines) == []


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize("look", [pull, pull_status], ids=["order", "status"])
def test_answer_given_elsewhere_meanwhile_is_not_replaced_until_confirmed(
    plugged: World, waiting: Order, look: Callable[[Profile, str], Order]
) -> None:
    clock.turn(timedelta(minutes=5))
    plugged.acknowledge_elsewhere(waiting.number, {"1": 3, "2": 6})
    look(waiting.profile, waiting.number)
    document = sent_after(waiting, plugged)
    waiting.refresh_from_db()
    assert (document.state, document.problem["code"], waiting.state) == (
        "failed",
        "answered-elsewhere",
        "answered elsewhere",
    )
    with pytest.raises(Refused):
        acknowledge(ANNA, waiting.pk)
    pull_status(waiting.profile, waiting.number)
    acknowledge(ANNA, waiting.pk, confirm_elsewhere=True)
    work()
    assert until_settled(document_of(waiting)).state == "verified"


@pytest.mark.integration
@pytest.mark.django_db
def test_cost_lowered_meanwhile_keeps_the_answer_from_leaving(plugged: World, waiting: Order) -> None:
    plugged.change(waiting.number, costs={"1": "4.00"})
    document = sent_after(waiting, plugged)
    assert (document.state, document.problem["message"]) == (
        "failed",
        "This answer may not leave any more: Line 1: the cost may not be above the order's; reject the line instead.",
    )


@pytest.mark.integration
@pytest.mark.django_db
def test_correction_that_waits_beyond_48_hours_does_not_leave(plugged: World, profile: Profile) -> None:
    order = placed(plugged, profile, {"amount": 10, "cost": "4.20"})
    acknowledge(ANNA, order.pk)
    work()
    until_settled(document_of(order))
    Profile.objects.update(sending=False)
    acknowledge(ANNA, order.pk, {"1": [LineAnswer("Accepted", 6), LineAnswer("Rejected", 4, "TemporarilyUnavailable")]})
    work()
    later(49 * 3600)
    Profile.objects.update(sending=True)
    work()
    assert document_of(order).problem["message"] == (
        "This answer may not leave any more: "
        "Line 1 was answered more than 48 hours ago; only its dates may still change."
    )
    assert len(plugged.acknowledgements(order.number)) == 1


@pytest.mark.integration
@pytest.mark.django_db
def test_answer_shown_after_a_try_that_may_have_arrived_is_looked_up(plugged: World, profile: Profile) -> None:
    """It was taken for not arrived and queued again; before it went, a sweep brought it in after all."""
    order = placed(plugged, profile)
    plugged.faults.once("lost-reply", "submitAcknowledgement")
    plugged.settings.visibility_delay = 2000.0
    acknowledge(ANNA, order.pk)
    work()
    document = document_of(order)
    Profile.objects.update(sending=False)
    while document.state == "unknown":
        later(60)
        document.refresh_from_db()
    assert document.state == "queued"
    clock.turn(timedelta(seconds=600))
    pull_status(profile, order.number)
    Profile.objects.update(sending=True)
    work()
    assert until_settled(document).state == "verified"
    assert (len(plugged.acknowledgements(order.number)), document.attempts.count()) == (1, 1)


@pytest.mark.integration
@pytest.mark.django_db
def test_answer_of_others_is_seen_once_ours_has_failed(plugged: World, profile: Profile) -> None:
    """While ours was under way the status was not judged, and it does not come a second time."""
    order = placed(plugged, profile)
    plugged.faults.once("processing-for-ever")
    acknowledge(ANNA, order.pk)
    work()
    clock.turn(timedelta(minutes=5))
    plugged.acknowledge_elsewhere(order.number, {"1": 3})
    document = until_settled(document_of(order), step=600)
    assert (document.state, document.problem["code"]) == ("asked", "shows-another-answer")
    resolve(ANNA, document.pk, "give up", "the other answer is right")
    order.refresh_from_db()
    assert (order.state, [line["accepted"] for line in order.elsewhere["lines"]]) == ("answered elsewhere", [3])
    with pytest.raises(Refused):
        acknowledge(ANNA, order.pk)


@pytest.mark.integration
@pytest.mark.django_db
def test_correction_leaves_though_our_earlier_answer_came_into_sight_late(plugged: World, profile: Profile) -> None:
    order = placed(plugged, profile)
    plugged.settings.visibility_delay = 1e6
    acknowledge(ANNA, order.pk)
    work()
    document = until_settled(document_of(order), step=600)
    resolve(ANNA, document.pk, "arrived", "seen in Vendor Central")
    Profile.objects.update(sending=False)
    acknowledge(ANNA, order.pk, {"1": [LineAnswer("Accepted", 6), LineAnswer("Rejected", 4, "TemporarilyUnavailable")]})
    work()
    plugged.settings.visibility_delay = 0
    order.lines.update(accepted=10, rejected=0, acknowledged_on=document.acknowledgement.decided_at.isoformat())
    Profile.objects.update(sending=True)
    work()
    assert (document_of(order).state, len(plugged.acknowledgements(order.number))) == ("sent", 2)
