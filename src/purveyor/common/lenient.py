"""What people paste and spreadsheets write: trimmed of what comes along, numbers in either language's manner."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

YES = frozenset({"yes", "y", "true", "1", "x", "on", "ja", "j", "wahr", "an", "✓"})
NO = frozenset({"no", "n", "false", "0", "off", "nein", "falsch", "aus"})

_LONGEST = 18
_SHORT = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})")
_FORMULA = re.compile(r'="(.*)"')
_MARKED = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:(?P<mark>[.,' ])[0-9]{3})(?:(?P=mark)[0-9]{3})*(?:[.,][0-9]+)?")
_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


class Unreadable(ValueError):
    """A text that is not what its place wants."""


class Ambiguous(Unreadable):
    """A number that the two manners of writing read differently, such as 1.234."""


class DigitsLost(Unreadable):
    """A long number in a spreadsheet's short form, with some of its digits gone, such as 4.00639E+12."""


def trimmed(text: str) -> str:
    """The text without surrounding or embedded invisible characters and line breaks."""
    if text.isprintable():
        return text.strip()  # nothing of that kind in it, as in nearly every cell of a file
    kept = (c for c in text if unicodedata.category(c) not in {"Cf", "Cc", "Zl", "Zp"})
    return "".join(kept).replace("\u00a0", " ").strip()


def identifier(text: str) -> str:
    """An identifier has no blanks at all: client ids, tokens, vendor codes, PO numbers."""
    return "".join(trimmed(text).split())


def alias_key(text: str) -> str:
    """How another name of a product is looked up: in capitals, blanks neither around it nor inside."""
    return identifier(text).upper()


def cell(text: str) -> str:
    """A cell's text: trimmed, without the formula or apostrophe that keeps a spreadsheet from changing it."""
    text = trimmed(text)
    if text[:1] not in {"=", "'"}:
        return text
    found = _FORMULA.fullmatch(text)
    if found:
        return trimmed(found[1])
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@'" else text


def long_number(text: str) -> str:
    """The digits of a number such as an EAN, also where a spreadsheet wrote it shorter with all of its digits.

    Blanks and hyphens between the digits are dropped, as is an empty fraction. Raises DigitsLost.
    """
    if text.isascii() and text.isdigit():
        return text
    text = identifier(text)
    short = _SHORT.fullmatch(text)
    if short:
        first, part, power = short[1], short[2] or "", int(short[3])
        if len(part) < power:
            raise DigitsLost(text)
        return _whole(first + part[:power], part[power:], text)
    whole, _mark, part = text.replace(",", ".").partition(".")
    return _whole(whole.replace("-", ""), part, text)


def _whole(digits: str, fraction: str, text: str) -> str:
    """The digits, where what stands behind the mark is nothing."""
    return text if fraction.strip("0") else digits


def number(text: str, mark: str = "") -> Decimal:
    """A number with a decimal point or comma and grouped thousands, as either language writes them.

    ``mark`` is the decimal mark where it is known. Without it a number that reads differently in either manner is
    Ambiguous. Raises Unreadable.
    """
    text = trimmed(text).replace("\u202f", " ").replace("\u2019", "'").replace("\u2212", "-")
    if mark:
        return _marked(text, mark)
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return _marked(text, "." if text.rfind(".") > text.rfind(",") else ",")
    if points > 1 or commas > 1:
        return _marked(text, "," if points else ".")
    if re.fullmatch(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}", text):
        raise Ambiguous(text)
    return _marked(text, "," if commas else ".")


def _marked(text: str, mark: str) -> Decimal:
    if not (_MARKED.fullmatch(text) or _GROUPED.fullmatch(text)):
        raise Unreadable(text)
    whole, _, part = text.partition(mark)
    other = "," if mark == "." else "."
    if other in part or mark in part:
        raise Unreadable(text)
    if other in whole and not _GROUPED.fullmatch(whole):
        raise Unreadable(text)
    return Decimal(re.sub(r"[.,' ]", "", whole) + (f".{part}" if part else ""))


def whole_number(text: str) -> int:
    """A whole number, thousands grouped or not, with an empty fraction or none. Raises Unreadable."""
    text = trimmed(text)
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST:
        return int(text)
    grouped = re.fullmatch(r"-?[0-9]{1,3}(?:([.,' \u202f])[0-9]{3})(?:\1[0-9]{3})*", text)
    if grouped and len(text) <= 2 * _LONGEST:
        return int(re.sub(r"[^0-9-]", "", text))
    found = re.fullmatch(r"(-?[0-9]{1,18})(?:[.,]0+)?", text)
    if found is None:
        raise Unreadable(text)
    return int(found[1])


def yes_no(text: str) -> bool:
    """Yes or no in English or German. Raises Unreadable."""
    text = trimmed(text).casefold()
    if text in YES or text in NO:
        return text in YES
    raise Unreadable(text)


def day(text: str) -> date:
    """A day as 2026-03-31 or 31.3.2026. Raises Unreadable, also for 3/4/2026, which reads differently elsewhere."""
    text = trimmed(text)
    german = _DAY.fullmatch(text)
    try:
        return date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(text)
    except ValueError:
        raise Unreadable(text) from None
