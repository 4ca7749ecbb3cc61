"""The list of offers: only what somebody may see, by state, stage, profile and words; the same at every door."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import make_cast, make_profile
from offers.making import EXPIRES, ROOT, UNKNOWN, cell, given, offer, price, say, setting, through
from purveyor.common import clock
from purveyor.common.errors import Ambiguous, NotFound, Refused
from purveyor.offers import queries
from purveyor.offers.domain.answer import answer
from purveyor.offers.domain.board import board
from purveyor.offers.domain.complete import complete, withdraw
from purveyor.offers.domain.stages import revoke
from purveyor.offers.models import Cell
from purveyor.offers.schemas import board_full, offer_full, offer_row, offer_rows, said_row, taken_full
from purveyor.offers.tables import OFFERS
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


@pytest.fixture
def some(mine: Profile) -> None:
    """One at its first stage, one at its second, one completed, one given up, one expired."""
    offer(mine, UNKNOWN, number="NEW", vendor_code="ACME1", title="Summer")
    clock.turn(timedelta(minutes=1))
    through(offer(mine, number="SECOND", expires_at=None), "commerce")
    clock.turn(timedelta(minutes=1))
    complete(ROOT, through(offer(make_profile("beta"), number="DONE", program="born to run")))
    clock.turn(timedelta(minutes=1))
    withdraw(ROOT, offer(mine, number="GONE", expires_at=EXPIRES + timedelta(days=1)), "x")
    clock.turn(timedelta(minutes=1))
    offer(mine, number="OVER", expires_at=clock.now() - timedelta(days=1))


def listed(**query: str) -> list[str]:
    return [one.number for one in OFFERS.page(queries.visible_to(ROOT), query).rows]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, ["OVER", "GONE", "DONE", "SECOND", "NEW"]),
        ({"sort": "came"}, ["NEW", "SECOND", "DONE", "GONE", "OVER"]),
        ({"sort": "expires"}, ["OVER", "NEW", "DONE", "GONE", "SECOND"]),
        ({"sort": "-expires"}, ["SECOND", "GONE", "DONE", "NEW", "OVER"]),
        ({"sort": "number"}, ["DONE", "GONE", "NEW", "OVER", "SECOND"]),
        ({"state": "open"}, ["OVER", "SECOND", "NEW"]),
        ({"state": "completed"}, ["DONE"]),
        ({"state": "withdrawn"}, ["GONE"]),
        ({"state": "expired"}, ["OVER"]),
        ({"stage": "commerce"}, ["OVER", "NEW"]),
        ({"stage": "manufacturing"}, ["SECOND"]),
        ({"stage": "finance"}, []),
        ({"profile": "beta"}, ["DONE"]),
        ({"program": "born to run"}, ["DONE"]),
        ({"vendor": "acme1"}, ["NEW"]),
        ({"q": "summ"}, ["NEW"]),
        ({"q": "ecO"}, ["SECOND"]),
        ({"q": "b0nobody01"}, ["NEW"]),
        ({"q": "FORK-1", "state": "completed"}, ["DONE"]),
        ({"q": "FORK"}, []),
    ],
    ids=str,
)
def test_list_is_narrowed_and_sorted(some: None, query: dict[str, str], numbers: list[str]) -> None:
    assert listed(**query) == numbers


@pytest.mark.parametrize(("name", "value"), [("state", "lost"), ("stage", "law"), ("program", "gift")])
def test_unknown_values_are_refused(some: None, name: str, value: str) -> None:
    with pytest.raises(Refused):
        listed(**{name: value})


def test_pages_go_on_behind_a_row_without_an_expiry(some: None) -> None:
    from dataclasses import replace

    small = replace(OFFERS, size=2)
    seen: list[str] = []
    query = {"sort": "expires"}
    while True:
        page = small.page(queries.visible_to(ROOT), query)
        seen += [one.number for one in page.rows]
        if not page.after:
            break
        query["after"] = page.after
    assert seen == ["OVER", "NEW", "DONE", "GONE", "SECOND"]


def test_waiting_for_a_second_person_is_at_the_stage_too(mine: Profile) -> None:
    setting(mine, "four_eyes", "yes")
    through(offer(mine), "commerce")
    assert listed(stage="commerce") == ["BB-1"]


def test_row_tells_the_sums(mine: Profile) -> None:
    made = offer(mine, UNKNOWN)
    say(ROOT, made, "commerce", given(quantity=40))
    row = offer_row(made)
    names = ("state", "stage", "stage_state", "rows", "unmapped", "asked", "approved", "consumed", "open", "value")
    assert [row[name] for name in names] == ["open", "commerce", "open", 3, 1, 360, 0, 0, 0, "1085.00"]
    done = complete(ROOT, through(made), leave_unmapped=True)
    Cell.objects.filter(pk=cell(made).pk).update(consumed=15)
    row = offer_row(done)
    assert [row[name] for name in names] == ["completed", None, None, 3, 1, 360, 290, 15, 275, "805.00"]


def test_rows_of_many_are_made_in_the_same_questions(mine: Profile) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as found:
            list(offer_rows(queries.visible_to(ROOT)))
        return len(found)

    offer(mine)
    one = questions()
    offer(mine, number="BB-2")
    offer(mine, number="BB-3")
    assert (one, questions()) == (4, 4)


def test_offer_is_found_by_number_and_profile(held_clock: object) -> None:
    cast = make_cast()
    made = offer(cast.profile)
    assert queries.find(cast.who("warehouse"), " BB-1 ") == made
    assert queries.one(cast.who("warehouse"), made.pk) == made
    other = offer(cast.other)
    with pytest.raises(Ambiguous, match="Several profiles have an offer BB-1: acme-de, other-uk") as error:
        queries.find(ROOT, "BB-1")
    assert error.value.as_dict()["profiles"] == ["acme-de", "other-uk"]
    assert queries.find(ROOT, "BB-1", "other-uk") == other
    assert queries.find(cast.who("stranger"), "BB-1") == other


def test_stranger_finds_nothing(held_clock: object) -> None:
    cast = make_cast()
    made = offer(cast.profile)
    who = cast.who("stranger")
    for ask in (lambda: queries.find(who, "BB-1"), lambda: queries.one(who, made.pk)):
        with pytest.raises(NotFound):
            ask()
    assert (list(queries.visible_to(who)), list(queries.deputies(who))) == ([], [])


def test_cell_is_found_by_its_place(mine: Profile) -> None:
    made = offer(mine)
    assert queries.cell(made, 5, 2).asked == 50
    with pytest.raises(NotFound, match="Offer BB-1 has no cell in row 6, delivery 2"):
        queries.cell(made, 6, 2)


def test_entries_tell_of_the_offer_and_its_stages_alone(mine: Profile) -> None:
    made = through(offer(mine), "commerce")
    offer(mine, number="BB-2")
    assert [entry.action for entry in queries.entries(made)] == [
        "offer.stage_open",
        "offer.stage_done",
        "offer.answered",
        "offer.stage_open",
        "offer.received",
    ]


def test_full_offer_tells_all_of_it(mine: Profile) -> None:
    made = offer(mine, unsold="return")
    say(ROOT, made, "commerce", given(quantity=40))
    done = complete(ROOT, through(made))
    Cell.objects.filter(pk=cell(made).pk).update(consumed=10)
    found = offer_full(done)
    assert found["deliveries"][1] == {"delivery": 2, "name": "May", "first_day": "2026-05-04", "last_day": "2026-05-08"}
    assert found["stages"][0] == {
        "stage": "commerce",
        "position": 1,
        "state": "done",
        "state_at": "2026-03-02T09:00:00Z",
        "approved_by": ROOT.name,
        "second_by": None,
        "reason": None,
    }
    assert found["liability"] == {
        "approved": {"eaches": 290, "value": "805.00"},
        "ordered": {"eaches": 10, "value": "45.00"},
        "open": {"eaches": 280, "value": "760.00"},
        "risk": "49.50",
        "unpriced_eaches": 0,
    }
    assert (found["history"][0]["action"], found["history"][0]["what"]) == ("offer.received", "Offer BB-1 came in")
    assert found["history"][-1]["action"] == "offer.completed"


def test_grid_and_answers_are_told_to_machines(mine: Profile) -> None:
    made = offer(mine)
    taken = taken_full(say(ROOT, made, "commerce", given(quantity=40, price=price("4"), comment="less")))
    said = {"verdict": True, "quantity": 40, "price": "4.00", "comment": "less", "by": ROOT.name}
    said |= {"at": "2026-03-02T09:00:00Z"}
    told = {
        "row": 5,
        "delivery": 1,
        "version": 1,
        "asked": {"verdict": True, "quantity": 100, "price": "4.50"},
        "finds": {"verdict": True, "quantity": 100, "price": "4.50"},
        "now": {"verdict": True, "quantity": 40, "price": "4.00"},
        "mine": said,
        "changed": None,
        "answerable": True,
        "answers": {"commerce": said},
        "approved": None,
        "approved_price": None,
        "consumed": 0,
    }
    assert taken == {"cells": [told], "clashes": [], "problems": []}
    found = board_full(board(queries.one(ROOT, made.pk), "commerce"))
    assert found["rows"][0]["cells"][0] == told
    assert (found["number"], found["version"], found["stage"], found["counts"]["mine"]) == ("BB-1", 2, "commerce", 2)
    assert found["stages"][0]["totals"] == {"cells": 3, "decided": 1, "yes": 3, "eaches": 290, "value": "785.00"}


def test_clash_and_change_are_told_to_machines(mine: Profile) -> None:
    made = offer(mine)
    say(ROOT, made, "commerce", given(quantity=40))
    found = taken_full(answer(ROOT, made, "commerce", [given(quantity=30, comment="x", version=0), given(7, 1)]))
    assert found["clashes"] == [
        {
            "row": 5,
            "delivery": 1,
            "seen_version": 0,
            "version": 1,
            "by": ROOT.name,
            "at": "2026-03-02T09:00:00Z",
            "now": {"verdict": True, "quantity": 40, "price": None},
            "mine": {"verdict": True, "quantity": 30, "price": None},
            "comment": "x",
        }
    ]
    assert found["problems"] == [
        {"where": "row 7, delivery 1", "message": "There is no such cell, or it is named twice."}
    ]
    through(made, "commerce")
    (one,) = board_full(board(made, "manufacturing", only="changed"))["rows"][0]["cells"][:1]
    assert one["changed"] == {
        "old": {"verdict": True, "quantity": 100, "price": "4.50"},
        "new": {"verdict": True, "quantity": 40, "price": "4.50"},
    }
    revoke(ROOT, made, "commerce", "x")
    say(ROOT, made, "commerce", given(clear=True))
    last = said_row(cell(made).history.select_related("stage").order_by("version").last())
    assert (last["verdict"], last["stage"], last["how"], last["version"]) == (None, "commerce", "grid", 2)


def test_liability_of_what_was_never_completed_is_nothing(mine: Profile) -> None:
    assert queries.liability_of(offer(mine)).approved_value == Decimal(0)
