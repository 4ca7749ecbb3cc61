"""The one writer of workbooks: a sheet with a head, row by row, with little memory. Texts are texts, never formulas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter
from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, Refused

# A sheet holds no more, its head included.
MOST_IN_A_SHEET = 1_048_576
_LONGEST_NAME = 31


class Book:
    """A workbook of one sheet. Closed with an error inside, it writes nothing worth keeping."""

    def __init__(self, path: Path, name: str) -> None:
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
        self._sheet = self._book.add_worksheet(name[:_LONGEST_NAME])
        self._bold = self._book.add_format({"bold": True})
        self._forms = {
            Decimal: self._book.add_format({"num_format": "0.00##"}),
            date: self._book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._place = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._book.close()

    def head(self, cells: Iterable[str]) -> None:
        """The first row, which stays in sight."""
        self._sheet.write_row(0, 0, list(cells), self._bold)
        self._sheet.freeze_panes(1, 0)

    def add(self, cells: Iterable[Any]) -> None:
        """One more row: texts, numbers, days, yes and no; nothing for None. Raises Refused for one too many."""
        self._place += 1
        check_length(self._place)
        for at, value in enumerate(cells):
            self._write(at, value)

    def _write(self, at: int, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, str):
            self._sheet.write_string(self._place, at, value)
        elif isinstance(value, bool):
            self._sheet.write_boolean(self._place, at, value)
        elif isinstance(value, int | float | Decimal):
            self._sheet.write_number(self._place, at, value, self._forms.get(type(value)))
        elif isinstance(value, date) and not isinstance(value, datetime):
            self._sheet.write_datetime(self._place, at, value, self._forms[date])
        else:
            self._sheet.write_string(self._place, at, str(value))


def check_length(rows: int) -> None:
    """Raises Refused where a sheet cannot hold so many rows."""
    if rows >= MOST_IN_A_SHEET:
        said = _("A sheet holds at most %(count)s rows. Take CSV, or filter.") % {"count": MOST_IN_A_SHEET - 1}
        raise Refused(said, [Problem(said, where="format")])
