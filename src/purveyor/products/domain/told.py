"""Who works with products hears which of them changed: in the same transaction, so that no change goes unheard."""

from __future__ import annotations

from collections.abc import Callable, Collection

Listener = Callable[[Collection[int]], None]

_listeners: list[Listener] = []


def on_change(listener: Listener) -> Listener:
    """Call ``listener`` with the keys of products whose facts, names, costs or stock changed, within the change."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def changed(product_ids: Collection[int]) -> None:
    """These products changed. Joins the caller's transaction."""
    if product_ids:
        for listener in _listeners:
            listener(product_ids)
