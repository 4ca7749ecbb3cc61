"""Two orders answered from the same stock at once, and one decision carried out twice at once. The race has a twin."""

from __future__ import annotations

from functools import partial

import pytest
from django.db.models import Sum

from deliver import ANNA, placed
from products.making import product
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.domain.carry_out import carry_out
from purveyor.orders.models import Acknowledgement, Answer, Decision, Reservation
from purveyor.products.domain import stock
from purveyor.products.models import Product
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World
from racing import side_by_side, threads

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

LINE = {"amount": 10, "cost": "4.20", "asin": "B0TEST0001"}
WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"


@pytest.fixture
def decisions(plugged: World, profile: Profile) -> list[int]:
    """Two orders of ten pieces each that wait to be answered from a stock of fifteen."""
    product(asin="B0TEST0001", on_hand=15)
    for name, value in {"policy.undefined": "on_arrival_stock", "checks.duplicate": "off"}.items():
        set_setting(ANNA, profile, name, value)
    for _one in range(2):
        look_at(placed(plugged, profile, LINE, type="RegularOrder", delivery_window=WINDOW).pk)
    return list(Decision.objects.values_list("pk", flat=True))


def promised() -> tuple[int, int, int]:
    """Pieces accepted, reserved for lines, reserved of the product."""
    accepted = Answer.objects.filter(code="Accepted").aggregate(n=Sum("eaches"))["n"]
    reserved = Reservation.objects.aggregate(n=Sum("eaches"))["n"]
    return accepted, reserved, Product.objects.get().reserved


def test_two_orders_at_once_never_share_a_piece(decisions: list[int]) -> None:
    side_by_side(*(partial(carry_out, pk) for pk in decisions))
    assert promised() == (15, 15, 15)


def test_two_orders_twin_without_the_guard_share_pieces(decisions: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes what it saw, without asking again in the statement that writes."""
    monkeypatch.setattr(stock, "reserve", lambda product_id, eaches: True)
    side_by_side(*(partial(carry_out, pk) for pk in decisions))
    assert promised()[0] == 20


def test_decision_carried_out_twice_at_once_answers_once(decisions: list[int]) -> None:
    threads(4, lambda: carry_out(decisions[0]))
    assert (Acknowledgement.objects.count(), Product.objects.get().reserved) == (1, 10)
