"""One search over every list."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from purveyor.api import shapes_lists as shapes
from purveyor.api.auth import who
from purveyor.base import search as searching

router = Router(tags=["search"])


class Wanted(Schema):
    """What is looked for."""

    q: str = Field(
        "",
        description="How a PO number, a fulfillment center's code or a transaction id begins; ASIN, EAN or another name"
        " of a product as a whole; a part of a SKU or title",
    )
    limit: int = Field(searching.MOST, ge=1, le=100, description="Rows a list at most")


@router.get("", response=shapes.SearchOut)
def search(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """What is called so: orders, products, fulfillment centers and documents the caller may see, list by list."""
    return {"found": searching.told(searching.search(who(request), wanted.q, wanted.limit))}
