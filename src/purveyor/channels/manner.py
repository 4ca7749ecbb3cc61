"""How a file's texts are meant where they do not say it themselves: encoding, separator, marks, order of dates, units,
and what stands in no column at all. Said by hand, or saved with a mapping. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from purveyor.base.columns import CLEAR, Column
from purveyor.base.filekinds import Kind
from purveyor.common import lenient
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import Unreadable, trimmed

MARKS = ("", ".", ",")
ENCODINGS = ("", "utf-8", "utf-16", "cp1252", "iso-8859-1", "iso-8859-15", "cp850", "cp437", "mac-roman")
DATES = ("", "dmy", "mdy", "ymd")
"""In which order a day is written; blank: as 2026-03-31 or 31.03.2026, and nothing that could be either."""
UNITS: Mapping[str, Mapping[str, Decimal]] = {
    "weight": {"g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"), "lb": Decimal("453.59237")},
    "length": {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4")},
}
"""By measure (``Column.measure``), how many of the kept unit (grams, millimetres) make one of each other."""
LONGEST = 200
_TAB = "tab"
_PARTS = re.compile(r"([0-9]{1,4})[./\- ]([0-9]{1,2})[./\- ]([0-9]{1,4})(?:[ T].*)?")
_PACKED = re.compile(r"[0-9]{8}|[0-9]{6}")


def tidied(kind: Kind | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a mapping, complete. With a kind its columns' names are looked at too. Raises Refused with every
    problem and its place."""
    found = {
        "mark": str(given.get("mark", "") or ""),
        "headless": bool(given.get("headless")),
        "encoding": str(given.get("encoding", "") or ""),
        "separator": _separator(str(given.get("separator", "") or "")),
        "dates": str(given.get("dates", "") or ""),
        "units": {str(k): str(v) for k, v in (given.get("units") or {}).items() if v},
        "constants": {str(k): trimmed(str(v)) for k, v in (given.get("constants") or {}).items() if str(v).strip()},
    }
    problems = [*_problems(found), *(_column_problems(kind, found) if kind else ())]
    if problems:
        raise Refused(problems[0].message if len(problems) == 1 else _("The options do not fit."), problems)
    # What is not said is not kept: files that were taken before stay the same files.
    always = ("mark", "headless")
    return {name: value for name, value in found.items() if value or name in always}


def _separator(given: str) -> str:
    return "\t" if given.lower() in (_TAB, "\\t") else given


def _problems(found: Mapping[str, Any]) -> Iterator[Problem]:
    if found["mark"] not in MARKS:
        yield Problem(_("The decimal mark is a point or a comma."), where="mark")
    if found["encoding"] not in ENCODINGS:
        names = ", ".join(ENCODINGS[1:])
        yield Problem(_("There is no such encoding; there are %(names)s.") % {"names": names}, where="encoding")
    separator = found["separator"]
    if separator and (len(separator) != 1 or separator.isalnum() or separator in "\r\n\"'\0"):
        yield Problem(_("The separator is one sign, such as ; or the word tab."), where="separator")
    if found["dates"] not in DATES:
        yield Problem(_("The order of dates is dmy, mdy or ymd."), where="dates")


def _column_problems(kind: Kind, found: Mapping[str, Any]) -> Iterator[Problem]:
    known = {column.name: column for column in kind.columns}
    for name in {*found["units"], *found["constants"]} - known.keys():
        yield Problem(_("There is no such column."), where=name)
    for name, unit in found["units"].items():
        if name in known and unit not in UNITS.get(known[name].measure, {}):
            units = ", ".join(UNITS.get(known[name].measure, {})) or _("none")
            said = _("There is no unit %(unit)s for this column; there are: %(units)s.")
            yield Problem(said % {"unit": unit, "units": units}, where=name)
    for name, text in found["constants"].items():
        if len(text) > LONGEST:
            yield Problem(_("At most %(most)d characters.") % {"most": LONGEST}, where=name)
        elif name in known:
            try:
                known[name].take(meant(known[name], text, found), found["mark"])
            except Unreadable as error:
                yield Problem(str(error), where=name)


def meant(column: Column, text: str, options: Mapping[str, Any], *, number: bool = False) -> str:
    """The text as its column reads it: a day as 2026-03-31, a weight or length in the unit that is kept.

    ``number`` tells that the cell held a number. Raises Unreadable with a sentence.
    """
    if text == CLEAR:
        return text
    if column.measure == "day" and options.get("dates"):
        return _day(text, options["dates"])
    unit = options.get("units", {}).get(column.name)
    if unit is None or column.measure not in UNITS:
        return text
    mark = "." if number else options.get("mark", "")
    return _converted(text, UNITS[column.measure][unit], mark)


def _day(text: str, order: str) -> str:
    found = _split(text.strip(), order)
    if found is None:
        said = _("“%(text)s” is not a day in the order %(order)s.")
        raise Unreadable(said % {"text": text[:60], "order": order.upper()})
    by_sign = dict(zip(order, found, strict=True))
    if len(by_sign["y"]) not in (2, 4) or max(len(by_sign["d"]), len(by_sign["m"])) > 2:
        raise Unreadable(_("“%(text)s” is no day of the calendar.") % {"text": text[:60]})
    year = int(by_sign["y"]) + (2000 if len(by_sign["y"]) == 2 else 0)
    try:
        return date(year, int(by_sign["m"]), int(by_sign["d"])).isoformat()
    except ValueError:
        said = _("“%(text)s” is no day of the calendar.")
        raise Unreadable(said % {"text": text[:60]}) from None


def _split(text: str, order: str) -> tuple[str, ...] | None:
    if match := _PARTS.fullmatch(text):
        return match.groups()
    if not _PACKED.fullmatch(text):
        return None
    sizes = {"d": 2, "m": 2, "y": len(text) - 4}
    parts, at = [], 0
    for sign in order:
        parts.append(text[at : at + sizes[sign]])
        at += sizes[sign]
    return tuple(parts)


def _converted(text: str, factor: Decimal, mark: str) -> str:
    try:
        found = lenient.number(text, mark)
    except lenient.Ambiguous:
        said = _("“%(text)s” may mean thousands or a fraction. Say which decimal mark the file uses, or write 1234.50.")
        raise Unreadable(said % {"text": text[:60]}) from None
    except Unreadable:
        raise Unreadable(_("“%(text)s” is not a number.") % {"text": text[:60]}) from None
    return str((found * factor).quantize(Decimal(1), ROUND_HALF_UP))
