"""Good answers are kept, bad ones told, and nothing of another's is overwritten unseen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cast import Cast, make_cast, make_profile, make_user
from offers.making import KEYS, ROOT, UNKNOWN, cell, fresh, given, offer, people, price, say, setting, states, through
from offers.making import told as said_of
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.offers.domain import words
from purveyor.offers.domain.answer import Clash, Taken, answer, approve
from purveyor.offers.domain.board import history_of
from purveyor.offers.domain.complete import complete, withdraw
from purveyor.offers.domain.effective import Value
from purveyor.offers.domain.mapping import map_row
from purveyor.offers.domain.stages import hand_on, revoke
from purveyor.offers.models import Answer, Offer, Said
from purveyor.people.domain.tokens import make_token
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


@pytest.fixture
def made(mine: Profile) -> Offer:
    return offer(mine, UNKNOWN)


@pytest.fixture
def who(mine: Profile) -> Mapping[str, Who]:
    return people(mine)


def kept(of: Offer, row: int = 5, delivery: int = 1) -> list[tuple[Any, ...]]:
    rows = Answer.objects.filter(cell=cell(of, row, delivery)).order_by("stage__position")
    return list(rows.values_list("stage__key", "verdict", "quantity", "price", "comment", "by"))


def test_answer_is_kept_with_its_history(made: Offer, who: Mapping[str, Who]) -> None:
    found = say(who["commerce"], made, "commerce", given(quantity=40, price=price("4.20"), comment="less", version=0))
    clock.turn(timedelta(minutes=1))
    say(who["commerce"], made, "commerce", given(quantity=30, version=1), how="file")
    assert [(one.row, one.delivery, one.version, one.now) for one in found.cells] == [
        (5, 1, 1, Value(True, 40, price("4.20")))
    ]
    assert kept(made) == [("commerce", True, 30, price("4.20"), "less", "user:commerce-lead")]
    history = [(s.version, s.stage.key, s.quantity, s.price, s.comment, s.by, s.how) for s in history_of(cell(made))]
    assert history == [
        (1, "commerce", 40, price("4.20"), "less", "user:commerce-lead", "grid"),
        (2, "commerce", 30, price("4.20"), "less", "user:commerce-lead", "file"),
    ]
    assert (cell(made).version, fresh(made).version) == (2, 3)


def test_audit_tells_each_cell_old_and_new(made: Offer, who: Mapping[str, Who]) -> None:
    say(who["commerce"], made, "commerce", given(quantity=40, price=price("4.20")))
    say(who["commerce"], made, "commerce", given(verdict=False, comment="no"), given(6, 1, quantity=5), because="late")
    entry = Entry.objects.filter(action="offer.answered").order_by("pk").last()
    assert entry is not None
    assert (entry.by, entry.profile, entry.because) == ("user:commerce-lead", "acme-de", "late")
    assert entry.old == {"cells": [{"row": 5, "delivery": 1, "verdict": True, "quantity": 40, "price": "4.20"}]}
    assert entry.new == {
        "stage": "commerce",
        "how": "grid",
        "cells": [
            {"row": 5, "delivery": 1, "verdict": False, "quantity": 0, "price": "4.20", "comment": "no"},
            {"row": 6, "delivery": 1, "verdict": True, "quantity": 5},
        ],
    }


def test_audit_tells_many_cells_in_parts(made: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "IN_ONE_ENTRY", 2)
    approve(ROOT, made, "commerce")
    told = Entry.objects.filter(action="offer.answered").order_by("pk").values_list("new", flat=True)
    assert [[(one["row"], one["delivery"]) for one in new["cells"]] for new in told] == [[(5, 1), (5, 2)], [(6, 1)]]


def test_good_answers_are_kept_beside_bad_ones(made: Offer, who: Mapping[str, Who]) -> None:
    found = answer(
        who["commerce"],
        made,
        "commerce",
        [
            given(quantity=101),
            given(5, 2, quantity=50),
            given(6, 2, quantity=1),
            given(7, 1, quantity=1),
            given(9, 1, verdict=True),
            given(5, 2, quantity=49),
        ],
    )
    assert [(one.row, one.delivery) for one in found.cells] == [(5, 2)]
    assert said_of(found.problems) == [
        ("row 5, delivery 1", "101 pieces are not between 0 and the 100 asked for."),
        ("row 6, delivery 2", "There is no such cell, or it is named twice."),
        ("row 7, delivery 1", "There is no such cell, or it is named twice."),
        ("row 9, delivery 1", "The row waits for its product; until it is mapped it can only be declined."),
        ("row 5, delivery 2", "There is no such cell, or it is named twice."),
    ]
    assert list(Answer.objects.values_list("cell", "quantity")) == [(cell(made, 5, 2).pk, 50)]


def test_answer_to_an_old_state_clashes_and_both_are_shown(made: Offer, who: Mapping[str, Who]) -> None:
    say(who["commerce"], made, "commerce", given(quantity=40, version=0))
    clock.turn(timedelta(minutes=1))
    say(ROOT, made, "commerce", given(quantity=35, version=1))
    at = clock.now()
    clock.turn(timedelta(minutes=1))
    theirs = given(quantity=20, comment="mine", version=1)
    found = answer(who["commerce"], made, "commerce", [theirs, given(6, 1, quantity=9, version=0)])
    now, mine = Value(True, 35, None), Value(True, 20, None)
    assert found.clashes == [Clash(theirs, 2, ROOT.name, at, now, mine)]
    assert [(one.row, one.version) for one in found.cells] == [(6, 1)]
    assert kept(made) == [("commerce", True, 35, None, "", ROOT.name)]
    assert cell(made).version == 2


def test_clash_shows_what_the_stage_finds_where_it_said_nothing(made: Offer, who: Mapping[str, Who]) -> None:
    say(who["commerce"], made, "commerce", given(quantity=40))
    say(who["commerce"], made, "commerce", given(clear=True))
    found = answer(who["commerce"], made, "commerce", [given(quantity=7, version=1)])
    assert [(one.version, one.now, one.mine) for one in found.clashes] == [
        (2, Value(True, 100, price()), Value(True, 7, None))
    ]


def test_what_stands_there_anyway_is_no_clash_and_no_change(made: Offer, who: Mapping[str, Who]) -> None:
    say(who["commerce"], made, "commerce", given(quantity=40, comment="x", version=0))
    found = say(who["commerce"], made, "commerce", given(quantity=40, version=0), given(6, 1, clear=True, version=7))
    assert [(one.row, one.version) for one in found.cells] == [(5, 1), (6, 0)]
    assert (Said.objects.count(), fresh(made).version) == (1, 2)


def test_same_answer_to_what_was_changed_since_is_given_anew(made: Offer, who: Mapping[str, Who]) -> None:
    through(made, "commerce")
    say(who["manufacturing"], made, "manufacturing", given(quantity=40))
    revoke(who["commerce"], made, "commerce", "too many")
    say(who["commerce"], made, "commerce", given(quantity=60))
    hand_on(who["commerce"], made)
    (found,) = say(who["manufacturing"], made, "manufacturing", given(quantity=40)).cells
    assert (found.changed, found.version) == (None, 4)
    (again,) = say(who["manufacturing"], made, "manufacturing", given(quantity=40)).cells
    assert again.version == 4


def test_answer_taken_back_leaves_a_trace(made: Offer, who: Mapping[str, Who]) -> None:
    say(who["commerce"], made, "commerce", given(quantity=40, price=price("4"), comment="x"))
    (found,) = say(who["commerce"], made, "commerce", given(clear=True)).cells
    assert (found.mine, found.now, kept(made)) == (None, Value(True, 100, price()), [])
    last = history_of(cell(made))[-1]
    assert (last.version, last.verdict, last.quantity, last.price, last.comment) == (2, None, None, None, "")
    entry = Entry.objects.filter(action="offer.answered").order_by("pk").last()
    assert entry is not None
    assert entry.new["cells"] == [{"row": 5, "delivery": 1, "verdict": None}]


def test_later_stage_sees_what_an_earlier_one_changed(made: Offer, who: Mapping[str, Who]) -> None:
    say(who["commerce"], made, "commerce", given(quantity=40), given(5, 2, verdict=True, price=price("4")))
    approve(who["commerce"], made, "commerce")
    hand_on(who["commerce"], made)
    found = say(who["manufacturing"], made, "manufacturing", given(verdict=True), given(6, 1, verdict=True)).cells
    assert [(one.finds, one.changed) for one in found] == [
        (Value(True, 40, price()), None),
        (Value(True, 200, price("2")), None),
    ]
    assert list(
        Answer.objects.filter(stage__key="manufacturing").values_list("seen_verdict", "seen_quantity", "seen_price")
    ) == [(True, 40, price()), (True, 200, price("2"))]


def test_approving_agrees_with_what_is_found_and_leaves_answers_alone(made: Offer, who: Mapping[str, Who]) -> None:
    say(who["commerce"], made, "commerce", given(quantity=40, price=price("4"), comment="x"))
    say(who["commerce"], made, "commerce", given(5, 2, verdict=False))
    found = approve(who["commerce"], made, "commerce")
    assert [(one.row, one.delivery) for one in found.cells] == [(6, 1)]
    assert kept(made) == [("commerce", True, 40, price("4"), "x", "user:commerce-lead")]
    hand_on(who["commerce"], made)
    approve(who["manufacturing"], made, "manufacturing")
    assert kept(made)[1:] == [("manufacturing", True, 40, None, "", "user:manufacturing-lead")]
    assert kept(made, 5, 2)[1:] == [("manufacturing", False, 0, None, "", "user:manufacturing-lead")]
    assert Answer.objects.filter(cell=cell(made, 9, 1)).count() == 0


def test_approving_all_overwrites_what_one_said_oneself(made: Offer, who: Mapping[str, Who]) -> None:
    say(who["commerce"], made, "commerce", given(quantity=40, price=price("4"), comment="x"))
    found = approve(who["commerce"], made, "commerce", undecided_only=False)
    assert [(one.row, one.delivery) for one in found.cells] == [(5, 1), (5, 2), (6, 1)]
    assert kept(made) == [("commerce", True, 100, None, "x", "user:commerce-lead")]
    assert approve(who["commerce"], made, "commerce", undecided_only=False) == Taken()
    assert [said.how for said in history_of(cell(made))] == ["grid", "bulk"]


def test_approving_an_old_version_is_a_conflict(made: Offer, who: Mapping[str, Who]) -> None:
    say(ROOT, made, "commerce", given(quantity=40))
    with pytest.raises(Conflict):
        approve(who["commerce"], made, "commerce", expect_version=1)
    assert Answer.objects.count() == 1
    assert len(approve(who["commerce"], made, "commerce", expect_version=2).cells) == 2


@pytest.mark.parametrize("name", ["manufacturing", "warehouse"])
def test_only_the_stages_own_people_answer(made: Offer, who: Mapping[str, Who], name: str) -> None:
    for verb in (
        lambda: answer(who[name], made, "commerce", [given(quantity=1)]),
        lambda: approve(who[name], made, "commerce"),
    ):
        with pytest.raises(Denied, match="Stage Commerce of offer BB-1 is not yours to answer"):
            verb()
    assert (Said.objects.count(), fresh(made).version) == (0, 1)


def test_stranger_of_another_profile_answers_nothing(held_clock: object) -> None:
    cast: Cast = make_cast()
    made = offer(cast.profile)
    with pytest.raises(Denied):
        answer(cast.who("stranger"), made, "commerce", [given(quantity=1)])
    say(cast.who("vendor_manager"), made, "commerce", given(quantity=1))


def test_token_answers_as_far_as_it_is_cut(made: Offer, mine: Profile) -> None:
    owner = make_user("anna", "commerce", mine)
    narrow, _text = make_token(owner, "reads", ["offers.view"], mine)
    wide, _text = make_token(owner, "answers", ["offers.view", "offers.commerce"], mine)
    with pytest.raises(Denied):
        answer(Who.of_token(narrow), made, "commerce", [given(quantity=1)])
    say(Who.of_token(wide), made, "commerce", given(quantity=1), how="api")


def test_stage_answers_only_in_its_turn(made: Offer, who: Mapping[str, Who]) -> None:
    with pytest.raises(Refused, match="It is not yet the turn of stage Manufacturing of offer BB-1"):
        answer(who["manufacturing"], made, "manufacturing", [given(quantity=1)])
    through(made, "commerce")
    found = answer(who["commerce"], made, "commerce", [given(quantity=1), given(9, 1, verdict=False)])
    why = "The stage has handed the offer on; take its approval back first."
    assert said_of(found.problems) == [("row 5, delivery 1", why), ("row 9, delivery 1", why)]
    assert approve(who["commerce"], made, "commerce", undecided_only=False) == Taken()


def test_unknown_stage_is_named_with_those_there_are(made: Offer) -> None:
    with pytest.raises(NotFound, match="has no stage finance; it has commerce, manufacturing, warehouse"):
        answer(ROOT, made, "finance", [])


def test_offer_that_is_not_open_takes_no_answer(made: Offer, mine: Profile) -> None:
    completed = complete(ROOT, through(offer(mine, number="BB-2")))
    given_up = withdraw(ROOT, made, "no room")
    for one, words_ in ((completed, "is completed"), (given_up, "was given up")):
        with pytest.raises(Refused, match=words_):
            answer(ROOT, one, "commerce", [given(quantity=1)])
        with pytest.raises(Refused, match=words_):
            approve(ROOT, one, "commerce")


def test_row_mapped_late_is_answered_by_stages_that_are_done(made: Offer, who: Mapping[str, Who]) -> None:
    through(made, "commerce")
    map_row(ROOT, made, 9, sku="SPOON-1")
    (found,) = say(who["commerce"], made, "commerce", given(9, 1, quantity=7)).cells
    assert (found.now.quantity, found.answerable) == (7, False)
    assert states(made) == ["done", "open", "waiting"]
    again = answer(who["commerce"], made, "commerce", [given(9, 1, quantity=6)])
    assert said_of(again.problems) == [
        ("row 9, delivery 1", "The stage has handed the offer on; take its approval back first.")
    ]


def test_row_mapped_late_is_approved_by_stages_that_are_done(made: Offer, who: Mapping[str, Who]) -> None:
    through(made, "commerce")
    map_row(ROOT, made, 9, sku="SPOON-1")
    assert [(one.row, one.delivery) for one in approve(who["commerce"], made, "commerce").cells] == [(9, 1)]


def test_late_answer_needs_the_second_person_too(made: Offer, mine: Profile, who: Mapping[str, Who]) -> None:
    through(made, "commerce")
    map_row(ROOT, made, 9, sku="SPOON-1")
    setting(mine, "four_eyes", "yes")
    say(who["commerce"], made, "commerce", given(9, 1, quantity=7))
    assert states(made) == ["proposed", "open", "waiting"]
    stage = made.stages.get(key="commerce")
    assert (stage.approved_by, stage.approver, stage.second_by) == ("user:commerce-lead", who["commerce"].user, "")
    found = answer(who["commerce"], made, "commerce", [given(9, 1, quantity=6)])
    assert said_of(found.problems) == [
        ("row 9, delivery 1", "The stage waits for a second person; nothing changes until then.")
    ]


def test_answers_of_all_stages_are_apart(made: Offer, who: Mapping[str, Who]) -> None:
    for number, key in enumerate(KEYS):
        say(who[key], made, key, given(quantity=50 - number, price=price(f"{number + 1}")))
        approve(who[key], made, key)
        hand_on(who[key], made)
    assert [(row[0], row[2], row[3]) for row in kept(made)] == [
        ("commerce", 50, Decimal(1)),
        ("manufacturing", 49, Decimal(2)),
        ("warehouse", 48, Decimal(3)),
    ]
