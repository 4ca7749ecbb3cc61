"""Amounts, units, windows, and what people paste."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from purveyor.common.lenient import identifier, trimmed
from purveyor.common.money import decimal_of, plain
from purveyor.common.units import CASES, EACHES, Quantity
from purveyor.common.windows import Window, moment, moment_or_none, zulu

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "amount"), [("12.5", "12.5"), (" 1E+2 ", "100"), ("-0.10", "-0.10"), ("1e-3", "0.001")]
)
def test_decimal_of_reads_every_spelling_of_a_number(text: str, amount: str) -> None:
    assert decimal_of(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "ten", "NaN", "Infinity", "1,5"])
def test_decimal_of_refuses_what_is_no_finite_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"number"):
        decimal_of(text)


@pytest.mark.parametrize(
    ("amount", "text"), [("12", "12.00"), ("1E+3", "1000.00"), ("0.1250", "0.125"), ("3.10", "3.10"), ("0", "0.00")]
)
def test_plain_writes_two_places_and_no_exponent(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text


def test_quantity_counts_pieces_and_comes_back_in_its_unit() -> None:
    cases = Quantity(3, CASES, 12)
    assert (cases.eaches, cases.of_eaches(24)) == (36, Quantity(2, CASES, 12))
    assert (Quantity(3, EACHES, 12).eaches, Quantity(3).of_eaches(7)) == (3, Quantity(7))
    with pytest.raises(ValueError, match="25 is not a multiple of the case of 12"):
        cases.of_eaches(25)


def test_moment_is_utc_whatever_its_zone() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert [moment(text) for text in ("2026-03-02T12:00:00Z", "2026-03-02T13:00:00+01:00", "2026-03-02T12:00")] == [
        noon
    ] * 3
    assert (moment_or_none("2026-03-02T12:00Z"), moment_or_none(""), moment_or_none("soon")) == (noon, None, None)


def test_zulu_writes_milliseconds_only_where_there_are_any() -> None:
    noon = moment("2026-03-02T13:00:00+01:00")
    assert (zulu(noon), zulu(noon.replace(microsecond=250_999))) == ("2026-03-02T12:00:00Z", "2026-03-02T12:00:00.250Z")


def test_window_is_read_and_written_the_same() -> None:
    text = "2026-03-02T23:00:00Z--2026-03-05T22:59:59Z"
    assert str(Window.parse(text)) == text
    assert Window.parse("2026-03-02T23:00:00Z--2026-03-02T23:00:00Z").start == moment("2026-03-02T23:00:00Z")


@pytest.mark.parametrize("text", ["", "2026-03-02", "2026-03-02--", "a--b", "2026-03-03--2026-03-02"])
def test_window_refuses_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"window|isoformat|before it starts"):
        Window.parse(text)


def test_what_is_pasted_loses_what_nobody_sees() -> None:
    pasted = "\ufeff 1ABC\u200bDEFG\u00a0\r\n"
    assert (trimmed(pasted), trimmed("a\u00a0b"), identifier(" A B\tC ")) == ("1ABCDEFG", "a b", "ABC")
