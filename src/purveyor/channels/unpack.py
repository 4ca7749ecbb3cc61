"""A workbook, read in a process of its own, ``python -m purveyor.channels.unpack FILE WHAT [SHEET]``, which writes out
the rows of a sheet (blank: the first that shows), the names of the sheets that show, or the merged cells of a sheet.

A small workbook can claim to hold a thousand million cells, or name one long text a million times. The library makes
room for all of it at once and ends its whole process where there is none. So this one has little room, little time and
none of the hub's secrets; when it dies, one file is refused. It knows no framework, so that it starts quickly.
"""

from __future__ import annotations

import marshal
import resource
import struct
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

import python_calamine

ROOM = 2 * 1024**3
"""Bytes; a list of 200,000 rows takes a tenth of it."""
SECONDS = 120
LONGEST_CELL = 10_000
LOCKED, HIDDEN, BROKEN, END = "locked", "hidden", "broken", "end"
ROWS, SHEETS, MERGED = "rows", "sheets", "merged"
LENGTH = struct.Struct("<Q")
MOST_SIGNS = 256_000_000
"""Of all texts of a sheet together; a list of 200,000 rows has a fifth of it."""
_MOST_ROWS, _MOST_SIGNS = 500, 1_000_000


def main() -> None:
    """Parts of rows, then how it ended: one of the words above, and why. Each with its length before it."""
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        word, why = _write(*sys.argv[1:4]), ""
    except python_calamine.PasswordError:
        word, why = LOCKED, ""
    except python_calamine.CalamineError as error:
        word, why = BROKEN, str(error)
    _say((word, why))
    sys.stdout.buffer.flush()


def heard(out: IO[bytes]) -> Iterator[Any]:
    """What the process says, as long as it says anything whole."""
    while len(length := out.read(LENGTH.size)) == LENGTH.size:
        (count,) = LENGTH.unpack(length)
        if len(said := out.read(count)) != count:
            return
        yield marshal.loads(said)  # noqa: S302  our own program wrote it


def _say(what: Any) -> None:
    said = marshal.dumps(what)
    sys.stdout.buffer.write(LENGTH.pack(len(said)))
    sys.stdout.buffer.write(said)


def _write(path: str, what: str, name: str = "") -> str:
    book = python_calamine.CalamineWorkbook.from_path(path)
    shown = python_calamine.SheetVisibleEnum.Visible
    names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == shown]
    if not names:
        return HIDDEN
    if what == SHEETS:
        _say([names])
        return END
    sheet = book.get_sheet_by_name(name or names[0])
    if what == MERGED:
        _say([[*first, *last] for first, last in sheet.merged_cell_ranges or []])
        return END
    # Rows begin at the first column that holds anything; of a sheet that is named every column has its place.
    before = [""] * (sheet.start[1] if name and sheet.start else 0)
    for part in _parts(before + row for row in sheet.iter_rows()):
        _say(part)
    return END


def _parts(rows: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    part: list[list[Any]] = []
    signs, every = 0, 0
    for row in rows:
        part.append([_plain(value) for value in row])
        signs += sum(len(value) for value in part[-1] if isinstance(value, str))
        if len(part) == _MOST_ROWS or signs > _MOST_SIGNS:
            yield part
            every += signs
            part, signs = [], 0
        if every > MOST_SIGNS:
            sys.exit(1)  # without a last word: whoever listens refuses the file
    if part:
        yield part


def _plain(value: Any) -> Any:
    """Texts (long ones one sign too long), numbers, yes or no; days and times as text, whole days as 2026-03-31."""
    if isinstance(value, str):
        return value[: LONGEST_CELL + 1]
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat() if value.hour or value.minute else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


if __name__ == "__main__":
    main()
