"""Files out: CSV, XLSX and JSON of any kind, with cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from purveyor.base.columns import Column
from purveyor.base.filekinds import Kind
from purveyor.channels.book import Book
from purveyor.common.errors import Problem, Refused
from purveyor.common.money import plain
from purveyor.people.who import Who

SAFE_START = ("=", "+", "-", "@", "\t", "\r")
CSV_TYPE = "text/csv; charset=utf-8"
JSON_TYPE = "application/json"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE, "json": JSON_TYPE}


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


def csv_lines(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of a CSV for machines: the names as its head, no mark before them, nothing a spreadsheet runs."""
    writer = csv.writer(Line())
    yield writer.writerow(names)
    for row in rows:
        yield writer.writerow(["" if row[name] is None else safe(_text(row[name])) for name in names])


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def xlsx_of(who: Who, kind: Kind, path: Path, rows: Iterable[Mapping[str, Any]] | None = None) -> None:
    """Write a workbook of one sheet, row by row. Raises Denied; Refused for more rows than a sheet holds."""
    who.require_somewhere(kind.may_see)
    with Book(path, str(kind.label)) as book:
        book.head(str(column.label) for column in kind.columns)
        for row in _all(kind) if rows is None else rows:
            book.add(_shown(kind, row))


def json_of(who: Who, kind: Kind) -> Iterator[str]:
    """A JSON document under the kind's name: each row by the columns' own names, values as they are kept, null for
    none. Raises Denied at once."""
    who.require_somewhere(kind.may_see)
    return _json(kind)


def _json(kind: Kind) -> Iterator[str]:
    yield f'{{"{kind.name}": ['
    between = "\n"
    for row in _all(kind):
        told = {column.name: _kept(column, row.get(column.name)) for column in kind.columns}
        yield between + json.dumps(told, ensure_ascii=False, default=_text)
        between = ",\n"
    yield "\n]}\n"


def _kept(column: Column, value: Any) -> Any:
    """Yes and no stay what they are; all else is as a cell shows it."""
    return value if value is None or isinstance(value, bool) else column.show(value)


def _shown(kind: Kind, row: Mapping[str, Any]) -> Iterator[Any]:
    for column in kind.columns:
        value = row.get(column.name)
        yield "" if value is None else column.show(value)
