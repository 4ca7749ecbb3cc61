"""Two answers to one cell, and an answer against the completion: nothing is lost, nothing frozen that nobody said.

Each race has a twin that shows it with the guard off.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from cast import make_profile, make_user
from offers.making import ROOT, UNKNOWN, cell, fresh, given, offer, say, setting, states, through
from products.making import product
from purveyor.audit.models import Entry
from purveyor.common.errors import Conflict, NotFound, Refused
from purveyor.offers.domain.answer import answer, approve
from purveyor.offers.domain.cells import comes_to, read
from purveyor.offers.domain.complete import complete
from purveyor.offers.domain.lock import stages_of
from purveyor.offers.domain.mapping import rematch
from purveyor.offers.domain.stages import confirm, hand_on, revoke
from purveyor.offers.models import Answer, Cell, Offer, Said
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

PATIENCE = 60
PEOPLE = 5


@pytest.fixture(autouse=True)
def _in_time(held_clock: object) -> None:
    """No offer has expired."""


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all of them in threads that begin at the same moment; what each answered, or how it was refused."""
    begin = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        begin.wait(PATIENCE)
        try:
            return work()
        except (Refused, Conflict, NotFound) as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result(PATIENCE) for each in [pool.submit(run, work) for work in works]]


def one_each(of: Offer) -> Sequence[Callable[[], str]]:
    """Everybody answers the same cell, in the version they all saw, with a number of their own."""

    def work(number: int) -> Callable[[], str]:
        def say_it() -> str:
            found = answer(Who.system(f"p{number}"), of, "commerce", [given(quantity=number, version=0)])
            return "taken" if found.cells else "clash" if found.clashes else "lost"

        return say_it

    return [work(number) for number in range(1, PEOPLE + 1)]


def test_of_many_answers_to_one_version_one_is_kept_and_the_others_are_told() -> None:
    made = offer(make_profile())
    assert sorted(at_once(*one_each(made))) == ["clash"] * (PEOPLE - 1) + ["taken"]
    said, kept = Said.objects.get(), Answer.objects.get()
    assert (said.version, said.quantity, said.by) == (1, kept.quantity, kept.by)
    assert (cell(made).version, fresh(made).version) == (1, 2)
    assert Entry.objects.filter(action="offer.answered").count() == 1


def test_answers_twin_that_looks_first_overwrites_the_others() -> None:
    """All have looked before any has written: each believes that it was kept, and one is."""
    made = offer(make_profile())
    where, stage = cell(made).pk, stages_of(made)[0]
    everybody_has_looked = threading.Barrier(PEOPLE)

    def work(number: int) -> Callable[[], str]:
        def look_then_write() -> str:
            seen = Cell.objects.get(pk=where).version
            everybody_has_looked.wait(PATIENCE)
            if seen != 0:
                return "clash"
            word = {"verdict": True, "quantity": number, "by": "x", "seen_verdict": True, "seen_quantity": 100}
            Answer.objects.update_or_create(cell_id=where, stage=stage, defaults=word)
            return "taken"

        return look_then_write

    assert at_once(*(work(number) for number in range(1, PEOPLE + 1))) == ["taken"] * PEOPLE
    assert Answer.objects.count() == 1


def test_answers_to_other_cells_at_once_are_all_kept() -> None:
    made = offer(make_profile())
    places = [(5, 1), (5, 2), (6, 1)]
    found = at_once(
        *(lambda at=at: len(answer(ROOT, made, "commerce", [given(*at, quantity=7, version=0)]).cells) for at in places)
    )
    assert found == [1, 1, 1]
    assert (Answer.objects.filter(quantity=7).count(), fresh(made).version) == (3, 4)


def test_completion_freezes_what_the_stages_say() -> None:
    """Somebody takes the last stage back and answers otherwise while somebody else completes: one of them is late."""
    profile = make_profile()
    for number in range(4):
        made = through(offer(profile, number=f"BB-{number}"))

        def change_mind(made: Offer = made) -> str:
            revoke(ROOT, made, "warehouse", "x")
            say(ROOT, made, "warehouse", given(quantity=1))
            return "changed"

        found = at_once(lambda made=made: complete(ROOT, made).state, change_mind)
        assert found in (["completed", "refused"], ["refused", "changed"])
        now = fresh(made)
        outcome = {known.pk: comes_to(known, [s.key for s in stages_of(now)]) for known in read(now, stages_of(now))}
        if now.state == "completed":
            assert [one.approved for one in Cell.objects.filter(row__offer=now)] == [
                outcome[one.pk].quantity for one in Cell.objects.filter(row__offer=now)
            ]
        else:
            assert (cell(now).approved, outcome[cell(now).pk].quantity) == (None, 1)


def test_completion_twin_that_looks_first_freezes_what_nobody_says() -> None:
    made = through(offer(make_profile()))
    looked, answered = threading.Event(), threading.Event()

    def look_then_freeze() -> str:
        seen = {known.pk: known for known in read(made, stages_of(made))}
        looked.set()
        answered.wait(PATIENCE)
        for pk, known in seen.items():
            Cell.objects.filter(pk=pk).update(approved=comes_to(known, ["warehouse"]).quantity)
        return "completed"

    def change_mind() -> str:
        looked.wait(PATIENCE)
        revoke(ROOT, made, "warehouse", "x")
        say(ROOT, made, "warehouse", given(quantity=1))
        answered.set()
        return "changed"

    assert at_once(look_then_freeze, change_mind) == ["completed", "changed"]
    assert (cell(made).approved, Answer.objects.get(cell=cell(made), stage__key="warehouse").quantity) == (100, 1)


def test_of_many_completions_one_counts() -> None:
    made = through(offer(make_profile()))
    found = at_once(*[lambda: complete(ROOT, made, expect_version=made.version).state] * PEOPLE)
    assert sorted(found) == ["completed"] + ["refused"] * (PEOPLE - 1)
    assert Entry.objects.filter(action="offer.completed").count() == 1


def test_of_many_who_hand_on_one_does() -> None:
    made = offer(make_profile())
    approve(ROOT, made, "commerce")
    found = at_once(*[lambda: len(states(hand_on(ROOT, made, expect_version=2)))] * PEOPLE)
    assert sorted(found, key=str) == [3] + ["conflict"] * (PEOPLE - 1)
    assert states(made) == ["done", "open", "waiting"]


def test_answer_against_handing_on_is_in_it_or_refused() -> None:
    profile = make_profile()
    for number in range(4):
        made = offer(profile, number=f"BB-{number}")
        approve(ROOT, made, "commerce")

        def late(made: Offer = made) -> str:
            return "taken" if answer(ROOT, made, "commerce", [given(quantity=1, version=1)]).cells else "refused"

        handed, said = at_once(lambda made=made: len(states(hand_on(ROOT, made))), late)
        quantity = Answer.objects.get(cell=cell(made), stage__key="commerce").quantity
        assert (handed, said, quantity) in [(3, "taken", 1), (3, "refused", 100)]


def test_two_second_persons_at_once_confirm_once() -> None:
    profile = make_profile()
    setting(profile, "four_eyes", "yes")
    made = through(offer(profile), "commerce")
    users = [make_user(name, "commerce", profile) for name in ("anna", "bert")]
    found = at_once(*(lambda user=user: confirm(Who.of(user), made).number for user in users))
    assert sorted(found) == ["BB-1", "refused"]
    assert Entry.objects.filter(action="offer.stage_done").count() == 1


def test_two_workers_give_a_row_its_product_once() -> None:
    made = offer(make_profile(), UNKNOWN)
    cup = product("CUP-1", asin="B0NOBODY01")
    at_once(*[lambda: rematch(cup.pk)] * PEOPLE)
    assert (made.rows.get(number=9).product, fresh(made).version) == (cup, 2)
    assert Entry.objects.filter(action="offer.mapped").count() == 1


def test_same_invitation_at_once_is_taken_in_once() -> None:
    profile = make_profile()
    offer(profile, number="FIRST")
    found = at_once(*[lambda: offer(profile).number] * PEOPLE)
    assert sorted(found) == ["BB-1"] + ["refused"] * (PEOPLE - 1)
    assert list(Offer.objects.order_by("number").values_list("number", flat=True)) == ["BB-1", "FIRST"]
