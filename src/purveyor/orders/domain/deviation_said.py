"""How an order deviates from its bulk-buy offer, in words, with the numbers of both (PO-06)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from purveyor.base.phrase import Day, Phrase, joined

DAYS = frozenset({"first", "last", "from", "to"})
"""The numbers that are days, kept as ISO 8601."""
PARTS: dict[str, str] = {
    "window": gettext_noop("the order's window is %(first)s to %(last)s, the offer's %(from)s to %(to)s"),
    "price": gettext_noop("the order names %(cost)s %(currency)s, approved are %(price)s %(price_currency)s"),
    "quantity": gettext_noop("%(eaches)s pieces are ordered, %(left)s of %(approved)s approved ones are left"),
    "days": gettext_noop("its window begins %(days)s days after its date, %(needed)s are needed"),
    "others": gettext_noop("it is as approved, but lines %(others)s of the order do not come from the offer"),
}


def parts(numbers: Mapping[str, Any]) -> Phrase:
    """What of a finding PO-06 deviates, each with both numbers."""
    words = shown(numbers)
    return joined((Phrase(PARTS[name]) % words for name in numbers["what"] if name in PARTS), "; ")


def shown(numbers: Mapping[str, Any]) -> dict[str, str | Day]:
    """Kept numbers as they are filled in: days in each reader's form, an en dash for what there is none of."""
    return {name: _plain(value, is_day=name in DAYS) for name, value in numbers.items()}


def _plain(value: Any, *, is_day: bool) -> str | Day:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if value is None or value == "":
        return "–"
    return Day(date.fromisoformat(value)) if is_day else str(value)
