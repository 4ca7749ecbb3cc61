"""Lists out: the rows of any list as CSV, XLSX or JSON, as they are shown or with every field there is."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.translation import gettext as _

from purveyor.base.listing import Column, Listing, Query, in_order
from purveyor.channels.write import CSV_TYPE, XLSX_TYPE, Line, safe
from purveyor.common.errors import Denied, Problem, Refused
from purveyor.common.money import plain
from purveyor.common.windows import moment, zulu
from purveyor.people.who import Who

FORMS = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE, "json": "application/json"}
PART = 500
# A sheet holds no more, its head included.
MOST_IN_A_SHEET = 1_048_576


@dataclass(frozen=True)
class Sheet:
    """The rows of a list for one person, found and put in order; ``parts`` reads them in short reads."""

    listing: Listing[Any]
    who: Who
    keys: Sequence[Any]
    columns: Sequence[Column] = field(default=())

    @classmethod
    def of(
        cls,
        who: Who,
        listing: Listing[Any],
        query: Query,
        columns: Sequence[str] = (),
        only: Iterable[Any] | None = None,
    ) -> Sheet:
        """What the query narrows to; with ``only`` of these keys alone. Without columns every field there is.

        Raises Denied, and Refused for filters, sorts and columns that are none.
        """
        who.require_somewhere(listing.permission)
        if listing.rows is None:
            raise Denied(_("This list has no rows of its own."))
        rows = listing.narrow(listing.rows(who), query)
        rows = rows if only is None else rows.filter(pk__in=list(only))
        chosen = listing.chosen(columns) if columns else ()
        return cls(listing, who, list(rows.values_list("pk", flat=True)), chosen)

    def parts(self) -> Iterator[list[dict[str, Any]]]:
        """The records, some at a time."""
        assert self.listing.rows is not None
        for rows in in_order(self.listing.rows(self.who), self.keys, PART):
            yield self.listing.records(rows, self.columns)


def stream(sheet: Sheet, form: str) -> Iterator[str]:
    """The text of a CSV or a JSON document, piece by piece."""
    return _json(sheet) if form == "json" else _csv(sheet)


def _json(sheet: Sheet) -> Iterator[str]:
    yield f'{{"{sheet.listing.name}": ['
    first = True
    for part in sheet.parts():
        for row in part:
            yield ("\n" if first else ",\n") + json.dumps(row, ensure_ascii=False, default=_plain)
            first = False
    yield "\n]}\n"


def _csv(sheet: Sheet) -> Iterator[str]:
    writer = csv.writer(Line())
    yield "\ufeff"  # so that spreadsheets read it as UTF-8
    first = True
    for part in sheet.parts():
        for row in part:
            flat = dict(_flat(row))
            if first:
                yield writer.writerow(flat)
                first = False
            yield writer.writerow([safe(value) for value in flat.values()])


class Book:
    """A workbook of one sheet, written row by row with little memory. Texts are texts, never formulas."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        if len(sheet.keys) >= MOST_IN_A_SHEET:
            said = _("A sheet holds at most %(count)s rows. Take CSV, or filter.") % {"count": MOST_IN_A_SHEET - 1}
            raise Refused(said, [Problem(said, where="format")])
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
        self._sheet = self._book.add_worksheet(sheet.listing.name[:31])
        self._bold = self._book.add_format({"bold": True})
        self._numbers = {
            key for column in sheet.columns or sheet.listing.columns if column.number for key in column.keys
        }
        self._place = 0

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write some rows, the head before the first."""
        for row in rows:
            flat = dict(_flat(row))
            if not self._place:
                self._sheet.write_row(0, 0, list(flat), self._bold)
                self._sheet.freeze_panes(1, 0)
            self._place += 1
            for at, (name, value) in enumerate(flat.items()):
                self._write(at, name, value)

    def close(self) -> None:
        self._book.close()

    def _write(self, at: int, name: str, value: Any) -> None:
        number = _number(value) if name in self._numbers or not isinstance(value, str) else None
        if number is not None:
            self._sheet.write_number(self._place, at, number)
        elif value is not None:
            self._sheet.write_string(self._place, at, str(value))


def _number(value: Any) -> float | int | None:
    """An amount told as text, or a number; None for everything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return float(found) if found.is_finite() else None


def write(sheet: Sheet, form: str, path: Path) -> Iterator[int]:
    """Write the whole file; tells after each part how many rows are in it."""
    written = 0
    if form == "xlsx":
        book = Book(path, sheet)
        try:
            for part in sheet.parts():
                book.add(part)
                yield (written := written + len(part))
        finally:
            book.close()
        return
    with path.open("w", encoding="utf-8", newline="") as out:
        for count, piece in enumerate(stream(sheet, form)):
            out.write(piece)
            if count % PART == 0:
                yield min(count, len(sheet.keys))
    yield len(sheet.keys)


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """One level of cells: a window is two of them."""
    for name, value in row.items():
        if name.endswith("_window"):
            yield f"{name}_start", _local((value or {}).get("start"), row.get("time_zone"))
            yield f"{name}_end", _local((value or {}).get("end"), row.get("time_zone"))
        else:
            yield name, _cell(value)


def _local(at: str | None, zone: str | None) -> str | None:
    """By the center's clock with its offset: the day a spreadsheet shows is the day at the center's gate."""
    return moment(at).astimezone(ZoneInfo(zone)).isoformat() if at and zone else at


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value) if isinstance(value, date | datetime | Decimal) else value


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return zulu(value)
    return plain(value) if isinstance(value, Decimal) else str(value)
