"""What is said of a product, as given by a form, a machine or a file: read and checked the same way. No database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from purveyor.amazon.regions import MARKETPLACES, country_code
from purveyor.base import columns
from purveyor.base.columns import Read
from purveyor.common import lenient
from purveyor.common.errors import Problem
from purveyor.common.lenient import Unreadable, identifier
from purveyor.products.domain.stock import MOST

MOST_IN_A_CASE = 1_000_000
HEAVIEST = 100_000_000
LONGEST = 1_000_000
DEAREST = Decimal(100_000_000)

_ASIN = re.compile(r"[A-Z0-9]{10}")
_MEASURE = re.compile(r"(.*?[0-9])\s*([a-z\"]+)", re.IGNORECASE | re.DOTALL)
_GRAMS = {"g": "1", "gr": "1", "kg": "1000", "lb": "453.59237", "lbs": "453.59237", "oz": "28.349523125"}
_MILLIMETRES = {"mm": "1", "cm": "10", "m": "1000", "in": "25.4", '"': "25.4"}


def sku(given: Any, mark: str = "") -> str:
    """The vendor's own number; never blank."""
    found: str = columns.text(80)(given, mark)
    if not found:
        raise Unreadable(_("A product needs a SKU."))
    return found


def asin(given: Any, mark: str = "") -> str:
    """Amazon's number (OPERATIONS: ten letters and digits), or blank."""
    found = identifier(str(given)).upper()
    if found and not _ASIN.fullmatch(found):
        raise Unreadable(_("“%(text)s” is no ASIN: these are ten letters and digits.") % {"text": found[:40]})
    return found


def marketplace(given: Any, mark: str = "") -> str:
    """The code of a marketplace, such as DE."""
    code = country_code(identifier(str(given)))
    if code not in MARKETPLACES:
        words = {"text": code[:40], "codes": ", ".join(sorted(MARKETPLACES))}
        raise Unreadable(_("There is no marketplace “%(text)s”. Known are: %(codes)s.") % words)
    return code


def currency(given: Any, mark: str = "") -> str:
    """Three letters, such as EUR."""
    code = identifier(str(given)).upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise Unreadable(_("“%(text)s” is no currency such as EUR.") % {"text": code[:40]})
    return code


def _measure(factors: Mapping[str, str], most: int) -> Read:
    """A weight or length in the smallest unit; others are named behind the number and converted, rounded up to one."""
    whole = columns.whole(1, most)

    def read(given: Any, mark: str = "") -> int:
        found = _MEASURE.fullmatch(given.strip()) if isinstance(given, str) else None
        if found is None:
            return int(whole(given, mark))
        factor = factors.get(found[2].casefold())
        if factor is None:
            words = {"text": given[:40], "units": ", ".join(factors)}
            raise Unreadable(_("“%(text)s” names no unit we know. Known are: %(units)s.") % words)
        try:
            value = lenient.number(found[1], mark) * Decimal(factor)
        except Unreadable:
            raise Unreadable(_("“%(text)s” is not a measure.") % {"text": given[:40]}) from None
        if abs(value) > most:  # before it becomes a whole number of thousands of digits
            words = {"text": given[:40], "least": 1, "most": most}
            raise Unreadable(_("“%(text)s” is not between %(least)d and %(most)d.") % words)
        return int(whole(max(1, round(value)) if value > 0 else round(value), mark))

    return read


case = columns.whole(1, MOST_IN_A_CASE)
grams = _measure(_GRAMS, HEAVIEST)
millimetres = _measure(_MILLIMETRES, LONGEST)
stock = columns.whole(0, MOST)
cost = columns.amount(4, DEAREST)

READ: dict[str, Read] = {
    "sku": sku,
    "asin": asin,
    "gtin": columns.article_number,
    "title": columns.text(300),
    "case_pack": case,
    "inner_pack": case,
    "weight_grams": grams,
    "length_mm": millimetres,
    "width_mm": millimetres,
    "height_mm": millimetres,
    "expiry_tracked": columns.yes_no,
    "location": columns.text(40),
    "prep": columns.text(120),
    "active": columns.yes_no,
}
EMPTY: dict[str, Any] = {"asin": "", "gtin": "", "title": "", "location": "", "prep": ""} | dict.fromkeys(
    ("case_pack", "inner_pack", "weight_grams", "length_mm", "width_mm", "height_mm")
)
"""What a fact is that nobody gave. The SKU and the two questions have none."""


def read(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The facts given, tidied, and everything wrong with them, each problem with its field."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in given.items():
        if name not in READ:
            problems.append(Problem(_("There is no such field."), where=name))
            continue
        try:
            values[name] = EMPTY[name] if name in EMPTY and value in ("", None) else READ[name](value, "")
        except Unreadable as error:
            problems.append(Problem(str(error), where=name))
    return values, [*problems, *pack_problems(values)]


def pack_problems(values: Mapping[str, Any]) -> list[Problem]:
    """An inner pack lies whole inside a case."""
    case_pack, inner = values.get("case_pack"), values.get("inner_pack")
    if not case_pack or not inner or case_pack % inner == 0:
        return []
    said = _("A case of %(case)d does not hold whole inner packs of %(inner)d.")
    return [Problem(said % {"case": case_pack, "inner": inner}, where="inner_pack")]
