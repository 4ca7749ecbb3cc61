"""An order that Amazon changes: kept, told, held; what is proposed; how each of it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from cast import Cast, make_cast
from deliver import document_of, placed, pull, pull_status, until_settled, work
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, Refused
from purveyor.jobs.testing import run_due
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.domain.changed import seen, still_open, tell, untold
from purveyor.orders.domain.hold import held, hold, release
from purveyor.orders.domain.hold_said import said
from purveyor.orders.domain.propose_again import proposal
from purveyor.orders.domain.receive import receive_orders
from purveyor.orders.models import Change, Finding, Hold, Order
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ROOT = Who.cli()


@pytest.fixture
def order(plugged: World, profile: Profile) -> Order:
    """A new order of ten and of five pieces."""
    return placed(plugged, profile, {"amount": 10, "cost": "4.20"}, {"amount": 5, "cost": "2.00", "backorder": True})


def answered(order: Order, **more: Any) -> Order:
    """The order answered in full, and the answer proved."""
    acknowledge(ROOT, order.pk, **more)
    work()
    until_settled(document_of(order))
    order.refresh_from_db()
    assert order.state == "acknowledged"
    return order


def change(world: World, order: Order, **wanted: Any) -> Order:
    """Amazon changes it a minute later, and the change comes in and is told."""
    clock.turn(timedelta(minutes=1))
    world.change(order.number, **wanted)
    found = pull(order.profile, order.number)
    run_due(["orders.tell-change"])
    return found


def alerts(state: str = "open") -> list[str]:
    return list(Alert.objects.filter(kind="order.changed", state=state).values_list("message", flat=True))


def test_change_of_a_new_order_is_kept_told_and_not_held(plugged: World, order: Order) -> None:
    found = change(plugged, order, quantities={"1": 4})
    row = Change.objects.get()
    assert (row.version, row.at, row.answered, row.seen_at) == (2, clock.now(), False, None)
    assert [(c["field"], c["line"], c["old"]["eaches"], c["new"]["eaches"]) for c in row.changes] == [
        ("quantity", "1", 10, 4)
    ]
    assert alerts() == [f"Amazon changed order {order.number}. Line 1: quantity from 10 pieces to 4 pieces."]
    event = Entry.objects.get(action="order.changed")
    assert (event.old["version"], event.new["version"]) == (1, 2)
    assert event.new["line 1 quantity"]["eaches"] == 4
    assert (found.holds, Hold.objects.count()) == (0, 0)


def test_change_after_the_answer_holds_the_order_and_says_why(plugged: World, order: Order) -> None:
    found = change(plugged, answered(order), costs={"1": "3.90"})
    assert [(h.check_id, h.because) for h in held(found)] == [("PO-05", "Line 1: cost from 4.20 EUR to 3.90 EUR.")]
    again = change(plugged, found, quantities={"2": 3})
    assert [h.because for h in held(again)] == [
        "Line 1: cost from 4.20 EUR to 3.90 EUR. Line 2: quantity from 5 pieces to 3 pieces."
    ]
    assert len(alerts()) == 1


def test_amazons_word_for_our_own_answer_is_no_change(order: Order) -> None:
    answered(order)
    found = pull(order.profile, order.number)
    assert (found.amazon_state, found.version) == ("Acknowledged", 2)
    assert (Change.objects.count(), found.holds, alerts()) == (0, 0, [])


def test_cancelled_order_nobody_answered_raises_no_alert(plugged: World, order: Order) -> None:
    clock.turn(timedelta(minutes=1))
    plugged.cancel(order.number)
    pull(order.profile, order.number)
    run_due(["orders.tell-change"])
    assert (Change.objects.count(), alerts(), untold(clock.now(), 9)) == (1, [], [])


def test_cancelled_order_that_was_answered_is_told_and_holds_nothing(plugged: World, order: Order) -> None:
    answered(order)
    clock.turn(timedelta(minutes=1))
    plugged.cancel(order.number)
    found = pull(order.profile, order.number)
    run_due(["orders.tell-change"])
    assert alerts() == [f"Amazon changed order {order.number}. Amazon cancelled the whole order (15 pieces)."]
    assert (found.eaches, found.holds, Hold.objects.count()) == (0, 0, 0)


def test_order_that_settles_lets_go_of_every_hold_and_of_what_was_found(plugged: World, order: Order) -> None:
    found = change(plugged, answered(order), costs={"1": "3.90"})
    hold(ROOT, found, "the price is odd")
    look_at(found.pk)
    assert (found.holds, Finding.objects.filter(state="open").count() > 0) == (2, True)
    clock.turn(timedelta(minutes=1))
    plugged.cancel(order.number)
    found = pull(order.profile, order.number)
    run_due(["orders.look"])
    assert (found.state, found.holds, held(found)) == ("closed", 0, [])
    assert set(Hold.objects.values_list("released_by", flat=True)) == {"system:orders.settled"}
    assert Finding.objects.exclude(state="gone").count() == 0


def test_order_that_comes_back_is_held_by_what_a_person_held(plugged: World, order: Order) -> None:
    hold(ROOT, order, "the price is odd")
    plugged.cancel(order.number)
    assert pull(order.profile, order.number).holds == 0
    clock.turn(timedelta(minutes=1))
    plugged.uncancel(order.number)
    found = pull(order.profile, order.number)
    assert (found.state, [(h.check_id, h.because) for h in held(found)]) == ("new", [("PERSON", "the price is odd")])


def test_order_that_comes_back_is_not_held_by_what_a_person_had_released(plugged: World, order: Order) -> None:
    made = hold(ROOT, order, "the price is odd")
    release(ROOT, order, made.pk)
    plugged.cancel(order.number)
    pull(order.profile, order.number)
    clock.turn(timedelta(minutes=1))
    plugged.uncancel(order.number)
    assert pull(order.profile, order.number).holds == 0


def test_releasing_the_hold_goes_past_the_finding_that_says_the_same(plugged: World, order: Order) -> None:
    found = change(plugged, answered(order), costs={"1": "3.90"})
    look_at(found.pk)
    (made,) = held(found)
    release(ROOT, found, made.pk, "agreed by phone")
    run_due(["orders.look"])
    told = Finding.objects.get(rule="PO-05")
    assert (told.state, told.way, told.taken_by, told.reason) == ("accepted", "accept", ROOT.name, "agreed by phone")
    found.refresh_from_db()
    assert found.holds == 0


def test_hold_is_told_in_the_readers_language(plugged: World, order: Order) -> None:
    answered(order)
    with override("de"):
        found = change(plugged, order, costs={"1": "3.90"})
    (made,) = held(found)
    assert (made.because, said(made)) == ("Line 1: cost from 4.20 EUR to 3.90 EUR.",) * 2
    with override("de"):
        assert said(made) == "Position 1: Preis von 4.20 EUR auf 3.90 EUR."


def test_answering_again_ends_hold_and_alert(plugged: World, order: Order) -> None:
    found = change(plugged, answered(order), quantities={"1": 4})
    made = proposal(found)
    assert made is not None
    acknowledge(ROOT, found.pk, made.answers, confirm_hold=True)
    found.refresh_from_db()
    assert (held(found), found.holds, alerts()) == ([], 0, [])
    assert (still_open(found), proposal(found)) == ([], None)


def test_held_order_is_answered_only_over_its_hold(plugged: World, order: Order) -> None:
    found = change(plugged, answered(order), quantities={"1": 4})
    made = proposal(found)
    assert made is not None
    with pytest.raises(Refused) as error:
        acknowledge(ROOT, found.pk, made.answers)
    assert [(p.check, p.message) for p in error.value.problems] == [
        ("HOLD", "On hold (PO-05): Line 1: quantity from 10 pieces to 4 pieces.")
    ]
    found.refresh_from_db()
    assert (found.state, found.holds) == ("acknowledged", 1)


def test_seen_closes_the_alert_and_leaves_the_hold(plugged: World, order: Order) -> None:
    found = change(plugged, answered(order), quantities={"1": 4})
    assert (seen(ROOT, found), seen(ROOT, found)) == (1, 0)
    row = Change.objects.get()
    assert (row.seen_at, row.seen_by) == (clock.now(), ROOT.name)
    found.refresh_from_db()
    assert (alerts(), found.holds) == ([], 1)
    assert Entry.objects.filter(action="order.change_seen").count() == 1


def test_others_cannot_say_that_they_saw_it(plugged: World, profile: Profile, order: Order) -> None:
    cast: Cast = make_cast(profile)
    found = change(plugged, order, quantities={"1": 4})
    for player in ("warehouse", "stranger"):
        with pytest.raises(Denied):
            seen(cast.who(player), found)
    assert (len(alerts()), Change.objects.get().seen_at) == (1, None)


def test_change_answered_before_it_is_told_raises_nothing(plugged: World, order: Order) -> None:
    clock.turn(timedelta(minutes=1))
    plugged.change(order.number, quantities={"1": 4})
    pull(order.profile, order.number)
    (waiting,) = untold(clock.now(), 9)
    acknowledge(ROOT, order.pk)
    tell(waiting)
    assert (alerts(), untold(clock.now(), 9)) == ([], [])


def test_backfill_keeps_a_change_and_tells_nobody(plugged: World, order: Order) -> None:
    from intake.papers import item, received
    from intake.papers import order as paper

    answered(order)
    paper_of = paper(order.number, items=[item("1", 4)], purchaseOrderChangedDate="2027-03-02T08:00:00Z")
    receive_orders(order.profile, [received(paper_of)], backfilled=True, by="system:intake.backfill")
    assert (Change.objects.count(), Hold.objects.count(), untold(clock.now(), 9)) == (1, 0, [])


def test_order_closed_meanwhile_closes_its_alert(plugged: World, order: Order) -> None:
    from purveyor.orders.domain.receive import settle

    found = change(plugged, order, quantities={"1": 4})
    Order.objects.filter(pk=found.pk).update(amazon_state="Closed")
    found.refresh_from_db()
    settle(found, by="system:test")
    assert alerts() == []
    assert len(alerts("closed")) == 1


def kinds(entries: Any) -> list[tuple[str, int]]:
    return [(e.code, e.eaches) for e in entries]


def test_proposal_keeps_what_still_holds_cuts_what_shrank_and_accepts_what_is_new(plugged: World, order: Order) -> None:
    found = change(
        plugged, answered(order), quantities={"1": 4}, costs={"2": "2.50"}, add=[{"amount": 7, "cost": "1.00"}]
    )
    made = proposal(found)
    assert made is not None
    assert (made.rule, made.answered_version < made.version, list(made.problems)) == ("FREE", True, [])
    first, second, third = made.lines
    assert (kinds(first.before), kinds(first.now)) == ([("Accepted", 10)], [("Accepted", 4)])
    assert (kinds(second.now), str(second.now[0].net_cost)) == ([("Accepted", 5)], "2.5000")
    assert (kinds(third.before), kinds(third.now)) == ([], [("Accepted", 7)])


def test_proposal_after_48_hours_moves_dates_only(plugged: World, order: Order) -> None:
    found = answered(order)
    clock.turn(timedelta(hours=49))
    found = change(plugged, found, shift_days=30)
    made = proposal(found)
    assert made is not None
    assert (made.rule, list(made.problems)) == ("48H", [])
    assert made.sentence.startswith("The 48 hours after the first answer ended at ")
    for line in made.lines:
        assert kinds(line.now) == kinds(line.before)
        assert line.why == "The dates follow the new window."
        for entry in line.now:
            assert entry.delivery_date in (None, found.delivery_end)
            assert entry.ship_date in (None, found.ship_end)


def test_order_as_it_was_answered_has_no_proposal(order: Order) -> None:
    assert proposal(order) is None
    assert proposal(answered(order)) is None


def test_rejected_line_stays_rejected_in_the_proposal(plugged: World, order: Order) -> None:
    given = {"1": [LineAnswer("Rejected", 10, "TemporarilyUnavailable")], "2": [LineAnswer("Accepted", 5)]}
    found = change(plugged, answered(order, answers=given), quantities={"1": 12})
    made = proposal(found)
    assert made is not None
    assert [(e.code, e.eaches, e.reason) for e in made.lines[0].now] == [("Rejected", 12, "TemporarilyUnavailable")]
    assert list(made.problems) == []


def test_status_that_counts_otherwise_is_told_with_both_numbers_and_closes(plugged: World, order: Order) -> None:
    answered(order)
    clock.turn(timedelta(minutes=5))
    plugged.acknowledge_elsewhere(order.number, {"1": 7, "2": 5})
    pull_status(order.profile, order.number)
    found = Alert.objects.get(kind="order.status_differs")
    assert found.message == (
        f"Order {order.number}: Line 1: we accepted 10 pieces, Amazon shows 7."
        " Line 1: we rejected 0 pieces, Amazon shows 3."
    )
    clock.turn(timedelta(minutes=5))
    plugged.acknowledge_elsewhere(order.number, {"1": 10, "2": 5})
    pull_status(order.profile, order.number)
    found.refresh_from_db()
    assert found.state == "closed"


def test_finding_goes_by_what_changed_and_not_by_amazons_own_state(plugged: World, order: Order) -> None:
    found = answered(order)
    Order.objects.filter(pk=found.pk).update(version=found.version + 1)
    look_at(found.pk)
    changes = Finding.objects.filter(order=found, rule="PO-05", state="open")
    assert not changes.exists()
    found.refresh_from_db()
    change(plugged, found, costs={"1": "3.90"})
    look_at(found.pk)
    assert changes.get().numbers == {"answered": 1, "version": 2}
