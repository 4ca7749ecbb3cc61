"""Paging that survives inserts: the next page begins behind the last row's own sort key."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from purveyor.common.errors import Refused
from purveyor.common.windows import moment, zulu

M = TypeVar("M", bound=Model)
LIMIT, LONGEST = 50, 500


def encode(*key: Any) -> str:
    """An opaque cursor of a sort key."""
    plain = [zulu_exact(part) if isinstance(part, datetime) else part for part in key]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def zulu_exact(at: datetime) -> str:
    return at.isoformat() if at.microsecond % 1000 else zulu(at)


def decode(cursor: str, count: int) -> list[Any]:
    """The sort key of a cursor. Raises Refused when it is not one of ours."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        key = None
    if not isinstance(key, list) or len(key) != count:
        raise Refused("the cursor is not one this list gave out", code="bad-cursor")
    return key


def newest_first(rows: QuerySet[M], cursor: str, limit: int, *, by: str) -> tuple[list[M], str]:
    """A page of rows by a moment and id, newest first, and the cursor of the next ('' at the end)."""
    if cursor:
        at, pk = _key(cursor)
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "pk__lt": pk}))
    found = list(rows.order_by(f"-{by}", "-pk")[: limit + 1])
    return found[:limit], _next(found, limit, lambda row: encode(getattr(row, by), row.pk))


def _key(cursor: str) -> tuple[datetime, int]:
    at, pk = decode(cursor, 2)
    try:
        return moment(at), int(pk)
    except (TypeError, ValueError, AttributeError):
        raise Refused("the cursor is not one this list gave out", code="bad-cursor") from None


def _next(found: list[M], limit: int, key: Callable[[M], str]) -> str:
    return key(found[limit - 1]) if len(found) > limit else ""
