"""GS1's numbers for articles: check digits, and one form for EAN-8, UPC-A, EAN-13, ISBN-13 and GTIN-14.

All of them are kept as 14 digits with leading zeros, as GS1 does itself (OPERATIONS §5.1); what was printed on the
goods is the same number with fewer zeros in front. An ISBN-13 is an EAN-13 of the prefixes 978 and 979.
"""

from __future__ import annotations

LENGTHS = (8, 12, 13, 14)
"""EAN-8, UPC-A, EAN-13 and GTIN-14."""


class NoGtin(ValueError):
    """It is no article number; the message says why, in English."""


class WrongLength(NoGtin):
    """It has another number of digits than any article number, or something else than digits."""


class WrongCheckDigit(NoGtin):
    """Its last digit does not follow from the others; ``expected`` would."""

    def __init__(self, text: str, expected: str) -> None:
        super().__init__(f"{text} ends in {text[-1]}, its check digit is {expected}")
        self.expected = expected


def check_digit(digits: str) -> str:
    """The last digit for the digits before it: weights 3 and 1 from the right, up to the next ten (OPERATIONS §5.1)."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def is_valid(text: str) -> bool:
    """Whether it is an article number with a right check digit."""
    return _is_digits(text) and len(text) in LENGTHS and check_digit(text[:-1]) == text[-1]


def gtin14(text: str) -> str:
    """The article number as 14 digits. Raises WrongLength and WrongCheckDigit, and those alone."""
    if not _is_digits(text) or len(text) not in LENGTHS:
        raise WrongLength(f"{text!r} is no EAN, UPC or GTIN of 8, 12, 13 or 14 digits")
    expected = check_digit(text[:-1])
    if expected != text[-1]:
        raise WrongCheckDigit(text, expected)
    return text.zfill(14)


def gtin14_or_blank(text: str) -> str:
    """As ``gtin14``; blank for what is none. For what others wrote, where it may be anything."""
    return text.zfill(14) if is_valid(text) else ""


def printed(gtin: str) -> str:
    """A stored number as it stands on the goods: 8, 12 or 13 digits where that suffices, else 14; blank for none."""
    if not gtin:
        return ""
    bare = len(gtin.lstrip("0"))
    return next(gtin[-length:] for length in LENGTHS if bare <= length)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
