"""Paging that survives inserts: the next page begins behind the last row's own sort key."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated, Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Field

from purveyor.common.errors import Refused
from purveyor.common.windows import moment, zulu

M = TypeVar("M", bound=Model)
PAGE, LONGEST = 50, 500
MOST = 2**63

Limit = Annotated[int, Field(ge=1, le=LONGEST, description="Rows a page")]
Cursor = Annotated[str, Field(description="The `next` of the page before")]


def encode(*key: Any) -> str:
    """An opaque cursor of a sort key."""
    plain = [_exact(part) if isinstance(part, datetime) else part for part in key]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _exact(at: datetime) -> str:
    return at.isoformat() if at.microsecond % 1000 else zulu(at)


def decode(cursor: str, count: int) -> list[Any]:
    """The sort key of a cursor. Raises Refused when it is not one of ours."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != count:
        raise _not_ours()
    return key


def newest_first(rows: QuerySet[M], cursor: str, limit: int, *, by: str) -> tuple[list[M], str]:
    """A page of rows by a moment and id, newest first, and the cursor of the next ('' at the end)."""
    if cursor:
        at, pk = _key(cursor)
        # The first condition says nothing new; it is the one an index can use.
        rows = rows.filter(Q(**{f"{by}__lte": at}), Q(**{f"{by}__lt": at}) | Q(pk__lt=pk))
    found = list(rows.order_by(f"-{by}", "-pk")[: limit + 1])
    return found[:limit], _after(found, limit, by)


def _key(cursor: str) -> tuple[datetime, int]:
    at, pk = decode(cursor, 2)
    try:
        if not 0 < pk < MOST:
            raise ValueError(pk)
        return moment(at), int(pk)
    except (TypeError, ValueError, AttributeError, OverflowError):
        raise _not_ours() from None


def _not_ours() -> Refused:
    return Refused(_("The cursor is not one this list gave out."), code="bad-cursor")


def _after(found: list[M], limit: int, by: str) -> str:
    return encode(getattr(found[limit - 1], by), found[limit - 1].pk) if len(found) > limit else ""
