"""The columns of a pick result, and how each is read: the same for files, machines and pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from purveyor.base import columns
from purveyor.base.columns import Column, Read, head_key
from purveyor.common.lenient import Unreadable, identifier, trimmed
from purveyor.products.domain import facts
from purveyor.warehouse.domain.said import SHORT
from purveyor.warehouse.domain.wanted import CASE, EACH, MOST

UNITS = {
    EACH: ("each", "eaches", "ea", "pc", "pcs", "piece", "pieces", "unit", "units", "st", "stk", "stück", "stueck"),
    CASE: ("case", "cases", "cs", "ctn", "carton", "cartons", "karton", "kartons", "kt", "ve"),
}
_GERMAN = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:[ T]+(.+))?")


def number(most: int) -> Read:
    """An order's or a line's number: no blanks in it, at most so many characters."""
    text = columns.text(most)

    def read(given: Any, mark: str = "") -> str:
        return str(text(identifier(str(given)), mark))

    return read


_po = number(40)


def po(given: Any, mark: str = "") -> str:
    """A PO number; Amazon writes them in capitals."""
    return str(_po(given, mark)).upper()


def unit(given: Any, mark: str = "") -> str:
    """``each`` or ``case``, under the names either goes by."""
    text = trimmed(str(given)).casefold().rstrip(".")
    for name, known in UNITS.items():
        if text in known:
            return name
    said = _("“%(text)s” is no unit we know: piece or case is expected.")
    raise Unreadable(said % {"text": str(given)[:40]})


def short(given: Any, mark: str = "") -> str:
    """Why less was picked: a code of ``said.SHORT``, or its words in either language; others are another reason."""
    text = trimmed(str(given))
    if not text:
        return ""
    for language in ("en", "de"):
        with override(language):
            for code, words in SHORT.items():
                if head_key(text) in (head_key(code), head_key(str(words))):
                    return code
    return "other"


def moment(given: Any, mark: str = "") -> datetime:
    """A moment such as 2026-03-31T14:05 or 31.03.2026 14:05; without a zone it is UTC, without a time its midnight."""
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    text = trimmed(str(given))
    german = _GERMAN.fullmatch(text)
    if german:
        day, month, year, time = german.groups()
        text = f"{year}-{int(month):02d}-{int(day):02d}" + (f"T{time}" if time else "")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        said = _("“%(text)s” is not a moment such as 2026-03-31T14:05 or 31.03.2026 14:05.")
        raise Unreadable(said % {"text": text[:40]}) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


quantity = columns.whole(0, MOST)
lot = columns.text(60)

PICK = (
    Column(
        "po",
        gettext_lazy("Order"),
        po,
        heads=("PO number", "Purchase order", "Order number", "Bestellung", "Bestellnummer", "Auftrag"),
        needed=True,
    ),
    Column("line", gettext_lazy("Line"), number(20), heads=("Line number", "Item", "Position", "Pos", "Zeile")),
    Column(
        "ean",
        gettext_lazy("EAN"),
        columns.article_number,
        heads=("GTIN", "GTIN-14", "UPC", "EAN-13", "EAN/UPC", "Barcode", "EAN-Code"),
    ),
    Column(
        "sku",
        gettext_lazy("SKU"),
        facts.READ["sku"],
        heads=("Article number", "Artikelnummer", "Artikel", "Material", "Item number", "Product"),
    ),
    Column("asin", gettext_lazy("ASIN"), facts.asin, heads=("Amazon ASIN",)),
    Column(
        "quantity",
        gettext_lazy("Quantity"),
        quantity,
        heads=("Qty", "Picked", "Picked quantity", "Amount", "Pieces", "Menge", "Anzahl", "Stück"),
        needed=True,
    ),
    Column("unit", gettext_lazy("Unit"), unit, heads=("UOM", "Unit of measure", "Einheit", "ME", "Mengeneinheit")),
    Column("picked_at", gettext_lazy("Picked at"), moment, heads=("Time", "Timestamp", "Date", "Zeit", "Datum")),
    Column("lot", gettext_lazy("Lot"), lot, heads=("Lot number", "Batch", "Charge", "Los", "LOT")),
    Column(
        "expiry",
        gettext_lazy("Expiry"),
        columns.day,
        heads=("Expiry date", "Best before", "BBD", "MHD", "Ablaufdatum", "Verfall"),
        measure="day",
    ),
    Column(
        "reason",
        gettext_lazy("Reason"),
        short,
        heads=("Short reason", "Remark", "Grund", "Fehlgrund", "Bemerkung"),
    ),
    Column("result", gettext_lazy("Result"), columns.text(80), heads=("Pick result", "Result number", "Pickauftrag")),
    Column("prepared", gettext_lazy("Prepared"), columns.yes_no, columns.as_yes_no, heads=("Prep done", "Vorbereitet")),
    Column(
        "vendor_code",
        gettext_lazy("Vendor code"),
        number(20),
        heads=("Vendor", "Partner", "Supplier code", "Lieferantencode", "Lieferant"),
    ),
)
