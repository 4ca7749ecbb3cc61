"""Charts as SVG made here: no script, colours from the stylesheet's tokens, and the figures as a table beneath.

Pure: values in, a drawing out. A reader who sees no drawing is told its title and what it comes to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 640, 228
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 10, 34
ROW = 26
LABELS = 7


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values, None where nothing is known; ``words`` are the same as a person reads them."""

    name: str
    values: Sequence[float | None]
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with everything that stands beside it: its key, title, what it comes to, and its figures."""

    name: str
    title: str
    summary: str
    head: str
    labels: Sequence[str]
    series: Sequence[Series]
    svg: SafeString

    @property
    def table(self) -> list[tuple[str, list[str]]]:
        """The figures, a label with its words of each series."""
        return [(label, [one.words[at] for one in self.series]) for at, label in enumerate(self.labels)]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for one in self.series for value in one.values)


def columns(
    name: str, title: str, summary: str, head: str, labels: Sequence[str], *series: Series, unit: str = ""
) -> Chart:
    """Upright bars, those of one label side by side; ``unit`` stands behind the numbers of the scale."""
    top = nice(max((value or 0 for one in series for value in one.values), default=0))
    inside = HEIGHT - TOP - BOTTOM
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    wide = step * 0.72 / max(1, len(series))
    parts = [_grid(top, inside, unit)]
    for number, one in enumerate(series):
        for at, value in enumerate(one.values):
            if value:
                tall = inside * value / top
                x = LEFT + at * step + step * 0.14 + number * wide
                told = f"{labels[at]}: {one.name} {one.words[at]}"
                parts.append(_bar(number, (x, TOP + inside - tall, wide, tall), told))
    every = -(-len(labels) // LABELS)
    shown = [(at, label) for at, label in enumerate(labels) if at % max(1, every) == 0]
    parts += [_text(LEFT + (at + 0.5) * step, HEIGHT - 8, label, "middle") for at, label in shown]
    return Chart(name, title, summary, head, labels, series, _svg(name, title, summary, HEIGHT, parts))


def rows(name: str, title: str, summary: str, head: str, labels: Sequence[str], *series: Series) -> Chart:
    """Level bars, one below the other, by the first series; the others stand in the table alone."""
    first = series[0]
    top = max((value or 0 for value in first.values), default=0) or 1
    tall = len(labels) * ROW + 8
    parts = []
    for at, label in enumerate(labels):
        y, value = 4 + at * ROW, first.values[at] or 0
        long = (WIDTH - 2 * LEFT - 24) * value / top
        parts.append(_text(LEFT + 16, y + 15, label, "end"))
        parts.append(_bar(0, (LEFT + 24, y, long, ROW - 8), f"{label}: {first.words[at]}"))
        parts.append(_text(LEFT + 30 + long, y + 15, first.words[at], "start"))
    return Chart(name, title, summary, head, labels, series, _svg(name, title, summary, tall, parts))


def nice(most: float) -> float:
    """The next round number a scale may end with: 1, 2, 2.5 or 5 times a power of ten; 1 for nothing."""
    if most <= 0:
        return 1.0
    unit = 1.0
    while unit * 10 <= most:
        unit *= 10
    while unit > most:
        unit /= 10
    return next(unit * step for step in (1, 2, 2.5, 5, 10) if unit * step >= most)


def _grid(top: float, inside: float, unit: str) -> SafeString:
    lines = []
    for part in (0.0, 0.5, 1.0):
        y = TOP + inside * (1 - part)
        lines.append(format_html('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>', LEFT, WIDTH - RIGHT, y, y))
        lines.append(_text(LEFT - 6, y + 4, f"{brief(top * part)} {unit}".strip(), "end"))
    return _join(lines)


def brief(value: float) -> str:
    """A number of a scale in few characters."""
    for unit, word in ((1_000_000, "M"), (1_000, "k")):
        if value >= unit:
            return f"{value / unit:g}{word}"
    return f"{value:g}"


def _bar(number: int, box: tuple[float, float, float, float], told: str) -> SafeString:
    x, y, wide, tall = (round(one, 1) for one in box)
    return format_html(
        '<rect class="bar-{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>',
        number + 1,
        x,
        y,
        wide,
        tall,
        told,
    )


def _text(x: float, y: float, words: str, anchor: str) -> SafeString:
    return format_html('<text x="{}" y="{}" text-anchor="{}">{}</text>', round(x, 1), round(y, 1), anchor, words)


def _join(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _svg(name: str, title: str, summary: str, tall: float, parts: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="t-{} d-{}">'
        '<title id="t-{}">{}</title><desc id="d-{}">{}</desc>{}</svg>',
        WIDTH,
        tall,
        name,
        name,
        name,
        title,
        name,
        summary,
        _join(parts),
    )
