"""What changed between two versions of a document, place by place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# By what the entries of a list are told apart, where they can be.
NAMES = ("itemSequenceNumber", "purchaseOrderNumber")
Change = tuple[str, str, str]


def changes(old: Any, new: Any) -> list[Change]:
    """Each place that differs, with its value before and after; an empty text where there was, or is, none."""
    before, after = dict(_places(old)), dict(_places(new))
    places = dict.fromkeys([*before, *after])
    return [(p, before.get(p, ""), after.get(p, "")) for p in places if before.get(p, "") != after.get(p, "")]


def _places(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _places(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, f"{place}[{_name_of(inner, number)}]")
    else:
        yield place, "" if value is None else str(value)


def _name_of(entry: Any, number: int) -> str:
    if isinstance(entry, Mapping):
        return next((str(entry[name]) for name in NAMES if name in entry), str(number))
    return str(number)
