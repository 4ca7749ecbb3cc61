"""Files out: CSV and XLSX of any kind, with cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from purveyor.base.filekinds import Kind
from purveyor.common.errors import Problem, Refused
from purveyor.common.money import plain
from purveyor.people.who import Who

SAFE_START = ("=", "+", "-", "@", "\t", "\r")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_SHEET_NAME = 31


class Line:
    """What csv writes to: it hands each line straight on."""

    def write(self, line: str) -> str:
        return line


def safe(value: Any) -> Any:
    """A cell no spreadsheet takes for a formula; reading it again (``lenient.cell``) gives what was there."""
    return f"'{value}" if isinstance(value, str) and value.startswith(SAFE_START) else value


def csv_of(who: Who, kind: Kind, rows: Iterable[Mapping[str, Any]] | None = None) -> Iterator[str]:
    """The lines of a CSV in UTF-8 with its mark, so that spreadsheets read it right. Raises Denied at once."""
    who.require_somewhere(kind.may_see)
    return _csv(kind, _all(kind) if rows is None else rows)


def _all(kind: Kind) -> Iterable[Mapping[str, Any]]:
    if kind.rows is None:
        said = _("Files of the kind %(name)s are not exported as a list.") % {"name": kind.name}
        raise Refused(said, [Problem(said, where="kind")])
    return kind.rows()


def _csv(kind: Kind, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield "\ufeff"
    yield writer.writerow([str(column.label) for column in kind.columns])
    for row in rows:
        yield writer.writerow([safe(_text(value)) for value in _shown(kind, row)])


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def xlsx_of(who: Who, kind: Kind, path: Path, rows: Iterable[Mapping[str, Any]] | None = None) -> None:
    """Write a workbook of one sheet, row by row, with little memory. Raises Denied."""
    who.require_somewhere(kind.may_see)
    found = _all(kind) if rows is None else rows
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(str(kind.label)[:_LONGEST_SHEET_NAME])
        forms = {
            Decimal: book.add_format({"num_format": "0.00##"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [str(column.label) for column in kind.columns], bold)
        for place, row in enumerate(found, 1):
            for at, value in enumerate(_shown(kind, row)):
                _write(sheet, place, at, value, forms)


def _write(sheet: Any, row: int, column: int, value: Any, forms: Mapping[type, Any]) -> None:
    """Texts stay texts, also an EAN; numbers and days are what they are."""
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, forms[date])
    elif value is not None:
        sheet.write_number(row, column, value, forms.get(type(value)))


def _shown(kind: Kind, row: Mapping[str, Any]) -> Iterator[Any]:
    for column in kind.columns:
        value = row.get(column.name)
        yield "" if value is None else column.show(value)
