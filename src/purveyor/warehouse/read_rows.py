"""Rows of a pick result as a machine or a page gives them, read by the columns a file has; each fault has its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import Unreadable
from purveyor.warehouse.columns import PICK
from purveyor.warehouse.domain.wanted import Said

NAMES = {"po": "order", "result": "reference", "reason": "short"}
"""What a column is called by the verb, where it differs."""
_READ = {column.name: column for column in PICK}
OF_LINE = tuple(name for name in _READ if name not in ("po", "result", "vendor_code"))


def rows(order: str, lines: Iterable[Mapping[str, Any]], *, picked_at: Any = None) -> list[Said]:
    """The lines of a result of an order; ``picked_at`` holds where a line names no moment of its own. A row's ``key``
    is its place, such as ``lines[3]``. Raises Refused with every fault."""
    problems: list[Problem] = []
    found = []
    for place, given in enumerate(lines):
        told = {"picked_at": picked_at, **{name: value for name, value in given.items() if value is not None}}
        found.append(_row(order, f"lines[{place}]", told, problems))
    if problems:
        raise Refused(_("The pick result cannot be read."), problems)
    return [one for one in found if one is not None]


def _row(order: str, key: str, given: Mapping[str, Any], problems: list[Problem]) -> Said | None:
    values: dict[str, Any] = {}
    for name, value in given.items():
        column = _READ[name]
        if value in ("", None):
            continue
        try:
            values[NAMES.get(name, name)] = column.read(value, ".")
        except Unreadable as error:
            problems.append(Problem(str(error), where=f"{key}.{name}"))
    if given.get("quantity") in ("", None):
        problems.append(Problem(_("This must be filled in."), where=f"{key}.quantity"))
        return None
    return Said(key, order, **values) if "quantity" in values else None
