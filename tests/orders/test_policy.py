"""When and how an order is answered by itself, and what an answer then accepts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.making import NOW, line, order
from purveyor.base.phrase import Phrase
from purveyor.orders.domain.answer_rules import problems_of_answers
from purveyor.orders.domain.ground import Ground
from purveyor.orders.domain.plan import Planned, Terms, answers_of_plan, plan
from purveyor.orders.domain.policy import HELD, Ruling, decide
from purveyor.orders.models import Finding, Line
from purveyor.orders.settings import SETTINGS

pytestmark = pytest.mark.unit

DEFAULTS = {one.name: one.read(one.default) for one in SETTINGS}
TERMS = Terms(NOW)


def ruled(mode: str, *, held: bool = False, never: str = "", **more: Any) -> Ruling | None:
    of = order(due_at=NOW + timedelta(hours=20))
    return decide(of, DEFAULTS | {"policy.undefined": mode} | more, NOW, held=held, never=never)


def test_nothing_is_decided_unless_somebody_says_so() -> None:
    assert decide(order(), DEFAULTS, NOW) is None
    assert decide(order(type="nobody knows"), DEFAULTS, NOW) is None


def test_each_type_has_its_own_policy() -> None:
    weekly = DEFAULTS | {"policy.weekly": "on_arrival_full"}
    assert decide(order(type="weekly"), weekly, NOW) == Ruling("on_arrival_full", NOW)
    assert decide(order(type="undefined"), weekly, NOW) is None


def test_modes_say_when_and_how() -> None:
    assert ruled("on_arrival_full") == Ruling("on_arrival_full", NOW)
    assert ruled("on_arrival_stock") == Ruling("on_arrival_stock", NOW, from_stock=True)
    assert ruled("on_pick_result") == Ruling("on_pick_result", None)
    assert ruled("by_deadline") == Ruling("by_deadline", NOW + timedelta(hours=16), from_stock=True)


def test_provisional_answer_is_as_the_settings_say_and_never_in_the_past() -> None:
    said: dict[str, Any] = {"policy.provisional": "full", "policy.hours_before": 21}
    assert ruled("by_deadline", **said) == Ruling("by_deadline", NOW, from_stock=False)


def test_what_is_held_is_left_to_a_person() -> None:
    assert ruled("on_arrival_full", held=True) == Ruling("on_arrival_full", person=Phrase(HELD))


def test_order_that_is_never_answered_by_itself_says_why() -> None:
    assert ruled("on_arrival_full", never="It came with a back-fill.") == Ruling(
        "on_arrival_full", person="It came with a back-fill."
    )


def lines() -> list[Line]:
    return [line("1", 10, pk=1), line("2", 12, pk=2, unit_size=6, backorder_allowed=True)]


def test_plan_in_full_accepts_everything() -> None:
    assert plan(lines(), [], TERMS) == [Planned("1", 10, 10, 0, 0, "full"), Planned("2", 12, 12, 0, 0, "full")]


def test_plan_from_stock_gives_what_there_is_in_whole_cases() -> None:
    told = plan(lines(), [], TERMS, had={1: 4, 2: 11})
    assert told == [Planned("1", 10, 4, 0, 6, "stock", 4), Planned("2", 12, 6, 0, 6, "stock", 11)]
    assert plan(lines(), [], TERMS, had={1: 99})[0] == Planned("1", 10, 10, 0, 0, "full", 99)


def test_what_is_lacking_is_backordered_where_amazon_and_the_settings_allow() -> None:
    told = plan(lines(), [], Terms(NOW, backorder=True), had={})
    assert [(one.backordered, one.rejected) for one in told] == [(0, 10), (12, 0)]


@pytest.mark.parametrize(
    ("way", "numbers", "accepted"),
    [("cut", {"free": 3}, 3), ("round", {"whole": 5}, 5), ("accept", {"free": 3}, 10), ("cut", {"free": 30}, 10)],
)
def test_way_out_taken_caps_the_line(way: str, numbers: dict[str, int], accepted: int) -> None:
    taken = Finding(line_id=1, rule="STOCK", state="accepted", way=way, numbers=numbers)
    assert plan(lines(), [taken], TERMS)[0].accepted == accepted


def test_way_out_of_an_open_finding_counts_for_nothing() -> None:
    assert plan(lines(), [Finding(line_id=1, way="cut", state="open", numbers={"free": 3})], TERMS)[0].accepted == 10


def test_line_rejected_before_stays_rejected() -> None:
    told = plan(lines(), [], Terms(NOW, backorder=True), had={1: 10, 2: 12}, refused=frozenset({"2"}))
    assert told[1] == Planned("2", 12, 0, 0, 12, "refused", 12)


@given(
    had=st.dictionaries(st.sampled_from([1, 2]), st.integers(0, 30)),
    cap=st.integers(0, 30),
    backorder=st.booleans(),
)
def test_whatever_there_is_amazon_takes_the_answer(had: dict[int, int], cap: int, backorder: bool) -> None:
    of, terms = order(), Terms(NOW, backorder=backorder)
    taken = Finding(line_id=1, rule="STOCK", state="accepted", way="cut", numbers={"free": cap})
    planned = plan(lines(), [taken], terms, had=had)
    answers = answers_of_plan(of, lines(), planned, terms)
    assert problems_of_answers(Ground(of, lines()), answers, NOW) == []
    assert all(one.accepted <= had.get(int(one.line), 0) for one in planned)
