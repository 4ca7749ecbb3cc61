"""Answers as values: proposed, split, read from a machine's file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orders.making import NOW, SOON, line, order
from purveyor.common.errors import Refused
from purveyor.orders.domain.answer import LineAnswer, Promise, cut, promise, propose_full, split
from purveyor.orders.domain.answers_file import parse_answers

pytestmark = pytest.mark.unit


def parsed(*answers):
    return parse_answers({"orders": [{"number": "1ABCDEFG", "lines": [{"line": "1", "answers": list(answers)}]}]})


def wrong(data):
    with pytest.raises(Refused) as caught:
        parse_answers(data)
    return [problem.where for problem in caught.value.problems]


def wrong_answer(**fields):
    given = {"code": "Accepted", "eaches": 1} | fields
    found = wrong({"orders": [{"number": "1ABCDEFG", "lines": [{"line": "1", "answers": [given]}]}]})
    return [where.removeprefix("orders[0].lines[0].answers[0].") for where in found]


def test_full_proposal_accepts_every_open_line_at_the_orders_cost():
    lines = [line("1", 10), line("2", 0), line("3", 12, unit_size=6), line("4", 5, gone=True)]
    assert propose_full(order(), lines, NOW) == {
        "1": [LineAnswer("Accepted", 10, delivery_date=SOON, net_cost=Decimal("4.20"))],
        "3": [LineAnswer("Accepted", 12, delivery_date=SOON, net_cost=Decimal("4.20"))],
    }


def test_promise_follows_the_window_the_order_names():
    assert promise(order(), NOW) == Promise(delivery_date=SOON)
    by_amazon = order(delivery_end=None, ship_end=SOON)
    assert promise(by_amazon, NOW) == Promise(ship_date=SOON)


def test_window_that_has_passed_promises_nothing():
    assert promise(order(), SOON) == Promise()


def test_split_leaves_out_what_is_nothing():
    later = SOON + timedelta(days=3)
    found = split(
        line(), accepted=6, backordered=4, accept_by=Promise(None, SOON), backorder_by=Promise(delivery_date=later)
    )
    assert [(a.code, a.eaches, a.reason, a.delivery_date) for a in found] == [
        ("Accepted", 6, "", SOON),
        ("Backordered", 4, "", later),
    ]


def test_cut_rejects_the_rest_with_a_reason():
    assert [(a.code, a.eaches, a.reason) for a in cut(line(), 6, "ObsoleteProduct")] == [
        ("Accepted", 6, ""),
        ("Rejected", 4, "ObsoleteProduct"),
    ]
    assert [a.code for a in cut(line(), 0, "ObsoleteProduct")] == ["Rejected"]
    assert [a.code for a in cut(line(), 10, "ObsoleteProduct")] == ["Accepted"]


def test_file_is_read_with_every_field():
    found = parsed(
        {"code": "Accepted", "eaches": 6, "ship_date": "2026-03-09", "net_cost": "4.10"},
        {"code": "Backordered", "eaches": 3, "delivery_date": "2026-03-10T08:00:00+01:00"},
        {"code": "rejected", "eaches": 1, "reason": "obsoleteproduct"},
    )
    assert found == {
        "1ABCDEFG": {
            "1": [
                LineAnswer("Accepted", 6, ship_date=datetime(2026, 3, 9, tzinfo=UTC), net_cost=Decimal("4.10")),
                LineAnswer("Backordered", 3, delivery_date=datetime(2026, 3, 10, 7, tzinfo=UTC)),
                LineAnswer("Rejected", 1, "ObsoleteProduct"),
            ]
        }
    }


def test_blank_fields_are_as_good_as_none():
    assert parsed({"code": "Accepted", "eaches": 6, "reason": "", "ship_date": None, "delivery_date": ""}) == {
        "1ABCDEFG": {"1": [LineAnswer("Accepted", 6)]}
    }


def test_line_number_may_be_a_number():
    data = {
        "orders": [{"number": " 1ABCDEFG\n", "lines": [{"line": 1, "answers": [{"code": "Accepted", "eaches": 1}]}]}]
    }
    assert parse_answers(data) == {"1ABCDEFG": {"1": [LineAnswer("Accepted", 1)]}}


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"code": "Perhaps"}, ["code"]),
        ({"code": None}, ["code"]),
        ({"code": 1}, ["code"]),
        ({"eaches": "6"}, ["eaches"]),
        ({"eaches": 6.0}, ["eaches"]),
        ({"eaches": True}, ["eaches"]),
        ({"eaches": None}, ["eaches"]),
        ({"reason": "Tired"}, ["reason"]),
        ({"ship_date": "soon"}, ["ship_date"]),
        ({"delivery_date": 20260310}, ["delivery_date"]),
        ({"delivery_date": "0001-01-01T00:00:00+14:00"}, ["delivery_date"]),
        ({"net_cost": 4.2}, ["net_cost"]),
        ({"net_cost": "NaN"}, ["net_cost"]),
        ({"each": 6}, ["each"]),
        ({"code": "x", "eaches": "y"}, ["code", "eaches"]),
    ],
)
def test_answer_that_cannot_be_read_is_named_by_its_path(fields, where):
    assert wrong_answer(**fields) == where


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ([], [""]),
        ({}, ["orders"]),
        ({"orders": []}, ["orders"]),
        ({"orders": {}}, ["orders"]),
        ({"orders": [1]}, ["orders[0]"]),
        ({"orders": [{"number": "", "lines": []}]}, ["orders[0].number", "orders[0].lines"]),
        ({"orders": [{"number": "1"}]}, ["orders[0].lines"]),
        ({"orders": [{"number": "1", "lines": [{"line": "1", "answers": []}]}]}, ["orders[0].lines[0].answers"]),
        (
            {"orders": [{"number": "1", "lines": [{"line": True, "answers": [{"code": "Accepted", "eaches": 1}]}]}]},
            ["orders[0].lines[0].line"],
        ),
        ({"order": []}, ["order", "orders"]),
    ],
)
def test_document_of_another_shape_is_named_by_its_path(data, where):
    assert wrong(data) == where


def test_order_or_line_answered_twice_is_refused():
    one = {"number": "1", "lines": [{"line": "1", "answers": [{"code": "Accepted", "eaches": 1}]}] * 2}
    assert wrong({"orders": [one]}) == ["orders[0].lines[1].line"]
    plain = {"number": "1", "lines": [{"line": "1", "answers": [{"code": "Accepted", "eaches": 1}]}]}
    assert wrong({"orders": [plain, plain]}) == ["orders[1].number"]


def test_every_problem_is_found_at_once():
    bad = {"code": "x", "eaches": 1}
    data = {"orders": [{"number": "1", "lines": [{"line": n, "answers": [bad]} for n in ("1", "2")]}]}
    assert wrong(data) == ["orders[0].lines[0].answers[0].code", "orders[0].lines[1].answers[0].code"]


def test_refusal_reaches_a_machine_with_its_paths():
    with pytest.raises(Refused) as caught:
        parse_answers({"orders": []})
    told = caught.value.as_dict()
    assert (told["code"], [p["where"] for p in told["problems"]]) == ("refused", ["orders"])
    assert json.dumps(told)
