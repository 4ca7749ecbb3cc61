"""What stands where on a page: texts, rules, areas and symbols in millimetres from its upper left corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)


class Align(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``y`` is its baseline, ``size`` in points. What is wider than ``width`` is cut with an
    ellipsis; with ``align`` right ``x`` is its right end."""

    x: float
    y: float
    text: str
    size: float = 9
    bold: bool = False
    align: Align = Align.LEFT
    width: float = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    thickness: float = 0.2


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: its outline, or filled with a grey from 0 (black) to 1."""

    x: float
    y: float
    width: float
    height: float
    grey: float | None = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A Code 128 symbol of ASCII ``data`` from its upper left corner; its quiet zones are kept free by the layout.

    It is as wide as its data: no wider than ``width``, with modules of at most ``module`` millimetres.
    """

    x: float
    y: float
    width: float
    height: float
    data: str
    module: float = 0.33
    align: Align = Align.LEFT


Item = Text | Rule | Area | Symbol


@dataclass(frozen=True, slots=True)
class Page:
    """One page and what is on it, drawn in this order."""

    width: float
    height: float
    items: Sequence[Item]
