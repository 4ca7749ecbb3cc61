"""The grid of an offer: what each stage sees, and the sums, which the database works out as the rules do."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import make_profile
from offers.making import KEYS, ROOT, UNKNOWN, cell, fresh, given, offer, price, say, setting, through
from offers.making import told as said_of
from purveyor.common.errors import NotFound, Refused
from purveyor.offers.domain.answer import Given, answer
from purveyor.offers.domain.board import Board, RowNow, Totals, board, history_of
from purveyor.offers.domain.cells import Known, comes_to, read
from purveyor.offers.domain.complete import complete
from purveyor.offers.domain.effective import Value
from purveyor.offers.domain.keep import NewRow
from purveyor.offers.domain.lock import stage_of, stages_of
from purveyor.offers.domain.mapping import map_row
from purveyor.offers.domain.stages import hand_on, revoke
from purveyor.offers.domain.sums import FILTERS, counts, left_of, totals, value_after
from purveyor.offers.models import Offer, Stage
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


@pytest.fixture
def made(mine: Profile) -> Offer:
    return offer(mine, UNKNOWN)


def numbers(found: Board) -> list[int]:
    return [row.number for row in found.rows]


def test_board_holds_everything_a_stage_sees(made: Offer) -> None:
    say(ROOT, made, "commerce", given(quantity=40, comment="less"), given(5, 2, verdict=False))
    through(made, "commerce")
    say(ROOT, made, "manufacturing", given(quantity=30, price=price("5")))
    found = board(fresh(made), "manufacturing")
    assert [(one.position, one.name) for one in found.deliveries] == [(1, "April"), (2, "May")]
    assert [(row.number, row.asin, row.sku, sorted(row.cells)) for row in found.rows] == [
        (5, "B000000001", "SPOON-1", [1, 2]),
        (6, "B000000002", "FORK-1", [1]),
        (9, "B0NOBODY01", "", [1]),
    ]
    first = found.rows[0].cells[1]
    assert (first.asked, first.finds, first.now) == (
        Value(True, 100, price()),
        Value(True, 40, price()),
        Value(True, 30, price("5")),
    )
    assert first.mine is not None
    assert (first.mine.value, first.changed, first.answerable, first.version) == (
        *(Value(True, 30, price("5")), None),
        *(True, 2),
    )
    assert [(key, word.value.quantity, word.comment, word.by) for key, word in first.words.items()] == [
        ("commerce", 40, "less", ROOT.name),
        ("manufacturing", 30, "", ROOT.name),
    ]
    second = found.rows[0].cells[2]
    assert (second.mine, second.changed) == (None, (Value(True, 50, price()), Value(False, 0, price())))
    nobody = found.rows[2].cells[1]
    assert (nobody.now, nobody.answerable) == (Value(False, 0, None), True)


def test_sums_are_by_stage(made: Offer) -> None:
    say(ROOT, made, "commerce", given(quantity=40), given(5, 2, verdict=False))
    through(made, "commerce")
    say(ROOT, made, "manufacturing", given(quantity=30, price=price("5")))
    found = board(made)
    assert found.asked == Totals(cells=3, decided=0, yes=3, eaches=350, value=Decimal(1075))
    assert [(one.key, one.state, one.totals) for one in found.stages] == [
        ("commerce", "done", Totals(cells=3, decided=3, yes=2, eaches=240, value=Decimal(580))),
        ("manufacturing", "open", Totals(cells=3, decided=1, yes=2, eaches=230, value=Decimal(550))),
        ("warehouse", "waiting", Totals(cells=3, decided=0, yes=2, eaches=230, value=Decimal(550))),
    ]


def test_without_a_stage_nothing_is_answerable(made: Offer) -> None:
    say(ROOT, made, "commerce", given(quantity=40))
    found = board(made)
    assert not any(one.answerable for row in found.rows for one in row.cells.values())
    assert (found.key, found.counts) == ("", {"mine": 0, "undecided": 0, "changed": 1, "unmapped": 1})


def test_change_of_an_earlier_stage_is_marked_with_old_and_new(made: Offer) -> None:
    through(made, "commerce")
    say(ROOT, made, "manufacturing", given(quantity=80), given(6, 1, verdict=True))
    revoke(ROOT, made, "commerce", "x")
    say(ROOT, made, "commerce", given(quantity=60, price=price("4")))
    hand_on(ROOT, made)
    found = board(made, "manufacturing", only="changed")
    assert numbers(found) == [5]
    assert found.rows[0].cells[1].changed == (Value(True, 100, price()), Value(True, 60, price("4")))
    say(ROOT, made, "manufacturing", given(quantity=60))
    assert numbers(board(made, "manufacturing", only="changed")) == []


@pytest.mark.parametrize(
    ("only", "rows"), [("", [5, 6, 9]), ("mine", [5, 6]), ("undecided", [5, 6]), ("changed", []), ("unmapped", [9])]
)
def test_filters_find_their_rows(made: Offer, only: str, rows: list[int]) -> None:
    assert numbers(board(made, "commerce", only=only)) == rows


def test_unknown_filter_and_stage_are_refused(made: Offer) -> None:
    with pytest.raises(Refused) as error:
        board(made, "commerce", only="theirs")
    said = "There is no filter theirs; there are mine, undecided, changed, unmapped."
    assert said_of(error.value.problems) == [("only", said)]
    with pytest.raises(NotFound):
        board(made, "finance")


def test_chosen_rows_come_with_the_sums_of_all(made: Offer) -> None:
    found = board(made, "commerce", rows=[6, 77])
    assert (numbers(found), found.asked.cells, found.counts["undecided"]) == ([6], 3, 2)
    assert numbers(board(made, "commerce", rows=[])) == []


def test_late_row_is_answerable_alone_where_the_stage_is_done(made: Offer) -> None:
    through(made, "commerce")
    assert board(made, "commerce").counts == {"mine": 0, "undecided": 0, "changed": 0, "unmapped": 1}
    map_row(ROOT, made, 9, sku="SPOON-1")
    found = board(made, "commerce", only="mine")
    assert (numbers(found), found.counts["mine"], found.counts["undecided"]) == ([9], 1, 1)


def test_nothing_is_answerable_while_another_looks_or_after_all(mine: Profile, made: Offer) -> None:
    setting(mine, "four_eyes", "yes")
    through(made, "commerce")
    assert board(fresh(made), "commerce", only="mine").counts["mine"] == 0
    done = complete(ROOT, through(offer(make_profile("beta"))))
    found = board(fresh(done), "warehouse")
    assert (found.counts["mine"], any(one.answerable for row in found.rows for one in row.cells.values())) == (0, False)


def test_history_tells_every_answer(made: Offer) -> None:
    say(ROOT, made, "commerce", given(quantity=40))
    through(made, "commerce", "manufacturing")
    assert [(one.version, one.stage.key, one.quantity, one.how) for one in history_of(cell(made))] == [
        (1, "commerce", 40, "grid"),
        (2, "manufacturing", 40, "bulk"),
    ]


def queries(verb: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        verb()
    return len(found)


def test_board_asks_the_same_number_of_questions_for_one_and_many_rows(mine: Profile) -> None:
    few = offer(mine, rows=[NewRow(5, "B000000001", asked={1: (1, price())})])
    many = offer(mine, UNKNOWN, number="BB-2")
    assert (queries(lambda: board(few, "commerce")), queries(lambda: board(many, "commerce"))) == (8, 8)
    assert queries(lambda: board(many, "commerce", rows=[5])) == 8


def random_offer(mine: Profile, seed: int) -> Offer:
    """An offer that people answered this way and that, in all of its stages, forwards and back."""
    dice = random.Random(seed)
    rows = [
        NewRow(
            n,
            f"B00000000{dice.choice('12345')}",
            asked={d: (dice.randint(0, 50), dice.choice([None, price("1.25"), price("3")])) for d in (1, 2)},
        )
        for n in range(2, 14)
    ]
    made = offer(mine, rows=rows, number=f"R-{seed}")
    for _round in range(dice.randint(1, 6)):
        for key in KEYS[: dice.randint(0, 3)]:
            if Stage.objects.get(offer=made, key=key).state == "open":
                answer(ROOT, made, key, [_random(dice) for _ in range(30)])
                if dice.random() < 0.9:
                    through(made, key)
        done = Stage.objects.filter(offer=made, state="done").values_list("key", flat=True)
        if done and dice.random() < 0.7:
            revoke(ROOT, made, dice.choice(list(done)), "x")
    return made


def _random(dice: random.Random) -> Given:
    return Given(
        dice.randint(2, 13),
        dice.randint(1, 2),
        verdict=dice.choice([None, True, False]),
        quantity=dice.choice([None, 0, 1, 5, 20]),
        price=dice.choice([None, None, price("1.25"), price("2")]),
        clear=dice.random() < 0.1,
    )


@pytest.mark.parametrize("seed", range(12))
def test_database_sums_as_the_rules_do(mine: Profile, seed: int) -> None:
    made = random_offer(mine, seed)
    stages = stages_of(made)
    cells = [one for one in read(made, stages) if one.mapped]
    sums = totals(made, stages)
    assert sums[""] == _summed(cells, [], "")
    for place, stage in enumerate(stages, 1):
        assert sums[stage.key] == _summed(cells, KEYS[:place], stage.key)
        assert value_after(stage) == sums[stage.key].value
        assert left_of([stage]) == {stage.pk: len(cells) - sums[stage.key].decided}


def _summed(cells: list[Known], order: Any, key: str) -> Totals:
    found = [comes_to(one, order) for one in cells]
    return Totals(
        cells=len(cells),
        decided=sum(key in one.words for one in cells),
        yes=sum(value.verdict for value in found),
        eaches=sum(value.quantity for value in found),
        value=sum((value.amount for value in found), Decimal(0)),
    )


@pytest.mark.parametrize("seed", range(12))
def test_database_counts_as_the_filters_find(mine: Profile, seed: int) -> None:
    made = random_offer(mine, seed)
    stages = stages_of(made)
    for key in ("", *KEYS):
        found = {only: len(board(made, key, only=only).rows) for only in FILTERS}
        assert counts(made, stages, stage_of(made, stages, key) if key else None) == found


def test_row_without_cells_is_shown(mine: Profile) -> None:
    made = offer(mine, NewRow(8, "B000000001", title="Nothing asked"))
    row: RowNow = board(made, "commerce", rows=[8]).rows[0]
    assert (row.title, row.cells) == ("Nothing asked", {})
