"""Completing freezes what every stage agreed on, and nothing else does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cast import make_cast, make_profile, make_user
from offers.making import ROOT, UNKNOWN, cell, fresh, given, offer, price, say, states, through
from offers.making import told as said_of
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, Refused
from purveyor.jobs.testing import collector, run_commit_hooks
from purveyor.offers.domain.answer import answer, approve
from purveyor.offers.domain.complete import complete, reopen, take_up, withdraw
from purveyor.offers.domain.mapping import map_row
from purveyor.offers.domain.stages import hand_on, revoke
from purveyor.offers.models import Cell, Offer
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


@pytest.fixture
def done(mine: Profile) -> Offer:
    """Every stage is done; commerce took 40 of the first cell at 4.20 and nothing of the second."""
    made = offer(mine)
    say(ROOT, made, "commerce", given(quantity=40, price=price("4.20")), given(5, 2, verdict=False))
    return through(made)


def refusal(verb: Any) -> Refused:
    with pytest.raises(Refused) as error:
        verb()
    return error.value


def frozen(of: Offer) -> list[tuple[Any, ...]]:
    rows = Cell.objects.filter(row__offer=of).order_by("row__number", "delivery__position")
    return list(rows.values_list("row__number", "delivery__position", "approved", "approved_price", "consumed"))


def nudged() -> list[tuple[str, int]]:
    run_commit_hooks()
    return [one for one in collector().nudges if one[0] == "orders.offers"]


def test_completing_freezes_what_the_stages_agreed_on(done: Offer) -> None:
    kept = complete(ROOT, done, expect_version=done.version)
    assert frozen(done) == [
        (5, 1, 40, price("4.20"), 0),
        (5, 2, 0, None, 0),
        (6, 1, 200, price("2.00"), 0),
    ]
    for one in (kept, fresh(done)):
        told = (one.state, one.completed_by, one.completed_at, one.reason, one.version)
        assert told == ("completed", ROOT.name, clock.now(), "", done.version + 1)
    entry = Entry.objects.get(action="offer.completed")
    assert (entry.old, entry.new) == (
        {"state": "open"},
        {"state": "completed", "reason": "", "completed_at": "2026-03-02T09:00:00Z", "completed_by": ROOT.name},
    )
    assert nudged() == [("orders.offers", done.pk)]


def test_asked_and_answers_stay_when_frozen(done: Offer) -> None:
    before = list(Cell.objects.order_by("pk").values_list("asked", "price", "version"))
    complete(ROOT, done)
    assert list(Cell.objects.order_by("pk").values_list("asked", "price", "version")) == before


def test_stage_that_is_not_done_is_named(mine: Profile) -> None:
    made = through(offer(mine), "commerce")
    approve(ROOT, made, "manufacturing")
    assert said_of(refusal(lambda: complete(ROOT, made)).problems) == [
        ("manufacturing", "Stage Manufacturing is not done."),
        ("row 5, delivery 1", "Stage Warehouse has not decided 3 cells, the first is row 5, delivery 1."),
    ]
    assert (fresh(made).state, frozen(made)[0][2]) == ("open", None)


def test_row_mapped_late_is_decided_by_every_stage_first(mine: Profile) -> None:
    made = through(offer(mine, UNKNOWN))
    map_row(ROOT, made, 9, sku="SPOON-1")
    say(ROOT, made, "manufacturing", given(9, 1, quantity=5))
    assert said_of(refusal(lambda: complete(ROOT, made)).problems) == [
        ("row 9, delivery 1", "Stage Commerce has not decided 1 cell: row 9, delivery 1."),
        ("row 9, delivery 1", "Stage Warehouse has not decided 1 cell: row 9, delivery 1."),
    ]
    approve(ROOT, made, "commerce")
    approve(ROOT, made, "warehouse")
    complete(ROOT, made)
    assert frozen(made)[-1] == (9, 1, 5, price("1.00"), 0)


@pytest.mark.once
@pytest.mark.parametrize("reason", ["\u200b \u2060", "x" * 501, "as in Atzr|IwEBIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_reason_is_one_that_may_be_read(mine: Profile, reason: str) -> None:
    """Nothing invisible, nothing without end, and no secret that everybody who sees the offer would read."""
    made = offer(mine)
    assert refusal(lambda: withdraw(ROOT, made, reason)).problems[0].where == "reason"
    assert (fresh(made).state, fresh(made).reason) == ("open", "")
    through(made)
    clock.turn(timedelta(days=10, hours=7))
    assert "reason" in [one.where for one in refusal(lambda: complete(ROOT, made, reason=reason)).problems]
    assert fresh(made).state == "open"


@pytest.mark.once
def test_no_given_late_is_not_passed_over_by_an_earlier_yes(mine: Profile) -> None:
    """Stages that are done answer what was mapped late in any order; nobody looks again at what they said."""
    made = through(offer(mine, UNKNOWN))
    map_row(ROOT, made, 9, sku="SPOON-1")
    approve(ROOT, made, "manufacturing")
    approve(ROOT, made, "warehouse")
    taken = answer(ROOT, made, "commerce", [given(9, 1, verdict=False)])
    said = "A later stage has answered this as it stood. To say otherwise, revoke the approval."
    assert said_of(taken.problems) == [("row 9, delivery 1", said)]
    revoke(ROOT, made, "commerce", "we want none of it")
    say(ROOT, made, "commerce", given(9, 1, verdict=False))
    assert states(made) == ["open", "waiting", "waiting"]


def test_rows_without_a_product_are_left_only_when_said(mine: Profile) -> None:
    made = through(offer(mine, UNKNOWN))
    said = "1 row waits for its product, row 9. Map it, decline it, or leave it out."
    assert said_of(refusal(lambda: complete(ROOT, made)).problems) == [("leave_unmapped", said)]
    complete(ROOT, made, leave_unmapped=True)
    assert frozen(made)[-1] == (9, 1, None, None, 0)


def test_row_without_a_product_that_was_declined_is_nothing(mine: Profile) -> None:
    made = offer(mine, UNKNOWN)
    say(ROOT, made, "commerce", given(9, 1, verdict=False))
    complete(ROOT, through(made))
    assert frozen(made)[-1] == (9, 1, 0, None, 0)


def test_expired_offer_needs_a_reason(done: Offer) -> None:
    clock.turn(timedelta(days=10, hours=7))
    said = "The offer has expired: say why it is completed all the same."
    assert said_of(refusal(lambda: complete(ROOT, done, reason=" ")).problems) == [("reason", said)]
    assert complete(ROOT, done, reason=" Amazon agreed ").reason == "Amazon agreed"
    assert Entry.objects.get(action="offer.completed").because == "Amazon agreed"


def test_offer_that_expires_in_a_moment_needs_none(done: Offer) -> None:
    clock.turn(timedelta(days=10, hours=7) - timedelta(seconds=1))
    assert complete(ROOT, done).state == "completed"


def test_old_version_is_not_completed(done: Offer) -> None:
    with pytest.raises(Conflict):
        complete(ROOT, done, expect_version=done.version - 1)
    assert fresh(done).state == "open"


def test_only_who_may_completes(held_clock: object) -> None:
    cast = make_cast()
    made = through(offer(cast.profile))
    for name in ("warehouse", "finance", "stranger"):
        with pytest.raises(Denied):
            complete(cast.who(name), made)
    assert fresh(made).state == "open"
    complete(cast.who("vendor_manager"), made)


def test_opened_again_what_was_approved_and_used_stays(done: Offer) -> None:
    completed = complete(ROOT, done)
    Cell.objects.filter(pk=cell(done).pk).update(consumed=30)
    opened = reopen(ROOT, completed, " Amazon asks for more ")
    for one in (opened, fresh(done)):
        told = (one.state, one.completed_at, one.completed_by, one.reason, one.version)
        assert told == ("open", None, "", "Amazon asks for more", completed.version + 1)
    assert (states(done), frozen(done)[0]) == (["done", "done", "done"], (5, 1, 40, price("4.20"), 30))
    assert Entry.objects.get(action="offer.reopened").because == "Amazon asks for more"


def test_less_than_orders_have_used_is_never_approved(done: Offer) -> None:
    complete(ROOT, done)
    Cell.objects.filter(pk=cell(done).pk).update(consumed=30)
    reopen(ROOT, done, "x")
    revoke(ROOT, done, "warehouse", "x")
    say(ROOT, done, "warehouse", given(quantity=29))
    hand_on(ROOT, done)
    said = "Orders have used 30 pieces of row 5, delivery 1; fewer, 29, cannot be approved."
    assert said_of(refusal(lambda: complete(ROOT, done)).problems) == [("row 5, delivery 1", said)]
    revoke(ROOT, done, "warehouse", "x")
    say(ROOT, done, "warehouse", given(quantity=30))
    hand_on(ROOT, done)
    complete(ROOT, done)
    assert frozen(done)[0] == (5, 1, 30, price("4.20"), 30)


def test_many_cells_used_beyond_are_counted(mine: Profile) -> None:
    from purveyor.offers.domain.keep import NewRow

    more = [NewRow(10 + n, "B000000001", asked={1: (5, None)}) for n in range(7)]
    made = complete(ROOT, through(offer(mine, *more)))
    Cell.objects.filter(row__number__gte=10).update(consumed=5)
    reopen(ROOT, made, "x")
    revoke(ROOT, made, "warehouse", "x")
    say(ROOT, made, "warehouse", *[given(10 + n, 1, verdict=False) for n in range(7)])
    hand_on(ROOT, made)
    found = said_of(refusal(lambda: complete(ROOT, made)).problems)
    assert [where for where, _said in found] == [*(f"row {10 + n}, delivery 1" for n in range(5)), ""]
    assert found[-1] == ("", "And 2 more cells.")


def test_only_who_may_opens_again_and_with_a_reason(held_clock: object) -> None:
    cast = make_cast()
    made = complete(ROOT, through(offer(cast.profile)))
    for who in (cast.who("warehouse"), cast.who("stranger"), Who.of(make_user("c", "commerce", cast.profile))):
        with pytest.raises(Denied):
            reopen(who, made, "x")
    assert said_of(refusal(lambda: reopen(ROOT, made, " ")).problems) == [
        ("reason", "Say why the offer is opened again.")
    ]
    assert fresh(made).state == "completed"
    assert reopen(cast.who("vendor_manager"), made, "x").state == "open"


def test_offer_is_given_up_and_taken_up_again(mine: Profile) -> None:
    made = through(offer(mine), "commerce")
    given_up = withdraw(ROOT, made, "no room")
    assert (given_up.state, given_up.reason, states(made)) == ("withdrawn", "no room", ["done", "open", "waiting"])
    assert refusal(lambda: withdraw(ROOT, made, "x")).message == "Offer BB-1 was given up."
    assert refusal(lambda: complete(ROOT, made)).hint == "Take it up again first."
    taken = take_up(ROOT, made, "room")
    assert (taken.state, taken.reason, taken.version) == ("open", "room", given_up.version + 1)
    approve(ROOT, taken, "manufacturing")
    hand_on(ROOT, taken)
    assert states(made) == ["done", "done", "open"]
    told = Entry.objects.filter(action__in=["offer.withdrawn", "offer.taken_up"]).order_by("pk")
    assert list(told.values_list("action", "because")) == [("offer.withdrawn", "no room"), ("offer.taken_up", "room")]


def test_giving_up_needs_a_reason_and_the_right(held_clock: object) -> None:
    cast = make_cast()
    made = offer(cast.profile)
    for verb in (withdraw, take_up):
        with pytest.raises(Denied):
            verb(cast.who("warehouse"), made, "x")
        with pytest.raises(Denied):
            verb(cast.who("stranger"), made, "x")
    assert said_of(refusal(lambda: withdraw(ROOT, made, "")).problems) == [("reason", "Say why the offer is given up.")]
    withdraw(ROOT, made, "x")
    said = "Say why the offer is taken up again."
    assert said_of(refusal(lambda: take_up(ROOT, made, "")).problems) == [("reason", said)]


def test_what_is_open_is_neither_opened_nor_taken_up(mine: Profile) -> None:
    made = offer(mine)
    for verb in (reopen, take_up):
        assert refusal(lambda verb=verb: verb(ROOT, made, "x")).message == "Offer BB-1 is open."
