"""Reading a file of rows: what it is written in, and its rows with the numbers a spreadsheet shows beside them.

CSV in UTF-8 (with or without its mark), UTF-16 with its mark, or the Western code page; separated by comma, semicolon,
tab or bar. XLSX: its first sheet that shows, or the one named. Everything else is refused with the cure.
"""

from __future__ import annotations

import codecs
import csv
import itertools
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from purveyor.channels.opened import merged_of, rows_of, sheets_of
from purveyor.channels.unpack import LONGEST_CELL
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import cell

CSV, XLSX = "csv", "xlsx"
SEPARATORS = (";", ",", "\t", "|")
WESTERN = "cp1252"
MOST_COLUMNS = 200
MOST_SHEETS = 20
MOST_ROWS = 1_048_576
MOST_UNPACKED = 512 * 1024 * 1024
MOST_RATIO = 200
_CHUNK = 1024 * 1024
_SAMPLE = 20
_LOCAL_HEAD = 30
# What a group of columns is called ends where its days or remarks begin: those differ from file to file.
_UNTIL_DETAIL = re.compile(r"[(:,;\u2013\u2014]|\s-\s|\b\d{1,2}\.\d{1,2}\.|\b\d{4}-")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
Cells = list[str]
Numbered = tuple[int, Cells]
Seek = Callable[[Sequence[Cells]], tuple[float, int]]
"""The first rows → how well the best of them serves as the row of heads, and its place among them."""


class Number(str):
    """The text of a cell that holds a number: its mark is a point, whatever the file's texts have."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is read. ``mark`` is its decimal mark where its form tells it: numbers of a workbook have a point.

    ``head`` is the number of the row the heads stand in (0: the first that holds anything), ``sheet`` the name of
    their sheet (blank: the first that shows).
    """

    form: str
    encoding: str = ""
    separator: str = ""
    mark: str = ""
    head: int = 0
    sheet: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Look:
    """What a first look shows: how the file is read, its row of heads, the rows above it, and a few below it."""

    shape: Shape
    head: Cells
    sample: list[Numbered] = field(default_factory=list)
    above: list[Numbered] = field(default_factory=list)


def look(path: Path, shape: Shape | None = None) -> Look:
    """A first look at a file, or another at one whose shape is known. Raises Refused for one that cannot be read, or
    that has no rows."""
    shape = shape or shape_of(path)
    begin = list(itertools.islice(rows(path, shape), max(shape.head, 1) + _SAMPLE))
    above = [one for one in begin if one[0] < shape.head]
    first = begin[len(above) :][: _SAMPLE + 1]
    if not first:
        raise _refused(_("The file is empty."))
    head = _grouped(first[0][1], path, shape, above)
    if len(head) > MOST_COLUMNS:
        raise _refused(_("The file has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    return Look(shape, head, first[1:], above)


def look_for(path: Path, seek: Seek, within: int, shape: Shape | None = None) -> Look:
    """A first look at a file whose heads may stand below other rows, or on another sheet than the first. The best of
    the first ``within`` rows of each counts, of equals the first. Raises Refused."""
    shape = shape or shape_of(path)
    best, chosen = -1.0, shape
    for sheet in sheets_of(path)[:MOST_SHEETS] if shape.form == XLSX else [""]:
        there = replace(shape, sheet=sheet)
        first = list(itertools.islice(rows(path, there), within))
        if not first:
            continue
        score, place = seek([cells for _number, cells in first])
        if score > best:
            best, chosen = score, replace(there, head=first[place][0])
    return look(path, chosen)


def shape_of(path: Path, encoding: str = "", separator: str = "") -> Shape:
    """What a file is written in: by its content, or as somebody says it of a text. Raises Refused."""
    with path.open("rb") as file:
        begin = file.read(4096)
    if begin.startswith(b"PK\x03\x04"):
        _refuse_bombs(path)
        return Shape(XLSX, mark=".")
    if begin.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(_("This is an old or locked workbook. Save it as XLSX without a password, or as CSV."))
    encoding = encoding or _encoding(path, begin)
    return Shape(CSV, encoding, separator or _separator(path, encoding))


def rows(path: Path, shape: Shape) -> Iterator[tuple[int, Cells]]:
    """The rows that hold anything, each with its number. Raises Refused where the file cannot be read on."""
    found = _spreadsheet(path, shape.sheet) if shape.form == XLSX else _text(path, shape)
    for number, cells in found:
        if number > MOST_ROWS:
            raise _refused(_("The file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS})
        if any(cells):
            yield number, cells


def count(path: Path, shape: Shape) -> int:
    """How many rows hold anything, the head among them and nothing above it; none of their cells is looked at closely.
    Raises Refused."""
    if shape.form == XLSX or shape.head:
        return sum(1 for number, _cells in rows(path, shape) if number >= shape.head)
    with path.open(encoding=shape.encoding, errors="replace", newline="") as file:
        try:
            return sum(1 for cells in csv.reader(file, delimiter=shape.separator) if any(cells))
        except csv.Error as error:
            raise _refused(_("This file cannot be read: %(why)s.") % {"why": error}) from None


def _encoding(path: Path, begin: bytes) -> str:
    """By the mark at its beginning; else UTF-8 if all of it is that; else the Western code page of spreadsheets."""
    marked = next((name for mark, name in _MARKS if begin.startswith(mark)), "")
    if marked:
        return marked
    if b"\0" in begin:
        raise _refused(_("This is no text file. Bring CSV or XLSX."))
    return "utf-8" if _is_utf8(path) else WESTERN


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            for piece in iter(lambda: file.read(_CHUNK), b""):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _separator(path: Path, encoding: str) -> str:
    """The one that cuts the first rows into the most columns, as many in each."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = list(itertools.islice(file, _SAMPLE))
    if lines and (named := lines[0].strip().lower()).startswith("sep=") and len(named) == 5:
        return lines[0].strip()[4]
    return max(SEPARATORS, key=lambda separator: _score(lines, separator))


def _score(lines: list[str], separator: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] < 2:
        return (0, 0)
    return sum(width == widths[0] for width in widths), widths[0]


def _text(path: Path, shape: Shape) -> Iterator[tuple[int, Cells]]:
    # Code pages leave bytes undefined; they are kept as marks that no number or SKU is made of.
    errors = "strict" if shape.encoding.startswith("utf") else "replace"
    with path.open(encoding=shape.encoding, errors=errors, newline="") as file:
        reader = csv.reader(file, delimiter=shape.separator)
        number = 0
        try:
            for number, found in enumerate(reader, 1):
                if (
                    number == 1
                    and len(found) <= 2
                    and found
                    and found[0].strip().lower() in ("sep=", f"sep={shape.separator}")
                ):
                    continue
                yield number, [_short(cell(text)) for text in found]
        except (csv.Error, UnicodeError) as error:
            said = _("Row %(row)d cannot be read: %(why)s.") % {"row": number + 1, "why": error}
            raise _refused(said) from None


def _spreadsheet(path: Path, name: str) -> Iterator[Numbered]:
    for number, found in enumerate(rows_of(path, name), 1):
        yield number, [_short(_written(value)) for value in found]


def _grouped(head: Cells, path: Path, shape: Shape, above: list[Numbered]) -> Cells:
    """The heads, each below the words of the group it stands under, where the row above names several groups."""
    if shape.form != XLSX or not above or above[-1][0] != shape.head - 1:
        return head
    row = shape.head - 2
    merged = merged_of(path, shape.sheet)
    spans = [(left, right) for top, left, bottom, right in merged if top == bottom == row and right > left]
    if len(spans) < 2:
        return head
    cells, found = above[-1][1], list(head)
    for begin, end in spans:
        words = _UNTIL_DETAIL.split(cells[begin] if begin < len(cells) else "", maxsplit=1)[0].strip()
        for place in range(begin, min(end + 1, len(found))):
            found[place] = f"{words} {found[place]}" if words and found[place] else found[place]
    return found


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: cell,
    bool: lambda value: "yes" if value else "no",
    int: Number,
    float: lambda value: Number(format(Decimal(repr(value)).normalize() + 0, "f")),
}


def _written(value: Any) -> str:
    """A spreadsheet's value as text, with every digit of a number."""
    return _WRITERS[type(value)](value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"


def _refuse_bombs(path: Path) -> None:
    """A workbook is a zip; one that unpacks to far more than it is would fill the memory. Raises Refused."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise _refused(_("This workbook is damaged. Save it again.")) from None
    unpacked, names = sum(part.file_size for part in parts), {part.filename for part in parts}
    most = min(MOST_UNPACKED, max(path.stat().st_size, 64 * 1024) * MOST_RATIO)
    if unpacked > most or _is_longer_than_told(path, parts):
        raise _refused(_("This workbook unpacks to far more than a list would. It is not opened."))
    if "xl/workbook.xml" not in names:
        raise _refused(_("This is no XLSX workbook. Save the list as XLSX or CSV."))


def _is_longer_than_told(path: Path, parts: Iterable[zipfile.ZipInfo]) -> bool:
    """Whether a part unpacks to more than its head says. Readers that believe its head would be led astray."""
    with path.open("rb") as file:
        return any(_unpacks_to_more(file, part) for part in parts)


def _unpacks_to_more(file: BinaryIO, part: zipfile.ZipInfo) -> bool:
    file.seek(part.header_offset)
    head = file.read(_LOCAL_HEAD)
    if len(head) < _LOCAL_HEAD or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return True
    file.seek(sum(struct.unpack("<26xHH", head)), 1)
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size > part.file_size
    left, unpack, rest = part.compress_size, zlib.decompressobj(-zlib.MAX_WBITS), part.file_size
    while left > 0 and not unpack.eof and (piece := file.read(min(left, _CHUNK))):
        left -= len(piece)
        while piece and rest >= 0:
            try:
                rest -= len(unpack.decompress(piece, _CHUNK))
            except zlib.error:
                return True
            piece = unpack.unconsumed_tail
        if rest < 0:
            return True
    return False


def heads_of(found: Look, *, headless: bool) -> list[str]:
    """The heads, in order, each once: the first row's cells, or the numbers of the columns."""
    if headless:
        return [str(place) for place in range(1, max(map(len, _all_cells(found))) + 1)]
    return once(found.head)


def _all_cells(found: Look) -> Iterable[Cells]:
    yield found.head
    yield from (cells for _number, cells in found.sample)


def once(heads: Iterable[str]) -> list[str]:
    """Heads that can be told apart: a second one of the same words gets its number, a blank one stays blank."""
    seen: dict[str, int] = {}
    out = []
    for head in heads:
        seen[head] = seen.get(head, 0) + 1
        out.append(f"{head} ({seen[head]})" if head and seen[head] > 1 else head)
    return out


def _refused(said: str) -> Refused:
    return Refused(said, [Problem(said, where="file")], code="unreadable-file")
