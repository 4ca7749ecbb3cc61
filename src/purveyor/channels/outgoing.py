"""What goes out by channels: each kind renders one of its rows as a file, and tells which rows have not left yet.

The rooms that have something to hand out register it here when the application starts; a pick list is known from the
beginning, by the tables alone (``pick_lists``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One kind of what goes out.

    ``render`` answers the name and the bytes of a row's file in a form (csv, json); None where the row is not to go out
    (any more). ``profile_of`` answers the key of the profile a row belongs to, None where it is gone. ``waiting``
    answers the rows, at most so many, that are to go out by a channel of its number, of a profile (None: of every one),
    made since a moment, and that have no departure by it as they are called now. ``sent`` is told once a row's file
    has left.
    """

    name: str
    label: Any
    render: Callable[[int, str], tuple[str, bytes] | None]
    profile_of: Callable[[int], int | None]
    waiting: Callable[[int, int | None, datetime, int], list[int]]
    sent: Callable[[int], None] | None = None


_kinds: dict[str, Outgoing] = {}


def register(kind: Outgoing) -> None:
    """Make a kind known, in place of one of the same name."""
    _kinds[kind.name] = kind


def kinds() -> dict[str, Outgoing]:
    """Every kind there is, by name."""
    return dict(_kinds)
