"""The answer sheet: what it proposes, what it reads, and that nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import translation

from purveyor.common import clock
from purveyor.common.errors import Problem
from purveyor.orders.domain.answer import LineAnswer, propose_full
from purveyor.orders.models import Order
from purveyor.web.answering import BACKORDER, Entry, Sheet, kept

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

SOFT = "TemporarilyUnavailable"
BERLIN = ZoneInfo("Europe/Berlin")


def typed(order: Order, **fields: str) -> QueryDict:
    """What the proposed sheet would send, with some fields typed over; ``accept_1`` means ``accept-1``."""
    data = QueryDict(mutable=True)
    for row in Sheet(order, list(order.lines.all())).rows:
        n = row.line.number
        told = {"accept": row.accept, "rest": row.rest, "later": row.later, "date": row.date, "cost": row.cost}
        data.update({f"{name}-{n}": value for name, value in told.items()})
    data.update({re.sub(r"_(?=\d)", "-", name): value for name, value in fields.items()})
    return data


def sheet(order: Order, **fields: str) -> Sheet:
    return Sheet(order, list(order.lines.all()), typed(order, **fields))


def plain(answers: dict[str, list[LineAnswer]]) -> dict[str, list[tuple[Any, ...]]]:
    """Code, eaches and reason of each entry."""
    return {n: [(e.code, e.eaches, e.reason) for e in entries] for n, entries in answers.items()}


def test_untouched_sheet_answers_what_the_verb_proposes(order: Order) -> None:
    assert sheet(order).answers() == propose_full(order, now=clock.now())


def test_one_smaller_number_cuts_a_line_and_rejects_the_rest(order: Order) -> None:
    found = plain(sheet(order, accept_1="7").answers())
    assert found == {"1": [("Accepted", 7, ""), ("Rejected", 3, SOFT)], "2": [("Accepted", 24, "")]}


def test_nothing_accepted_rejects_the_line(order: Order) -> None:
    found = sheet(order, accept_1="0", rest_1="ObsoleteProduct").answers()["1"]
    assert found == [LineAnswer("Rejected", 10, "ObsoleteProduct", None, None, Decimal("4.20"))]


def test_rest_is_backordered_to_a_local_day(place: Callable[..., Order]) -> None:
    order = place({"amount": 10, "cost": "4.20", "backorder": True})
    found = sheet(order, accept_1="4", rest_1=BACKORDER, later_1="2026-04-15").answers()["1"]
    end = order.delivery_end or order.ship_end
    assert end is not None
    assert [(e.code, e.eaches, e.reason) for e in found] == [("Accepted", 4, ""), ("Backordered", 6, "")]
    moved = (found[1].delivery_date or found[1].ship_date or end).astimezone(BERLIN)
    assert (moved.date(), moved.time()) == (date(2026, 4, 15), end.astimezone(BERLIN).time())


def test_further_parts_split_a_line(order: Order) -> None:
    more = {"code_1_0": "Accepted", "eaches_1_0": "3", "day_1_0": "2026-03-20", "reason_1_0": ""}
    more |= {"code_1_1": "Rejected", "eaches_1_1": "2", "day_1_1": "2026-03-20", "reason_1_1": SOFT}
    found = sheet(order, accept_1="5", **more).answers()["1"]
    assert [(e.code, e.eaches, e.reason) for e in found] == [
        ("Accepted", 5, ""),
        ("Accepted", 3, ""),
        ("Rejected", 2, SOFT),
    ]
    assert (found[2].ship_date, found[2].delivery_date) == (None, None)


def test_a_reason_left_on_an_accepted_part_is_not_sent(order: Order) -> None:
    more = {"code_1_0": "Accepted", "eaches_1_0": "3", "day_1_0": "", "reason_1_0": SOFT}
    assert sheet(order, accept_1="7", **more).answers()["1"][1].reason == ""


def test_own_lower_cost_is_read_with_comma(order: Order) -> None:
    assert [e.net_cost for e in sheet(order, cost_1="3,95").answers()["1"]] == [Decimal("3.95")]


def test_rest_without_a_word_about_it_is_left_to_the_rules(order: Order) -> None:
    assert plain(sheet(order, accept_1="7", rest_1="").answers())["1"] == [("Accepted", 7, "")]


def test_too_many_are_left_to_the_rules(order: Order) -> None:
    assert plain(sheet(order, accept_1="11").answers())["1"] == [("Accepted", 11, "")]


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("accept_1", "ten", "“ten” is not a whole number of pieces."),
        ("accept_1", "-3", "“-3” is not a whole number of pieces."),
        ("cost_1", "cheap", "“cheap” is not an amount."),
        ("date_1", "tomorrow", "“tomorrow” is not a day such as 2026-03-31."),
    ],
)
def test_unreadable_is_said_at_its_line_and_kept_as_typed(order: Order, field: str, text: str, said: str) -> None:
    found = sheet(order, **{field: text})
    assert list(found.answers()) == ["2"]
    assert found.rows[0].problems == [said]
    assert text in (found.rows[0].accept, found.rows[0].cost, found.rows[0].date)
    assert found.wrong


def test_split_offers_what_is_left(order: Order) -> None:
    found = sheet(order, accept_1="6")
    found.split("1")
    assert found.rows[0].entries == [Entry("Accepted", "4")]
    assert found.rows[0].left == 0


def test_drop_takes_one_part_away(order: Order) -> None:
    found = sheet(order, accept_1="6")
    found.split("1")
    found.drop("1", 7)
    found.drop("1", 0)
    assert found.rows[0].entries == []


def test_parts_of_a_line_are_not_endless(order: Order) -> None:
    found = sheet(order)
    for _ in range(30):
        found.split("1")
    assert len(found.rows[0].entries) == 20


def test_problems_go_to_their_lines_and_others_above(order: Order) -> None:
    found = sheet(order)
    found.show([Problem("too many", "lines[2].answers[0].eaches"), Problem("closed")])
    assert ([row.problems for row in found.rows], found.problems) == ([[], ["too many"]], ["closed"])


def test_sheet_shows_an_earlier_answer_as_it_was(order: Order) -> None:
    given = {"1": [LineAnswer("Accepted", 6), LineAnswer("Rejected", 4, SOFT)], "2": [LineAnswer("Rejected", 24, SOFT)]}
    found = Sheet(order, list(order.lines.all()), given=given)
    assert [row.accept for row in found.rows] == ["6", "0"]
    assert [row.entries for row in found.rows] == [
        [Entry("Rejected", "4", SOFT, "")],
        [Entry("Rejected", "24", SOFT, "")],
    ]
    assert [row.left for row in found.rows] == [0, 0]


def test_cancelled_lines_are_not_on_the_sheet(order: Order) -> None:
    order.lines.filter(number="2").update(eaches=0, amount=0)
    assert [row.line.number for row in Sheet(order, list(order.lines.all())).rows] == ["1"]


def test_kept_carries_everything_typed_but_the_button(order: Order) -> None:
    data = typed(order, accept_1="7")
    data["do"] = "preview"
    data["csrfmiddlewaretoken"] = "x"
    assert dict(kept(data)) == dict(typed(order, accept_1="7").items())


@pytest.mark.parametrize(("language", "shown"), [("en", "1,234.50"), ("de", "1.234,50")])
def test_cost_is_shown_and_read_as_the_language_writes_it(
    place: Callable[..., Order], language: str, shown: str
) -> None:
    order = place({"amount": 1, "cost": "1234.50"})
    with translation.override(language):
        assert Sheet(order, list(order.lines.all())).rows[0].cost == shown
        assert sheet(order).answers()["1"][0].net_cost == Decimal("1234.50")
