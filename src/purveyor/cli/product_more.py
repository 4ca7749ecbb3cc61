"""Products, continued: those nobody knows that hold orders. Hangs below ``product``."""

from __future__ import annotations

import json
from typing import Any

import click

from purveyor.cli.door import Command, table
from purveyor.cli.products import product
from purveyor.common.errors import Refused

__all__ = ["product"]


def _show_unmatched(answer: dict[str, Any]) -> str:
    return table(
        answer["unmatched"], ["asin", "vendor_product", "orders", "lines", "due_at"], "Every product is known."
    )


@product.command("unmatched", cls=Command, show=_show_unmatched)
def unmatched() -> dict[str, Any]:
    """List the products nobody knows that hold orders, the soonest due first."""
    from purveyor.orders.domain import mapping
    from purveyor.people.who import Who

    return {"unmatched": [one.as_dict() for one in mapping.as_known(mapping.unmatched(Who.cli()))]}


@product.command("map", cls=Command)
@click.option("--asin", default="", help="The ASIN as the orders say it.")
@click.option("--vendor-product", default="", help="The vendor's identifier as the orders say it.")
@click.option("--sku", default="", help="The SKU or ASIN of a product there is.")
@click.option("--new", "given", default="", metavar="JSON", help='A new product instead, such as {"title": "Spoon"}.')
def map_(asin: str, vendor_product: str, sku: str, given: str) -> dict[str, Any]:
    """Say which product it is that nobody knows; all orders it holds go on by themselves."""
    from purveyor.orders.domain import mapping
    from purveyor.people.who import Who

    try:
        new = json.loads(given) if given else None
    except ValueError:
        raise Refused("The new product is not JSON.") from None
    found, held = mapping.map_product(Who.cli(), asin, vendor_product, sku=sku, new=new)
    mapping.rematch(found.pk)
    return {"sku": found.sku, "orders": held}
