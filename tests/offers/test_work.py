"""What offers ask of people today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import make_cast, make_profile, make_user
from offers.making import EXPIRES, ROOT, UNKNOWN, given, offer, say, setting, through
from purveyor.base.work import SHOWN, work_of
from purveyor.common import clock
from purveyor.offers.domain.answer import approve
from purveyor.offers.domain.complete import complete, withdraw
from purveyor.offers.domain.deputies import appoint
from purveyor.offers.domain.mapping import map_row
from purveyor.offers.domain.stages import hand_on
from purveyor.offers.mine import waiting_for
from purveyor.offers.models import Offer
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


def told(who: Who, scope: str = "", *, others: bool = False) -> list[tuple[str, str, str]]:
    """The source, the subject and the sentence of what offers ask of somebody."""
    found = work_of(who, scope)
    tasks = found.others if others else found.mine
    return [
        (task.source.name.removeprefix("offers."), task.item.subject, task.item.sentence)
        for task in tasks
        if task.source.name.startswith("offers.")
    ]


def test_stage_is_asked_whose_turn_it_is(mine: Profile) -> None:
    made = offer(mine)
    anna, bert = make_user("anna", "commerce", mine), make_user("bert", "warehouse", mine)
    asked = ("answer", "BB-1", "Answer it for Commerce.")
    assert (told(Who.of(anna)), told(Who.of(bert)), told(Who.of(bert), others=True)) == ([asked], [], [asked])
    item = work_of(Who.of(anna)).mine[0].item
    assert (item.link, item.profile, item.due, item.facts, item.state) == (
        ("offer", made.pk),
        mine,
        EXPIRES,
        "3 cells undecided",
        ("offer", "open"),
    )
    through(made, "commerce", "manufacturing")
    approve(ROOT, made, "warehouse")
    handed = ("answer", "BB-1", "Everything is answered for Warehouse: hand it on.")
    assert (told(Who.of(anna)), told(Who.of(bert))) == ([], [handed])


def test_facts_count_what_is_undecided(mine: Profile) -> None:
    made = offer(mine, UNKNOWN)
    say(ROOT, made, "commerce", given(quantity=1), given(5, 2, quantity=1), given(9, 1, verdict=False))
    assert [task.item.facts for task in work_of(ROOT).mine if task.source.name == "offers.answer"] == [
        "1 cell undecided"
    ]


def test_what_is_counted_for_somebody_is_what_today_asks_of_them(mine: Profile) -> None:
    setting(mine, "four_eyes", "yes")
    made = offer(mine)
    every = Offer.objects.all()
    anna, bert, carl = (Who.of(make_user(name, "commerce", mine)) for name in ("anna", "bert", "carl"))
    wera = Who.of(make_user("wera", "warehouse", mine))
    assert [waiting_for(every, who) for who in (anna, wera)] == [{made.pk}, set()]
    approve(anna, made, "commerce")
    hand_on(anna, made)
    assert [waiting_for(every, who) for who in (anna, bert, carl, wera)] == [set(), {made.pk}, {made.pk}, set()]
    withdraw(ROOT, made, "x")
    assert waiting_for(every, bert) == set()


def test_deputy_is_asked_too(mine: Profile) -> None:
    offer(mine)
    anna, bert = make_user("anna", "commerce", mine), make_user("bert", "warehouse", mine)
    appoint(Who.of(anna), mine, "commerce", anna, bert, clock.now(), clock.now() + timedelta(days=1))
    assert told(Who.of(bert)) == [("answer", "BB-1", "Answer it for Commerce.")]


def test_second_person_is_asked_and_not_the_first(mine: Profile) -> None:
    setting(mine, "four_eyes", "yes")
    made = offer(mine)
    anna, bert = make_user("anna", "commerce", mine), make_user("bert", "commerce", mine)
    approve(Who.of(anna), made, "commerce")
    hand_on(Who.of(anna), made)
    asked = ("second", "BB-1", "Confirm or decline stage Commerce, handed on by user:anna.")
    assert (told(Who.of(anna)), told(Who.of(anna), others=True), told(Who.of(bert))) == ([], [asked], [asked])


def test_rows_mapped_late_ask_the_stages_that_are_done(mine: Profile) -> None:
    made = offer(mine, UNKNOWN)
    through(made, "commerce")
    anna = make_user("anna", "commerce", mine)
    assert told(Who.of(anna))[:1] == [
        ("unmapped", "B0NOBODY01", "Say which product this is: row 9 of offer BB-1 waits for it.")
    ]
    map_row(ROOT, made, 9, sku="SPOON-1")
    assert told(Who.of(anna)) == [("answer", "BB-1", "Answer rows that were mapped late, for Commerce.")]
    approve(Who.of(anna), made, "commerce")
    assert told(Who.of(anna)) == []


def test_offer_whose_stages_are_done_asks_to_be_completed(mine: Profile) -> None:
    made = through(offer(mine))
    boss, bert = make_user("boss", "vendor-manager", mine), make_user("bert", "warehouse", mine)
    asked = ("complete", "BB-1", "Every stage is done: complete it.")
    assert (told(Who.of(boss)), told(Who.of(bert)), told(Who.of(bert), others=True)) == ([asked], [], [asked])
    complete(ROOT, made)
    assert told(Who.of(boss)) == []


def test_what_is_given_up_asks_for_nothing(mine: Profile) -> None:
    withdraw(ROOT, offer(mine, UNKNOWN), "x")
    assert (told(ROOT), told(ROOT, others=True)) == ([], [])


def test_soonest_to_expire_stands_first_and_one_profile_by_itself(mine: Profile) -> None:
    offer(mine, number="LATE", expires_at=None)
    offer(mine, number="MID")
    offer(make_profile("beta"), number="SOON", expires_at=EXPIRES - timedelta(days=1))
    assert [subject for _source, subject, _said in told(ROOT)] == ["SOON", "MID", "LATE"]
    assert [subject for _source, subject, _said in told(ROOT, "beta")] == ["SOON"]


def test_many_are_counted_and_asked_for_in_the_same_questions(mine: Profile) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as found:
            work_of(ROOT)
        return len(found)

    offer(mine, number="N0")
    one = questions()
    for number in range(1, SHOWN + 3):
        offer(mine, number=f"N{number}")
    assert questions() == one
    assert (len(told(ROOT)), [more.count for more in work_of(ROOT).more]) == (SHOWN, [3])


def test_stranger_is_asked_nothing(held_clock: object) -> None:
    cast = make_cast()
    offer(cast.profile, UNKNOWN)
    who: Any = cast.who("stranger")
    assert (told(who), told(who, others=True)) == ([], [])
