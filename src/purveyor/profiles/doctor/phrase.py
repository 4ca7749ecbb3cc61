"""Sentences that remember how they were made, so that a kept answer is read in any language.

``_`` is gettext whose answer is a text like any other; ``kept`` makes JSON of it, ``shown`` a sentence of the reader's
language out of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from django.utils.translation import gettext

MESSAGE = "message"
WITH = "with"


class Phrase(str):
    """A translated sentence with the message it came from and what was filled in. ``%`` fills in by name."""

    message: str
    filled: Mapping[str, Any] | None

    def __new__(cls, message: str, filled: Mapping[str, Any] | None = None) -> Self:
        text = gettext(message) if message else ""
        made = super().__new__(cls, text % filled if filled is not None else text)
        made.message, made.filled = message, filled
        return made

    def __mod__(self, filled: Any) -> Phrase:
        return Phrase(self.message, filled)


def _(message: str) -> Phrase:
    return Phrase(message)


def kept(value: Any) -> Any:
    """A phrase, or a list or dict with phrases somewhere in it, as JSON."""
    if isinstance(value, Phrase):
        more = {} if value.filled is None else {WITH: {name: kept(one) for name, one in value.filled.items()}}
        return {MESSAGE: value.message} | more
    if isinstance(value, Mapping):
        return {name: kept(one) for name, one in value.items()}
    return [kept(one) for one in value] if isinstance(value, list | tuple) else value


def shown(value: Any) -> Any:
    """What was ``kept``, in the language of the moment."""
    if isinstance(value, Mapping):
        if MESSAGE in value:
            return Phrase(value[MESSAGE], shown(value[WITH]) if WITH in value else None)
        return {name: shown(one) for name, one in value.items()}
    return [shown(one) for one in value] if isinstance(value, list) else value
