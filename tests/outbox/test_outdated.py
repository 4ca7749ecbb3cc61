"""An answer Amazon made obsolete before it left: it stays here, and the order asks for another one."""

from __future__ import annotations

import pytest

from deliver import ANNA, document_of, placed, pull, until_settled, work
from orders.making import line
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
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
