"""Two promises of the same stock at once never share a piece. The race has a twin."""

from __future__ import annotations

from threading import Barrier

import pytest

from products.making import product
from purveyor.products.domain.stock import reserve
from purveyor.products.models import Product
from racing import PATIENCE, threads

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

AT_ONCE = 4


def test_promises_at_once_never_share_a_piece() -> None:
    key = product(on_hand=5).pk
    got = threads(AT_ONCE, lambda: reserve(key, 3))
    assert sorted(got) == [False] * (AT_ONCE - 1) + [True]
    assert Product.objects.get().reserved == 3


def test_promises_twin_that_looks_first_shares_them() -> None:
    """All have looked before any has written; what they write down are pieces that are not there."""
    key = product(on_hand=5).pk
    everybody_has_looked = Barrier(AT_ONCE)

    def look_then_write() -> bool:
        row = Product.objects.get(pk=key)
        everybody_has_looked.wait(PATIENCE)
        if (row.on_hand or 0) - row.reserved < 3:
            return False
        return bool(Product.objects.filter(pk=key).update(reserved=row.reserved + 3))

    assert threads(AT_ONCE, look_then_write) == [True] * AT_ONCE
