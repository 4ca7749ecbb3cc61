"""Orders beside completed offers: recognised, linked, acknowledged by policy; what they use follows what happens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from deliver import ANNA, placed, pull
from orders.making import accept, reject
from orders.offered import consumed, offered
from products.making import cost, product
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.jobs.testing import run_due
from purveyor.offers.models import Cell, Consumption, Offer
from purveyor.orders.domain import remedy
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.arrival import due, look_at, look_at_many
from purveyor.orders.domain.overrule import overrule
from purveyor.orders.domain.reasons import read
from purveyor.orders.models import Acknowledgement, Answer, Decision, Finding, Order, Typed
from purveyor.orders.states import OrderState
from purveyor.orders.types_said import type_row, why_undecided
from purveyor.products.models import Product
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"
SHAPE = {"type": "RegularOrder", "delivery_window": WINDOW}


@pytest.fixture
def spoon(db: None) -> Product:
    found = product("SPOON-1", asin="B0TEST0001", on_hand=1000)
    cost(found, "2026-01-01", amount="4.20")
    return found


@pytest.fixture
def fork(db: None) -> Product:
    return product("FORK-1", asin="B0TEST0002", on_hand=1000)


def line(eaches: int = 10, asin: str = "B0TEST0001", **more: Any) -> dict[str, Any]:
    return {"amount": eaches, "cost": "4.20", "asin": asin} | more


def seen(order: Order) -> tuple[str, str | None]:
    """Look at an order; its type and the number of its offer."""
    look_at(order.pk)
    order.refresh_from_db()
    return order.type, order.offer.number if order.offer else None


def rules_of(order: Order) -> dict[str, list[tuple[str, bool]]]:
    """The reasons of the newest decision, by line."""
    made = Typed.objects.filter(order=order).latest("pk")
    return {one.line: [(rule.rule, rule.ok) for rule in one.rules] for one in read(made.reasons).said()}


def deviations(order: Order) -> list[tuple[str | None, list[str], str]]:
    rows = Finding.objects.filter(order=order, rule="PO-06").exclude(state="gone").order_by("line__position")
    return [(one.line.number if one.line else None, one.numbers["what"], one.state) for one in rows]


def test_order_as_approved_is_a_bulk_buy_and_uses_the_offer(plugged: World, profile: Profile, spoon: Product) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    assert seen(order) == ("bulk", "BB-1")
    assert consumed(offer) == [60]
    assert rules_of(order) == {"1": [("COMPLETED", True), ("WINDOW", True), ("PRICE", True), ("QUANTITY", True)]}
    made = Typed.objects.get()
    assert (made.version, made.type, made.offer, made.by, made.person) == (
        1,
        "bulk",
        offer,
        "system:orders.types",
        False,
    )


def test_bulk_buy_is_acknowledged_in_full_by_the_policy_in_force(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    run_due(["orders.check", "orders.decide"])
    order.refresh_from_db()
    assert order.state == "acknowledging"
    assert [(one.code, one.eaches) for one in Answer.objects.all()] == [("Accepted", 60)]
    assert Decision.objects.get().explanation["setting"] == "policy.bulk"


def test_looking_again_uses_nothing_more_and_decides_nothing_anew(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    before = (consumed(offer), Typed.objects.count(), Entry.objects.count(), Consumption.objects.get().at)
    clock.turn(timedelta(minutes=1))
    seen(order)
    assert (consumed(offer), Typed.objects.count(), Entry.objects.count(), Consumption.objects.get().at) == before


def test_order_beyond_what_is_left_deviates_and_uses_what_is_left(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    offer = offered(profile, (spoon, [100]))
    seen(placed(plugged, profile, line(70), **SHAPE))
    order = placed(plugged, profile, line(60), **SHAPE)
    assert seen(order) == ("undefined", "BB-1")
    assert consumed(offer) == [100]
    assert deviations(order) == [("1", ["quantity"], "open")]
    assert order.holds == 1
    alert = Alert.objects.get(kind="order.offer_deviates")
    assert alert.message == (
        f"Order {order.number} deviates from bulk-buy offer BB-1. Line 1: Offer BB-1, row 2, delivery 1: 60 pieces are"
        " ordered, 30 of 100 approved ones are left."
    )
    seen(order)
    assert (consumed(offer), deviations(order)) == ([100], [("1", ["quantity"], "open")])


def test_order_after_everything_is_used_comes_from_no_offer(plugged: World, profile: Profile, spoon: Product) -> None:
    offer = offered(profile, (spoon, [50]))
    seen(placed(plugged, profile, line(50), **SHAPE))
    order = placed(plugged, profile, line(20), **SHAPE)
    assert seen(order) == ("weekly", None)
    assert (consumed(offer), deviations(order), Alert.objects.count()) == ([50], [], 0)
    assert rules_of(order)["1"][0] == ("COMPLETED", False)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"cost": "4.21"}, ["price"]),
        ({"cost": "4.19"}, ["price"]),
    ],
)
def test_other_price_deviates_with_both_numbers(
    plugged: World, profile: Profile, spoon: Product, more: dict[str, Any], what: list[str]
) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60, **more), **SHAPE)
    assert seen(order) == ("undefined", None)
    assert (consumed(offer), deviations(order)) == ([0], [("1", what, "open")])
    numbers = Finding.objects.get(rule="PO-06").numbers
    assert (numbers["cost"], numbers["price"]) == (more["cost"], "4.20")


def test_price_within_the_tolerance_is_as_approved(plugged: World, profile: Profile, spoon: Product) -> None:
    set_setting(ANNA, profile, "types.price_tolerance_percent", "1")
    offered(profile, (spoon, [100]))
    assert seen(placed(plugged, profile, line(60, cost="4.24"), **SHAPE)) == ("bulk", "BB-1")
    assert seen(placed(plugged, profile, line(10, cost="4.25"), **SHAPE)) == ("undefined", None)


def test_price_of_the_offer_is_agreed_whatever_the_catalogue_says(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    offered(profile, (spoon, [100]), price="3.80")
    order = placed(plugged, profile, line(60, cost="3.80"), **SHAPE)
    assert seen(order) == ("bulk", "BB-1")
    assert not Finding.objects.filter(rule="PO-04").exists()


@pytest.mark.parametrize(("days", "type_"), [(2, "bulk"), (3, "undefined")])
def test_window_may_stick_out_by_the_slack(
    plugged: World, profile: Profile, spoon: Product, days: int, type_: str
) -> None:
    end = date(2026, 3, 16) - timedelta(days=days)
    offered(profile, (spoon, [100]), deliveries=[(date(2026, 3, 9), end)])
    order = placed(plugged, profile, line(60), **SHAPE)
    assert seen(order)[0] == type_
    assert [what for _line, what, _state in deviations(order)] == ([] if days == 2 else [["window"]])


def test_window_far_away_is_a_weekly_order(plugged: World, profile: Profile, spoon: Product) -> None:
    offer = offered(profile, (spoon, [100]), deliveries=[(date(2026, 3, 24), date(2026, 3, 30))])
    order = placed(plugged, profile, line(60), **SHAPE)
    assert seen(order) == ("weekly", None)
    assert (consumed(offer), deviations(order)) == ([0], [])


def test_window_far_ahead_is_of_no_type(plugged: World, profile: Profile, spoon: Product) -> None:
    set_setting(ANNA, profile, "types.weekly_days", "3")
    assert seen(placed(plugged, profile, line(60), **SHAPE)) == ("undefined", None)


def test_order_of_offer_and_other_products_deviates_on_the_lines_that_fit(
    plugged: World, profile: Profile, spoon: Product, fork: Product
) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), line(5, "B0TEST0002"), **SHAPE)
    assert seen(order) == ("undefined", None)
    assert (consumed(offer), deviations(order)) == ([0], [("1", ["others"], "open")])


def test_offer_of_another_vendor_code_or_profile_is_not_meant(plugged: World, profile: Profile, spoon: Product) -> None:
    offered(profile, (spoon, [100]), vendor_code="OTHER")
    assert seen(placed(plugged, profile, line(60), **SHAPE))[1] is None


@pytest.mark.parametrize("state", ["open", "withdrawn"])
def test_offer_that_is_not_completed_is_not_meant(plugged: World, profile: Profile, spoon: Product, state: str) -> None:
    offered(profile, (spoon, [100]), state=state)
    assert seen(placed(plugged, profile, line(60), **SHAPE))[1] is None


def test_lines_are_spread_over_the_deliveries_their_window_fits(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    april = (date(2026, 4, 6), date(2026, 4, 10))
    offer = offered(profile, (spoon, [30, 100]), deliveries=[(date(2026, 3, 9), date(2026, 3, 16)), april])
    seen(placed(plugged, profile, line(20), **SHAPE))
    assert consumed(offer) == [20, 0]
    seen(
        placed(plugged, profile, line(40), **SHAPE | {"delivery_window": "2026-04-06T00:00:00Z--2026-04-10T00:00:00Z"})
    )
    assert consumed(offer) == [20, 40]


def test_deliveries_without_days_are_used_one_after_the_other(plugged: World, profile: Profile, spoon: Product) -> None:
    offer = offered(profile, (spoon, [30, 100]), deliveries=[(None, None), (None, None)])
    assert seen(placed(plugged, profile, line(50), **SHAPE)) == ("bulk", "BB-1")
    assert consumed(offer) == [30, 20]


def test_cancelled_line_gives_its_pieces_back(plugged: World, profile: Profile, spoon: Product, fork: Product) -> None:
    offer = offered(profile, (spoon, [100]), (fork, [100]))
    order = placed(plugged, profile, line(60), line(40, "B0TEST0002"), **SHAPE)
    seen(order)
    plugged.cancel(order.number, "1")
    pull(profile, order.number)
    assert seen(order) == ("bulk", "BB-1")
    assert consumed(offer) == [0, 40]
    assert Typed.objects.filter(order=order).count() == 2


def test_cancelled_order_gives_everything_back_at_once(plugged: World, profile: Profile, spoon: Product) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    plugged.cancel(order.number)
    pull(profile, order.number)
    assert consumed(offer) == [0]
    told = Entry.objects.filter(action__in=["offer.consumed", "offer.given_back"]).order_by("pk")
    assert [(one.action, one.object_name, one.new) for one in told] == [
        ("offer.consumed", "BB-1", {"order": order.number, "lines": {"1": 60}}),
        ("offer.given_back", "BB-1", {"order": order.number, "lines": {"1": 60}}),
    ]


def test_cancellation_taken_back_uses_the_offer_again(plugged: World, profile: Profile, spoon: Product) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    plugged.cancel(order.number)
    pull(profile, order.number)
    plugged.uncancel(order.number)
    pull(profile, order.number)
    assert seen(order) == ("bulk", "BB-1")
    assert consumed(offer) == [60]


@pytest.mark.parametrize(("to", "used"), [(40, 40), (90, 90), (130, 100)])
def test_changed_quantity_is_followed(plugged: World, profile: Profile, spoon: Product, to: int, used: int) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    plugged.change(order.number, quantities={"1": to})
    pull(profile, order.number)
    seen(order)
    assert consumed(offer) == [used]


def test_pieces_given_back_let_a_waiting_order_become_a_bulk_buy(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    offer = offered(profile, (spoon, [100]))
    first = placed(plugged, profile, line(70), **SHAPE)
    second = placed(plugged, profile, line(60), **SHAPE)
    assert [seen(first)[0], seen(second)[0]] == ["bulk", "undefined"]
    plugged.cancel(first.number)
    pull(profile, first.number)
    run_due(["orders.look"])
    second.refresh_from_db()
    assert (second.type, second.holds, consumed(offer), deviations(second)) == ("bulk", 0, [60], [])
    assert Alert.objects.get(kind="order.offer_deviates").state == "closed"


def test_answer_that_rejects_gives_back_what_it_rejects(plugged: World, profile: Profile, spoon: Product) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    acknowledge(ANNA, order.pk, {"1": [accept(45, delivery_date=order.delivery_end), reject(15)]})
    assert seen(order) == ("bulk", "BB-1")
    assert consumed(offer) == [45]


def test_answered_order_keeps_its_type_and_pieces_when_the_offer_is_opened_again(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    offer = offered(profile, (spoon, [100]))
    answered, waiting = (placed(plugged, profile, line(n), **SHAPE) for n in (60, 30))
    look_at_many([answered.pk, waiting.pk])
    acknowledge(ANNA, answered.pk)
    move(offer, "open", by="user:anna", because="A price was wrong.")
    assert seen(answered) == ("bulk", "BB-1")
    assert seen(waiting)[1] is None
    assert consumed(offer) == [60]


def test_answered_order_changed_away_keeps_what_was_promised_until_it_is_answered_anew(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    acknowledge(ANNA, order.pk)
    plugged.change(order.number, costs={"1": "4.00"})
    pull(profile, order.number)
    assert seen(order) == ("undefined", "BB-1")
    assert (consumed(offer), deviations(order)) == ([60], [("1", ["price"], "open")])


def test_order_answered_before_any_offer_is_left_alone(plugged: World, profile: Profile, spoon: Product) -> None:
    order = placed(plugged, profile, line(60), **SHAPE)
    acknowledge(ANNA, order.pk)
    offer = offered(profile, (spoon, [100]))
    assert seen(order) == ("undefined", None)
    assert (consumed(offer), Typed.objects.count()) == ([0], 0)


def test_answered_order_that_used_nothing_uses_what_the_rules_link_it_to(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    order = placed(plugged, profile, line(60), **SHAPE)
    assert seen(order) == ("weekly", None)
    acknowledge(ANNA, order.pk)
    offer = offered(profile, (spoon, [100]))
    plugged.change(order.number, quantities={"1": 50})
    pull(profile, order.number)
    assert (seen(order), consumed(offer)) == (("bulk", "BB-1"), [50])


def test_why_nobody_said_of_which_type_is_told(plugged: World, profile: Profile, spoon: Product) -> None:
    order = placed(plugged, profile, line(60), **SHAPE)
    offered(profile, (spoon, [100]))
    assert why_undecided(order) == "Nobody looked at its type yet; that happens within a minute."
    acknowledge(ANNA, order.pk)
    order.refresh_from_db()
    seen(order)
    assert type_row(order)["undecided"] == (
        "By themselves the rules look at orders that wait for an answer only; this one came answered. Say of which type"
        " it is, or let the rules say it."
    )
    overrule(ANNA, order, "rules", reason="Look at it.")
    told = type_row(order)
    assert (told["type"], told["offer"], told["undecided"]) == ("bulk", "BB-1", None)
    order.state = OrderState.CLOSED
    assert why_undecided(order) == "It was over before anybody looked at its type."


def test_completing_an_offer_makes_waiting_orders_due_for_a_look(
    plugged: World, profile: Profile, spoon: Product, fork: Product
) -> None:
    offer = offered(profile, (spoon, [100]), state="open")
    mine, other = placed(plugged, profile, line(60), **SHAPE), placed(plugged, profile, line(5, "B0TEST0002"), **SHAPE)
    look_at_many([mine.pk, other.pk])
    assert due(clock.now(), 10) == []
    move(offer, "completed", by="user:anna", completed_at=clock.now())
    assert due(clock.now(), 10) == [mine.pk]
    run_due(["orders.offers"])
    assert (Order.objects.get(pk=mine.pk).type, consumed(offer)) == ("bulk", [60])


def test_closed_order_keeps_what_was_shipped_and_gives_back_what_was_never_answered(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    offer = offered(profile, (spoon, [100]))
    shipped, never = (placed(plugged, profile, line(n), **SHAPE) for n in (60, 30))
    look_at_many([shipped.pk, never.pk])
    Order.objects.filter(pk=shipped.pk).update(state=OrderState.ACKNOWLEDGED)
    for one in Order.objects.order_by("pk"):
        move(one, OrderState.CLOSED, by="system:test")
    assert consumed(offer) == [60]
    look_at_many([shipped.pk, never.pk])
    assert consumed(offer) == [60]


def test_answer_given_elsewhere_uses_what_it_does_not_reject(plugged: World, profile: Profile, spoon: Product) -> None:
    offer = offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    move(order, OrderState.ELSEWHERE, by="system:test")
    order.lines.update(accepted=50, rejected=10)
    run_due(["orders.look"])
    assert consumed(offer) == [50]


def test_cut_to_what_was_approved_answers_with_it(plugged: World, profile: Profile, spoon: Product) -> None:
    offered(profile, (spoon, [50]))
    order = placed(plugged, profile, line(60), **SHAPE)
    set_setting(ANNA, profile, "policy.undefined", "on_arrival_full")
    seen(order)
    ways = [(one.way.name, one.does) for one in remedy.ways_of(Finding.objects.get(rule="PO-06"))]
    assert ways[0] == (
        "approved",
        "The answer accepts 50 of 60 pieces and rejects the rest as temporarily unavailable.",
    )
    remedy.take(ANNA, order, Finding.objects.get(rule="PO-06").pk, "approved")
    run_due(["orders.decide"])
    given = Answer.objects.filter(acknowledgement=Acknowledgement.objects.get()).order_by("pk")
    assert [(one.code, one.eaches) for one in given] == [("Accepted", 50), ("Rejected", 10)]


def test_check_switched_off_finds_and_tells_nothing(plugged: World, profile: Profile, spoon: Product) -> None:
    set_setting(ANNA, profile, "checks.offer", "off")
    offered(profile, (spoon, [50]))
    order = placed(plugged, profile, line(60), **SHAPE)
    assert (seen(order), deviations(order), Alert.objects.count()) == (("undefined", "BB-1"), [], 0)


def test_weekly_order_is_answered_as_those_of_no_type_unless_said_otherwise(
    plugged: World, profile: Profile, spoon: Product
) -> None:
    set_setting(ANNA, profile, "policy.undefined", "on_arrival_full")
    first = placed(plugged, profile, line(60), **SHAPE)
    assert (seen(first)[0], Decision.objects.get().mode) == ("weekly", "on_arrival_full")
    set_setting(ANNA, profile, "policy.weekly", "by_hand")
    seen(placed(plugged, profile, line(61), **SHAPE))
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("complete", [False, True], ids=["without an offer", "with an offer"])
def test_types_of_one_and_of_three_orders_ask_the_same_number_of_questions(
    plugged: World, profile: Profile, spoon: Product, complete: bool
) -> None:
    if complete:
        offered(profile, (spoon, [1000]))
    counted = []
    for count in (1, 3):
        keys = [placed(plugged, profile, line(50 + 10 * count + n), **SHAPE).pk for n in range(count)]
        with CaptureQueriesContext(connection) as asked:
            look_at_many(keys)
        counted.append(len([one for one in asked if "offers_" in one["sql"] or "orders_typed" in one["sql"]]))
    assert counted == ([9, 9] if complete else [3, 3])


def test_cell_never_takes_more_than_was_approved(profile: Profile, spoon: Product) -> None:
    offered(profile, (spoon, [10]))
    with pytest.raises(IntegrityError):
        Cell.objects.update(consumed=11)


def test_offer_is_shown_by_its_orders(plugged: World, profile: Profile, spoon: Product) -> None:
    offered(profile, (spoon, [100]))
    order = placed(plugged, profile, line(60), **SHAPE)
    seen(order)
    assert list(Offer.objects.get().orders.all()) == [order]
