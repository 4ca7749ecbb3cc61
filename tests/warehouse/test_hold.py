"""Pick lists on hold: by a person, by what happens to their order after its release; going on, taken back."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cast import make_cast
from channels.channelling import watched
from deliver import ANNA, placed, pull
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.channels import departures
from purveyor.channels.models import Departure
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.jobs.testing import collector, run_commit_hooks, run_due
from purveyor.orders.domain import hold as orders_hold
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.answer import cut, split
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World
from purveyor.warehouse import queries, scanning
from purveyor.warehouse.domain import changed, said
from purveyor.warehouse.domain.hold import cancel, hold, let_go, take_back_result
from purveyor.warehouse.domain.release import release
from purveyor.warehouse.models import PickList
from warehouse.making import picked, product, released, results, state, took

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

LINES = ({"amount": 10, "cost": "4.20", "asin": "B0TEST0001"}, {"amount": 6, "cost": "4.20", "asin": "B0TEST0002"})
OUTWARD = ("channels.pick-list", departures.SEND)
WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"


@pytest.fixture
def out(plugged: World, profile: Profile) -> PickList:
    """The list of an order that Amazon can still change."""
    product(1), product(2)
    order = placed(plugged, profile, *LINES, type="RegularOrder", delivery_window=WINDOW)
    look_at(order.pk)
    return release(ANNA, order.pk)


def again(out: PickList, how: str = "due") -> PickList:
    """After what was nudged, or only what a scan finds."""
    run_commit_hooks()
    if how == "due":
        collector().nudges.clear()
    run_due(["warehouse.reconsider"])
    return PickList.objects.get(pk=out.pk)


def asked(out: PickList) -> list[tuple[str, int]]:
    return list(out.lines.order_by("position").values_list("line__number", "asked"))


def changed_to(out: PickList, plugged: World, profile: Profile, eaches: int) -> PickList:
    """The list after Amazon changed line 1 and a person let it go on, sent by what a scan finds."""
    plugged.change(out.order.number, quantities={"1": eaches})
    pull(profile, out.order.number)
    assert again(out).state == "held"
    let_go(ANNA, out.pk)
    run_commit_hooks()
    collector().nudges.clear()
    run_due(OUTWARD)
    return PickList.objects.get(pk=out.pk)


def told_in(folder: Path) -> dict[str, list[str]]:
    """The quantities in each file that lies there."""
    found = {}
    for file in sorted(folder.iterdir()):
        with file.open(encoding="utf-8-sig", newline="") as text:
            found[file.name] = [row["quantity"] for row in csv.DictReader(text)]
    return found


def alerts() -> list[tuple[str, str, str]]:
    return list(Alert.objects.order_by("pk").values_list("kind", "state", "message"))


@pytest.mark.parametrize("how", ["due", "nudged"])
def test_change_of_a_quantity_holds_the_list_and_going_on_follows_it(
    out: PickList, plugged: World, profile: Profile, how: str
) -> None:
    plugged.change(out.order.number, quantities={"1": 4})
    pull(profile, out.order.number)
    if how == "nudged":
        run_commit_hooks()
        assert ("warehouse.reconsider", out.order_id) in collector().nudges
    found = again(out, how)
    assert (found.state, said.why(found.reason)) == (
        "held",
        "Amazon changed the order after its release. Line 1: 4 pieces instead of 10.",
    )
    assert ("warehouse.held", "open", f"Pick list {out.number} is on hold. {said.why(found.reason)}") in alerts()
    let_go(ANNA, out.pk)
    gone_on = PickList.objects.get(pk=out.pk)
    assert (gone_on.state, gone_on.reason, gone_on.order_version, gone_on.checked_version) == ("released", {}, 2, 2)
    assert asked(gone_on) == [("1", 4), ("2", 6)]
    assert [one[1] for one in alerts() if one[0] == "warehouse.held"] == ["closed"]
    assert again(out).state == "released"


def test_changed_list_goes_out_again_under_the_next_number_and_an_unchanged_one_does_not(
    plugged: World, profile: Profile, tmp_path: Path
) -> None:
    """10, 4 and 10 again: three files, three numbers."""
    folder = watched(tmp_path.name, "out", "pick-list", outgoing=True, profile=profile).at
    product(1), product(2)
    order = placed(plugged, profile, *LINES, type="RegularOrder", delivery_window=WINDOW)
    look_at(order.pk)
    out = release(ANNA, order.pk)
    run_due(OUTWARD)
    PickList.objects.update(printed_at=clock.now())
    hold(ANNA, out.pk, "a rat")
    let_go(ANNA, out.pk)
    run_due(OUTWARD)
    same = PickList.objects.get()
    assert (same.number, bool(same.printed_at), Departure.objects.count()) == (f"{order.number}-1", True, 1)
    second = changed_to(out, plugged, profile, 4)
    assert (second.number, second.revision, second.printed_at) == (f"{order.number}-2", 2, None)
    changed_to(out, plugged, profile, 10)
    assert told_in(folder) == {
        f"pick-{order.number}-1.csv": ["10", "6"],
        f"pick-{order.number}-2.csv": ["4", "6"],
        f"pick-{order.number}-3.csv": ["10", "6"],
    }
    events = [one.new for one in Entry.objects.filter(action="picklist.released").order_by("pk")]
    assert [(one.get("replaces"), [line["quantity"] for line in one["lines"]]) for one in events] == [
        (None, [10, 6]),
        (f"{order.number}-1", [4, 6]),
        (f"{order.number}-2", [10, 6]),
    ]


def test_number_that_was_left_names_the_list_that_took_its_place(
    out: PickList, plugged: World, profile: Profile
) -> None:
    order = out.order
    changed_to(out, plugged, profile, 4)
    with pytest.raises(NotFound, match=f"{order.number}-1 was replaced by {order.number}-2, for the order changed."):
        queries.find(ANNA, f"{order.number}-1")
    assert scanning.strange(ANNA, f"{order.number}-1/1") == scanning.Strange(out, "1", replaced=f"{order.number}-1")
    for never in ("0", "3", "9" * 30):
        with pytest.raises(NotFound, match="There is no pick list"):
            queries.find(ANNA, f"{order.number}-{never}")
    cancel(ANNA, out.pk, "wrong day")
    assert release(ANNA, order.pk).number == f"{order.number}-3"
    assert queries.find(ANNA, f"{order.number}-2") == out


def test_change_that_leaves_the_quantities_does_not_hold_the_list(
    out: PickList, plugged: World, profile: Profile
) -> None:
    plugged.change(out.order.number, costs={"1": "4.00"})
    pull(profile, out.order.number)
    found = again(out)
    assert (found.state, found.checked_version, Order.objects.get().version) == ("released", 2, 2)
    assert changed.due(found.released_at, 10) == []


def test_change_of_the_center_holds_the_list(out: PickList, plugged: World, profile: Profile) -> None:
    old = out.order.ship_to
    plugged.change(out.order.number, center="BER8")
    pull(profile, out.order.number)
    sentence = f"Amazon changed the order after its release. It goes to BER8, not to {old}."
    assert said.why(again(out).reason) == sentence
    let_go(ANNA, out.pk)
    run_commit_hooks()
    assert ("channels.pick-list", out.pk) in collector().nudges
    assert PickList.objects.get().number == f"{out.order.number}-2"


def test_hold_of_the_order_holds_the_list_until_a_person_lets_both_go(out: PickList) -> None:
    order = Order.objects.get()
    held = orders_hold.hold(ANNA, order, "wrong price")
    found = again(out)
    assert (found.state, said.why(found.reason)) == ("held", "The order is on hold: wrong price")
    with pytest.raises(Refused) as error:
        let_go(ANNA, out.pk)
    assert [one.check for one in error.value.problems] == ["HOLD"]
    orders_hold.release(ANNA, order, held.pk)
    assert again(out).state == "held"
    let_go(ANNA, out.pk, "fine now")
    assert again(out).state == "released"
    entry = Entry.objects.filter(action="picklist.let_go").get()
    assert (entry.because, entry.old["state"], entry.new["state"]) == ("fine now", "held", "released")


def test_cancelled_order_takes_its_list_back(out: PickList, plugged: World, profile: Profile) -> None:
    hold(ANNA, out.pk, "wait")
    plugged.cancel(out.order.number)
    pull(profile, out.order.number)
    found = again(out)
    assert (found.state, said.why(found.reason)) == ("cancelled", "Amazon cancelled the order.")


@pytest.mark.parametrize(("received", "became"), [(0, "cancelled"), (3, "picked")])
def test_closed_order_takes_its_list_back_unless_amazon_received_goods(
    out: PickList, profile: Profile, received: int, became: str
) -> None:
    took(profile, f"{out.order.number};SKU-1;10")
    Order.objects.update(state=OrderState.CLOSED)
    out.order.lines.filter(number="1").update(received=received)
    changed.reconsider(out.order_id)
    assert state(out) == became


def test_answer_that_accepts_less_holds_the_list_and_one_that_accepts_all_does_not(out: PickList) -> None:
    one, two = Order.objects.get().lines.order_by("position")
    full = {"1": split(one, accepted=10), "2": split(two, accepted=6)}
    acknowledge(ANNA, out.order_id, full)
    found = again(out)
    assert (found.state, found.checked_answer) == ("released", 1)
    Order.objects.update(state=OrderState.ACKNOWLEDGED)
    out.order.acknowledgements.update(outcome="verified")
    acknowledge(ANNA, out.order_id, full | {"2": cut(two, 2, "TemporarilyUnavailable")})
    found = again(out)
    assert (found.state, said.why(found.reason)) == (
        "held",
        "The order was answered with less than the list asks for. Line 2: 2 pieces instead of 6.",
    )
    with pytest.raises(Refused) as error:
        let_go(ANNA, out.pk)
    assert [problem.check for problem in error.value.problems] == ["STATE"]
    Order.objects.update(state=OrderState.ACKNOWLEDGED)
    let_go(ANNA, out.pk)
    assert (asked(out), again(out).state) == ([("1", 10), ("2", 2)], "released")


def test_picked_list_is_held_by_a_change_and_goes_on_as_picked_counted_anew(
    out: PickList, plugged: World, profile: Profile
) -> None:
    """What was picked of a line that is asked for no more stays to be seen, as too much."""
    took(profile, f"{out.order.number};SKU-1;10", f"{out.order.number};SKU-2;6")
    plugged.change(out.order.number, quantities={"1": 4}, drop=["2"])
    pull(profile, out.order.number)
    assert again(out).state == "held"
    let_go(ANNA, out.pk)
    assert (state(out), asked(out)) == ("picked", [("1", 4), ("2", 0)])
    assert picked(out) == {"1": (4, 6, ""), "2": (0, 6, "")}
    assert [one for one in alerts() if one[0] == "warehouse.excess"] == [
        (
            "warehouse.excess",
            "open",
            f"Too much was picked for pick list {out.order.number}-2."
            " Line 1: 10 were picked, 4 are asked for. Line 2: 6 were picked, 0 are asked for.",
        )
    ]


def test_person_holds_lets_go_and_takes_back_with_reasons(profile: Profile) -> None:
    out = released(profile)
    for verb in (hold, cancel):
        with pytest.raises(Refused):
            verb(ANNA, out.pk, "  ")
    hold(ANNA, out.pk, "a rat")
    assert (state(out), Alert.objects.count()) == ("held", 0)
    with pytest.raises(Conflict):
        hold(ANNA, out.pk, "another rat")
    let_go(ANNA, out.pk)
    with pytest.raises(Conflict):
        let_go(ANNA, out.pk)
    cancel(ANNA, out.pk, "wrong day")
    with pytest.raises(Conflict):
        cancel(ANNA, out.pk, "twice")
    found = PickList.objects.get(pk=out.pk)
    assert (found.state, said.why(found.reason)) == ("cancelled", "wrong day")
    actions = Entry.objects.filter(object_name=out.number).order_by("pk").values_list("action", "because")
    assert list(actions) == [
        ("picklist.released", ""),
        ("picklist.held", "a rat"),
        ("picklist.let_go", ""),
        ("picklist.cancelled", "wrong day"),
    ]


def test_pick_result_taken_back_lets_the_list_be_picked_again(profile: Profile) -> None:
    out = released(profile)
    with pytest.raises(Conflict):
        take_back_result(ANNA, out.pk, "nothing there")
    head = "po;sku;quantity;result"
    took(profile, "4ABCDEFG;SKU-1;10;R1", head=head)
    take_back_result(ANNA, out.pk, "the wrong shelf")
    assert (state(out), results(out), picked(out)["1"]) == ("released", [("R1", "replaced")], (0, 0, "missing"))
    took(profile, "4ABCDEFG;SKU-1;3;R1", head=head)
    assert results(out) == [("R1", "replaced")]
    took(profile, "4ABCDEFG;SKU-1;3;R2", head=head)
    assert (results(out)[1:], picked(out)["1"]) == ([("R2", "taken")], (3, 0, "missing"))


VERBS: list[Any] = [
    (hold, ("why",), "warehouse.release"),
    (let_go, (), "warehouse.release"),
    (cancel, ("why",), "warehouse.release"),
    (take_back_result, ("why",), "warehouse.pick"),
]


@pytest.mark.parametrize(("verb", "more", "permission"), VERBS)
def test_denied_verb_changes_nothing(profile: Profile, verb: Any, more: tuple[str, ...], permission: str) -> None:
    cast, out = make_cast(profile), released(profile)
    before = (state(out), Entry.objects.count())
    with pytest.raises(Denied, match=permission):
        verb(cast.who("auditor"), out.pk, *more)
    with pytest.raises(NotFound):
        verb(cast.who("stranger"), out.pk, *more)
    assert (state(out), Entry.objects.count()) == before


def test_costs_are_no_part_of_a_list(profile: Profile) -> None:
    """A list says nothing of money: it hangs on walls."""
    out = released(profile)
    entry = Entry.objects.get(action="picklist.released")
    assert str(Decimal("4.20")) not in str(entry.new) + said.why(out.reason)
