"""When and how an order is answered by itself (PRODUCT §5). Pure: values in, a ruling out.

by_hand            never                         on_arrival_full    at once, every line in full
on_arrival_stock   at once, what is free         on_pick_result     once the warehouse has picked
by_deadline        shortly before the answer is due, provisionally; a pick result corrects it within 48 hours
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from purveyor.base.phrase import Phrase
from purveyor.orders.models import Order
from purveyor.orders.settings import AS_UNDEFINED

BY_HAND, FULL, STOCK = "by_hand", "on_arrival_full", "on_arrival_stock"
PICK, DEADLINE = "on_pick_result", "by_deadline"

HELD = gettext_noop("Something holds the order; once it is gone, the policy answers.")
"""Why a person decides."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a policy says: answer at ``at`` (now or later; None means when the pick result comes), or leave it to a
    person for the reason ``person``. ``from_stock`` is how it is answered."""

    mode: str
    at: datetime | None = None
    from_stock: bool = False
    person: Phrase | None = None

    @property
    def now(self) -> bool:
        """Whether nothing is waited for, judged by the moment it was made for."""
        return not self.person and self.at is not None


def setting_of(type_: str, settings: Mapping[str, Any]) -> str:
    """The name of the setting that says how orders of a type are answered: another type's, where it defers to it."""
    name = f"policy.{type_}"
    return "policy.undefined" if settings.get(name) == AS_UNDEFINED else name


def mode_of(order: Order, settings: Mapping[str, Any]) -> str:
    """The mode in force for an order's type; a type nobody set anything for is answered by hand."""
    return str(settings.get(setting_of(order.type, settings), BY_HAND))


def decide(
    order: Order, settings: Mapping[str, Any], now: datetime, *, held: bool = False, never: Phrase | None = None
) -> Ruling | None:
    """What the policy in force says of an order; None for ``by_hand``. ``held`` orders are a person's to answer.

    ``never`` is why this order is never answered without a person (``rules.why_never``).
    """
    mode = mode_of(order, settings)
    if mode == BY_HAND:
        return None
    if never:
        return Ruling(mode, person=never)
    if held:
        return Ruling(mode, person=Phrase(HELD))
    if mode == PICK:
        return Ruling(mode)
    if mode == DEADLINE:
        at = max(order.due_at - timedelta(hours=settings["policy.hours_before"]), now)
        return Ruling(mode, at, from_stock=settings["policy.provisional"] == "stock")
    return Ruling(mode, now, from_stock=mode == STOCK)
