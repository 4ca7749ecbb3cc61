"""Products as machines see them: EANs as they are printed, amounts as text, quantities in eaches."""

from __future__ import annotations

from typing import Any

from purveyor.common.gs1 import printed
from purveyor.common.money import plain
from purveyor.products.actions import FACTS
from purveyor.products.models import Cost, Product


def product_row(product: Product) -> dict[str, Any]:
    """A product in a list. ``ean`` is its number as printed, ``gtin`` the same with 14 digits."""
    stock = {"on_hand": product.on_hand, "reserved": product.reserved, "free": product.free}
    return (
        {"id": product.pk}
        | {name: getattr(product, name) for name in FACTS}
        | {"ean": printed(product.gtin)}
        | stock
        | {"counted_at": product.counted_at, "version": product.version, "updated_at": product.updated_at}
    )


def product_full(product: Product) -> dict[str, Any]:
    """A product with its other names and agreed costs, the newest first."""
    costs = product.costs.order_by("marketplace", "-valid_from")
    names = product.aliases.order_by("value").values_list("value", flat=True)
    return product_row(product) | {"aliases": list(names), "costs": [cost_row(cost) for cost in costs]}


def cost_row(cost: Cost) -> dict[str, Any]:
    """An agreed cost with its first and last day."""
    return {
        "marketplace": cost.marketplace,
        "amount": plain(cost.amount),
        "currency": cost.currency,
        "valid_from": cost.valid_from,
        "valid_until": cost.valid_until,
    }
