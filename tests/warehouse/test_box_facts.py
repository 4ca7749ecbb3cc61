"""What is said of a box, at its bounds: the same at every door."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.common.errors import Refused
from purveyor.common.lenient import Unreadable
from purveyor.warehouse.domain.box_facts import read_facts, read_key, sscc
from warehouse.boxes import SSCC

pytestmark = [pytest.mark.unit, pytest.mark.once]


@pytest.mark.parametrize("given", [SSCC, f"00{SSCC}", f"(00){SSCC}", f"(00) {SSCC[:3]} {SSCC[3:]}"])
def test_an_sscc_is_kept_as_its_18_digits(given: str) -> None:
    assert sscc(given) == SSCC
    assert sscc(" ") == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (SSCC[:-1], "18 digits"),
        (f"0{SSCC}", "18 digits"),
        (f"11{SSCC}", "18 digits"),
        (SSCC[:-1] + "x", "18 digits"),
        (SSCC[:-1] + "1", "would have to be 0"),
        ("3.4567E+15", "last digits are lost"),
        ("٣" * 18, "18 digits"),
    ],
)
def test_what_is_no_sscc_is_refused_with_the_cure(given: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        sscc(given)


def test_numbers_and_names_are_taken_up_to_their_bounds() -> None:
    least = {"weight_grams": 1, "tare_grams": 1, "length_mm": 1, "width_mm": 1, "height_mm": 1}
    most = {"weight_grams": 2_000_000, "tare_grams": 2_000_000, "length_mm": 20_000, "width_mm": 20_000}
    assert read_facts(least) == least
    assert read_facts(most) == most
    assert read_facts({"weight_grams": None, "sscc": None, "colour": 1}) == {"sscc": "", "weight_grams": None}
    assert read_key(" " + "K" * 40) == "K" * 40
    assert read_key(None) == ""


@pytest.mark.parametrize("given", [0, -1, True, 1.5, "9", 2_000_001])
def test_a_number_beyond_its_bounds_is_refused_by_its_name(given: Any) -> None:
    with pytest.raises(Refused) as error:
        read_facts({"tare_grams": given})
    assert [one.where for one in error.value.problems] == ["tare_grams"]
