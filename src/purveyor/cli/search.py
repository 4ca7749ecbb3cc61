"""One search over every list."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command, table

_COLUMNS = {
    "orders": ["number", "profile", "state", "due_at", "ship_to"],
    "products": ["sku", "asin", "ean", "title", "on_hand", "active"],
    "centers": ["code", "postal_code", "city", "country_code", "time_zone"],
    "documents": ["id", "kind", "subject", "profile", "state", "transaction_id"],
}


def _show(answer: dict[str, Any]) -> str:
    parts = []
    for one in answer["found"]:
        columns = _COLUMNS.get(one["list"], list(one["rows"][0]))
        more = "\n… and more." if one["more"] else ""
        parts.append(f"{one['list'].capitalize()}\n{table(one['rows'], columns, '')}{more}")
    return "\n\n".join(parts) or "Nothing is called so."


@click.command(cls=Command, show=_show)
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Rows a list at most.")
def search(text: str, limit: int) -> dict[str, Any]:
    """Find orders, products, fulfillment centers and documents by any number or name in hand."""
    from purveyor.base.search import search as found
    from purveyor.base.search import told
    from purveyor.people.who import Who

    return {"found": told(found(Who.cli(), text, limit))}
