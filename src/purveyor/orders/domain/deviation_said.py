"""How an order deviates from its bulk-buy offer, in words, with the numbers of both (PO-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from purveyor.base.phrase import Phrase, joined

PARTS: dict[str, str] = {
    "window": gettext_noop("the order's window is %(first)s to %(last)s, the offer's %(from)s to %(to)s"),
    "price": gettext_noop("the order names %(cost)s %(currency)s, approved are %(price)s %(price_currency)s"),
    "quantity": gettext_noop("%(eaches)s pieces are ordered, %(left)s of %(approved)s approved ones are left"),
    "days": gettext_noop("its window begins %(days)s days after its date, %(needed)s are needed"),
    "others": gettext_noop("it is as approved, but lines %(others)s of the order do not come from the offer"),
}


def parts(numbers: Mapping[str, Any]) -> Phrase:
    """What of a finding PO-06 deviates, each with both numbers."""
    shown = {name: plain(value) for name, value in numbers.items()}
    return joined((Phrase(PARTS[name]) % shown for name in numbers["what"] if name in PARTS), "; ")


def plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "–" if value is None or value == "" else str(value)
