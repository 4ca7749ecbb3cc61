"""What a pick result brings about: an answer, a corrected one, a cut one, or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deliver import ANNA, document_of, placed, pull, until_settled, work
from purveyor.audit.models import Entry
from purveyor.channels.models import Upload
from purveyor.common import clock
from purveyor.jobs.testing import collector, run_commit_hooks, run_due
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.models import Answer, Order
from purveyor.orders.states import OrderState
from purveyor.products.models import Product
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World
from purveyor.warehouse.domain import said
from purveyor.warehouse.domain.hold import take_back_result
from purveyor.warehouse.domain.release import release
from purveyor.warehouse.domain.settle import settle
from purveyor.warehouse.domain.take import take
from purveyor.warehouse.domain.wanted import Said
from purveyor.warehouse.models import PickList, PickResult
from warehouse.making import product, state, took

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

LINES = ({"amount": 10, "cost": "4.20", "asin": "B0TEST0001"}, {"amount": 6, "cost": "4.20", "asin": "B0TEST0002"})
WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"


def rule(profile: Profile, **values: str) -> None:
    for name, value in {"checks__duplicate": "off", **values}.items():
        set_setting(ANNA, profile, name.replace("__", "."), value)


def arrived(plugged: World, profile: Profile) -> Order:
    for number in (1, 2):
        product(number, on_hand=100)
    order = placed(plugged, profile, *LINES, type="RegularOrder", delivery_window=WINDOW)
    look_at(order.pk)
    run_due(["orders.check", "orders.decide"])
    return Order.objects.get()


def says(out: PickList, first: int, second: int) -> PickResult:
    """A result of both lines, settled if it is due."""
    number = out.order.number
    rows = [Said("lines[0]", number, first, line="1"), Said("lines[1]", number, second, line="2")]
    result = take(ANNA, out.order.profile, rows, way="api")
    run_commit_hooks()
    assert ("warehouse.settle", result.pk) in collector().nudges
    run_due(["warehouse.settle"])
    result.refresh_from_db()
    return result


def answer() -> list[tuple[int, str, str, int]]:
    """All that was ever answered: revision, line, code, eaches."""
    rows = Answer.objects.order_by("acknowledgement__revision", "line__position", "pk")
    return list(rows.values_list("acknowledgement__revision", "line__number", "code", "eaches"))


def test_policy_that_waits_for_it_answers_by_it_once(plugged: World, profile: Profile) -> None:
    rule(profile, policy__undefined="on_pick_result")
    out = release(ANNA, arrived(plugged, profile).pk)
    result = says(out, 10, 2)
    wanted = [(1, "1", "Accepted", 10), (1, "2", "Accepted", 2), (1, "2", "Rejected", 4)]
    assert answer() == wanted
    assert said.outcome(result.outcome) == "12 pieces were picked of 16 asked for. The order was answered by it."
    entry = Entry.objects.get(action="picklist.result")
    told = {"reference": result.reference, "lines": {"1": 10, "2": 2}, "excess": {}, "what": "answer"}
    assert (entry.object_name, entry.new) == (out.number, told)
    run_due(["warehouse.reconsider"])
    settle(result.pk)
    assert (answer(), state(out)) == (wanted, "picked")


def test_provisional_answer_is_corrected(plugged: World, profile: Profile) -> None:
    """And does not hold the list meanwhile, though it accepts less than the list asks for."""
    rule(profile, policy__undefined="by_deadline")
    order = arrived(plugged, profile)
    out = release(ANNA, order.pk)
    Product.objects.update(on_hand=5)
    clock.turn(order.due_at - clock.now())
    run_due(["orders.decide", "warehouse.reconsider"])
    work()
    until_settled(document_of(order))
    assert (state(out), [row[3] for row in answer()][:2]) == ("released", [5, 5])
    result = says(out, 10, 6)
    assert [row for row in answer() if row[0] == 2] == [(2, "1", "Accepted", 10), (2, "2", "Accepted", 6)]
    assert result.outcome["what"] == said.ANSWER


def test_order_that_nobody_answers_by_rule_waits_for_a_person(plugged: World, profile: Profile) -> None:
    out = release(ANNA, arrived(plugged, profile).pk)
    result = says(out, 10, 6)
    sentence = "16 pieces were picked of 16 asked for. No rule answers by it; the order waits for a person's answer."
    assert (answer(), said.outcome(result.outcome)) == ([], sentence)


def acknowledged(plugged: World, profile: Profile) -> PickList:
    order = arrived(plugged, profile)
    acknowledge(ANNA, order.pk)
    work()
    until_settled(document_of(order))
    return release(ANNA, order.pk)


@pytest.mark.parametrize(
    ("after_short", "picked", "what", "more"),
    [
        ("person", (10, 4), said.PERSONS, []),
        ("answer", (10, 6), said.AS_ANSWERED, []),
        (
            "answer",
            (0, 4),
            said.ANSWER,
            [(2, "1", "Rejected", 10), (2, "2", "Accepted", 4), (2, "2", "Rejected", 2)],
        ),
    ],
)
def test_answered_order_that_was_picked_short_goes_by_the_setting(
    plugged: World, profile: Profile, after_short: str, picked: tuple[int, int], what: str, more: list[Any]
) -> None:
    out = acknowledged(plugged, profile)
    rule(profile, warehouse__after_short=after_short)
    result = says(out, *picked)
    first = [(1, "1", "Accepted", 10), (1, "2", "Accepted", 6)]
    assert (result.outcome["what"], result.outcome["accepted"], answer()) == (what, 16, first + more)
    run_due(["warehouse.reconsider"])
    assert state(out) == "picked"


def test_answer_that_amazon_lets_nobody_change_any_more_is_left_with_the_reason(
    plugged: World, profile: Profile
) -> None:
    out = acknowledged(plugged, profile)
    rule(profile, warehouse__after_short="answer")
    clock.turn(timedelta(hours=49))
    result = says(out, 10, 4)
    assert result.outcome["what"] == said.REFUSED
    assert result.outcome["problems"] == [
        "Line 2 was answered more than 48 hours ago; only its dates may still change."
    ]
    assert len(answer()) == 2


def test_answer_on_its_way_is_waited_for(plugged: World, profile: Profile) -> None:
    order = arrived(plugged, profile)
    out = release(ANNA, order.pk)
    acknowledge(ANNA, order.pk)
    result = says(out, 10, 6)
    assert result.settled_at is None
    assert result.settle_at == clock.now() + timedelta(minutes=1)
    work()
    until_settled(document_of(order))
    clock.turn(timedelta(minutes=1))
    run_due(["warehouse.settle"])
    result.refresh_from_db()
    assert result.outcome["what"] == said.AS_ANSWERED


def test_result_waits_as_long_as_the_setting_says(plugged: World, profile: Profile) -> None:
    rule(profile, policy__undefined="on_pick_result", warehouse__answer_wait="30")
    out = release(ANNA, arrived(plugged, profile).pk)
    result = says(out, 10, 6)
    clock.turn(timedelta(minutes=29))
    run_due(["warehouse.settle"])
    assert answer() == []
    clock.turn(timedelta(minutes=1))
    run_due(["warehouse.settle"])
    result.refresh_from_db()
    assert (len(answer()), result.settled_at) == (2, clock.now())


def test_half_a_file_answers_nothing(plugged: World, profile: Profile) -> None:
    """A file that stopped may hold more of the order; its end is what settles."""
    rule(profile, policy__undefined="on_pick_result")
    out = release(ANNA, arrived(plugged, profile).pk)
    number = out.order.number
    found = took(profile, f"{number};SKU-1;10")
    run_commit_hooks()
    assert ("warehouse.settle", PickResult.objects.get().pk) in collector().nudges
    for half in ("taking", "stopped"):
        Upload.objects.filter(pk=found.pk).update(state=half)
        settle(PickResult.objects.get().pk)
        assert answer() == []
    Upload.objects.filter(pk=found.pk).update(state="done")
    run_due(["warehouse.settle"])
    assert len(answer()) == 2


def test_result_of_a_list_that_is_held_waits_and_one_taken_back_answers_nothing(
    plugged: World, profile: Profile
) -> None:
    rule(profile, policy__undefined="on_pick_result")
    out = release(ANNA, arrived(plugged, profile).pk)
    number = out.order.number
    result = take(ANNA, profile, [Said("lines[0]", number, 10, line="1")], way="api")
    plugged.change(number, quantities={"1": 8})
    pull(profile, number)
    run_due(["warehouse.reconsider", "warehouse.settle"])
    assert (state(out), answer()) == ("held", [])
    PickList.objects.update(state="picked")
    take_back_result(ANNA, out.pk, "wrong shelf")
    settle(result.pk)
    result.refresh_from_db()
    assert (answer(), said.outcome(result.outcome)) == ([], "A person took it back.")


def test_order_answered_elsewhere_is_left_to_a_person(plugged: World, profile: Profile) -> None:
    rule(profile, warehouse__after_short="answer")
    out = release(ANNA, arrived(plugged, profile).pk)
    Order.objects.update(state=OrderState.ELSEWHERE)
    assert says(out, 10, 4).outcome["what"] == said.PERSONS
