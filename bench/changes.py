"""How long comparing 1,000 orders of 20 lines takes: every tenth line differs in quantity, each order in its window.

python bench/changes.py
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from purveyor.orders.domain.changes import diff, stored
from purveyor.orders.records import ReceivedLine, ReceivedOrder

ORDERS, LINES, MOST_SECONDS = 1_000, 20, 0.5
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def line(number: int) -> ReceivedLine:
    return ReceivedLine(
        number, str(number), f"B{number:09d}", "", 10, "Eaches", 1, 10, False, Decimal("4.20"), None, "EUR", ""
    )


def order(number: int) -> ReceivedOrder:
    return ReceivedOrder(
        number=f"P{number:07d}",
        amazon_state="New",
        amazon_state_at=AT,
        amazon_type="RegularOrder",
        vendor_code="ACME1",
        ship_to="FRA1",
        parties={"ship_to": {"id": "FRA1"}, "buying": {"id": "AMAZ"}},
        payment_method="Invoice",
        deal_code="",
        import_details=None,
        ordered_at=AT,
        changed_at=None,
        ship_start=None,
        ship_end=None,
        delivery_start=AT,
        delivery_end=AT + timedelta(days=7),
        window_end=AT + timedelta(days=7),
        currency="EUR",
        total=Decimal(840),
        eaches=200,
        flags=[],
        lines=[line(n) for n in range(1, LINES + 1)],
    )


def changed(before: ReceivedOrder) -> ReceivedOrder:
    lines = [
        msgspec.structs.replace(one, amount=4, eaches=4) if one.position % 10 == 0 else one for one in before.lines
    ]
    return msgspec.structs.replace(before, lines=lines, delivery_end=AT + timedelta(days=9))


def main() -> None:
    pairs = [(one := order(n), changed(one)) for n in range(ORDERS)]
    begun = time.process_time()
    found = sum(len(stored(diff(*pair))) for pair in pairs)
    took = time.process_time() - begun
    print(f"{ORDERS} orders of {LINES} lines, {found} changes: {took:.3f} s (at most {MOST_SECONDS} s)")
    if took > MOST_SECONDS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
