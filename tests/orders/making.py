"""Orders and lines as values, for rules that know no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.domain.ground import Ground, Standing
from purveyor.orders.models import Line, Order
from purveyor.orders.states import OrderState

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(days=7)


def order(**more: Any) -> Order:
    """A new order with a delivery window a week ahead."""
    told: dict[str, Any] = {
        "number": "1ABCDEFG",
        "state": OrderState.NEW,
        "state_at": NOW,
        "amazon_state": "New",
        "vendor_code": "ACME1",
        "currency": "EUR",
        "ordered_at": NOW,
        "due_at": NOW + timedelta(hours=24),
        "first_seen_at": NOW,
        "delivery_start": SOON - timedelta(days=3),
        "delivery_end": SOON,
    }
    return Order(**(told | more))


def line(number: str = "1", eaches: int = 10, **more: Any) -> Line:
    """A line of single pieces at 4.20 each; ``unit_size`` above 1 makes it cases."""
    size = more.get("unit_size", 1)
    told: dict[str, Any] = {
        "number": number,
        "position": int(number),
        "asin": f"B00000000{number}",
        "eaches": eaches,
        "amount": eaches // size,
        "unit": "Cases" if size > 1 else "Eaches",
        "net_cost": Decimal("4.20"),
        "currency": "EUR",
    }
    return Line(**(told | more))


def ground(*lines: Line, standing: dict[str, Standing] | None = None, **of_order: Any) -> Ground:
    """The ground of an order with these lines and answers in force."""
    return Ground(order(**of_order), list(lines) or [line()], standing or {})


def accept(eaches: int = 10, **more: Any) -> LineAnswer:
    return LineAnswer("Accepted", eaches, **more)


def backorder(eaches: int, **more: Any) -> LineAnswer:
    return LineAnswer("Backordered", eaches, **({"delivery_date": SOON} | more))


def reject(eaches: int, reason: str = "TemporarilyUnavailable", **more: Any) -> LineAnswer:
    return LineAnswer("Rejected", eaches, reason, **more)
