"""Amazon's rules for an answer, one by one, each with what it lets through."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.making import NOW, SOON, accept, backorder, ground, line, reject
from purveyor.orders.domain.answer_rules import problems_of_answers, problems_of_order
from purveyor.orders.domain.ground import Standing
from purveyor.orders.models import Line

pytestmark = pytest.mark.unit

TWO_DAYS = timedelta(hours=48)


def found(answers, *lines, **more):
    """Check ids and places of what is wrong with these answers."""
    base = ground(*lines, **more)
    given = answers if isinstance(answers, dict) else {"1": answers}
    return [(p.check, p.where) for p in problems_of_answers(base, given, NOW)]


def checks(**of_order):
    confirm = of_order.pop("confirm_elsewhere", False)
    lines = of_order.pop("lines", ())
    return [p.check for p in problems_of_order(ground(*lines, **of_order), confirm_elsewhere=confirm)]


def test_full_acceptance_is_right():
    assert found([accept()]) == []


@pytest.mark.parametrize(
    "answers",
    [
        [accept(6), reject(4)],
        [reject(10)],
        [accept(5, delivery_date=SOON), accept(5, delivery_date=SOON + timedelta(days=1))],
        [accept(net_cost=Decimal("4.19"))],
        [accept(net_cost=Decimal("4.20"))],
    ],
)
def test_partial_split_rejected_and_cheaper_answers_are_right(answers):
    assert found(answers) == []


def test_line_without_an_answer_is_refused_not_guessed():
    assert found({"1": [accept()]}, line("1"), line("2")) == [("AC-01", "lines[2]")]
    assert found({"1": []}) == [("AC-01", "lines[1]")]


def test_answer_that_leaves_pieces_open_is_refused():
    assert found([accept(9)]) == [("AC-01", "lines[1]")]


def test_line_the_order_does_not_have_is_refused():
    assert found({"1": [accept()], "7": [accept()]}) == [("AC-01", "lines[7]")]


def test_cancelled_line_needs_no_answer_and_takes_none():
    gone = line("2", 0)
    assert found({"1": [accept()]}, line("1"), gone) == []
    assert found({"1": [accept()], "2": [accept()]}, line("1"), gone) == [("AC-01", "lines[2]")]
    assert found({"1": [accept()]}, line("1"), line("2", 10, gone=True)) == []


def test_line_that_takes_no_answer_is_told_from_one_there_is_not():
    base = ground(line("1"), line("2", 0))
    answers = {"1": [accept()], "2": [accept()], "7": [accept()]}
    assert [p.message for p in problems_of_answers(base, answers, NOW)] == [
        "Line 2 is cancelled; leave it out.",
        "The order has no line 7.",
    ]


def test_more_than_ordered_is_refused():
    assert found([accept(11)]) == [("AC-02", "lines[1]")]


@pytest.mark.parametrize("eaches", [0, -1])
def test_part_of_nothing_is_refused(eaches):
    assert ("AC-02", "lines[1].answers[1].eaches") in found([accept(10 - eaches), reject(eaches)])


@pytest.mark.parametrize("cost", ["4.21", "0", "-1", "4.00001"])
def test_cost_above_the_orders_nothing_or_too_fine_is_refused(cost):
    assert found([accept(net_cost=Decimal(cost))]) == [("AC-02", "lines[1].answers[0].net_cost")]


def test_line_without_a_cost_needs_one():
    bare = line(net_cost=None)
    assert found([accept()], bare) == [("AC-02", "lines[1].answers[0].net_cost")]
    assert found([accept(net_cost=Decimal("3"))], bare) == []
    assert found([accept(net_cost=Decimal("999999999999.9999"))], bare) == []
    for huge in ("1E+12", "1E+99999999"):
        assert found([accept(net_cost=Decimal(huge))], bare) == [("AC-02", "lines[1].answers[0].net_cost")]


def test_line_has_one_cost():
    assert found([accept(6, net_cost=Decimal("4")), reject(4)]) == [("AC-02", "lines[1]")]


def test_cases_are_answered_in_whole_cases():
    case = line(eaches=12, unit_size=6)
    assert found([accept(6), reject(6)], case) == []
    assert found([accept(7), reject(5)], case) == [
        ("AC-02", "lines[1].answers[0].eaches"),
        ("AC-02", "lines[1].answers[1].eaches"),
    ]


def test_unit_nobody_knows_cannot_be_answered():
    assert found([accept()], line(unit="Barrels")) == [("PO-02", "lines[1].answers[0]")]
    nothing_in_a_case = Line(number="1", asin="B1", eaches=10, unit="Eaches", unit_size=0, net_cost=Decimal("4.20"))
    assert found([accept()], nothing_in_a_case) == [("PO-02", "lines[1].answers[0]")]


def test_line_without_any_product_cannot_be_answered():
    assert found([accept()], line(asin="")) == [("PRODUCT", "lines[1].answers[0]")]
    assert found([accept()], line(asin="", vendor_product="SKU 1")) == []


def test_backorder_only_where_allowed():
    assert found([accept(6), backorder(4)]) == [("AC-03", "lines[1].answers[1].code")]
    assert found([accept(6), backorder(4)], line(backorder_allowed=True)) == []
    assert found([backorder(10)], line(backorder_allowed=True)) == []


def test_backorder_needs_a_date_ahead():
    allowed = line(backorder_allowed=True)
    assert found([backorder(10, delivery_date=None)], allowed) == [("AC-03", "lines[1].answers[0].delivery_date")]
    assert found([backorder(10, delivery_date=NOW)], allowed) == [("AC-03", "lines[1].answers[0].delivery_date")]
    assert found([backorder(10, delivery_date=None, ship_date=SOON)], allowed) == []


def test_rejection_needs_one_of_amazons_reasons_and_nothing_else_has_one():
    assert found([reject(10, "")]) == [("REASON", "lines[1].answers[0].reason")]
    assert found([reject(10, "Tired")]) == [("REASON", "lines[1].answers[0].reason")]
    assert found([accept(10, reason="ObsoleteProduct")]) == [("REASON", "lines[1].answers[0].reason")]


def test_dates_belong_to_what_is_promised_and_run_forward():
    assert found([reject(10, delivery_date=SOON)]) == [("DATES", "lines[1].answers[0].delivery_date")]
    assert found([reject(10, ship_date=SOON)]) == [("DATES", "lines[1].answers[0].delivery_date")]
    assert found([accept(10, ship_date=SOON, delivery_date=SOON)]) == []
    back = accept(10, ship_date=SOON, delivery_date=SOON - timedelta(days=1))
    assert found([back]) == [("DATES", "lines[1].answers[0].delivery_date")]


def test_code_must_be_amazons():
    wrong = type(accept())("accepted", 10)
    assert found([wrong]) == [("AC-01", "lines[1].answers[0].code")]


def test_rejected_stays_rejected():
    stood = {"1": Standing(0, 10, (reject(10),), refused=True)}
    assert found([accept()], standing=stood) == [("AC-04", "lines[1]")]
    assert found([accept(1), reject(9)], standing=stood) == [("AC-04", "lines[1]")]
    assert found([reject(10)], standing=stood) == []


def test_partly_rejected_line_may_still_change():
    stood = {"1": Standing(6, 4, (accept(6), reject(4)))}
    assert found([accept()], standing=stood, answered_at=NOW - timedelta(hours=1)) == []


@pytest.mark.parametrize(("age", "wrong"), [(TWO_DAYS, []), (TWO_DAYS + timedelta(seconds=1), [("48H", "lines[1]")])])
def test_quantities_may_change_for_48_hours(age, wrong):
    stood = {"1": Standing(10, 0, (accept(),))}
    assert found([accept(6), reject(4)], standing=stood, answered_at=NOW - age) == wrong


@pytest.mark.parametrize(
    "answer",
    [accept(net_cost=Decimal("4")), backorder(10)],
    ids=["cost", "code"],
)
def test_after_48_hours_cost_and_code_stand_too(answer):
    stood = {"1": Standing(10, 0, (accept(),))}
    late = {"standing": stood, "answered_at": NOW - timedelta(hours=49)}
    assert found([answer], line(backorder_allowed=True), **late) == [("48H", "lines[1]")]


def test_after_48_hours_dates_may_change():
    stood = {"1": Standing(10, 0, (accept(delivery_date=SOON),))}
    late = {"standing": stood, "answered_at": NOW - timedelta(hours=49)}
    assert found([accept(delivery_date=SOON + timedelta(days=2))], **late) == []


def test_48_hours_count_from_the_answer_amazon_shows_when_it_was_not_ours():
    shown = line(accepted=10, rejected=0, acknowledged_on="2026-02-28T08:59:59Z")
    stood = {"1": Standing(10, 0)}
    assert found([accept(6), reject(4)], shown, standing=stood) == [("48H", "lines[1]")]
    assert found([accept()], shown, standing=stood) == []


def test_line_amazon_changed_or_added_later_may_be_answered_after_48_hours():
    stood = {"1": Standing(10, 0, (accept(),))}
    late = {"standing": stood, "answered_at": NOW - timedelta(hours=49)}
    assert found([accept(4)], line(eaches=4), **late) == []
    assert found({"1": [accept()], "2": [accept()]}, line("1"), line("2"), **late) == []


def test_every_problem_is_found_at_once():
    two = {"1": [accept(11)], "2": [reject(10, "")]}
    assert found(two, line("1"), line("2")) == [("AC-02", "lines[1]"), ("REASON", "lines[2].answers[0].reason")]


@pytest.mark.parametrize(
    ("of_order", "wrong"),
    [
        ({}, []),
        ({"state": "answer failed"}, []),
        ({"state": "acknowledged", "answered_at": NOW, "amazon_state": "Acknowledged"}, []),
        ({"state": "acknowledging"}, ["STATE"]),
        ({"state": "cancelled"}, ["STATE"]),
        ({"state": "closed"}, ["STATE"]),
        ({"amazon_state": "CLOSED"}, ["STATE"]),
        ({"lines": [line("1", 0)]}, ["STATE"]),
        ({"state": "answered elsewhere"}, ["ELSEWHERE"]),
        ({"state": "answered elsewhere", "confirm_elsewhere": True}, []),
        ({"amazon_state": "Acknowledged"}, ["ELSEWHERE"]),
        ({"vendor_code": ""}, ["PARTY"]),
    ],
)
def test_order_that_cannot_be_answered_says_why(of_order, wrong):
    assert checks(**of_order) == wrong
