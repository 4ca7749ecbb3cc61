"""The workbooks the invitations come in: three layouts as buyers make them, and each of the ways they are broken.

*plain*: English, the heads in the first row, one delivery, a window in every row, nothing said of the whole.
*german*: title rows, facts with their labels beside, two deliveries under group heads, a sum below.
*wide*: instructions on a sheet of their own, answers left of what is asked, three deliveries, formulas, choices.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from purveyor.simulator.offers.model import Invitation, Row

VARIANTS = {
    "": "As it should be.",
    "missing-column": "The column of the asked quantity is missing.",
    "merged-cells": "Cells of products and of answers are merged over two rows.",
    "formulas": "An asked quantity is worked out, and a cell for an answer holds a formula.",
    "text-numbers": "Quantities and prices are texts, some of them with words in them.",
    "duplicate-asins": "A product is asked for twice.",
    "text-dates": "Days are texts, one of them as 10/05.",
    "large": "Five thousand rows.",
}
LARGE = 5_000
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001  a workbook's own time has no zone; a fixed one makes the same bytes
ANSWERS = ("verdict", "quantity", "cost", "comment")


@dataclass(frozen=True)
class Column:
    """A column of a layout: what it holds (``asin``, ``asked_2`` …), its head, its width."""

    role: str
    head: str
    width: int = 14


@dataclass
class Sheet:
    """A sheet that is being written, with what became of it: where rows and answer columns stand."""

    book: Any
    page: Any
    of: Invitation
    columns: list[Column]
    begin: int
    forms: dict[str, Any] = field(default_factory=dict)

    def form(self, **more: Any) -> Any:
        """A format, made once."""
        key = repr(sorted(more.items()))
        if key not in self.forms:
            self.forms[key] = self.book.add_format(more)
        return self.forms[key]

    def place(self, role: str) -> int:
        return next(place for place, column in enumerate(self.columns) if column.role == role)

    def write(self, at: int, role: str, value: Any, **more: Any) -> None:
        """One cell of the row at a place (from 0)."""
        if any(column.role == role for column in self.columns):
            self.page.write(at, self.place(role), value, self.form(**more) if more else None)


@dataclass(frozen=True)
class Made:
    """A workbook that was written."""

    content: bytes
    sheet: str
    rows: tuple[Row, ...]
    columns: dict[str, int]


def make(of: Invitation, rows: Sequence[Row]) -> Made:
    """Write the workbook of an invitation; the same invitation makes the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"title": of.number, "author": "Stand-in buyer", "created": _MADE})
        sheet = LAYOUTS[of.layout](book, of)
        numbered = tuple(_row(sheet, place, row) for place, row in enumerate(rows))
        _finish(sheet, numbered)
        _break(sheet, numbered)
    columns = {c.role: p for p, c in enumerate(sheet.columns) if c.role.rpartition("_")[0] in ANSWERS}
    return Made(out.getvalue(), sheet.page.get_name(), numbered, columns)


def _row(sheet: Sheet, place: int, row: Row) -> Row:
    """Write one row and answer it with its number."""
    at, of = sheet.begin + place, sheet.of
    for role in ("asin", "sku", "title"):
        sheet.write(at, role, getattr(row, role))
    for number, delivery in enumerate(of.deliveries, 1):
        pieces, cost = row.pieces[number - 1], float(row.costs[number - 1])
        sheet.write(at, f"asked_{number}", pieces or None, num_format="#,##0")
        sheet.write(at, f"price_{number}", cost, num_format="0.00##")
        for name in ("first", "last"):
            day = datetime.combine(getattr(delivery, name), datetime.min.time())
            sheet.write(at, f"{name}_{number}", day, num_format="yyyy-mm-dd")
        for role in ANSWERS if of.layout != "plain" else ANSWERS[:-1]:
            # The comment of the plain layout is a cell that is not there at all yet.
            sheet.write(at, f"{role}_{number}", None, bg_color="#FFF2CC", border=1)
    return Row(number=at + 1, **{name: getattr(row, name) for name in Row.__struct_fields__ if name != "number"})


def _heads(sheet: Sheet, **form: Any) -> None:
    for place, column in enumerate(sheet.columns):
        sheet.page.set_column(place, place, column.width)
        sheet.page.write(sheet.begin - 1, place, column.head, sheet.form(bold=True, text_wrap=True, **form))


# ── the layouts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def plain(book: Any, of: Invitation) -> Sheet:
    """English; the heads in the first row; nothing above them."""
    columns = [
        Column("asin", "ASIN"),
        Column("sku", "Vendor SKU", 18),
        Column("title", "Product title", 40),
        Column("asked_1", "Quantity"),
        Column("price_1", "Unit cost"),
        Column("first_1", "Window start"),
        Column("last_1", "Window end"),
        Column("verdict_1", "Confirm (Yes/No)"),
        Column("quantity_1", "Confirmed quantity"),
        Column("cost_1", "Confirmed cost"),
        Column("comment_1", "Comment", 30),
    ]
    sheet = Sheet(book, book.add_worksheet("Offer"), of, _without(columns, of), 1)
    _heads(sheet, bg_color="#DDEBF7")
    sheet.page.freeze_panes(1, 0)
    return sheet


def german(book: Any, of: Invitation) -> Sheet:
    """German; title rows, labelled facts, two deliveries under group heads."""
    columns = [
        Column("sku", "Artikelnummer", 18),
        Column("asin", "ASIN"),
        Column("title", "Bezeichnung", 40),
        Column("price_1", "EK-Preis"),
        Column("asked_1", "Menge"),
        Column("verdict_1", "Zusage (Ja/Nein)"),
        Column("quantity_1", "Bestätigte Menge"),
        Column("asked_2", "Menge"),
        Column("verdict_2", "Zusage (Ja/Nein)"),
        Column("quantity_2", "Bestätigte Menge"),
        Column("comment_1", "Bemerkung", 30),
    ]
    page = book.add_worksheet("Anfrage")
    sheet = Sheet(book, page, of, _without(columns, of), 9)
    page.merge_range(0, 0, 0, 10, "Einladung zum Großeinkauf", sheet.form(bold=True, font_size=16))
    label = sheet.form(italic=True)
    expires: Any = of.expires_at.astimezone(ZoneInfo(of.zone)).replace(tzinfo=None)
    if of.variant == "text-dates":
        expires = f"{expires:%d.%m.%Y %H:%M} Uhr"
    facts = (("Angebotsnummer:", of.number), ("Antwort bis:", expires), ("Zeitzone:", of.zone))
    for place, (name, value) in enumerate(facts, 2):
        page.write(place, 0, name, label)
        page.write(place, 2, value, sheet.form(num_format="dd.mm.yyyy hh:mm") if place == 3 else None)
    for place, (name, value) in enumerate((("Lieferantencode:", of.vendor_code), ("Währung:", of.currency)), 2):
        page.write(place, 4, name, label)
        page.write(place, 6, value)
    page.write(4, 4, "Programm: Großeinkauf")
    _groups(sheet)
    _heads(sheet, bg_color="#E2EFDA")
    page.freeze_panes(9, 3)
    return sheet


def _groups(sheet: Sheet) -> None:
    for number, delivery in enumerate(sheet.of.deliveries, 1):
        there = [p for p, c in enumerate(sheet.columns) if c.role.endswith(f"_{number}") and c.role != "comment_1"]
        there = [place for place in there if sheet.columns[place].role != "price_1"]
        text = f"{number}. Lieferung ({delivery.first:%d.%m.%Y} – {delivery.last:%d.%m.%Y})"
        sheet.page.merge_range(7, there[0], 7, there[-1], text, sheet.form(bold=True, align="center", border=1))


def wide(book: Any, of: Invitation) -> Sheet:
    """Instructions first; answers left, products right; three deliveries; formulas, styles and choices."""
    guide = book.add_worksheet("Instructions")
    guide.write(0, 0, "How to answer")
    guide.write(1, 0, "Fill in the yellow cells of sheet “Items”. Quantity: up to what is requested.")
    columns = [Column("comment_1", "Vendor comment", 30)]
    for n in (1, 2, 3):
        columns += [
            Column(f"verdict_{n}", f"Delivery {n} – Accept (Yes/No)"),
            Column(f"quantity_{n}", f"Delivery {n} – Confirmed qty"),
            Column(f"cost_{n}", f"Delivery {n} – Your price"),
        ]
    columns += [Column("title", "Item name", 40), Column("asin", "ASIN"), Column("sku", "EAN", 18)]
    for n in (1, 2, 3):
        columns += [
            Column(f"asked_{n}", f"Delivery {n} – Requested units"),
            Column(f"price_{n}", f"Delivery {n} – Cost price"),
        ]
    columns += [Column("sum", "Requested value"), Column("given", "Confirmed value")]
    page = book.add_worksheet("Items")
    sheet = Sheet(book, page, of, _without(columns, of), 8)
    local = of.expires_at.astimezone(ZoneInfo(of.zone))
    program = {"born to run": "Born to Run", "advance purchase": "Advance purchase offer"}.get(of.program, "Bulk buy")
    said = [f"Offer ID: {of.number}", f"Respond by: {local:%Y-%m-%d %H:%M%z}", f"Time zone: {of.zone}"]
    said += [f"Vendor code: {of.vendor_code}", f"Program: {program}", f"Unsold stock: {of.unsold}"]
    for place, text in enumerate(said):
        page.write(place, 10, text)
    for number, delivery in enumerate(of.deliveries, 1):
        page.write(number - 1, 13, f"Delivery {number}: {delivery.first} to {delivery.last}")
    _heads(sheet, bg_color="#D9D2E9", rotation=0)
    page.autofilter(7, 0, 7, len(sheet.columns) - 1)
    page.freeze_panes(8, 0)
    return sheet


LAYOUTS: dict[str, Callable[[Any, Invitation], Sheet]] = {"plain": plain, "german": german, "wide": wide}
DELIVERIES = {"plain": 1, "german": 2, "wide": 3}


def _without(columns: list[Column], of: Invitation) -> list[Column]:
    gone = of.variant == "missing-column"
    return [column for column in columns if not (gone and column.role.startswith("asked_"))]


# ── what stands below and beside, and what is broken ────────────────────────────────────────────────────────────────


def _finish(sheet: Sheet, rows: Sequence[Row]) -> None:
    """What a layout has besides its rows."""
    last = sheet.begin + len(rows)
    if sheet.of.layout == "german":
        sheet.page.write(last, 2, "Summe", sheet.form(bold=True))
        for role in ("asked_1", "quantity_1"):
            if role in {column.role for column in sheet.columns}:
                letter = chr(65 + sheet.place(role))
                total = sum(row.pieces[0] for row in rows) if role == "asked_1" else 0
                formula = f"=SUM({letter}{sheet.begin + 1}:{letter}{last})"
                sheet.page.write_formula(last, sheet.place(role), formula, sheet.form(bold=True), total)
    for number in range(1, len(sheet.of.deliveries) + 1):
        words = ["Ja", "Nein"] if sheet.of.layout == "german" else ["Yes", "No"]
        place = sheet.place(f"verdict_{number}")
        sheet.page.data_validation(sheet.begin, place, last - 1, place, {"validate": "list", "source": words})
    if sheet.of.layout == "wide" and sheet.of.variant != "missing-column":
        for row in rows:
            _sums(sheet, row)


def _sums(sheet: Sheet, row: Row) -> None:
    """The value of a row as a formula, with what it came to when it was sent."""
    letters = {name: chr(65 + sheet.place(name)) for name in ("asked_1", "price_1", "quantity_1", "cost_1")}
    value = round(row.pieces[0] * float(row.costs[0]), 2)
    money = sheet.form(num_format="#,##0.00", font_color="#666666")
    n = row.number
    asked = f"={letters['asked_1']}{n}*{letters['price_1']}{n}"
    given = f"={letters['quantity_1']}{n}*{letters['cost_1']}{n}"
    sheet.page.write_formula(n - 1, sheet.place("sum"), asked, money, value)
    sheet.page.write_formula(n - 1, sheet.place("given"), given, money, 0)


def _break(sheet: Sheet, rows: Sequence[Row]) -> None:
    """Break the first rows in the way of the variant."""
    broken = _BROKEN.get(sheet.of.variant)
    if broken is not None:
        broken(sheet, rows)


def _merge(sheet: Sheet, rows: Sequence[Row]) -> None:
    """The first two rows share their ASIN; the fourth and fifth the cell of their quantity's answer."""
    for role, top in (("asin", rows[0]), ("quantity_1", rows[3])):
        at, place = top.number - 1, sheet.place(role)
        sheet.page.merge_range(at, place, at + 1, place, top.asin if role == "asin" else "", sheet.form(valign="top"))


def _formulas(sheet: Sheet, rows: Sequence[Row]) -> None:
    """The first row's quantity is worked out; the second row's answer is a formula that copies what is asked."""
    pieces, letter = rows[0].pieces[0], chr(65 + sheet.place("asked_1"))
    sheet.page.write_formula(rows[0].number - 1, sheet.place("asked_1"), f"={pieces}*1", None, pieces)
    at = rows[1].number
    sheet.page.write_formula(at - 1, sheet.place("quantity_1"), f"={letter}{at}", None, rows[1].pieces[0])


def _texts(sheet: Sheet, rows: Sequence[Row]) -> None:
    """Quantities and prices as texts: readable ones in the first two rows, then one with words, and one that may mean
    thousands or a fraction."""
    texts = ((0, "asked_1", f"{rows[0].pieces[0]}"), (0, "price_1", "12,50"), (1, "asked_1", "1.200"))
    for place, role, text in (*texts, (2, "asked_1", "ca. 50"), (3, "price_1", "1.234")):
        sheet.page.write_string(rows[place].number - 1, sheet.place(role), text)


def _twice(sheet: Sheet, rows: Sequence[Row]) -> None:
    """The third row asks for the product of the first."""
    sheet.page.write(rows[2].number - 1, sheet.place("asin"), rows[0].asin)


def _days(sheet: Sheet, rows: Sequence[Row]) -> None:
    """Days as texts: as Germans write them, as machines do, and as nobody can tell."""
    if sheet.of.layout != "plain":
        return
    first = sheet.of.deliveries[0].first
    for row, text in zip(rows, (f"{first:%d.%m.%Y}", f"{first}", "10/05/2026"), strict=False):
        sheet.page.write_string(row.number - 1, sheet.place("first_1"), text)


_BROKEN: dict[str, Callable[[Sheet, Sequence[Row]], None]] = {
    "merged-cells": _merge,
    "formulas": _formulas,
    "text-numbers": _texts,
    "duplicate-asins": _twice,
    "text-dates": _days,
}
