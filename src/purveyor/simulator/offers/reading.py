"""Reading an answered workbook back: what was promised, and everything that is wrong with it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import python_calamine

from purveyor.common.errors import Refused
from purveyor.common.money import plain
from purveyor.simulator.offers.model import Error, Invitation, Promise, Row

YES, NO = ("yes", "ja"), ("no", "nein")
_SHOWN = 40
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*><f')
Grid = list[list[Any]]


def read(of: Invitation, sent: bytes, given: bytes) -> tuple[list[Promise], list[Error]]:
    """What an answered workbook promises, and what is wrong with it; with anything wrong nothing of it counts.

    Raises Refused for what is not the workbook that was sent.
    """
    before, after = _grid(sent, of.sheet), _grid(given, of.sheet)
    errors = list(_changed(of, before, after, _worked_out(sent, of.sheet)))
    promises: list[Promise] = []
    for row in of.rows:
        reading = _Row(of, row, _at(after, row.number - 1))
        promises += reading.promises()
        errors += reading.errors
    return promises, errors


def _grid(content: bytes, sheet: str) -> Grid:
    """The cells of a sheet from its first row and column on."""
    try:
        found = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet)
    except python_calamine.CalamineError as error:
        raise Refused(f"this is not the workbook that was sent: {error}") from None
    left = [""] * (found.start[1] if found.start else 0)
    return [left + row for row in found.iter_rows()]


def _at(grid: Grid, row: int) -> list[Any]:
    return grid[row] if row < len(grid) else []


def _cell(row: Sequence[Any], place: int) -> Any:
    return row[place] if place < len(row) else ""


def _worked_out(sent: bytes, sheet: str) -> set[str]:
    """The names of the cells that a spreadsheet works out by itself, in a workbook of our own making."""
    names = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sent)).sheet_names
    with zipfile.ZipFile(io.BytesIO(sent)) as packed:
        xml = packed.read(f"xl/worksheets/sheet{names.index(sheet) + 1}.xml")
    return {name.decode() for name in _FORMULA.findall(xml)}


def _changed(of: Invitation, before: Grid, after: Grid, worked_out: set[str]) -> Iterator[Error]:
    """Cells that are no answers and are not as they were sent."""
    answers = {(row.number - 1, place) for row in of.rows for place in of.columns.values()}
    for at in range(max(len(before), len(after))):
        old, new = _at(before, at), _at(after, at)
        for place in range(max(len(old), len(new))):
            was, now = _cell(old, place), _cell(new, place)
            if was != now and (at, place) not in answers and (name := cell_name(at, place)) not in worked_out:
                yield Error(name, _shown(now), f"only the answers may change; here stood {_shown(was)!r}")


class _Row:
    """The answers of one row."""

    def __init__(self, of: Invitation, row: Row, cells: Sequence[Any]) -> None:
        self.of, self.row, self.cells = of, row, cells
        self.errors: list[Error] = []

    def promises(self) -> Iterator[Promise]:
        """What it promises of each delivery; a row without any answer promises nothing."""
        for number, asked in enumerate(self.row.pieces, 1):
            if asked and (found := self._promise(number, asked)):
                yield found

    def _promise(self, number: int, asked: int) -> Promise | None:
        verdict, pieces = self._verdict(number), self._pieces(number, asked)
        cost = self._cost(number)
        if verdict is True and not pieces:
            self._wrong("quantity", number, "yes needs a quantity above 0")
        elif verdict is not True and pieces:
            self._wrong("verdict", number, "a quantity above 0 needs a yes")
        return Promise(self.row.number, number - 1, pieces, cost) if verdict and pieces else None

    def _verdict(self, number: int) -> bool | None:
        text = str(self._value("verdict", number)).strip().casefold()
        if text and text not in (*YES, *NO):
            self._wrong("verdict", number, "this is neither yes nor no")
        return None if not text else text in YES

    def _pieces(self, number: int, asked: int) -> int:
        value = self._value("quantity", number)
        if value == "":
            return 0
        if not isinstance(value, float | int) or isinstance(value, bool) or value != int(value):
            self._wrong("quantity", number, "this is not a whole number")
            return 0
        if not 0 <= value <= asked:
            self._wrong("quantity", number, f"this is not between 0 and the {asked} requested")
        return int(value)

    def _cost(self, number: int) -> str:
        asked, value = self.row.costs[number - 1], self._value("cost", number)
        if value == "":
            return asked
        try:
            found = Decimal(repr(value)) if isinstance(value, float | int) else Decimal(str(value))
        except InvalidOperation:
            self._wrong("cost", number, "this is not an amount")
            return asked
        if not 0 < found <= Decimal(asked):
            self._wrong("cost", number, f"this is not above 0 and up to the {asked} offered")
        return plain(found)

    def _value(self, role: str, number: int) -> Any:
        place = self.of.columns.get(f"{role}_{number}")
        return "" if place is None else _cell(self.cells, place)

    def _wrong(self, role: str, number: int, message: str) -> None:
        place = self.of.columns.get(f"{role}_{number}", 0)
        self.errors.append(Error(cell_name(self.row.number - 1, place), _shown(self._value(role, number)), message))


def cell_name(row: int, column: int) -> str:
    """The name of a place counted from 0, such as ``K12``."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
