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

from django.utils.translation import gettext as _

from purveyor.base.listing import Column, Listing, Query, in_order
from purveyor.channels.book import Book, check_length
from purveyor.channels.write import FORMS, Line, safe
from purveyor.common.errors import Denied
from purveyor.common.money import plain
from purveyor.common.windows import moment, zulu
from purveyor.people.who import Who

__all__ = ["FORMS", "Sheet", "stream", "write"]

PART = 500


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


class _Cells:
    """What stands in a workbook for a record: numbers told as text become numbers where their column holds numbers."""

    def __init__(self, sheet: Sheet) -> None:
        shown = sheet.columns or sheet.listing.columns
        self._numbers = {key for column in shown if column.number for key in column.keys}

    def of(self, flat: Mapping[str, Any]) -> Iterator[Any]:
        for name, value in flat.items():
            number = _number(value) if name in self._numbers and isinstance(value, str) else None
            yield value if number is None else number


def _number(value: str) -> Decimal | int | None:
    """An amount told as text; None for every other text."""
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    if not found.is_finite():
        return None
    return int(found) if "." not in value else found


def write(sheet: Sheet, form: str, path: Path) -> Iterator[int]:
    """Write the whole file; tells after each part how many rows are in it."""
    if form == "xlsx":
        yield from _book(sheet, path)
        return
    with path.open("w", encoding="utf-8", newline="") as out:
        for count, piece in enumerate(stream(sheet, form)):
            out.write(piece)
            if count % PART == 0:
                yield min(count, len(sheet.keys))
    yield len(sheet.keys)


def _book(sheet: Sheet, path: Path) -> Iterator[int]:
    check_length(len(sheet.keys))
    written, cells = 0, _Cells(sheet)
    with Book(path, sheet.listing.name) as book:
        for part in sheet.parts():
            for flat in map(dict, map(_flat, part)):
                if not written:
                    book.head(flat)
                book.add(cells.of(flat))
                written += 1
            yield written


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
