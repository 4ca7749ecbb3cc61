"""Somebody answers in another's place, for a time, and never more than that one may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from cast import make_profile, make_user
from offers.making import given, offer, say, setting, through
from offers.making import told as said_of
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.offers import rules
from purveyor.offers.domain.answer import answer, approve
from purveyor.offers.domain.deputies import appoint, dismiss
from purveyor.offers.domain.stages import confirm, hand_on, revoke, send_back
from purveyor.offers.models import Deputy, Offer, Stage
from purveyor.people.domain.tokens import make_token
from purveyor.people.models import Grant, Token, User
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


@pytest.fixture
def made(mine: Profile) -> Offer:
    return offer(mine)


@pytest.fixture
def anna(mine: Profile) -> User:
    return make_user("anna", "commerce", mine)


@pytest.fixture
def bert(mine: Profile) -> User:
    return make_user("bert", "warehouse", mine)


def stand_in(absent: User, deputy: User, mine: Profile, who: Who | None = None, **more: Any) -> Deputy:
    now = clock.now()
    told = {"key": "commerce", "begins_at": now, "ends_at": now + DAY} | more
    return appoint(who or Who.of(absent), mine, absent=absent, deputy=deputy, **told)


def stage(of: Offer, key: str = "commerce") -> Stage:
    return Stage.objects.get(offer=of, key=key)


def may(user: User, of: Offer) -> bool:
    return rules.may_answer(Who.of(user), stage(of))


def test_deputy_answers_and_hands_on(made: Offer, anna: User, bert: User, mine: Profile) -> None:
    with pytest.raises(Denied):
        answer(Who.of(bert), made, "commerce", [given(quantity=1)])
    stand_in(anna, bert, mine)
    say(Who.of(bert), made, "commerce", given(quantity=1))
    approve(Who.of(bert), made, "commerce")
    hand_on(Who.of(bert), made)
    assert stage(made).approved_by == "user:bert"
    revoke(Who.of(bert), made, "commerce", "x")


def test_deputy_stands_in_from_the_first_moment_until_before_the_last(
    made: Offer, anna: User, bert: User, mine: Profile
) -> None:
    now = clock.now()
    stand_in(anna, bert, mine, begins_at=now + HOUR, ends_at=now + 2 * HOUR)
    seen = []
    for _step in range(5):
        seen.append(may(bert, made))
        clock.turn(HOUR / 2)
    assert seen == [False, False, True, True, False]


def test_deputy_stands_in_for_that_stage_and_profile_alone(anna: User, bert: User, mine: Profile) -> None:
    other = make_profile("beta")
    Grant.objects.create(user=anna, role="commerce", profile=other)
    Grant.objects.create(user=bert, role="warehouse", profile=other)
    stand_in(anna, bert, mine)
    assert rules.may_answer_key(Who.of(bert), "commerce", mine)
    assert not rules.may_answer_key(Who.of(bert), "commerce", other)
    assert not rules.may_answer_key(Who.of(bert), "finance", mine)


def test_deputy_may_no_longer_than_the_absent_person(made: Offer, anna: User, bert: User, mine: Profile) -> None:
    stand_in(anna, bert, mine)
    Grant.objects.filter(user=anna).delete()
    assert not may(bert, made)
    Grant.objects.create(user=anna, role="commerce", profile=mine)
    assert may(bert, made)
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert not may(bert, made)


def test_deputy_who_sees_offers_no_more_answers_none(made: Offer, anna: User, bert: User, mine: Profile) -> None:
    stand_in(anna, bert, mine)
    Grant.objects.filter(user=bert).delete()
    assert not may(bert, made)


def test_token_of_a_deputy_answers_only_where_it_is_cut_for_it(
    made: Offer, anna: User, bert: User, mine: Profile
) -> None:
    stand_in(anna, bert, mine)
    token, _text = make_token(bert, "mine", ["offers.view", "offers.warehouse"], mine)
    assert not rules.may_answer(Who.of_token(token), stage(made))
    Token.objects.filter(pk=token.pk).update(scopes=["offers.view", "offers.commerce"])
    cut = Token.objects.select_related("user").get(pk=token.pk)
    assert rules.may_answer(Who.of_token(cut), stage(made))
    cut.profile = make_profile("beta")
    assert not rules.may_answer(Who.of_token(cut), stage(made))


def test_absent_person_is_the_second_of_a_deputy(made: Offer, anna: User, bert: User, mine: Profile) -> None:
    setting(mine, "four_eyes", "yes")
    stand_in(anna, bert, mine)
    approve(Who.of(bert), made, "commerce")
    hand_on(Who.of(bert), made)
    assert (rules.may_confirm(Who.of(bert), stage(made)), rules.may_confirm(Who.of(anna), stage(made))) == (False, True)
    confirm(Who.of(anna), made)
    assert stage(made).second_by == "user:anna"


def test_nobody_appoints_their_own_second_person(made: Offer, anna: User, bert: User, mine: Profile) -> None:
    """Who hands on appoints whom they like; that person confirms others, and nothing of theirs."""
    setting(mine, "four_eyes", "yes")
    stand_in(anna, bert, mine)
    approve(Who.of(anna), made, "commerce")
    hand_on(Who.of(anna), made)
    assert (rules.may_answer(Who.of(bert), stage(made)), rules.may_confirm(Who.of(bert), stage(made))) == (True, False)
    with pytest.raises(Denied):
        confirm(Who.of(bert), made)
    assert (stage(made).state, stage(made).second_by) == ("proposed", "")
    stand_in(make_user("carla", "commerce", mine), bert, mine)
    confirm(Who.of(bert), made)
    assert stage(made).second_by == "user:bert"


def test_deputy_sends_back(made: Offer, anna: User, bert: User, mine: Profile) -> None:
    carl = make_user("carl", "finance", mine)
    Grant.objects.create(user=anna, role="manufacturing", profile=mine)
    through(made, "commerce")
    stand_in(anna, carl, mine, key="manufacturing")
    send_back(Who.of(carl), made, "commerce", "x")
    assert stage(made).state == "open"


def test_appointment_is_told(anna: User, bert: User, mine: Profile) -> None:
    one = stand_in(anna, bert, mine)
    entry = Entry.objects.get(action="offer.deputy_appointed")
    assert (entry.by, entry.profile, entry.object_name) == ("user:anna", "acme-de", "bert ← anna (commerce)")
    assert entry.new == {
        "stage": "commerce",
        "absent": "anna",
        "deputy": "bert",
        "begins_at": "2026-03-02T09:00:00Z",
        "ends_at": "2026-03-03T09:00:00Z",
    }
    dismiss(Who.of(anna), one)
    assert Entry.objects.get(action="offer.deputy_dismissed").old == entry.new


def test_who_manages_appoints_for_others_and_nobody_else(anna: User, bert: User, mine: Profile) -> None:
    carl = make_user("carl", "finance", mine)
    with pytest.raises(Denied):
        stand_in(anna, bert, mine, Who.of(carl))
    with pytest.raises(Denied):
        stand_in(carl, bert, mine, Who.of(carl))
    boss = make_user("boss", "vendor-manager", mine)
    assert stand_in(anna, bert, mine, Who.of(boss)).by == "user:boss"
    assert Deputy.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"deputy": "anna"}, ("deputy", "Nobody is their own deputy.")),
        (
            {"deputy": "nobody"},
            ("deputy", "nobody may not see the offers of profile acme-de. Give them a role there first."),
        ),
        (
            {"absent": "bert"},
            (
                "absent",
                "bert does not hold offers.commerce on profile acme-de, so nobody can stand in for them.",
            ),
        ),
        ({"ends_at": timedelta(0)}, ("ends_at", "It ends before it begins.")),
        ({"begins_at": -DAY, "ends_at": timedelta(0)}, ("ends_at", "This time is over.")),
        ({"ends_at": timedelta(days=367)}, ("ends_at", "A deputy is appointed for 366 days at most.")),
        ({"ends_at": datetime(2026, 3, 5)}, ("ends_at", "A moment needs its offset.")),
    ],
    ids=str,
)
def test_what_is_wrong_with_an_appointment_is_told(
    anna: User, bert: User, mine: Profile, more: dict[str, Any], problem: Any
) -> None:
    names = {"anna": anna, "bert": bert, "nobody": make_user("nobody"), "carl": make_user("carl", "finance", mine)}
    told = {"absent": "anna", "deputy": "carl"} | more
    times = {name: clock.now() + at if isinstance(at, timedelta) else at for name, at in more.items() if "_at" in name}
    with pytest.raises(Refused) as error:
        stand_in(names[told["absent"]], names[told["deputy"]], mine, Who.cli(), **times)
    assert said_of(error.value.problems) == [problem]
    assert Deputy.objects.count() == 0


def test_unknown_stage_has_no_deputy(anna: User, bert: User, mine: Profile) -> None:
    with pytest.raises(NotFound, match="There is no stage law; there are commerce, "):
        stand_in(anna, bert, mine, key="law")


def test_dismissed_deputy_answers_no_more(made: Offer, anna: User, bert: User, mine: Profile) -> None:
    one = stand_in(anna, bert, mine)
    clock.turn(HOUR)
    dismiss(Who.of(anna), one)
    assert (may(bert, made), Deputy.objects.get().ends_at) == (False, clock.now())
    with pytest.raises(NotFound):
        dismiss(Who.of(anna), one)
    assert Entry.objects.filter(action="offer.deputy_dismissed").count() == 1


def test_deputy_dismissed_before_the_time_is_gone(anna: User, bert: User, mine: Profile) -> None:
    dismiss(Who.of(anna), stand_in(anna, bert, mine, begins_at=clock.now() + HOUR))
    assert Deputy.objects.count() == 0


def test_only_the_absent_person_and_who_manages_dismiss(anna: User, bert: User, mine: Profile) -> None:
    one = stand_in(anna, bert, mine)
    with pytest.raises(Denied):
        dismiss(Who.of(bert), one)
    assert Deputy.objects.get().ends_at == clock.now() + DAY
    dismiss(Who.of(make_user("boss", "vendor-manager", mine)), one)
