"""Pages as a PDF. The same pages are always the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from purveyor.labels.barcodes import code128
from purveyor.labels.layout import Align, Area, Item, Page, Rule, Symbol, Text

FONT = "Purveyor Sans"
_MISSING = "?"
_BOLD = 0.035
"""The outline that makes a letter bold, as a part of its size: the font comes in one weight."""


def pdf(pages: Iterable[Page], *, title: str) -> bytes:
    """The pages as one file. Raises ValueError where there is none, and as ``barcodes.code128``."""
    _register()
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setTitle(title)
    canvas.setCreator("Purveyor")
    for page in pages:
        canvas.setPageSize((page.width * mm, page.height * mm))
        for item in page.items:
            _DRAW[type(item)](canvas, page.height, item)
        canvas.showPage()
    if canvas.getPageNumber() == 1:
        raise ValueError("a paper has at least one page")
    canvas.save()
    return out.getvalue()


@cache
def _register() -> None:
    where = files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf"
    pdfmetrics.registerFont(TTFont(FONT, str(where)))


@cache
def _known() -> frozenset[int]:
    return frozenset(pdfmetrics.getFont(FONT).face.charWidths)


def shown(text: str) -> str:
    """The text with a mark for each letter the font does not have."""
    return "".join(letter if ord(letter) in _known() else _MISSING for letter in text)


def width_of(text: str, size: float) -> float:
    """How wide a text is, in millimetres."""
    _register()
    return float(pdfmetrics.stringWidth(shown(text), FONT, size) / mm)


def cut(text: str, size: float, width: float) -> str:
    """As much of a text as fits, with an ellipsis where something is cut."""
    if width_of(text, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle].rstrip() + "…", size) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def _text(canvas: Canvas, height: float, item: Text) -> None:
    said = shown(cut(item.text, item.size, item.width) if item.width else item.text)
    x = item.x - width_of(said, item.size) if item.align == Align.RIGHT else item.x
    line = canvas.beginText(x * mm, (height - item.y) * mm)
    line.setFont(FONT, item.size)
    canvas.setLineWidth(item.size * _BOLD)
    line.setTextRenderMode(2 if item.bold else 0)
    line.textOut(said)
    line.setTextRenderMode(0)
    canvas.drawText(line)


def _rule(canvas: Canvas, height: float, item: Rule) -> None:
    canvas.setLineWidth(item.thickness * mm)
    canvas.line(item.x1 * mm, (height - item.y1) * mm, item.x2 * mm, (height - item.y2) * mm)


def _area(canvas: Canvas, height: float, item: Area) -> None:
    canvas.setLineWidth(0.2 * mm)
    canvas.setFillGray(item.grey if item.grey is not None else 0)
    box = (item.x * mm, (height - item.y - item.height) * mm, item.width * mm, item.height * mm)
    canvas.rect(*box, stroke=item.grey is None, fill=item.grey is not None)
    canvas.setFillGray(0)


def _symbol(canvas: Canvas, height: float, item: Symbol) -> None:
    symbol = code128(item.data, width=item.width, height=item.height, module=item.module)
    x = item.x * mm - (symbol.width if item.align == Align.RIGHT else 0)
    symbol.drawOn(canvas, x, (height - item.y - item.height) * mm)


_DRAW: dict[type[Item], Callable[[Canvas, float, Any], None]] = {
    Text: _text,
    Rule: _rule,
    Area: _area,
    Symbol: _symbol,
}
