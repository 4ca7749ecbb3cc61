"""Every state change leaves an entry: ``move()`` calls this inside its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

from purveyor.audit.secrecy import find_secret
from purveyor.audit.write import record

# What a worker notes for itself says nothing to a reader.
INNER = frozenset({"lease_owner", "lease_until", "due_at", "state_at", "to_look"})
SHORT = 500


def tell(row: Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]) -> None:
    """Record a move: ``action`` or, if the caller named none, ``state.changed``."""
    told = {name: value for name, value in changes.items() if name not in INNER and _is_short(value)}
    # A move must not fail for what it stores elsewhere: a value that looks like a secret is left out, not refused.
    safe = {name: value for name, value in told.items() if find_secret({name: value}) is None}
    record(
        action or "state.changed",
        by=by,
        obj=row,
        old={"state": old},
        new={"state": new} | safe,
        because=because if find_secret(because) is None else "",
    )


def _is_short(value: Any) -> bool:
    """Numbers, moments and short text tell a reader something; documents are kept where they belong."""
    if isinstance(value, str):
        return len(value) <= SHORT
    return value is None or isinstance(value, bool | int | Decimal | date)
