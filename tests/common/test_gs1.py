"""GS1's numbers: one form for all of them, and no wrong one gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.common import gs1

pytestmark = pytest.mark.unit

BODIES = (
    st.integers(7, 13)
    .filter(lambda n: n in (7, 11, 12, 13))
    .flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))
)


@pytest.mark.parametrize(
    ("text", "as14"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4006381333931", "04006381333931"),
        ("9783161484100", "09783161484100"),
        ("9791234567896", "09791234567896"),
        ("10614141000415", "10614141000415"),
    ],
)
def test_every_length_becomes_fourteen_digits(text: str, as14: str) -> None:
    assert gs1.gtin14(text) == as14
    assert gs1.printed(as14) == text


@pytest.mark.parametrize(
    "text", ["", "400638133393", "4006381333931 ", "40063813339", "٤٠٠٦٣٨١٣٣٣٩٣١", "400638133393X"]
)
def test_what_has_another_shape_is_refused(text: str) -> None:
    with pytest.raises(gs1.NoGtin):
        gs1.gtin14(text)
    assert gs1.gtin14_or_blank(text) == ""


def test_wrong_check_digit_names_the_right_one() -> None:
    with pytest.raises(gs1.WrongCheckDigit) as error:
        gs1.gtin14("4006381333932")
    assert error.value.expected == "1"
    assert gs1.gtin14_or_blank("4006381333932") == ""


@given(BODIES)
def test_check_digit_makes_it_valid_and_every_other_does_not(body: str) -> None:
    right = gs1.check_digit(body)
    assert [digit for digit in "0123456789" if gs1.is_valid(body + digit)] == [right]


@given(BODIES, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_never_passes(body: str, place: int, by: int) -> None:
    whole = body + gs1.check_digit(body)
    place %= len(whole)
    wrong = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 :]
    assert not gs1.is_valid(wrong)


def test_blank_is_printed_as_blank() -> None:
    assert gs1.printed("") == ""
