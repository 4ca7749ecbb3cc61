"""What of the time before a profile was connected is fetched: everything, or only orders that Amazon still calls New.

Orders acknowledged before were handled elsewhere; where the profile leaves them out, no sweep brings them in later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from purveyor.amazon.paging import Span
from purveyor.orders.records import ReceivedOrder, ReceivedStatus
from purveyor.profiles.models import Profile

NEW = "New"
STILL_NEW = {"purchaseOrderState": NEW}
"""The filter that asks Amazon for such orders only (vendor orders, purchaseOrderState)."""


def parts(profile: Profile, start: datetime, end: datetime) -> list[Span]:
    """The time from ``start`` to ``end``, cut where the profile was connected if that makes a difference."""
    if profile.import_acknowledged or not start < profile.created_at < end:
        return [(start, end)]
    return [(start, profile.created_at), (profile.created_at, end)]


def filters(profile: Profile, window: Span) -> dict[str, Any]:
    """What to ask beside the window's own bounds, for a window that lies within one of ``parts``."""
    return STILL_NEW if only_new(profile, window) else {}


def only_new(profile: Profile, window: Span) -> bool:
    """Whether only orders that are still New are wanted of a window."""
    return not profile.import_acknowledged and window[1] <= profile.created_at


def is_left_out(profile: Profile, record: ReceivedOrder | ReceivedStatus) -> bool:
    """Whether an order we do not hold is none of our business."""
    if profile.import_acknowledged or not isinstance(record, ReceivedOrder):
        return False
    return record.ordered_at < profile.created_at and record.amazon_state.casefold() != NEW.casefold()
