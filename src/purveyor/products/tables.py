"""The list of products, the same at every door: what it is filtered, sorted and searched by, and its columns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.base.listing import Filter, Listing, Sort, columns_of
from purveyor.base.listings import register
from purveyor.products import queries
from purveyor.products.models import Product
from purveyor.products.schemas import product_row


def _active(rows: QuerySet[Product], value: str) -> QuerySet[Product]:
    if value not in dict(actives()):
        raise ValueError(_("there is no such state"))
    return rows.filter(active=value == "yes")


def actives() -> list[tuple[str, Any]]:
    """The values of the filter of that name, in words."""
    return [("yes", gettext_lazy("sold")), ("no", gettext_lazy("no longer sold"))]


def _lacking(rows: QuerySet[Product], value: str) -> QuerySet[Product]:
    if value not in queries.LACKING:
        raise ValueError(_("there is nothing of this name"))
    return rows.filter(queries.LACKING[value])


def lacks() -> list[tuple[str, Any]]:
    """What a product may lack, in words."""
    words = (gettext_lazy("ASIN"), gettext_lazy("EAN"), gettext_lazy("Case pack"), gettext_lazy("Stock"))
    return list(zip(queries.LACKING, (*words, gettext_lazy("Cost")), strict=True))


_sku = gettext_lazy("SKU")
_title = gettext_lazy("Title")
_changed = gettext_lazy("Changed")
_state = pgettext_lazy("of a product", "State")


_column = columns_of(product_row)

PRODUCTS: Listing[Product] = register(
    Listing(
        name="products",
        title=gettext_lazy("Products"),
        permission="products.view",
        rows=queries.visible_to,
        row=product_row,
        columns=(
            _column("sku", _sku, "sku", sort="sku", always=True),
            _column("title", _title, "title", sort="title"),
            _column("asin", gettext_lazy("ASIN"), "asin"),
            _column("ean", gettext_lazy("EAN"), "ean"),
            _column("case_pack", gettext_lazy("Case pack"), "case_pack", number=True),
            _column("stock", gettext_lazy("Stock"), "on_hand", number=True),
            _column("promised", gettext_lazy("Promised"), "reserved", number=True),
            _column("changed", _changed, "updated_at", sort="-changed"),
            _column("state", _state, "active", shown=False),
            _column("free", gettext_lazy("Free"), "free", number=True, shown=False),
            _column("counted", gettext_lazy("Counted"), "counted_at", shown=False),
            _column("inner_pack", gettext_lazy("Inner pack"), "inner_pack", number=True, shown=False),
            _column("weight", gettext_lazy("Weight (g)"), "weight_grams", number=True, shown=False),
            _column("size", gettext_lazy("Size (mm)"), "length_mm", "width_mm", "height_mm", number=True, shown=False),
            _column("expiry", gettext_lazy("Has an expiry date"), "expiry_tracked", shown=False),
            _column("location", gettext_lazy("Location"), "location", shown=False),
            _column("prep", gettext_lazy("Preparation"), "prep", shown=False),
        ),
        sorts=(
            Sort("sku", _sku, ("sku",)),
            Sort("-sku", _sku, ("-sku",)),
            Sort("title", _title, ("title",)),
            Sort("-title", _title, ("-title",)),
            Sort("-changed", _changed, ("-updated_at",)),
            Sort("changed", _changed, ("updated_at",)),
        ),
        filters=(
            Filter("active", _state, _active, actives),
            Filter("lacking", gettext_lazy("Lacks"), _lacking, lacks),
        ),
        search=queries.search,
        known_by=queries.search,
    )
)
