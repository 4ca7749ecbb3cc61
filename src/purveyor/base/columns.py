"""What a column of a file holds: how its cell is read, shown, and under which heads it is found.

The readers take what a file, a form or a machine gives and answer the value kept; each refuses with a sentence that
names the cure. CSV, XLSX, the pages that match columns, and the verbs themselves use the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common import gs1, lenient
from purveyor.common.lenient import Ambiguous, DigitsLost, Unreadable, trimmed
from purveyor.common.money import plain

Read = Callable[[Any, str], Any]
"""A given value and the file's decimal mark (blank: unknown) → the value kept. Raises Unreadable with a sentence."""

CLEAR = "-"
"""What a cell holds that shall empty a value; a blank cell leaves it as it is."""
_SHOWN = 60
_TOLD = 10**_SHOWN


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is the field it is assigned to and its head in files for machines, ``label`` its head for people.

    ``heads`` are others it goes by. A ``needed`` column must be there and filled in every row. ``empty`` is what the
    mark for nothing (``CLEAR``) puts there; columns that cannot be empty have none. ``measure`` is what it measures,
    so that a file may use other units or orders: ``weight`` (kept in grams), ``length`` (in millimetres), ``day``.
    """

    name: str
    label: Any
    read: Read
    show: Callable[[Any], Any] = lambda value: value
    heads: tuple[str, ...] = ()
    needed: bool = False
    empty: Any = ...
    measure: str = ""

    def take(self, given: Any, mark: str = "") -> Any:
        """The value of a cell that is not blank. Raises Unreadable."""
        if given == CLEAR and self.empty is not ...:
            return self.empty
        return self.read(given, mark)


def head_key(head: str) -> str:
    """How heads are compared: letters and digits alone, in small letters."""
    return "".join(c for c in head.casefold() if c.isalnum())


def known_heads(column: Column) -> Iterable[str]:
    """Every head a column goes by, in both languages, compared as ``head_key`` does."""
    from django.conf import settings
    from django.utils import translation

    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield head_key(str(column.label))
    yield from map(head_key, (column.name, *column.heads))


def text(most: int) -> Read:
    """Text of at most so many characters, trimmed."""

    def read(given: Any, mark: str = "") -> str:
        found = trimmed(str(given))
        if len(found) > most:
            raise Unreadable(_("“%(text)s” has more than %(most)d characters.") % _said(found, most=most))
        return found

    return read


def whole(least: int, most: int) -> Read:
    """A whole number between two bounds; thousands may be grouped."""

    def read(given: Any, mark: str = "") -> int:
        try:
            found = (
                given if isinstance(given, int) and not isinstance(given, bool) else lenient.whole_number(str(given))
            )
        except Unreadable:
            raise Unreadable(_("“%(text)s” is not a whole number.") % _said(given)) from None
        if not least <= found <= most:
            words = _said(given if -_TOLD < found < _TOLD else "…", least=least, most=most)
            raise Unreadable(_("“%(text)s” is not between %(least)d and %(most)d.") % words)
        return found

    return read


def amount(places: int, most: Decimal) -> Read:
    """An amount above zero with at most so many decimal places."""

    def read(given: Any, mark: str = "") -> Decimal:
        found = given if isinstance(given, Decimal) else _number(str(given), mark)
        if not 0 < found <= most:
            words = _said(given, most=plain(most))
            raise Unreadable(_("“%(text)s” is not an amount above 0 and up to %(most)s.") % words)
        if found != round(found, places):
            words = _said(given, places=places)
            raise Unreadable(_("“%(text)s” has more than %(places)d decimal places.") % words)
        return found

    return read


def _number(given: str, mark: str) -> Decimal:
    try:
        return lenient.number(given, mark)
    except Ambiguous:
        said = _("“%(text)s” may mean thousands or a fraction. Say which decimal mark the file uses, or write 1234.50.")
        raise Unreadable(said % _said(given)) from None
    except Unreadable:
        raise Unreadable(_("“%(text)s” is not an amount.") % _said(given)) from None


def yes_no(given: Any, mark: str = "") -> bool:
    """Yes or no, in English or German."""
    if isinstance(given, bool):
        return given
    try:
        return lenient.yes_no(str(given))
    except Unreadable:
        raise Unreadable(_("“%(text)s” is neither yes nor no.") % _said(given)) from None


def day(given: Any, mark: str = "") -> date:
    """A day as 2026-03-31 or 31.03.2026."""
    if isinstance(given, date):
        return given
    try:
        return lenient.day(str(given))
    except Unreadable:
        said = _("“%(text)s” is not a day such as 2026-03-31 or 31.03.2026.")
        raise Unreadable(said % _said(given)) from None


def article_number(given: Any, mark: str = "") -> str:
    """An EAN, UPC or GTIN as 14 digits; blank for a blank one."""
    try:
        digits = lenient.long_number(str(given))
        return gs1.gtin14(digits) if digits else ""
    except DigitsLost:
        said = _(
            "“%(text)s” is shortened, its last digits are lost. Format the column as text and save the file again."
        )
        raise Unreadable(said % _said(given)) from None
    except gs1.WrongCheckDigit as error:
        words = _said(given, digit=error.expected)
        raise Unreadable(_("“%(text)s” is mistyped: its last digit would have to be %(digit)s.") % words) from None
    except gs1.NoGtin:
        said = _("“%(text)s” is no EAN, UPC or GTIN: these have 8, 12, 13 or 14 digits. Zeros in front may be missing.")
        raise Unreadable(said % _said(given)) from None


def as_yes_no(value: bool) -> str:
    """Yes or no in the reader's language."""
    return _("yes") if value else _("no")


def _said(given: Any, **more: Any) -> dict[str, Any]:
    found = str(given)
    return {"text": found if len(found) <= _SHOWN else found[:_SHOWN] + "…"} | more
