"""What people paste and spreadsheets write: understood where it is plain, refused where it is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.common import lenient
from purveyor.common.lenient import Ambiguous, DigitsLost, Unreadable

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("4.5", "", "4.5"),
        ("4,5", "", "4.5"),
        ("4", "", "4"),
        ("-4,50", "", "-4.50"),
        ("1.234,56", "", "1234.56"),
        ("1,234.56", "", "1234.56"),
        ("1.234.567", "", "1234567"),
        ("1,234,567", "", "1234567"),
        ("1 234,5", "", "1234.5"),
        ("1'234.50", "", "1234.50"),
        ("0.125", "", "0.125"),
        ("12.3456", "", "12.3456"),
        ("1234.567", "", "1234.567"),
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        ("1,234", ",", "1.234"),
        ("1,234", ".", "1234"),
    ],
)
def test_number_is_read_in_either_manner(text: str, mark: str, value: str) -> None:
    assert lenient.number(text, mark) == Decimal(value)


@pytest.mark.parametrize("text", ["1.234", "1,234", "-999,000", "12.345"])
def test_number_that_reads_differently_is_ambiguous(text: str) -> None:
    with pytest.raises(Ambiguous):
        lenient.number(text)


@pytest.mark.parametrize(
    ("text", "mark"),
    [("", ""), ("four", ""), ("1.23.4", ""), ("1,2.3,4", ""), ("4.5", ","), ("1,23", "."), ("1e3", ""), ("NaN", "")],
)  # fmt: skip
def test_number_that_is_none_is_refused(text: str, mark: str) -> None:
    with pytest.raises(Unreadable):
        lenient.number(text, mark)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_number_written_in_german_and_english_is_the_same(value: Decimal) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert lenient.number(english) == lenient.number(german) == value


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("4006381333931", "4006381333931"),
        ("4006381333931.0", "4006381333931"),
        ("4 006381 333931", "4006381333931"),
        ("978-3-16-148410-0", "9783161484100"),
        ("4.006381333931E+12", "4006381333931"),
        ("4,006381333931e12", "4006381333931"),
        ("4.0063813339310E+12", "4006381333931"),
        ("4.00638133393105E+12", "4.00638133393105E+12"),
        ("4006381333931.5", "4006381333931.5"),
    ],
)
def test_long_number_keeps_every_digit(text: str, digits: str) -> None:
    assert lenient.long_number(text) == digits


@pytest.mark.parametrize("text", ["4.00639E+12", "4,00639E+12", "4E+12", "4.00638133393E+12"])
def test_long_number_with_lost_digits_is_refused(text: str) -> None:
    with pytest.raises(DigitsLost):
        lenient.long_number(text)


@pytest.mark.parametrize(
    ("text", "value"), [("1.234", 1234), ("1,234", 1234), ("12", 12), ("12,0", 12), ("12.00", 12), ("-3", -3)]
)  # fmt: skip
def test_whole_number_may_be_grouped(text: str, value: int) -> None:
    assert lenient.whole_number(text) == value


@pytest.mark.parametrize("text", ["", "1.5", "1.23", "twelve", "1.2345", "1.234,567", "1" + ",000" * 1500])
def test_whole_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        lenient.whole_number(text)


@pytest.mark.parametrize("text", ["yes", "Ja", " X ", "TRUE", "wahr", "1", "j"])
def test_yes_in_both_languages(text: str) -> None:
    assert lenient.yes_no(text) is True


@pytest.mark.parametrize("text", ["no", "Nein", "FALSE", "falsch", "0"])
def test_no_in_both_languages(text: str) -> None:
    assert lenient.yes_no(text) is False


def test_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(Unreadable):
        lenient.yes_no("perhaps")


@pytest.mark.parametrize("text", ["2026-03-31", "31.03.2026", "31.3.2026"])
def test_day_in_either_manner(text: str) -> None:
    assert lenient.day(text) == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["3/31/2026", "31.02.2026", "", "31.3.26"])
def test_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        lenient.day(text)


@pytest.mark.parametrize(
    ("text", "bare"),
    [('="0123"', "0123"), ("'=1+1", "=1+1"), ("'-5", "-5"), ("'", "'"), ("'n Abend", "'n Abend"), (" a ", "a")],
)
def test_cell_drops_what_keeps_a_spreadsheet_quiet(text: str, bare: str) -> None:
    assert lenient.cell(text) == bare


def test_alias_is_looked_up_without_blanks_in_capitals() -> None:
    assert lenient.alias_key(" Old name ") == "OLDNAME"
