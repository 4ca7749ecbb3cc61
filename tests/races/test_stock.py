"""Two promises of the same stock at once never share a piece. The race has a twin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from products.making import product
from purveyor.products.domain.stock import reserve
from purveyor.products.models import Product

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

AT_ONCE = 4
PATIENCE = 60


def at_once(verb: object, key: int) -> list[bool]:
    begin = Barrier(AT_ONCE)

    def one(_number: int) -> bool:
        try:
            begin.wait(PATIENCE)
            return bool(verb(key, begin))  # type: ignore[operator]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE), timeout=PATIENCE))


def test_promises_at_once_never_share_a_piece() -> None:
    key = product(on_hand=5).pk
    got = at_once(lambda pk, _begin: reserve(pk, 3), key)
    assert sorted(got) == [False] * (AT_ONCE - 1) + [True]
    assert Product.objects.get().reserved == 3


def test_promises_twin_that_looks_first_shares_them() -> None:
    """All have looked before any has written; what they write down are pieces that are not there."""
    key = product(on_hand=5).pk

    def look_then_write(pk: int, begin: Barrier) -> bool:
        row = Product.objects.get(pk=pk)
        begin.wait(PATIENCE)
        if (row.on_hand or 0) - row.reserved < 3:
            return False
        return bool(Product.objects.filter(pk=pk).update(reserved=row.reserved + 3))

    assert at_once(look_then_write, key) == [True] * AT_ONCE
