"""The cost agreed for a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from products.making import cost, product
from purveyor.products.queries import costs_on

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("2025-12-31", None),
        ("2026-01-01", "4.50"),
        ("2026-01-31", "4.50"),
        ("2026-02-01", None),
        ("2026-03-01", "5.00"),
        ("2030-01-01", "5.00"),
    ],
)
def test_first_and_last_day_belong_to_the_period(day: str, amount: str | None) -> None:
    row, other = product(), product("OTHER")
    cost(row, "2026-01-01", "2026-01-31")
    cost(row, "2026-03-01", amount="5.00")
    cost(row, "2020-01-01", amount="9.00", marketplace="FR")
    cost(other, "2020-01-01", amount="7.00")
    found = costs_on([row.pk], "DE", date.fromisoformat(day))
    assert {key: one.amount for key, one in found.items()} == ({row.pk: Decimal(amount)} if amount else {})


def test_costs_of_one_and_three_products_are_one_question() -> None:
    rows = [product(f"SKU-{number}") for number in range(3)]
    for row in rows:
        cost(row, "2026-01-01")
    for keys in ([rows[0].pk], [row.pk for row in rows]):
        with CaptureQueriesContext(connection) as asked:
            assert set(costs_on(keys, "DE", date(2026, 2, 1))) == set(keys)
        assert len(asked) == 1
