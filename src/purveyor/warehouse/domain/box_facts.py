"""What can be said of a pallet or a carton, read the same at every door. Pure.

Weights are grams and sizes millimetres. An SSCC is kept as its 18 digits (OPERATIONS §4.4); the barcode's ``00`` before
it is taken off.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common import gs1
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import DigitsLost, Unreadable, long_number, trimmed

MOST_BOXES = 20_000
"""So many cartons, and so many pallets, at most in one packing."""
MOST_GRAMS, MOST_MM = 2_000_000, 20_000
NUMBERS = {
    "weight_grams": MOST_GRAMS,
    "tare_grams": MOST_GRAMS,
    "length_mm": MOST_MM,
    "width_mm": MOST_MM,
    "height_mm": MOST_MM,
}
"""The numbers a box has, and how large each may be."""
FACTS = ("sscc", *NUMBERS)
_LONGEST_KEY = 40
_DIGITS = 18


def sscc(given: Any, mark: str = "") -> str:
    """The 18 digits of an SSCC; blank for a blank one. Raises Unreadable with a sentence."""
    try:
        digits = long_number(str(given)).removeprefix("(00)")
    except DigitsLost:
        said = _(
            "“%(text)s” is shortened, its last digits are lost. Format the column as text and save the file again."
        )
        raise Unreadable(said % {"text": given}) from None
    if not digits:
        return ""
    if len(digits) == _DIGITS + 2:
        digits = digits.removeprefix("00")
    if not (digits.isascii() and digits.isdigit() and len(digits) == _DIGITS):
        said = _("“%(text)s” is no SSCC: these have 18 digits. Zeros in front may be missing.")
        raise Unreadable(said % {"text": trimmed(str(given))[:60]})
    expected = gs1.check_digit(digits[:-1])
    if expected != digits[-1]:
        said = _("“%(text)s” is mistyped: its last digit would have to be %(digit)s.")
        raise Unreadable(said % {"text": digits, "digit": expected})
    return digits


def sscc_problem(key: str) -> str:
    """That another box has this SSCC already."""
    return _("%(key)s has this SSCC already.") % {"key": key}


def read_key(given: Any) -> str:
    """The name of a box; blank where none is given. Raises Refused."""
    key = trimmed(str(given or ""))
    if len(key) > _LONGEST_KEY:
        raise _refused(_("A name has at most %(most)d characters.") % {"most": _LONGEST_KEY}, "key")
    return key


def read_facts(given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts among what is given; null forgets one. Raises Refused, which names the field."""
    found: dict[str, Any] = {}
    for name in FACTS:
        if name in given:
            found[name] = _sscc(given[name]) if name == "sscc" else _number(name, given[name])
    return found


def _sscc(given: Any) -> str:
    try:
        return sscc("" if given is None else given)
    except Unreadable as error:
        raise _refused(str(error), "sscc") from None


def _number(name: str, given: Any) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= NUMBERS[name]:
        raise _refused(_("A whole number from 1 to %(most)d.") % {"most": NUMBERS[name]}, name)
    return given


def _refused(message: str, where: str) -> Refused:
    return Refused(_("The packing was not changed."), [Problem(message, where=where)])
