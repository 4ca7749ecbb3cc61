"""Stock: promised pieces never go beyond those there are."""

from __future__ import annotations

from typing import Any

import pytest

from cast import make_cast
from products.making import product
from purveyor.audit.models import Entry
from purveyor.common.errors import Conflict, Denied, Refused
from purveyor.people.who import Who
from purveyor.products.domain import stock
from purveyor.products.models import Product

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ME = Who.system("test")


def reserved(row: Product) -> int:
    return Product.objects.get(pk=row.pk).reserved


@pytest.mark.parametrize(("on_hand", "before", "asked", "got"), [
    (10, 4, 6, True),
    (10, 4, 7, False),
    (10, 0, 0, True),
    (None, 0, 1, False),
    (3, 5, 1, False),
])  # fmt: skip
def test_reservation_takes_what_is_free_and_no_more(on_hand: int | None, before: int, asked: int, got: bool) -> None:
    row = product(on_hand=on_hand, reserved=before)
    assert stock.reserve(row.pk, asked) is got
    assert reserved(row) == before + (asked if got else 0)


def test_release_gives_back_and_never_goes_below_zero() -> None:
    row, other = product(on_hand=10, reserved=4), product("OTHER", on_hand=10, reserved=4)
    assert not stock.release(row.pk, 5)
    assert reserved(row) == 4
    assert stock.release(row.pk, 4)
    assert (reserved(row), reserved(other)) == (0, 4)
    assert stock.release(row.pk, 0)


@pytest.mark.parametrize("verb", [stock.reserve, stock.release])
def test_pieces_below_zero_are_a_mistake_of_the_caller(verb: Any) -> None:
    row = product(on_hand=10, reserved=4)
    with pytest.raises(ValueError, match="from 0 up"):
        verb(row.pk, -1)
    assert reserved(row) == 4


def test_count_is_written_down_with_what_was_before(held_clock: Any) -> None:
    row = product(on_hand=7, reserved=5)
    found = stock.count(ME, row, 3)
    assert (found.on_hand, found.reserved, found.free, found.counted_at, found.version) == (3, 5, 0, held_clock, 2)
    entry = Entry.objects.get(action="product.counted")
    assert (entry.old, entry.new, entry.object_name) == ({"on_hand": 7}, {"on_hand": 3}, "SPOON-1")


def test_count_of_the_same_number_only_moves_the_day(held_clock: Any) -> None:
    row = stock.count(ME, product(on_hand=7), 7)
    assert row.counted_at == held_clock
    assert not Entry.objects.exists()


@pytest.mark.parametrize("number", [-1, stock.MOST + 1])
def test_count_refuses_what_cannot_be(number: int) -> None:
    row = product(on_hand=7)
    with pytest.raises(Refused):
        stock.count(ME, row, number)
    assert Product.objects.get().on_hand == 7


def test_count_of_a_product_that_is_gone_is_a_conflict() -> None:
    row = product()
    Product.objects.all().delete()
    with pytest.raises(Conflict):
        stock.count(ME, row, 1)


def test_count_is_denied_to_who_only_looks() -> None:
    cast, row = make_cast(), product(on_hand=7)
    with pytest.raises(Denied):
        stock.count(cast.who("warehouse"), row, 1)
    assert Product.objects.get().on_hand == 7
