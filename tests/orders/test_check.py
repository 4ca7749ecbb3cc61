"""What is checked of an order: each rule alone, its border, its severity."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from orders.making import NOW, SOON, accept, line, order
from purveyor.orders.domain.check import RULES, Agreed, Facts, Found, Stocked, check
from purveyor.orders.domain.findings_said import SENTENCES, say
from purveyor.orders.models import Line, Order
from purveyor.orders.settings import SETTINGS
from purveyor.orders.states import OrderState

pytestmark = pytest.mark.unit

DEFAULTS = {one.name: one.read(one.default) for one in SETTINGS}
HOUR = timedelta(hours=1)
PRODUCT = 7


def facts(settings: dict[str, Any] | None = None, **more: Any) -> Facts:
    told: dict[str, Any] = {
        "now": NOW,
        "settings": DEFAULTS | (settings or {}),
        "vendor_codes": frozenset({"ACME1"}),
        "products": {PRODUCT: Stocked(5, 100)},
        "costs": {PRODUCT: Agreed(Decimal("4.20"), "EUR")},
    }
    return Facts(**(told | more))


def arrived(**more: Any) -> Order:
    """A whole order nothing can be said about."""
    return order(**({"amazon_type": "RegularOrder", "window_end": SOON} | more))


def matched(number: str = "1", eaches: int = 10, **more: Any) -> Line:
    return line(number, eaches, **({"pk": int(number) * 11, "product_id": PRODUCT} | more))


def found(of: Order | None = None, *lines: Line, **more: Any) -> list[tuple[str, int | None, str]]:
    told = check(of or arrived(), list(lines) or [matched()], facts(**more))
    return [(one.rule, one.line, one.severity) for one in told]


def test_whole_order_is_found_nothing_of() -> None:
    assert found() == []


@pytest.mark.parametrize("number", ["1ABCDEF", "1ABCDEFGH", "1abcdefg", "1ABC-EFG"])
def test_odd_number_warns(number: str) -> None:
    assert found(arrived(number=number)) == [("PO-01", None, "warn")]


def test_unknown_vendor_code_warns_and_none_known_says_nothing() -> None:
    strange = arrived(vendor_code="OTHER")
    assert found(strange) == [("PO-01", None, "warn")]
    assert found(strange, vendor_codes=frozenset()) == []


def test_cases_of_no_known_size_hold() -> None:
    odd = arrived(flags=["line 1: Cases without unitSize"])
    assert found(odd, matched(unit="Cases")) == [("PO-02", 11, "hold"), ("PO-03", 11, "warn")]
    assert found(odd, matched("2", unit="Cases", unit_size=5)) == []
    assert found(None, matched(unit="Pallets")) == [("PO-02", 11, "hold")]


def test_other_case_size_than_the_catalogues_warns() -> None:
    assert found(None, matched(eaches=20, unit_size=10)) == [("PO-03", 11, "warn")]
    assert found(None, matched(eaches=20, unit_size=5)) == []


def test_quantity_that_fills_no_whole_cases_warns_and_says_what_would() -> None:
    told = check(arrived(), [matched(eaches=13)], facts())
    assert told == [Found("CASE", 11, "warn", {"eaches": 13, "case": 5, "whole": 10})]
    assert found(None, matched(eaches=15)) == []


@pytest.mark.parametrize(("free", "says"), [(9, True), (10, False), (0, True), (None, False)])
def test_more_than_free_warns(free: int | None, says: bool) -> None:
    told = found(products={PRODUCT: Stocked(None, free)})
    assert told == ([("STOCK", 11, "warn")] if says else [])


@pytest.mark.parametrize(
    ("cost", "amount", "percent", "says"),
    [
        ("4.20", "0", "0", False),
        ("4.21", "0", "0", True),
        ("4.19", "0", "0", True),
        ("4.25", "0.05", "0", False),
        ("4.26", "0.05", "0", True),
        ("4.62", "0", "10", False),
        ("4.63", "0", "10", True),
        ("4.62", "0.05", "10", False),
        ("4.25", "0.05", "1", False),
    ],
)
def test_cost_outside_the_larger_tolerance_holds(cost: str, amount: str, percent: str, says: bool) -> None:
    loose = {"checks.cost_tolerance": Decimal(amount), "checks.cost_tolerance_percent": Decimal(percent)}
    told = found(None, matched(net_cost=Decimal(cost)), settings=loose)
    assert told == ([("PO-04", 11, "hold")] if says else [])


def test_cost_says_its_numbers() -> None:
    (told,) = check(arrived(), [matched(net_cost=Decimal("4.50"))], facts())
    assert told.numbers == {
        "cost": "4.50",
        "currency": "EUR",
        "agreed": "4.20",
        "agreed_currency": "EUR",
        "difference": "0.30",
    }


def test_cost_in_other_money_holds_whatever_the_tolerance() -> None:
    loose = {"checks.cost_tolerance": Decimal(1000)}
    assert found(None, matched(currency="GBP"), settings=loose) == [("PO-04", 11, "hold")]


@pytest.mark.parametrize("more", [{"cost_unit": "KILOGRAMS"}, {"net_cost": None}], ids=str)
def test_cost_that_cannot_be_compared_says_nothing(more: dict[str, Any]) -> None:
    assert found(None, matched(**({"net_cost": Decimal(9)} | more))) == []


def test_cost_nobody_agreed_says_nothing() -> None:
    assert found(costs={}) == []


def test_line_without_product_holds() -> None:
    assert found(None, matched(product_id=None)) == [("PRODUCT", 11, "hold")]
    assert found(None, matched(product_id=None, eaches=0), matched("2")) == []


@pytest.mark.parametrize(("end", "says"), [(NOW, True), (NOW + HOUR, False), (None, False)])
def test_window_that_closed_holds(end: Any, says: bool) -> None:
    long_ago = arrived(window_end=end, first_seen_at=NOW - 100 * HOUR)
    assert found(long_ago) == ([("OVER", None, "hold")] if says else [])


@pytest.mark.parametrize(("hours", "says"), [(47, True), (48, False)])
def test_window_shorter_than_the_lead_time_warns(hours: int, says: bool) -> None:
    told = check(arrived(window_end=NOW + hours * HOUR), [matched()], facts())
    assert told == ([Found("SHORT", None, "warn", {"hours": 47, "needed": 48})] if says else [])


def test_short_window_is_judged_from_the_orders_arrival() -> None:
    seen_long_ago = arrived(window_end=NOW + HOUR, first_seen_at=NOW - 60 * HOUR)
    assert found(seen_long_ago) == []


def test_twin_holds_and_is_named() -> None:
    (told,) = check(arrived(), [matched()], facts(twins=["2ABCDEFG"]))
    assert (told.rule, told.severity, told.numbers) == ("DUPLICATE", "hold", {"twin": "2ABCDEFG"})


@pytest.mark.parametrize("type_", ["ConsignedOrder", "RushOrder", "NewProductIntroduction"])
def test_special_type_holds(type_: str) -> None:
    assert found(arrived(amazon_type=type_)) == [("TYPE", None, "hold")]


def test_change_after_our_answer_holds() -> None:
    answered = arrived(state=OrderState.ACKNOWLEDGED, version=3)
    assert found(answered, answered_version=2, changed_version=3) == [("PO-05", None, "hold")]
    assert found(answered, answered_version=3, changed_version=3) == []


def test_version_in_which_only_amazons_own_state_moved_holds_nothing() -> None:
    answered = arrived(state=OrderState.ACKNOWLEDGED, version=3)
    assert found(answered, answered_version=2, changed_version=2) == []
    assert found(answered, answered_version=1) == []


def test_promised_date_outside_the_window_warns() -> None:
    answered = arrived(state=OrderState.ACKNOWLEDGED)
    late = {"1": [accept(delivery_date=SOON + HOUR)]}
    assert found(answered, answers=late, answered_version=1) == [("AC-08", 11, "warn")]
    assert found(answered, answers={"1": [accept(delivery_date=SOON)]}, answered_version=1) == []
    early = {"1": [accept(delivery_date=SOON - timedelta(days=3) - HOUR)]}
    assert found(answered, answers=early, answered_version=1) == [("AC-08", 11, "warn")]


@pytest.mark.parametrize("state", [OrderState.ELSEWHERE, OrderState.CANCELLED, OrderState.CLOSED])
def test_order_that_is_over_is_found_nothing_of(state: OrderState) -> None:
    assert found(arrived(number="odd", state=state), matched(product_id=None)) == []


def test_answered_order_is_judged_by_what_still_matters() -> None:
    told = found(arrived(state=OrderState.ACKNOWLEDGED, amazon_type="RushOrder"), matched(product_id=None, eaches=13))
    assert told == [("PRODUCT", 11, "hold")]


@pytest.mark.parametrize("severity", ["off", "warn", "hold", "block"])
def test_severity_is_the_settings(severity: str) -> None:
    told = found(None, matched(product_id=None), settings={"checks.product": severity})
    assert told == ([] if severity == "off" else [("PRODUCT", 11, severity)])
    told = found(arrived(amazon_type="RushOrder"), settings={"checks.type": severity})
    assert told == ([] if severity == "off" else [("TYPE", None, severity)])


def test_every_rule_has_a_setting_and_a_sentence() -> None:
    assert {f"checks.{key}" for _name, key in RULES} <= DEFAULTS.keys()
    assert [name for name, _key in RULES if name not in SENTENCES] == []


def test_sentence_names_the_numbers() -> None:
    assert say("STOCK", {"eaches": 10, "free": 4}) == "10 pieces are ordered, 4 are free."
    assert say("PRODUCT", {"asin": "B0TEST", "vendor_product": ""}) == "No product is known by ASIN B0TEST or –."
