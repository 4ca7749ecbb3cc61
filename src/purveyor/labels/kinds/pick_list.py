"""The pick list on paper: what to take from where, with symbols for the list and for each of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from purveyor.labels.layout import A4, Align, Area, Item, Page, Rule, Symbol, Text
from purveyor.labels.pdf import width_of

MARGIN = 12.0
TOP = 58.0
ROW = 15.0
FOOT = 16.0
_SYMBOL = 58.0
_QUIET = 4.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line: ``code`` is what its symbol says; texts in the reader's language. ``cases`` is blank where pieces are
    not packed in cases, ``note`` what must be done or watched."""

    code: str
    location: str
    sku: str
    number: str
    title: str
    quantity: str
    cases: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the paper, in the reader's language; ``page`` holds ``%(page)d`` and ``%(pages)d``."""

    title: str
    location: str
    product: str
    quantity: str
    picked: str
    page: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One pick list. ``number`` is also what its symbol says. ``facts`` are pairs of a word and what stands below it;
    ``warning`` stands across the top."""

    number: str
    facts: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    printed: str = ""
    warning: str = ""


def pages(sheet: Sheet, words: Words, size: tuple[float, float] = A4) -> Iterator[Page]:
    """The pages of one list, as many rows on each as fit."""
    width, height = size
    fit = int((height - TOP - FOOT) // ROW)
    starts = [*range(0, max(len(sheet.rows), 1), fit), len(sheet.rows)] if sheet.rows else [0, 0]
    count = len(starts) - 1
    for place, (begin, end) in enumerate(pairwise(starts), 1):
        items = [*_head(sheet, words, width), *_columns(words, width)]
        for number, row in enumerate(sheet.rows[begin:end]):
            items += _row(row, TOP + number * ROW, width, shaded=number % 2 == 1)
        foot = words.page % {"page": place, "pages": count}
        items.append(Text(MARGIN, height - 8, sheet.printed, 7, width=width / 2))
        items.append(Text(width - MARGIN, height - 8, f"{sheet.number}   {foot}", 7, align=Align.RIGHT))
        yield Page(width, height, items)


def _head(sheet: Sheet, words: Words, width: float) -> Iterator[Item]:
    yield Text(MARGIN, 17, words.title, 10)
    yield Text(MARGIN, 26, sheet.number, 20, bold=True, width=width - 2 * MARGIN - 70)
    yield Symbol(width - MARGIN - _QUIET, 11, 65, 15, sheet.number, align=Align.RIGHT)
    if sheet.warning:
        yield Area(MARGIN, 29, width - 2 * MARGIN, 8, grey=0.85)
        yield Text(MARGIN + 2, 34.4, sheet.warning, 11, bold=True, width=width - 2 * MARGIN - 4)
    yield from _facts(sheet.facts, width - 2 * MARGIN)


def _facts(facts: Sequence[tuple[str, str]], room: float) -> Iterator[Item]:
    """Side by side, each as wide as it is; all narrower where they do not fit."""
    wide = [max(width_of(word, 7), width_of(said, 9.5)) + 6 for word, said in facts]
    narrow = min(room / sum(wide), 1) if wide else 1
    x = MARGIN
    for (word, said), mine in zip(facts, wide, strict=True):
        yield Text(x, 41, word, 7, width=mine * narrow - 2)
        yield Text(x, 46, said, 9.5, bold=True, width=mine * narrow - 2)
        x += mine * narrow


def _places(width: float) -> tuple[float, float, float, float, float]:
    """Left edges: product, quantity (right edge), picked, symbol; and the right end."""
    end = width - MARGIN
    symbol = end - _SYMBOL
    picked = symbol - 20
    return MARGIN + 27, picked - 4, picked, symbol, end


def _columns(words: Words, width: float) -> Iterator[Item]:
    product, quantity, picked, _symbol, end = _places(width)
    y = TOP - 2.5
    yield Text(MARGIN + 1, y, words.location, 7)
    yield Text(product, y, words.product, 7)
    yield Text(quantity, y, words.quantity, 7, align=Align.RIGHT)
    yield Text(picked, y, words.picked, 7)
    yield Rule(MARGIN, TOP - 1, end, TOP - 1, 0.4)


def _row(row: Row, y: float, width: float, *, shaded: bool) -> Iterator[Item]:
    product, quantity, picked, symbol, end = _places(width)
    if shaded:
        yield Area(MARGIN, y - 0.8, symbol - MARGIN - _QUIET, ROW - 0.4, grey=0.95)
    room = quantity - 16 - product
    yield Text(MARGIN + 1, y + 5, row.location or "–", 11, bold=True, width=24)
    yield Text(product, y + 4, row.sku, 9.5, bold=True, width=room)
    yield Text(product, y + 8, row.title, 7.5, width=room)
    yield Text(product, y + 12, "   ".join(part for part in (row.number, row.note) if part), 7.5, width=room)
    yield Text(quantity, y + 5.5, row.quantity, 13, bold=True, align=Align.RIGHT)
    yield Text(quantity, y + 10.5, row.cases, 7.5, align=Align.RIGHT)
    yield Area(picked, y + 1, 14, 9)
    yield Symbol(symbol, y + 0.5, _SYMBOL - _QUIET, 8, row.code, module=0.3)
    yield Text(symbol, y + 11.8, row.code, 7, width=_SYMBOL - _QUIET)
    yield Rule(MARGIN, y + ROW - 1, end, y + ROW - 1)
