"""The columns of files about products, and the kinds of files they make: products, stock, costs, aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from purveyor.base import columns
from purveyor.base.columns import Column
from purveyor.base.filekinds import Kind
from purveyor.base.listing import by_key
from purveyor.common.gs1 import printed
from purveyor.products.domain import facts
from purveyor.products.domain.load import take
from purveyor.products.domain.load_more import take_aliases, take_costs, take_stock
from purveyor.products.models import Alias, Cost, Product


def _whole(name: str, label: Any, *heads: str, measure: str = "") -> Column:
    return Column(name, label, facts.READ[name], heads=heads, empty=None, measure=measure)


SKU = Column(
    "sku",
    _("SKU"),
    facts.sku,
    heads=(
        "Vendor SKU",
        "Item",
        "Item number",
        "Article",
        "Artikelnummer",
        "Artikelnr",
        "Art.-Nr.",
        "Vendor product ID",
    ),
    needed=True,
)
ON_HAND = Column(
    "on_hand",
    _("Stock"),
    facts.stock,
    heads=("On hand", "Stock on hand", "Quantity", "Qty", "Lagerbestand", "Menge", "Verfügbar"),
)

PRODUCT = (
    SKU,
    Column("asin", _("ASIN"), facts.asin, empty="", heads=("Amazon ASIN",)),
    Column(
        "gtin",
        _("EAN"),
        facts.READ["gtin"],
        printed,
        heads=("GTIN", "UPC", "EAN-13", "EAN/UPC", "Barcode", "ISBN", "ISBN-13", "EAN-Code", "External ID"),
        empty="",
    ),
    Column("title", _("Title"), facts.READ["title"], heads=("Name", "Product", "Description", "Bezeichnung"), empty=""),
    _whole("case_pack", _("Case pack"), "Case", "Units per case", "Case quantity", "VE", "Karton", "Stück je Karton"),
    _whole("inner_pack", _("Inner pack"), "Inner", "Units per inner", "Innenkarton"),
    _whole("weight_grams", _("Weight (g)"), "Weight", "Unit weight", "Gewicht", measure="weight"),
    _whole("length_mm", _("Length (mm)"), "Length", "Länge", measure="length"),
    _whole("width_mm", _("Width (mm)"), "Width", "Breite", measure="length"),
    _whole("height_mm", _("Height (mm)"), "Height", "Höhe", measure="length"),
    Column(
        "expiry_tracked",
        _("Has an expiry date"),
        columns.yes_no,
        columns.as_yes_no,
        heads=("Expiry", "Expiry tracked", "MHD", "MHD-pflichtig"),
    ),
    Column("active", _("Sold"), columns.yes_no, columns.as_yes_no, heads=("Active", "Aktiv")),
    ON_HAND,
)
STOCK = (SKU, Column("on_hand", ON_HAND.label, ON_HAND.read, heads=ON_HAND.heads, needed=True))
ALIAS = (
    SKU,
    Column("alias", _("Other name"), columns.text(80), heads=("Alias", "Synonym", "Aliasname"), needed=True),
)
COST = (
    SKU,
    Column("marketplace", _("Marketplace"), facts.marketplace, heads=("Country", "Land"), needed=True),
    Column(
        "amount",
        _("Cost"),
        facts.cost,
        heads=("Amount", "Cost price", "Unit cost", "Net cost", "Price", "EK-Preis", "Nettopreis", "Preis"),
        needed=True,
    ),
    Column("currency", _("Currency"), facts.currency, heads=("Curr.",)),
    Column("valid_from", _("Valid from"), columns.day, heads=("From", "Start", "Ab", "Von"), measure="day"),
    Column(
        "valid_until", _("Valid until"), columns.day, heads=("Until", "To", "End", "Bis"), empty=None, measure="day"
    ),
)


def _products() -> Iterable[Mapping[str, Any]]:
    names = [column.name for column in PRODUCT]
    return ({name: getattr(row, name) for name in names} for row in by_key(Product.objects.all()))


def _stock() -> Iterable[Mapping[str, Any]]:
    return ({"sku": row.sku, "on_hand": row.on_hand} for row in by_key(Product.objects.exclude(on_hand=None)))


def _aliases() -> Iterable[Mapping[str, Any]]:
    rows = by_key(Alias.objects.select_related("product"))
    return ({"sku": row.product.sku, "alias": row.value} for row in rows)


def _costs() -> Iterable[Mapping[str, Any]]:
    names = [column.name for column in COST[1:]]
    rows = by_key(Cost.objects.select_related("product"))
    return ({"sku": row.product.sku} | {name: getattr(row, name) for name in names} for row in rows)


_MAY: dict[str, Any] = {"may_take": "products.manage", "may_see": "products.view"}

KINDS = (
    Kind(
        "products",
        _("Products"),
        _("Adds products, or changes those of the same SKU."),
        PRODUCT,
        take,
        _products,
        **_MAY,
    ),
    Kind("stock", _("Stock"), _("Says how many pieces of a product there are."), STOCK, take_stock, _stock, **_MAY),
    Kind("costs", _("Costs"), _("Agrees a cost; it closes the period before it."), COST, take_costs, _costs, **_MAY),
    Kind("aliases", _("Other names"), _("Gives products other names."), ALIAS, take_aliases, _aliases, **_MAY),
)
