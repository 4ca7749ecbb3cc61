"""Products for tests, unsurprising: all numbers are invented and their check digits right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from purveyor.products.models import Alias, Cost, Product

EAN = "4006381333931"
OTHER_EAN = "4099100000014"
UPC = "036000291452"


def product(sku: str = "SPOON-1", **more: Any) -> Product:
    return Product.objects.create(sku=sku, **({"title": "Wooden spoon"} | more))


def alias(of: Product, value: str) -> Alias:
    from purveyor.common.lenient import alias_key

    return Alias.objects.create(product=of, value=value, normalised=alias_key(value))


def cost(of: Product, begins: str, ends: str = "", amount: str = "4.50", marketplace: str = "DE", **more: Any) -> Cost:
    return Cost.objects.create(
        product=of,
        marketplace=marketplace,
        valid_from=date.fromisoformat(begins),
        valid_until=date.fromisoformat(ends) if ends else None,
        amount=Decimal(amount),
        currency="EUR",
        **more,
    )
