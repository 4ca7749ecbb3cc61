"""Time left, moments, numbers and amounts, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from purveyor.web import figures
from purveyor.web.figures import Due
from purveyor.web.templatetags.purveyor_words import step_words

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "text", "level"),
    [
        (23, "23 h 0 min left", "calm"),
        (12.1, "12 h 6 min left", "calm"),
        (12, "12 h 0 min left", "near"),
        (6.1, "6 h 6 min left", "near"),
        (6, "6 h 0 min left", "soon"),
        (2.5, "2 h 30 min left", "soon"),
        (2.4, "2 h 24 min left", "loud"),
        (0.01, "36 s left", "loud"),
        (0, "0 s late", "over"),
        (-1, "1 h 0 min late", "over"),
        (-49, "2 d 1 h late", "over"),
    ],
)
def test_due_turns_from_calm_to_over(hours: float, text: str, level: str) -> None:
    assert figures.due(NOW + timedelta(hours=hours), NOW) == Due(text, level)


def test_due_of_nothing_is_calm_and_empty() -> None:
    assert figures.due(None, NOW) == Due("", "calm")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "just now"), (1, "1 s ago"), (60, "1 min ago"), (3600, "1 h 0 min ago")]
)
def test_ago_says_how_long(seconds: int, text: str) -> None:
    assert figures.ago(NOW - timedelta(seconds=seconds), NOW) == text


def test_ago_of_nothing_is_empty() -> None:
    assert figures.ago(None, NOW) == ""


@pytest.mark.parametrize(("language", "text"), [("en", "1,234,567"), ("de", "1.234.567")])
def test_number_is_grouped_as_the_language_does(language: str, text: str) -> None:
    with translation.override(language):
        assert figures.number(1234567) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("4.2", "4.20 EUR"), ("4.2055", "4.2055 EUR"), ("4", "4.00 EUR"), ("12345.6", "12,345.60 EUR"), ("0", "0.00 EUR")],
)
def test_amount_keeps_the_places_a_cost_has(value: str, text: str) -> None:
    assert figures.amount(Decimal(value), "EUR") == text


def test_amount_in_german_has_a_decimal_comma() -> None:
    with translation.override("de"):
        assert figures.amount(Decimal("12345.6"), "EUR") == "12.345,60 EUR"


def test_nothing_is_a_dash() -> None:
    assert (figures.number(None), figures.amount(None), figures.quantity(None)) == ("–", "–", "–")


@pytest.mark.parametrize(
    ("units", "unit", "size", "text"),
    [(40, "Cases", 12, "40 cases of 12"), (1, "Cases", 6, "1 case of 6"), (40, "Eaches", 1, "")],
)
def test_original_is_told_for_cases_only(units: int, unit: str, size: int, text: str) -> None:
    assert figures.original(units, unit, size) == text


def test_moment_is_in_the_marketplaces_zone_and_names_it() -> None:
    found = figures.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "DE")
    assert (found.text, found.zone, found.place) == ("2 Jul 2026, 00:30", "CEST", "Europe/Berlin")


def test_moment_of_an_unknown_marketplace_is_utc() -> None:
    assert figures.moment(NOW, "XX", "short").zone == "UTC"
    assert figures.moment(NOW, "", "short").text == "2 Mar, 09:00"


def test_local_midnight_is_shown_on_its_own_day() -> None:
    """A window that ends at 08:00Z ends on that day in Los Angeles, not on the day before."""
    assert figures.moment(datetime(2026, 3, 9, 8, 0, tzinfo=UTC), "US", "day").text == "Mon 9 Mar 2026"


@pytest.mark.parametrize(
    ("step", "said"),
    [("1 orders", "1 Bestellung"), ("1200 orders", "1.200 Bestellungen"), ("status", "status"), ("", "")],
)
def test_steps_of_work_count_orders_in_the_reader_s_language(step: str, said: str) -> None:
    with translation.override("de"):
        assert step_words(step) == said
