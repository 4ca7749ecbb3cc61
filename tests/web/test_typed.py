"""What people type is understood as either language writes it, or said to be unreadable."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from purveyor.web.typed import Unreadable, day_of, decimal_of, whole

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), (" 12 ", 12), ("0", 0), ("1.200", 1200), ("1,200", 1200), ("1 200 300", 1200300), ("1'200", 1200)],
)
def test_whole_reads(text: str, count: int) -> None:
    assert whole(text) == count


@pytest.mark.parametrize("text", ["-1", "1.5", "12,50", "ten", "1.20", "1e3", "١٢", "9999999999999"])
def test_whole_refuses(text: str) -> None:
    with pytest.raises(Unreadable, match="is not a whole number of pieces"):
        whole(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("", None), ("4.20", "4.20"), ("4,20", "4.20"), ("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("4", "4")],
)
def test_decimal_reads_point_and_comma(text: str, amount: str | None) -> None:
    assert decimal_of(text) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize("text", ["four", "4.2.0", "NaN", "∞"])
def test_decimal_refuses(text: str) -> None:
    with pytest.raises(Unreadable, match="is not an amount"):
        decimal_of(text)


def test_day_reads_what_browsers_send() -> None:
    assert (day_of("2026-03-31"), day_of("")) == (date(2026, 3, 31), None)


def test_day_refuses_other_spellings() -> None:
    with pytest.raises(Unreadable, match="is not a day"):
        day_of("31.3.2026")
