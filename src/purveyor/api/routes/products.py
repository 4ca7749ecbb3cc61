"""Products: the house's catalogue with its names, costs and stock."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.api import cursors
from purveyor.api import product_shapes as shapes
from purveyor.api.auth import who
from purveyor.products import queries
from purveyor.products.domain import stock, update
from purveyor.products.schemas import product_full, product_row

router = Router(tags=["products"])


@router.get("", response=shapes.ProductsOut)
def list_products(
    request: HttpRequest,
    q: str = "",
    active: bool | None = None,
    lacking: Literal["", "asin", "ean", "case_pack", "stock", "cost"] = "",
    cursor: cursors.Cursor = "",
    limit: cursors.Limit = cursors.PAGE,
) -> dict[str, Any]:
    """The catalogue, what changed last first. `q`: ASIN, EAN or another name as a whole, a part of SKU or title."""
    rows = queries.narrow(queries.visible_to(who(request)), q=q, active=active, lacking=lacking)
    found, after = cursors.newest_first(rows, cursor, limit, by="updated_at")
    return {"products": [product_row(one) for one in found], "next": after}


@router.post("", response={201: shapes.ProductFull})
def add(request: HttpRequest, body: shapes.ProductNew) -> Status[dict[str, Any]]:
    """Add a product."""
    return Status(201, product_full(update.create(who(request), body.dict())))


@router.get("/{int:number}", response=shapes.ProductFull)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One product with its other names and costs."""
    return product_full(queries.one(who(request), number))


@router.patch("/{int:number}", response=shapes.ProductFull)
def change(request: HttpRequest, number: int, body: shapes.ProductChange) -> dict[str, Any]:
    """Change what is named."""
    caller = who(request)
    given = body.dict(exclude_unset=True)
    seen = given.pop("version", None)
    return product_full(update.change(caller, queries.one(caller, number), given, seen=seen))


@router.post("/{int:number}/aliases", response=shapes.ProductFull)
def alias(request: HttpRequest, number: int, body: shapes.AliasAsk) -> dict[str, Any]:
    """Give it another name, as it stands in orders."""
    caller = who(request)
    found = queries.one(caller, number)
    update.add_alias(caller, found, body.value)
    return product_full(found)


@router.post("/{int:number}/aliases/remove", response=shapes.ProductFull)
def remove_alias(request: HttpRequest, number: int, body: shapes.AliasAsk) -> dict[str, Any]:
    """Take another name away."""
    caller = who(request)
    found = queries.one(caller, number)
    update.remove_alias(caller, found, body.value)
    return product_full(found)


@router.post("/{int:number}/costs", response=shapes.ProductFull)
def cost(request: HttpRequest, number: int, body: shapes.CostAsk) -> dict[str, Any]:
    """Agree a cost; it closes the period before it."""
    caller = who(request)
    found = queries.one(caller, number)
    update.set_cost(caller, found, body.dict())
    return product_full(found)


@router.delete("/{int:number}/costs/{marketplace}/{valid_from}", response=shapes.ProductFull)
def remove_cost(request: HttpRequest, number: int, marketplace: str, valid_from: date) -> dict[str, Any]:
    """Take away the cost that begins on a day."""
    caller = who(request)
    found = queries.one(caller, number)
    update.remove_cost(caller, found, marketplace.upper(), valid_from)
    return product_full(found)


@router.post("/{int:number}/count", response=shapes.ProductFull)
def count(request: HttpRequest, number: int, body: shapes.CountAsk) -> dict[str, Any]:
    """Write down how many pieces there are."""
    caller = who(request)
    return product_full(stock.count(caller, queries.one(caller, number), body.on_hand))
