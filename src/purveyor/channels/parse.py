"""From a file's cells to values: what cannot be read is refused with its row, its column and the cure. No database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from purveyor.base.columns import Column
from purveyor.base.filekinds import Kind, Refusal, Row
from purveyor.channels import manner
from purveyor.channels.read import Cells, Number
from purveyor.common.lenient import Unreadable

NOWHERE = 1_000_000
"""A place no row reaches."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which place of a row holds which column, and how the file's texts are meant (``manner``).

    A column that no place holds has a place behind all of them, where nothing stands but what ``options`` say.
    """

    places: tuple[tuple[int, Column], ...]
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: Kind, heads: Sequence[str], columns: Mapping[str, str], options: Mapping[str, Any]) -> Plan:
        """The plan of a mapping without problems (``mapping.problems_of``)."""
        places = [(heads.index(head), kind.column(name)) for name, head in columns.items()]
        constants = options.get("constants", {})
        places += [(NOWHERE, kind.column(name)) for name in constants if name not in columns]
        return cls(tuple(sorted(places, key=lambda pair: pair[0])), options)


@dataclass(slots=True)
class Part:
    """Some rows of a file: those that can be read, and why others cannot. ``last`` is the number of the last one."""

    rows: list[Row]
    refused: list[Refusal]
    last: int = 0


def parts(rows: Iterable[tuple[int, Cells]], plan: Plan, size: int) -> Iterator[Part]:
    """The rows in parts of a size."""
    part, count = Part([], []), 0
    for number, cells in rows:
        found = parse(number, cells, plan)
        if isinstance(found, Row):
            part.rows.append(found)
        else:
            part.refused += found
        part.last, count = number, count + 1
        if count == size:
            yield part
            part, count = Part([], []), 0
    if count:
        yield part


def parse(number: int, cells: Cells, plan: Plan) -> Row | list[Refusal]:
    """One row; every one of its cells that cannot be read is named."""
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    wrong: list[Refusal] = []
    mark, constants = plan.options.get("mark", ""), plan.options.get("constants", {})
    for place, column in plan.places:
        text = (cells[place] if place < len(cells) else "") or constants.get(column.name, "")
        if not text:
            if column.needed:
                wrong.append(Refusal(number, column.name, "", _("This must be filled in.")))
            continue
        texts[column.name] = text
        counted = isinstance(text, Number)
        try:
            meaning = manner.meant(column, text, plan.options, number=counted) if column.measure else text
            values[column.name] = column.take(meaning, "." if counted else mark)
        except Unreadable as error:
            wrong.append(Refusal(number, column.name, text, str(error)))
    return wrong or Row(number, values, texts)
