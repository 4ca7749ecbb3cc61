"""How an order deviates from its bulk-buy offer, in words, with the numbers of both (PO-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

PARTS: dict[str, str | Lazy] = {
    "window": gettext_lazy("the order's window is %(first)s to %(last)s, the offer's %(from)s to %(to)s"),
    "price": gettext_lazy("the order names %(cost)s %(currency)s, approved are %(price)s %(price_currency)s"),
    "quantity": gettext_lazy("%(eaches)s pieces are ordered, %(left)s of %(approved)s approved ones are left"),
    "days": gettext_lazy("its window begins %(days)s days after its date, %(needed)s are needed"),
    "others": gettext_lazy("it is as approved, but lines %(others)s of the order do not come from the offer"),
}


def parts(numbers: Mapping[str, Any]) -> str:
    """What of a finding PO-06 deviates, each with both numbers."""
    shown = {name: plain(value) for name, value in numbers.items()}
    return "; ".join(str(PARTS[name]) % shown for name in numbers["what"] if name in PARTS)


def plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "–" if value is None or value == "" else str(value)
