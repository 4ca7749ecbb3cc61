"""Sentences that remember how they were made, so that what is stored is read in any language.

``_`` and ``ngettext`` are gettext's whose answer is a text like any other; ``kept`` makes JSON of it, ``shown`` a
sentence of the reader's language out of that. Whatever stores a sentence for readers to come makes it here: numbers,
names and moments stay what they are, and are put into words when they are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext, override, pgettext
from django.utils.translation import ngettext as one_or_more

from purveyor.common.windows import moment, zulu

MESSAGE, PLURAL, COUNT = "message", "plural", "count"
WITH = "with"
MOMENT, ZONE = "moment", "zone"
DAY = "day"
_MADE_OF = {MESSAGE, PLURAL, COUNT, WITH}
SAYS = ("message", "hint")
TOLD = "told"
AUDIT = "en"
"""The language of what is told to nobody in particular: the audit, and columns that are searched."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to fill in, by the clock of the place it concerns (``zone`` is an IANA name), which is named."""

    at: datetime
    zone: str = "UTC"

    def __str__(self) -> str:
        local = self.at.astimezone(ZoneInfo(self.zone))
        return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


@dataclass(frozen=True, slots=True)
class Day:
    """A day to fill in, as its reader writes days."""

    on: date

    def __str__(self) -> str:
        return date_format(self.on, pgettext("date format", "j M Y"))


class Phrase(str):
    """A translated sentence with the message it came from and what was filled in. ``%`` fills in by name.

    One that counts has the message for ``many`` beside it: its singular and plural, and how many.
    """

    message: str
    filled: Mapping[str, Any] | None
    many: tuple[str, int] | None

    def __new__(
        cls, message: str, filled: Mapping[str, Any] | None = None, many: tuple[str, int] | None = None
    ) -> Self:
        text = one_or_more(message, *many) if many else gettext(message) if message else ""
        made = super().__new__(cls, text % filled if filled is not None else text)
        made.message, made.filled, made.many = message, filled, many
        return made

    def __mod__(self, filled: Any) -> Phrase:
        return Phrase(self.message, filled, self.many)


def _(message: str) -> Phrase:
    return Phrase(message)


def ngettext(singular: str, plural: str, number: int) -> Phrase:
    """The one or the other, by the rules of each reader's language."""
    return Phrase(singular, None, (plural, number))


def phrase(text: str) -> Phrase:
    """A text as a phrase: one already, or a whole sentence as the catalogues may know it."""
    return text if isinstance(text, Phrase) else Phrase(text)


def joined(parts: Iterable[str], between: str = " ") -> Phrase:
    """Several as one, each still in every language."""
    found = [part for part in parts if part]
    if not found:
        return Phrase("")
    places = {str(place): phrase(part) for place, part in enumerate(found, 1)}
    return Phrase(between.join(f"%({place})s" for place in places), places)


def at_most(most: int, parts: Sequence[str]) -> Phrase:
    """Several as one; of very many the first, and how many more there are."""
    more = len(parts) - most
    rest = [_("And %(count)d more.") % {"count": more}] if more > 0 else []
    return joined([*parts[:most], *rest])


def kept(value: Any) -> Any:
    """A phrase, or a list or dict with phrases somewhere in it, as JSON."""
    if isinstance(value, Phrase):
        more = {PLURAL: value.many[0], COUNT: value.many[1]} if value.many else {}
        filled = {} if value.filled is None else {WITH: {name: kept(one) for name, one in value.filled.items()}}
        return {MESSAGE: value.message} | more | filled
    if isinstance(value, Moment):
        return {MOMENT: zulu(value.at), ZONE: value.zone}
    if isinstance(value, Day):
        return {DAY: value.on.isoformat()}
    if isinstance(value, Mapping):
        return {name: kept(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [kept(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def shown(value: Any) -> Any:
    """What was ``kept``, in the language of the moment."""
    if isinstance(value, Mapping):
        if value.keys() <= _MADE_OF and isinstance(value.get(MESSAGE), str):
            many = (value[PLURAL], value[COUNT]) if PLURAL in value else None
            return Phrase(value[MESSAGE], shown(value[WITH]) if WITH in value else None, many)
        if value.keys() == {MOMENT, ZONE}:
            return Moment(moment(value[MOMENT]), value[ZONE])
        if value.keys() == {DAY}:
            return Day(date.fromisoformat(value[DAY]))
        return {name: shown(one) for name, one in value.items()}
    return [shown(one) for one in value] if isinstance(value, list) else value


def stored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with a ``message`` and a ``hint`` as JSON: the two in the audit's language, and in ``told`` what they are
    made of."""
    words = {name: phrase(facts[name]) for name in SAYS}
    return dict(facts) | {name: for_audit(text) for name, text in words.items()} | {TOLD: kept(words)}


def read(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was ``stored``, in the language of the moment; finished sentences of before as the catalogues know them."""
    told = facts.get(TOLD) or {name: {MESSAGE: facts[name]} for name in SAYS if name in facts}
    return {name: value for name, value in facts.items() if name != TOLD} | dict(shown(told))


def for_audit(text: str) -> str:
    """A phrase in the audit's language, whoever acted; any other text as it is."""
    if not isinstance(text, Phrase):
        return text
    with override(AUDIT):
        return str(shown(kept(text)))
