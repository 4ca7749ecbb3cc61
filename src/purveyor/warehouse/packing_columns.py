"""The columns of files that say what is packed, and the kind of file they make."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from purveyor.base import columns
from purveyor.base.columns import Column
from purveyor.base.filekinds import Kind
from purveyor.common.gs1 import printed
from purveyor.warehouse import rules
from purveyor.warehouse.columns import po, unit
from purveyor.warehouse.domain.box_facts import MOST_GRAMS, MOST_MM, sscc
from purveyor.warehouse.domain.given import MOST_QUANTITY
from purveyor.warehouse.load_packs import owner, prepare, ready, take


def _number(name: str, label: Any, most: int, measure: str) -> Column:
    return Column(name, label, columns.whole(1, most), measure=measure)


def _sizes(table: str, *labels: Any) -> tuple[Column, ...]:
    """SSCC, weights and sizes of a pallet or a carton, in grams and millimetres."""
    names = ("weight", "tare", "length", "width", "height")
    bounds = (*[(MOST_GRAMS, "weight")] * 2, *[(MOST_MM, "length")] * 3)
    numbers = zip(names, labels[1:], bounds, strict=True)
    return (
        Column(f"{table}_sscc", labels[0], sscc, heads=("SSCC", "NVE", "LPN") if table == "carton" else ()),
        *(_number(f"{table}_{name}", label, *bound) for name, label, bound in numbers),
    )


COLUMNS = (
    Column(
        "reference",
        gettext_lazy("Shipment"),
        columns.text(80),
        heads=("Reference", "Shipment reference", "Delivery", "Delivery note", "Sendung", "Lieferschein"),
        needed=True,
    ),
    Column(
        "po",
        gettext_lazy("Order"),
        po,
        heads=("PO", "PO number", "Purchase order", "Order number", "Bestellung", "Bestellnummer"),
        needed=True,
    ),
    Column(
        "quantity",
        gettext_lazy("Quantity"),
        columns.whole(1, MOST_QUANTITY),
        heads=("Qty", "Pieces", "Menge", "Anzahl"),
        needed=True,
    ),
    Column("unit", gettext_lazy("Unit"), unit, heads=("UOM", "Einheit", "ME")),
    Column("line", gettext_lazy("Line"), columns.text(20), heads=("Line number", "Position", "Pos")),
    Column("ean", gettext_lazy("EAN"), columns.article_number, printed, heads=("GTIN", "UPC", "GTIN-14", "Barcode")),
    Column("sku", gettext_lazy("SKU"), columns.text(80), heads=("Item", "Article", "Artikel", "Artikelnummer")),
    Column("asin", gettext_lazy("ASIN"), columns.text(20)),
    Column("carton", gettext_lazy("Carton"), columns.text(40), heads=("Box", "Carton ID", "Karton-Nr")),
    Column("pallet", gettext_lazy("Pallet"), columns.text(40), heads=("Pallet ID", "Palette")),
    Column("lot", gettext_lazy("Lot"), columns.text(60), heads=("Batch", "Charge", "Los")),
    Column("expiry", gettext_lazy("Expiry date"), columns.day, heads=("Expiry", "Best before", "MHD"), measure="day"),
    Column(
        "ship_to",
        gettext_lazy("Fulfillment center"),
        columns.text(40),
        heads=("FC", "Ship to", "Warehouse", "Lieferort"),
    ),
    *_sizes(
        "carton",
        gettext_lazy("SSCC of the carton"),
        gettext_lazy("Weight of the carton (g)"),
        gettext_lazy("Tare of the carton (g)"),
        gettext_lazy("Length of the carton (mm)"),
        gettext_lazy("Width of the carton (mm)"),
        gettext_lazy("Height of the carton (mm)"),
    ),
    *_sizes(
        "pallet",
        gettext_lazy("SSCC of the pallet"),
        gettext_lazy("Weight of the pallet (g)"),
        gettext_lazy("Tare of the pallet (g)"),
        gettext_lazy("Length of the pallet (mm)"),
        gettext_lazy("Width of the pallet (mm)"),
        gettext_lazy("Height of the pallet (mm)"),
    ),
)

PACK = Kind(
    "pack",
    gettext_lazy("Pack results"),
    gettext_lazy("Says what is packed in which carton; the same shipment again replaces what was said."),
    COLUMNS,
    take,
    None,
    may_take=rules.PACK,
    may_see=rules.VIEW,
    of_profile=True,
    one_of=(("line", "ean", "sku", "asin"), ("carton", "carton_sscc", "pallet", "pallet_sscc")),
    whole=True,
    owner=owner,
    ready=ready,
    prepare=prepare,
)
