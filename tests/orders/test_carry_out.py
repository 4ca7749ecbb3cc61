"""Orders answered by policy: exactly once, explained, stopped by holds, from stock that no other order shares."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils.translation import gettext, override

from deliver import ANNA, document_of, placed, pull, until_settled, work
from products.making import product
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.jobs.testing import run_due
from purveyor.orders.domain import hold
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.domain.carry_out import carry_out
from purveyor.orders.domain.findings_said import explained
from purveyor.orders.domain.picked import pick_result
from purveyor.orders.domain.policy import HELD
from purveyor.orders.models import Acknowledgement, Decision, Order, Reservation
from purveyor.products.models import Product
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

STEP = import_module("purveyor.orders.migrations.0060_decisions_told")

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

LINE = {"amount": 10, "cost": "4.20", "asin": "B0TEST0001"}
WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"
TASKS = ["orders.check", "orders.decide"]


def arrived(world: World, profile: Profile, *lines: dict[str, Any], **more: Any) -> Order:
    """An order that came in and was looked at; nothing is wrong with it."""
    found = placed(world, profile, *(lines or (LINE,)), type="RegularOrder", delivery_window=WINDOW, **more)
    look_at(found.pk)
    run_due(TASKS)
    found.refresh_from_db()
    return found


def said(order: Order) -> list[tuple[str, str, int]]:
    """What our newest answer says: line, code, eaches."""
    newest = order.acknowledgements.order_by("-revision").first()
    rows = newest.answers.order_by("line__position", "pk") if newest else []
    return [(row.line.number, row.code, row.eaches) for row in rows]


@pytest.fixture
def spoon() -> Product:
    return product(asin="B0TEST0001", on_hand=6)


@pytest.fixture
def policy(profile: Profile, spoon: Product) -> Any:
    """Set a policy for orders of no type."""

    def set_it(mode: str, **more: str) -> None:
        told = {"policy.undefined": mode, "checks.duplicate": "off"}
        told |= {name.replace("__", "."): value for name, value in more.items()}
        for name, value in told.items():
            set_setting(ANNA, profile, name, value)

    return set_it


def test_without_a_policy_nothing_is_answered(plugged: World, profile: Profile, spoon: Product) -> None:
    order = arrived(plugged, profile)
    assert (order.state, Decision.objects.count()) == ("new", 0)


def test_policy_in_full_answers_on_arrival_and_says_why(plugged: World, profile: Profile, policy: Any) -> None:
    policy("on_arrival_full")
    order = arrived(plugged, profile)
    assert said(order) == [("1", "Accepted", 10)]
    decision = Decision.objects.get()
    given = order.acknowledgements.get()
    assert (decision.state, decision.acknowledgement_id, given.by) == ("done", given.pk, "system:orders.policy")
    assert given.because == "The policy in force answers on arrival, in full."
    told = decision.explanation
    assert (told["setting"], told["mode"], told["version"]) == ("policy.undefined", "on_arrival_full", 1)
    assert told["since"].startswith("2026-03-02T09:00")
    assert told["lines"] == [
        {"line": "1", "ordered": 10, "accepted": 10, "backordered": 0, "rejected": 0, "why": "full", "had": None}
    ]
    assert [one["rule"] for one in told["findings"]] == ["STOCK"]
    with override("de"):
        assert [one["said"] for one in explained(told)["findings"]] == ["Bestellt sind 10 Stück, frei sind 6."]
    work()
    assert until_settled(document_of(order)).state == "verified"


def test_why_a_person_decides_is_read_in_every_language(plugged: World, profile: Profile, policy: Any) -> None:
    policy("on_pick_result")
    order = arrived(plugged, profile)
    hold.place(order, check="STOCK", by="system:orders.check", told=[{"eaches": 10, "free": 4}])
    with override("de"):
        carry_out(Decision.objects.get().pk)
        decision = Decision.objects.get()
        assert decision.said == "Angehalten (STOCK): Bestellt sind 10 Stück, frei sind 4."
    english = "On hold (STOCK): 10 pieces are ordered, 4 are free."
    assert (decision.state, decision.said, decision.why) == ("for a person", english, english)
    assert Entry.objects.filter(object_kind="orders.decision").last().because == english


def test_decision_is_carried_out_once(plugged: World, profile: Profile, policy: Any) -> None:
    policy("on_arrival_full")
    order = arrived(plugged, profile)
    carry_out(Decision.objects.get().pk)
    look_at(order.pk)
    run_due(TASKS)
    assert Acknowledgement.objects.count() == 1
    assert Decision.objects.get().state == "done"


def test_policy_from_stock_promises_what_is_free(plugged: World, profile: Profile, policy: Any, spoon: Product) -> None:
    policy("on_arrival_stock")
    first, second = arrived(plugged, profile), arrived(plugged, profile)
    assert said(first) == [("1", "Accepted", 6), ("1", "Rejected", 4)]
    assert said(second) == [("1", "Rejected", 10)]
    spoon.refresh_from_db()
    assert spoon.reserved == 6
    assert [(one.order_id, one.eaches) for one in Reservation.objects.all()] == [(first.pk, 6)]


def test_what_is_lacking_is_backordered_where_the_setting_says(plugged: World, profile: Profile, policy: Any) -> None:
    policy("on_arrival_stock", policy__rest="backorder", policy__backorder_days="10")
    order = arrived(plugged, profile, LINE | {"backorder": True})
    assert said(order) == [("1", "Accepted", 6), ("1", "Backordered", 4)]
    later = order.acknowledgements.get().answers.get(code="Backordered").delivery_date
    assert later == clock.now() + timedelta(days=10)


def test_cases_are_promised_whole(plugged: World, profile: Profile, policy: Any, spoon: Product) -> None:
    policy("on_arrival_stock")
    order = arrived(plugged, profile, LINE | {"amount": 3, "unit": "Cases", "unit_size": 4})
    assert said(order) == [("1", "Accepted", 4), ("1", "Rejected", 8)]
    spoon.refresh_from_db()
    assert spoon.reserved == 4


def test_cancelled_order_gives_its_pieces_back(plugged: World, profile: Profile, policy: Any, spoon: Product) -> None:
    policy("on_arrival_stock")
    order = arrived(plugged, profile)
    work()
    until_settled(document_of(order))
    plugged.cancel(order.number)
    assert pull(profile, order.number).state == "closed"
    spoon.refresh_from_db()
    assert (spoon.reserved, Reservation.objects.count()) == (0, 0)


def test_correction_gives_back_what_it_no_longer_accepts(
    plugged: World, profile: Profile, policy: Any, spoon: Product
) -> None:
    from orders.making import accept, reject

    policy("on_arrival_stock")
    order = arrived(plugged, profile)
    work()
    until_settled(document_of(order))
    acknowledge(ANNA, order.pk, {"1": [accept(2), reject(8)]})
    spoon.refresh_from_db()
    assert (spoon.reserved, Reservation.objects.get().eaches) == (2, 2)


def test_hold_stops_the_policy_and_its_end_lets_it_go_on(plugged: World, profile: Profile, policy: Any) -> None:
    policy("on_arrival_full", checks__stock="hold")
    order = arrived(plugged, profile)
    decision = Decision.objects.get()
    assert (order.state, decision.state, decision.why) == ("new", "for a person", HELD)
    with override("de"):
        assert decision.said == gettext(HELD) != HELD
    marks = [
        (STEP.mark(apps, None), Decision.objects.get().why),
        (STEP.spell_out(apps, None), Decision.objects.get().why),
    ]
    assert marks == [(None, "held"), (None, HELD)]
    Product.objects.update(on_hand=50)
    look_at(order.pk)
    run_due(TASKS)
    assert said(order) == [("1", "Accepted", 10)]


def test_hold_between_decision_and_its_time_stops_it(plugged: World, profile: Profile, policy: Any) -> None:
    policy("by_deadline")
    order = arrived(plugged, profile)
    hold.hold(ANNA, order, "The trade fair.")
    clock.turn(timedelta(hours=20))
    run_due(["orders.decide"])
    decision = Decision.objects.get()
    assert (decision.state, decision.why) == ("for a person", "On hold (PERSON): The trade fair.")
    assert (Acknowledgement.objects.count(), Reservation.objects.count()) == (0, 0)


@pytest.mark.parametrize("more", [{"backfilled": True}, {"amazon_state": "Acknowledged"}], ids=str)
def test_order_of_the_past_is_left_to_a_person(
    plugged: World, profile: Profile, policy: Any, more: dict[str, Any]
) -> None:
    policy("on_arrival_full")
    order = placed(plugged, profile, LINE, type="RegularOrder", delivery_window=WINDOW)
    Order.objects.filter(pk=order.pk).update(**more)
    look_at(order.pk)
    run_due(TASKS)
    assert Decision.objects.get().state == "for a person"
    assert Acknowledgement.objects.count() == 0


def test_changed_order_is_decided_anew(plugged: World, profile: Profile, policy: Any) -> None:
    policy("by_deadline")
    order = arrived(plugged, profile)
    plugged.change(order.number, quantities={"1": 4})
    pull(profile, order.number)
    look_at(order.pk)
    assert list(Decision.objects.order_by("pk").values_list("order_version", "state")) == [(1, "void"), (2, "waiting")]


def test_decision_on_an_older_version_answers_nothing(plugged: World, profile: Profile, policy: Any) -> None:
    policy("by_deadline")
    order = arrived(plugged, profile)
    plugged.change(order.number, quantities={"1": 4})
    pull(profile, order.number)
    carry_out(Decision.objects.get().pk)
    assert (Decision.objects.get().state, Acknowledgement.objects.count()) == ("for a person", 0)


def test_policy_by_hand_again_ends_what_waits(plugged: World, profile: Profile, policy: Any) -> None:
    policy("by_deadline")
    order = arrived(plugged, profile)
    policy("by_hand")
    look_at(order.pk)
    assert Decision.objects.get().state == "void"


def test_deadline_answers_provisionally_and_the_pick_corrects(
    plugged: World, profile: Profile, policy: Any, spoon: Product
) -> None:
    policy("by_deadline", policy__hours_before="4")
    order = arrived(plugged, profile)
    assert (order.state, Decision.objects.get().due_at) == ("new", order.due_at - timedelta(hours=4))
    clock.turn(order.due_at - timedelta(hours=4, seconds=1) - clock.now())
    run_due(["orders.decide"])
    assert said(order) == []
    clock.turn(timedelta(seconds=1))
    run_due(["orders.decide"])
    assert said(order) == [("1", "Accepted", 6), ("1", "Rejected", 4)]
    work()
    until_settled(document_of(order))
    given = pick_result(ANNA, order.pk, {"1": 5})
    assert given is not None
    assert given.because == "The pick result corrects the provisional answer."
    assert said(order) == [("1", "Accepted", 5), ("1", "Rejected", 5)]
    spoon.refresh_from_db()
    assert spoon.reserved == 5
    assert Decision.objects.get().explanation["corrected"][0]["accepted"] == 5


def test_pick_that_says_the_same_sends_nothing(plugged: World, profile: Profile, policy: Any) -> None:
    policy("by_deadline", policy__hours_before="23")
    order = arrived(plugged, profile)
    clock.turn(timedelta(hours=2))
    run_due(["orders.decide"])
    work()
    until_settled(document_of(order))
    assert pick_result(ANNA, order.pk, {"1": 6}) is None
    assert Acknowledgement.objects.count() == 1


def test_pick_after_48_hours_is_refused(plugged: World, profile: Profile, policy: Any) -> None:
    policy("by_deadline", policy__hours_before="23")
    order = arrived(plugged, profile)
    clock.turn(timedelta(hours=2))
    run_due(["orders.decide"])
    work()
    until_settled(document_of(order))
    clock.turn(timedelta(hours=49))
    with pytest.raises(Refused) as caught:
        pick_result(ANNA, order.pk, {"1": 5})
    assert "48H" in [problem.check for problem in caught.value.problems]
    assert Acknowledgement.objects.count() == 1


def test_policy_on_pick_waits_for_it(plugged: World, profile: Profile, policy: Any) -> None:
    policy("on_pick_result")
    order = arrived(plugged, profile)
    assert (Decision.objects.get().state, Decision.objects.get().due_at) == ("waiting", None)
    pick_result(ANNA, order.pk, {"1": 7})
    assert said(order) == [("1", "Accepted", 7), ("1", "Rejected", 3)]
    assert Decision.objects.get().explanation["lines"][0]["why"] == "picked"


@pytest.mark.parametrize(
    ("picked", "where"), [({"1": 11}, "lines[1]"), ({"1": -1}, "lines[1]"), ({"9": 1}, "lines[9]")]
)
def test_pick_that_cannot_be_is_refused(
    plugged: World, profile: Profile, policy: Any, picked: dict[str, int], where: str
) -> None:
    policy("on_pick_result")
    order = arrived(plugged, profile)
    with pytest.raises(Refused) as caught:
        pick_result(ANNA, order.pk, picked)
    assert [problem.where for problem in caught.value.problems] == [where]
    assert Acknowledgement.objects.count() == 0


def test_pick_nobody_waits_for_is_refused(plugged: World, profile: Profile, spoon: Product) -> None:
    order = arrived(plugged, profile)
    with pytest.raises(Refused):
        pick_result(ANNA, order.pk, {"1": 5})
    assert Acknowledgement.objects.count() == 0


def test_answer_by_hand_ends_the_decision(plugged: World, profile: Profile, policy: Any) -> None:
    policy("by_deadline")
    order = arrived(plugged, profile)
    acknowledge(ANNA, order.pk)
    look_at(order.pk)
    assert Decision.objects.get().state == "void"
