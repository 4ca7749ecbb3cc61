"""Values of the house as plain JSON that both databases keep unchanged, so that a hash made today holds for ever.

Pure. Numbers with a fraction become text (PostgreSQL's jsonb writes them its own way), moments ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.utils.functional import Promise


def plain(value: Any) -> Any:
    """The value as JSON can hold it. Raises TypeError for what has no plain form (a model, bytes)."""
    kind = type(value)
    if value is None or kind is bool or kind is int:
        return value
    if kind is str:
        return clean(value)
    if kind is dict:
        return _fields(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return _fields(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return _text(value)


def _fields(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        clean(key if type(key) is str else str(plain(key))): inner if type(inner) is int else plain(inner)
        for key, inner in value.items()
    }


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


TEXTS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (str, str),
    (Promise, str),
    (datetime, _moment),
    (date, date.isoformat),
    (float, repr),
    (Decimal, str),
    (UUID, str),
)


def _text(value: Any) -> str:
    for kind, write in TEXTS:
        if isinstance(value, kind):
            return clean(write(value))
    raise TypeError(f"{type(value).__name__} has no plain form for the audit")


def clean(text: str) -> str:
    """Text without what PostgreSQL refuses: NUL and lone surrogates become the replacement character."""
    if text.isascii() and "\x00" not in text:
        return text  # as nearly every text
    return text.replace("\x00", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
