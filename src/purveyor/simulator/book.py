"""The order book of one vendor group: orders by number, and by each moment the operations ask for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from datetime import datetime

from purveyor.simulator.model import Order, millis

Key = tuple[int, str]


class Index:
    """Order numbers sorted by a moment (milliseconds), then by number."""

    def __init__(self) -> None:
        self.keys: list[Key] = []

    def add(self, at: datetime | None, number: str) -> None:
        if at is not None:
            insort(self.keys, (millis(at), number))

    def add_many(self, found: Iterable[Key]) -> None:
        self.keys.extend(found)
        self.keys.sort()

    def drop(self, at: datetime | None, number: str) -> None:
        if at is not None:
            del self.keys[bisect_left(self.keys, (millis(at), number))]

    def walk(self, low: int, high: int, after: Key | None, descending: bool = False) -> Iterator[Key]:
        """The keys with ``low`` <= moment <= ``high`` beyond ``after``: a search, then a step a key."""
        first = bisect_left(self.keys, (low, ""))
        last = bisect_left(self.keys, (high + 1, ""))
        if after is not None and descending:
            last = min(last, bisect_left(self.keys, after))
        elif after is not None:
            first = max(first, bisect_right(self.keys, after))
        places = range(last - 1, first - 1, -1) if descending else range(first, last)
        for place in places:
            yield self.keys[place]


class Book:
    """All orders of one group with the three indices the filters run on."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.created = Index()
        self.changed = Index()
        self.updated = Index()

    def add(self, order: Order) -> None:
        self.orders[order.number] = order
        self.created.add(order.created_at, order.number)
        self.changed.add(order.changed_at, order.number)
        self.updated.add(order.updated_at, order.number)

    def add_many(self, orders: list[Order]) -> None:
        """Take in many at once; one sort instead of many insertions."""
        self.orders.update((order.number, order) for order in orders)
        self.created.add_many((millis(o.created_at), o.number) for o in orders)
        self.changed.add_many((millis(o.changed_at), o.number) for o in orders if o.changed_at is not None)
        self.updated.add_many((millis(o.updated_at), o.number) for o in orders)

    def only(self, number: str) -> Book:
        """A book of this one order, or of none."""
        found = Book()
        if number in self.orders:
            found.add(self.orders[number])
        return found

    def touch(self, order: Order, at: datetime, *, changed: bool = False) -> None:
        """Note that an order's status moved; ``changed`` also says that Amazon changed the order itself."""
        self.updated.drop(order.updated_at, order.number)
        order.updated_at = at
        self.updated.add(at, order.number)
        if changed:
            self.changed.drop(order.changed_at, order.number)
            order.changed_at = at
            self.changed.add(at, order.number)
