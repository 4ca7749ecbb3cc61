"""The XML of one sheet: what stands in the way of writing into it, and the writing of single cells.

Written is with the places of bytes: what is not an answer cell stays as it is to the byte. A text is written as an
inline string, a number as a number; nothing that is written can be a formula.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from purveyor.channels.workbooks import package
from purveyor.channels.workbooks.package import damaged

Place = tuple[int, int]
"""Row and column, both from 1."""
Value = str | int | Decimal

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_PLACE = re.compile(r"[0-9]{1,9}")
# One start tag: its name and its attributes; a closing bracket may stand inside the quotes of one.
_TAG = re.compile(rb"<[^\s<>/]+(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Span:
    """A rectangle of cells, its ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def of(cls, text: str) -> Span | None:
        """Read ``A1`` or ``A1:C4``; None for what is neither."""
        first, _colon, last = text.partition(":")
        begin, end = place_of(first), place_of(last or first)
        return cls(begin[0], begin[1], end[0], end[1]) if begin and end else None

    def __contains__(self, place: Place) -> bool:
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right


class Spans:
    """Rectangles, looked up by a place: column by column, in the order of their rows."""

    def __init__(self) -> None:
        self._all: list[Span] = []
        self._columns: dict[int, list[Span]] = {}

    def add(self, span: Span) -> None:
        self._all.append(span)
        self._columns.clear()

    def at(self, place: Place) -> Span | None:
        """The one a cell lies in; None for none. Of those that overlap, the lowest."""
        row, column = place
        if column not in self._columns:
            there = (span for span in self._all if span.left <= column <= span.right)
            self._columns[column] = sorted(there, key=lambda span: span.top)
        spans = self._columns[column]
        found = bisect_right(spans, row, key=lambda span: span.top)
        return spans[found - 1] if found and place in spans[found - 1] else None


@dataclass(slots=True)
class Looks:
    """What a sheet holds besides values: cells with formulas, ranges of formulas that fill several cells, merged
    ranges, and the words that a cell's list of choices allows."""

    formulas: set[Place] = field(default_factory=set)
    arrays: Spans = field(default_factory=Spans)
    merged: Spans = field(default_factory=Spans)
    choices: Spans = field(default_factory=Spans)
    words: dict[Span, tuple[str, ...]] = field(default_factory=dict)

    def is_formula(self, place: Place) -> bool:
        """Whether a cell's value comes from a formula, its own or one of a neighbour."""
        return place in self.formulas or self.arrays.at(place) is not None

    def is_merged(self, place: Place) -> bool:
        """Whether a cell shares its place with another row, or is hidden behind another cell."""
        span = self.merged.at(place)
        return span is not None and (span.top != span.bottom or (span.top, span.left) != place)

    def words_at(self, place: Place) -> tuple[str, ...]:
        """The words a cell may hold; none where it names none."""
        span = self.choices.at(place)
        return self.words[span] if span else ()


def place_of(text: str) -> Place | None:
    """The place of a reference such as ``K12``; None for what is none."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _place(text: str | None, otherwise: int = 0) -> int:
    """The number of a row or column as a sheet names it. Raises Refused for what is none."""
    if not text and otherwise:
        return otherwise
    if not text or not _PLACE.fullmatch(text):
        raise damaged()
    return int(text)


def name_of(place: Place) -> str:
    """The reference of a place, such as ``K12``."""
    row, column, letters = place[0], place[1], ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def look(xml: bytes) -> Looks:
    """What a sheet holds besides values. Raises Refused for XML that is not read."""
    reading = _Looking()
    package.walk(xml, reading.start, reading.end, reading.text)
    return reading.found


class _Looking:
    """Reads a sheet once; rows and cells without a reference follow the one before."""

    def __init__(self) -> None:
        self.found = Looks()
        self.row = self.column = 0
        self.choice: list[Span] = []
        self.words: list[str] | None = None

    def start(self, name: str, given: dict[str, str]) -> None:
        kind = package.local(name)
        if kind == "c":
            place = place_of(given["r"]) if "r" in given else None
            self.column = place[1] if place else self.column + 1
        elif kind == "row":
            self.row, self.column = _place(given.get("r"), self.row + 1), 0
        elif kind == "f":
            self._formula(given)
        elif kind == "mergeCell":
            self._add(self.found.merged, given.get("ref", ""))
        elif kind == "dataValidation" and given.get("type") == "list":
            self.choice = [span for text in given.get("sqref", "").split() if (span := Span.of(text))]
        elif kind == "formula1" and self.choice:
            self.words = []

    def _formula(self, given: dict[str, str]) -> None:
        self.found.formulas.add((self.row, self.column))
        if given.get("t") in ("array", "dataTable"):
            self._add(self.found.arrays, given.get("ref", ""))

    def _add(self, spans: Spans, text: str) -> None:
        if span := Span.of(text):
            spans.add(span)

    def text(self, found: str) -> None:
        if self.words is not None:
            self.words.append(found)

    def end(self, name: str) -> None:
        kind = package.local(name)
        if kind == "formula1" and self.words is not None:
            text = "".join(self.words).strip()
            if text[:1] == text[-1:] == '"':
                words = tuple(word.strip() for word in text[1:-1].split(","))
                for span in self.choice:
                    self.found.choices.add(span)
                    self.found.words[span] = words
            self.words = None
        elif kind == "dataValidation":
            self.choice = []


@dataclass(slots=True)
class _Cell:
    """A cell as it stands: where its bytes begin and end, and the style it names."""

    column: int
    begin: int
    end: int
    style: str


@dataclass(slots=True)
class _Row:
    """A row with its cells: where its start tag and where its cells end (0 for a row that has none)."""

    number: int
    opened: int
    style: str
    end: int = 0
    cells: list[_Cell] = field(default_factory=list)


def fill(xml: bytes, values: Mapping[Place, Value]) -> bytes:
    """The sheet with these cells' values. A cell that is not there yet gets the style of its row or column.

    Raises Refused where a row is not in the sheet, or the XML is not read.
    """
    writing = _Writing(xml, {row for row, _column in values})
    by_row: dict[int, dict[int, Value]] = {}
    for (row, column), value in values.items():
        by_row.setdefault(row, {})[column] = value
    if any(number not in writing.rows or not writing.rows[number].end for number in by_row):
        raise damaged()
    edits = [edit for number, cells in by_row.items() for edit in writing.edits(writing.rows[number], cells)]
    edits.sort(key=lambda edit: edit[:2])
    out, at = [], 0
    for begin, end, content in edits:
        out += [xml[at:begin], content]
        at = end
    return b"".join([*out, xml[at:]])


class _Writing:
    """Where the bytes of the wanted rows and their cells stand."""

    def __init__(self, xml: bytes, wanted: Collection[int]) -> None:
        self.xml, self.wanted = xml, wanted
        self.rows: dict[int, _Row] = {}
        self.widths: list[tuple[int, int, str]] = []
        self.prefix = ""
        self.number = self.column = 0
        self.row: _Row | None = None
        self.cell: _Cell | None = None
        self.parser = package.parser_for(self._start, self._end)
        package.parse(self.parser, xml)

    def _start(self, name: str, given: dict[str, str]) -> None:
        prefix, _colon, kind = name.rpartition(":")
        if kind == "c" and self.row is not None:
            self._cell(given)
        elif kind == "row":
            self.prefix = f"{prefix}:" if prefix else ""
            self.number, self.column = _place(given.get("r"), self.number + 1), 0
            if self.number in self.wanted:
                self._row(given)
        elif kind == "col" and given.get("style"):
            first = _place(given.get("min"))
            self.widths.append((first, _place(given.get("max"), first), given["style"]))

    def _row(self, given: dict[str, str]) -> None:
        begin = self.parser.CurrentByteIndex
        style = given.get("s", "") if given.get("customFormat") in ("1", "true") else ""
        self.row = self.rows[self.number] = _Row(self.number, self._tag_end(begin), style)

    def _cell(self, given: dict[str, str]) -> None:
        assert self.row is not None
        place = place_of(given["r"]) if "r" in given else None
        self.column = place[1] if place else self.column + 1
        begin = self.parser.CurrentByteIndex
        self.cell = _Cell(self.column, begin, self._tag_end(begin), given.get("s", ""))
        self.row.cells.append(self.cell)

    def _end(self, name: str) -> None:
        kind = package.local(name)
        if kind == "c" and self.cell is not None:
            if not self._is_empty(self.cell.end):
                self.cell.end = self.xml.index(b">", self.parser.CurrentByteIndex) + 1
            self.cell = None
        elif kind == "row" and self.row is not None:
            self.row.end = 0 if self._is_empty(self.row.opened) else self.parser.CurrentByteIndex
            self.row = None

    def _tag_end(self, begin: int) -> int:
        found = _TAG.match(self.xml, begin)
        if found is None:
            raise damaged()
        return found.end()

    def _is_empty(self, end: int) -> bool:
        return self.xml[end - 2 : end] == b"/>"

    def edits(self, row: _Row, values: Mapping[int, Value]) -> list[tuple[int, int, bytes]]:
        """What to put where in one row: begin, end, bytes."""
        there = {cell.column: cell for cell in row.cells}
        found = []
        missing: dict[int, list[bytes]] = {}
        for column, value in sorted(values.items()):
            cell = there.get(column)
            if cell is not None:
                found.append((cell.begin, cell.end, self._written((row.number, column), cell.style, value)))
                continue
            after = next((one.begin for one in row.cells if one.column > column), row.end)
            style = row.style or self._style_of(column)
            missing.setdefault(after, []).append(self._written((row.number, column), style, value))
        return found + [(at, at, b"".join(cells)) for at, cells in missing.items()]

    def _style_of(self, column: int) -> str:
        return next((style for first, last, style in self.widths if first <= column <= last), "")

    def _written(self, place: Place, style: str, value: Value) -> bytes:
        name = f"{self.prefix}c"
        styled = f' s="{style}"' if style.isdigit() else ""
        if isinstance(value, str):
            text = _as_text(value)
            kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
            inner = f"<{self.prefix}is><{self.prefix}t{kept}>{text}</{self.prefix}t></{self.prefix}is>"
            return f'<{name} r="{name_of(place)}"{styled} t="inlineStr">{inner}</{name}>'.encode()
        number = format(Decimal(value), "f")
        return f'<{name} r="{name_of(place)}"{styled}><{self.prefix}v>{number}</{self.prefix}v></{name}>'.encode()


def _as_text(value: str) -> str:
    """A text as it stands in XML: what XML forbids is dropped, what a spreadsheet takes for an escape is escaped."""
    text = _FORBIDDEN.sub("", value)
    text = _ESCAPED.sub(lambda found: f"_x005F{found[0]}", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
