"""One account connected twice: the same order stands in two profiles, and is answered once all the same."""

from __future__ import annotations

import pytest

from deliver import ANNA, document_of, placed, pull, until_settled, work
from plug import connect
from purveyor.common.errors import Refused
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Acknowledgement, Order
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
SAID = "Profile acme-de is connected to the same account and has answered this order."


@pytest.fixture
def order(plugged: World, profile: Profile) -> Order:
    return placed(plugged, profile)


@pytest.fixture
def twin(plugged: World, order: Order) -> Order:
    return pull(connect(plugged.accounts[0], name="acme-again"), order.number)


def test_order_answered_by_another_profile_of_the_account_is_refused(order: Order, twin: Order, plugged: World) -> None:
    acknowledge(ANNA, order.pk)
    with pytest.raises(Refused) as caught:
        acknowledge(ANNA, twin.pk)
    assert [(p.check, p.message) for p in caught.value.problems] == [("ELSEWHERE", SAID)]
    work()
    until_settled(document_of(order))
    with pytest.raises(Refused):
        acknowledge(ANNA, twin.pk)
    assert len(plugged.acknowledgements(order.number)) == 1


def test_answer_may_replace_the_other_profiles_once_confirmed(order: Order, twin: Order) -> None:
    acknowledge(ANNA, order.pk)
    assert acknowledge(ANNA, twin.pk, confirm_elsewhere=True).order_id == twin.pk


def test_failed_answer_of_the_other_profile_is_in_nobodys_way(order: Order, twin: Order) -> None:
    acknowledge(ANNA, order.pk)
    Acknowledgement.objects.update(outcome="failed")
    assert acknowledge(ANNA, twin.pk).order_id == twin.pk


@pytest.mark.parametrize(
    "other", [{"marketplace": "FR"}, {"environment": "custom"}, {"endpoint": "http://127.0.0.1:10"}], ids=str
)
def test_same_number_at_another_amazon_is_another_order(order: Order, twin: Order, other: dict[str, str]) -> None:
    acknowledge(ANNA, order.pk)
    Profile.objects.filter(pk=twin.profile_id).update(**other)
    assert acknowledge(ANNA, twin.pk).order_id == twin.pk


def test_same_number_of_another_vendor_is_another_order(order: Order, twin: Order) -> None:
    acknowledge(ANNA, order.pk)
    Order.objects.filter(pk=twin.pk).update(vendor_code="OTHER")
    assert acknowledge(ANNA, twin.pk).order_id == twin.pk
