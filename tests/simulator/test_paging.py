"""Pages by key, against a plain list; their cost is their own length."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.simulator.book import Book, Index
from purveyor.simulator.model import Items, Order
from purveyor.simulator.spapi import paging

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 2, tzinfo=UTC)
EVER = (0, 2**52)


def order(number: str, minute: int) -> Order:
    at = START + timedelta(minutes=minute)
    moments = {"created_at": at, "updated_at": at, "state_changed_at": at}
    return Order(number=number, group="g", vendor_code="AAAAA", center="LEJ1", items=Items([]), **moments)


def book_of(minutes: list[int]) -> Book:
    book = Book()
    for place, minute in enumerate(minutes):
        book.add(order(f"{place:08d}", minute))
    return book


def walk(book: Book, limit: int, *, descending: bool) -> list[str]:
    cursor, found = paging.Cursor(None, "", "x"), []
    while True:
        page = paging.cut(book, book.created, EVER, cursor, limit, lambda o: True, descending)
        found += [o.number for o in page.orders]
        if not page.token:
            return found
        cursor = paging.read(page.token, "x")


@given(minutes=st.lists(st.integers(0, 5), max_size=30), limit=st.integers(1, 7), descending=st.booleans())
def test_pages_together_are_the_whole_list(minutes: list[int], limit: int, descending: bool) -> None:
    book = book_of(minutes)
    plain = sorted(book.orders.values(), key=lambda o: (o.created_at, o.number), reverse=descending)
    assert walk(book, limit, descending=descending) == [o.number for o in plain]


@given(minutes=st.lists(st.integers(0, 50), min_size=1, max_size=30), data=st.data())
def test_touched_orders_move_and_stay_single(minutes: list[int], data: st.DataObject) -> None:
    book = book_of(minutes)
    for at in data.draw(st.lists(st.integers(51, 99), max_size=5)):
        moved = data.draw(st.sampled_from(sorted(book.orders)))
        book.touch(book.orders[moved], START + timedelta(minutes=at), changed=True)
    assert book.updated.keys == sorted((round(o.updated_at.timestamp() * 1000), o.number) for o in book.orders.values())
    changed = [o for o in book.orders.values() if o.changed_at]
    assert sorted(number for _, number in book.changed.keys) == sorted(o.number for o in changed)


def test_adding_many_is_like_adding_each() -> None:
    one, many = Book(), Book()
    orders = [order(f"{n:08d}", (n * 7) % 11) for n in range(20)]
    for found in orders:
        one.add(found)
    many.add_many(orders)
    assert (one.created.keys, one.updated.keys, one.orders) == (many.created.keys, many.updated.keys, many.orders)


class Counting(dict[str, Order]):
    """Counts how many orders are looked at."""

    looks = 0

    def __getitem__(self, number: str) -> Order:
        self.looks += 1
        return super().__getitem__(number)


def test_page_costs_its_own_length() -> None:
    book = book_of(list(range(5000)))
    book.orders = Counting(book.orders)
    middle = paging.Cursor(*book.created.keys[2500], "x")
    page = paging.cut(book, book.created, EVER, middle, 100, lambda o: True, False)
    assert (len(page.orders), page.orders[0].number, book.orders.looks) == (100, "00002501", 101)


def test_range_holds_both_ends_and_no_more() -> None:
    index = Index()
    for number in range(5):
        index.add(START + timedelta(minutes=number), str(number))
    low, high = (round((START + timedelta(minutes=n)).timestamp() * 1000) for n in (1, 3))
    assert [number for _, number in index.walk(low, high, None)] == ["1", "2", "3"]
    assert [number for _, number in index.walk(low + 1, high - 1, None)] == ["2"]
