"""Whether this process is about to stop. Long work asks between two steps, and hands back."""

from __future__ import annotations

import threading

_event = threading.Event()


def begin() -> None:
    _event.set()


def is_stopping() -> bool:
    return _event.is_set()


def forget() -> None:
    """A new start in the same process."""
    _event.clear()
