"""Orders released to the warehouse: what is asked, what stands against it, in which order it is walked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cast import make_cast, make_profile
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.jobs.testing import collector, run_commit_hooks
from purveyor.orders.domain import hold
from purveyor.orders.models import Acknowledgement, Answer, Order
from purveyor.orders.states import OrderState
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain.release import release, release_many
from purveyor.warehouse.models import PickList
from warehouse.making import ME, ean, line, order, product, released

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def profile() -> Profile:
    return make_profile()


def asked(pick_list: PickList) -> list[tuple[str, int, str]]:
    """Line, eaches and location, as they are walked."""
    return list(pick_list.lines.order_by("position").values_list("line__number", "asked", "location"))


def answered(of: Order, *parts: tuple[str, str, int], outcome: str = "verified") -> None:
    """An answer of ours: line, code, eaches."""
    given = Acknowledgement.objects.create(
        order=of,
        revision=of.acknowledgements.count() + 1,
        by="test",
        decided_at=clock.now(),
        order_version=of.version,
        outcome=outcome,
    )
    lines = {one.number: one for one in of.lines.all()}
    Answer.objects.bulk_create(
        Answer(acknowledgement=given, line=lines[number], code=code, eaches=eaches, net_cost=Decimal("4.20"))
        for number, code, eaches in parts
    )


def test_released_order_asks_for_what_is_ordered_and_tells_a_warehouse_system(profile: Profile) -> None:
    made = released(profile)
    assert (made.number, made.state, made.order_version, asked(made)) == (
        "4ABCDEFG-1",
        "released",
        1,
        [("1", 10, "A-01"), ("2", 6, "A-02")],
    )
    entry = Entry.objects.get(action="picklist.released")
    assert (entry.by, entry.object_name, entry.profile) == (ME.name, "4ABCDEFG-1", "acme-de")
    first = {"line": "1", "asin": "B0TEST0001", "sku": "SKU-1", "ean": ean(1), "quantity": 10, "location": "A-01"}
    assert (entry.new["order"], entry.new["ship_to"], entry.new["lines"][0]) == ("4ABCDEFG", "BER8", first)
    run_commit_hooks()
    assert ("channels.pick-list", made.pk) in collector().nudges


def test_lines_are_walked_by_location_those_without_one_last(profile: Profile) -> None:
    for number, place in ((1, ""), (2, "B-1"), (3, "A-9"), (4, "A-9")):
        product(number, location=place)
    made = released(profile, eaches=[1, 1, 1, 1])
    assert [(number, place) for number, _n, place in asked(made)] == [
        ("3", "A-9"),
        ("4", "A-9"),
        ("2", "B-1"),
        ("1", ""),
    ]


def test_lines_are_walked_by_sku_where_the_setting_says_so(profile: Profile) -> None:
    set_setting(ME, profile, "warehouse.sort", "sku")
    for number, place in ((1, "Z-1"), (2, "B-1"), (3, "A-9")):
        product(number, location=place)
    assert [number for number, _n, _place in asked(released(profile, eaches=[1, 1, 1]))] == ["1", "2", "3"]


def test_answered_order_asks_for_what_our_standing_answer_accepts(profile: Profile) -> None:
    """Not what is backordered, nor what an answer said that failed; a line the answer does not name came later."""
    made = order(profile, eaches=[10, 6, 5, 4], state=OrderState.ACKNOWLEDGED)
    answered(made, ("1", "Accepted", 7), ("1", "Backordered", 3), ("2", "Rejected", 6), ("3", "Accepted", 9))
    answered(made, ("1", "Accepted", 1), outcome="failed")
    found = release(ME, made.pk)
    assert asked(found) == [("1", 7, "A-01"), ("3", 5, "A-03"), ("4", 4, "A-04")]
    assert found.checked_answer == 1


def test_order_answered_elsewhere_asks_for_what_amazon_shows(profile: Profile) -> None:
    made = order(profile, state=OrderState.ELSEWHERE)
    made.lines.filter(number="1").update(accepted=3, rejected=7)
    made.lines.filter(number="2").update(accepted=0, rejected=6)
    assert asked(release(ME, made.pk)) == [("1", 3, "A-01")]


@pytest.mark.parametrize(
    ("state", "check"),
    [
        (OrderState.ACKNOWLEDGING, "STATE"),
        (OrderState.CANCELLED, "STATE"),
        (OrderState.CLOSED, "STATE"),
        (OrderState.FAILED, ""),
        (OrderState.ELSEWHERE, ""),
        (OrderState.ACKNOWLEDGED, ""),
    ],
)
def test_order_is_released_from_these_states_alone(profile: Profile, state: OrderState, check: str) -> None:
    made = order(profile, state=state)
    if not check:
        assert release(ME, made.pk).state == "released"
        return
    with pytest.raises(Refused) as error:
        release(ME, made.pk)
    assert ([one.check for one in error.value.problems], PickList.objects.count()) == ([check], 0)


def test_order_on_hold_is_not_released(profile: Profile) -> None:
    made = order(profile)
    hold.hold(ME, made, "the price is wrong")
    with pytest.raises(Refused) as error:
        release(ME, made.pk)
    assert [(one.check, one.message) for one in error.value.problems] == [
        ("HOLD", "On hold (PERSON): the price is wrong")
    ]


def test_order_with_a_product_nobody_knows_names_the_line(profile: Profile) -> None:
    made = order(profile, eaches=[10])
    line(made, 2, 6, product=None).save()
    with pytest.raises(Refused) as error:
        release(ME, made.pk)
    assert [(one.where, one.check) for one in error.value.problems] == [("lines[2]", "PRODUCT")]
    made.lines.filter(number="2").update(eaches=0)
    assert asked(release(ME, made.pk)) == [("1", 10, "A-01")]


def test_order_of_which_nothing_is_accepted_is_not_released(profile: Profile) -> None:
    made = order(profile, eaches=[10], state=OrderState.ACKNOWLEDGED)
    answered(made, ("1", "Rejected", 10))
    with pytest.raises(Refused) as error:
        release(ME, made.pk)
    assert [one.check for one in error.value.problems] == ["NOTHING"]


def test_order_has_one_live_list_and_the_next_one_counts_on(profile: Profile) -> None:
    from purveyor.warehouse.domain.hold import cancel

    first = released(profile)
    with pytest.raises(Refused) as error:
        release(ME, first.order_id)
    assert [one.message for one in error.value.problems] == ["It is released already, as pick list 4ABCDEFG-1."]
    cancel(ME, first.pk, "wrong day")
    assert release(ME, first.order_id).number == "4ABCDEFG-2"


def test_order_that_changed_since_it_was_seen_is_not_released(profile: Profile) -> None:
    made = order(profile, version=2)
    with pytest.raises(Conflict):
        release(ME, made.pk, expect_version=1)
    assert release(ME, made.pk, expect_version=2).order_version == 2


def test_denied_release_changes_nothing(profile: Profile) -> None:
    cast, made = make_cast(profile), order(profile)
    with pytest.raises(Denied):
        release(cast.who("auditor"), made.pk)
    with pytest.raises(NotFound):
        release(cast.who("stranger"), made.pk)
    assert (PickList.objects.count(), Entry.objects.filter(action="picklist.released").count()) == (0, 0)


def test_many_are_released_each_alone(profile: Profile) -> None:
    good, bad = order(profile), order(profile, "4BBBBBBB", state=OrderState.CLOSED)
    last = order(profile, "4CCCCCCC", version=3)
    found = release_many(ME, [good.pk, bad.pk, last.pk, good.pk], {last.pk: 2})
    assert [(key, type(one).__name__) for key, one in found] == [
        (good.pk, "PickList"),
        (bad.pk, "Refused"),
        (last.pk, "Conflict"),
    ]
    assert PickList.objects.count() == 1
