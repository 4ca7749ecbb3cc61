"""A person says of which type an order is: at once acknowledged if wanted, standing against later looks."""

from __future__ import annotations

from typing import Any

import pytest

from cast import make_cast, make_user
from deliver import ANNA, placed, pull
from orders.offered import consumed, offered
from orders.test_typed import SHAPE, deviations, line, seen
from products.making import cost, product
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.base.transition import move
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.jobs.testing import run_due
from purveyor.orders.domain import hold
from purveyor.orders.domain.overrule import overrule
from purveyor.orders.domain.reasons import read
from purveyor.orders.models import Answer, Order, Typed
from purveyor.people.who import Who
from purveyor.products.models import Product
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def spoon(db: None) -> Product:
    found = product("SPOON-1", asin="B0TEST0001", on_hand=1000)
    cost(found, "2026-01-01", amount="4.20")
    return found


@pytest.fixture
def order(plugged: World, profile: Profile, spoon: Product) -> Order:
    """An order that costs more than the offer says, and wants more than is left."""
    offered(profile, (spoon, [50]))
    found = placed(plugged, profile, line(60, cost="4.30"), **SHAPE)
    seen(found)
    found.refresh_from_db()
    return found


def now(order: Order) -> tuple[str, str | None, int]:
    order.refresh_from_db()
    return order.type, order.offer.number if order.offer else None, order.holds


def problems(caught: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(one.where, one.message) for one in caught.value.problems]


def test_overruled_order_is_linked_uses_the_offer_and_is_held_no_more(order: Order) -> None:
    made = overrule(ANNA, order, "bulk", offer="bb-1", reason="Agreed by telephone.")
    assert (made.type, made.person, made.by, made.because, made.version) == (
        "bulk",
        True,
        ANNA.name,
        "Agreed by telephone.",
        1,
    )
    assert made.offer is not None
    assert (now(order)[:2], consumed(made.offer)) == (("bulk", "BB-1"), [50])
    assert deviations(order) == [("1", ["price", "quantity"], "accepted")]
    assert Alert.objects.get(kind="order.offer_deviates").state == "closed"
    told = Entry.objects.get(action="order.overruled")
    assert (told.old, told.new, told.because) == (
        {"type": "undefined"},
        {"type": "bulk", "offer": "BB-1"},
        "Agreed by telephone.",
    )


def test_persons_word_stands_against_later_looks_and_versions(plugged: World, order: Order) -> None:
    made = overrule(ANNA, order, "bulk", reason="Agreed.")
    assert made.offer is not None
    seen(order)
    plugged.change(order.number, quantities={"1": 20})
    pull(order.profile, order.number)
    assert seen(order) == ("bulk", "BB-1")
    assert (consumed(made.offer), Typed.objects.filter(order=order).count()) == ([20], 2)
    assert deviations(order) == [("1", ["price"], "open")]


def test_order_said_to_be_weekly_gives_its_pieces_back_and_deviates_no_more(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    offer = offered(profile, (spoon, [50]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    assert consumed(offer) == [50]
    overrule(ANNA, order, "weekly", reason="Ordinary.")
    assert (now(order), consumed(offer), deviations(order)) == (("weekly", None, 0), [0], [])
    assert seen(order) == ("weekly", None)


def test_word_handed_back_lets_the_rules_decide_again(order: Order) -> None:
    overrule(ANNA, order, "weekly", reason="Ordinary.")
    overrule(ANNA, order, "rules", reason="Was wrong.")
    assert now(order)[:2] == ("undefined", None)
    assert deviations(order) == [("1", ["price", "quantity"], "open")]
    assert [(one.type, one.person) for one in Typed.objects.order_by("pk")] == [
        ("undefined", False),
        ("weekly", True),
        ("weekly", False),
        ("undefined", False),
    ]
    assert [bool(one.reasons) for one in Typed.objects.order_by("pk")] == [True, False, False, True]


def test_rules_that_say_the_same_as_before_say_it_with_their_reasons(order: Order) -> None:
    overrule(ANNA, order, "undefined", reason="Ordinary.")
    overrule(ANNA, order, "rules", reason="Look again.")
    newest = Typed.objects.latest("pk")
    assert (newest.type, newest.by, read(newest.reasons).missed()) == (
        "undefined",
        "system:orders.types",
        ["PRICE", "QUANTITY"],
    )
    seen(order)
    assert Typed.objects.latest("pk") == newest


def test_overruled_order_is_acknowledged_in_the_same_action(plugged: World, profile: Profile, spoon: Product) -> None:
    offered(profile, (spoon, [50]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    overrule(ANNA, order, "bulk", reason="Agreed.", acknowledge=True)
    assert (now(order), order.state) == (("bulk", "BB-1", 0), "acknowledging")
    assert [(one.code, one.eaches) for one in Answer.objects.all()] == [("Accepted", 60)]
    assert order.acknowledgements.get().because == "Agreed."


def test_what_stands_against_the_answer_refuses_the_whole_action(order: Order) -> None:
    hold.hold(ANNA, order, "Credit limit.")
    before = (now(order), Typed.objects.count(), Entry.objects.count())
    with pytest.raises(Refused):
        overrule(ANNA, order, "bulk", reason="Agreed.", acknowledge=True)
    assert (now(order), Typed.objects.count(), Entry.objects.count()) == before


def test_overruled_bulk_buy_is_answered_by_its_policy(plugged: World, profile: Profile, spoon: Product) -> None:
    offered(profile, (spoon, [50]))
    order = placed(plugged, profile, line(60), **SHAPE)
    overrule(ANNA, order, "bulk", reason="Agreed.")
    run_due(["orders.decide"])
    assert [(one.code, one.eaches) for one in Answer.objects.all()] == [("Accepted", 60)]


@pytest.mark.parametrize(
    ("type_", "more", "told"),
    [
        ("odd", {}, [("type", "There is no type odd; there are bulk, weekly, undefined, rules.")]),
        ("", {}, [("type", "There is no type –; there are bulk, weekly, undefined, rules.")]),
        ("weekly", {"offer": "BB-1"}, [("offer", "Only a bulk buy comes from an offer.")]),
        ("weekly", {"reason": " "}, [("reason", "A reason is needed.")]),
        ("bulk", {"offer": "BB-9"}, [("offer", "Offer BB-9 names no product of this order; there are: BB-1.")]),
    ],
)
def test_what_cannot_be_said_is_refused_with_every_problem(
    order: Order, type_: str, more: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    with pytest.raises(Refused) as caught:
        overrule(ANNA, order, type_, **({"reason": "Because."} | more))
    assert problems(caught) == told
    assert Typed.objects.count() == 1


def test_bulk_buy_needs_an_offer_with_the_orders_products(profile: Profile, order: Order, spoon: Product) -> None:
    offered(profile, (spoon, [50]), number="BB-2")
    with pytest.raises(Refused) as caught:
        overrule(ANNA, order, "bulk", reason="Because.")
    assert problems(caught) == [("offer", "Say from which offer: BB-2, BB-1.")]
    offered(profile, (spoon, [50]), number="BB-3", state="open")
    with pytest.raises(Refused) as caught:
        overrule(ANNA, order, "bulk", offer="BB-3", reason="Because.")
    assert problems(caught) == [("offer", "Offer BB-3 is not completed; there are: BB-2, BB-1.")]
    assert overrule(ANNA, order, "bulk", offer="BB-2", reason="Because.").offer.number == "BB-2"  # type: ignore[union-attr]  # it has an offer, or the test fails


def test_bulk_buy_without_any_offer_is_refused(plugged: World, profile: Profile, spoon: Product) -> None:
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    with pytest.raises(Refused) as caught:
        overrule(ANNA, order, "bulk", reason="Because.")
    assert problems(caught) == [("offer", "No completed offer names a product of this order.")]


def test_type_of_an_order_that_is_over_is_not_changed(order: Order) -> None:
    move(order, "closed", by="system:test")
    with pytest.raises(Refused) as caught:
        overrule(ANNA, order, "weekly", reason="Because.")
    assert problems(caught) == [("type", "The order is over; its type changes nothing any more.")]


def test_order_that_changed_since_it_was_looked_at_is_a_conflict(order: Order) -> None:
    with pytest.raises(Conflict):
        overrule(ANNA, order, "weekly", reason="Because.", expect_version=2)
    assert overrule(ANNA, order, "weekly", reason="Because.", expect_version=1).type == "weekly"


def test_only_who_may_classify_says_of_which_type(profile: Profile, order: Order) -> None:
    cast = make_cast(profile)
    with pytest.raises(Denied):
        overrule(Who.of(cast.warehouse), order, "weekly", reason="Because.")
    with pytest.raises(NotFound):
        overrule(Who.of(cast.stranger), order, "weekly", reason="Because.")
    assert now(order)[0] == "undefined"
    assert overrule(Who.of(make_user("carla", "commerce", profile)), order, "weekly", reason="Because.").person
