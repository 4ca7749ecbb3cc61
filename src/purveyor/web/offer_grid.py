"""Between the grid in the browser and the verbs: a board as the grid reads it, and what it sends as answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.audit.plain import clean
from purveyor.common.errors import Problem, Refused
from purveyor.common.money import plain
from purveyor.offers.domain.board import Board, RowNow, Totals
from purveyor.offers.domain.cells import CellNow, place
from purveyor.offers.domain.decide import Given
from purveyor.offers.domain.effective import Value
from purveyor.web import figures
from purveyor.web.offer_next import title_of
from purveyor.web.timeline import who_words
from purveyor.web.typed import Unreadable, decimal_of, whole

MOST_CELLS = 1000
"""So many cells are taken by one request."""
KINDS = (
    ("quantity", gettext_lazy("Quantity")),
    ("price", gettext_lazy("Price")),
    ("verdict", gettext_lazy("Yes or no")),
    ("comment", gettext_lazy("Comment")),
)


def words() -> dict[str, Any]:
    """What the grid says by itself, in the reader's language."""
    return {name: str(word) for name, word in _WORDS.items()} | {
        **{kind: str(word) for kind, word in KINDS},
        "stages": {key: title_of(key) for key in _STAGES},
    }


_STAGES = ("commerce", "manufacturing", "warehouse", "finance", "management")
_WORDS = {
    "product": gettext_lazy("Product"),
    "row": gettext_lazy("Row · ASIN · SKU"),
    "of": pgettext_lazy("5 of 8 pieces", "of"),
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
    "open": gettext_lazy("undecided"),
    "none": gettext_lazy("nothing is asked for"),
    "asked": gettext_lazy("Asked"),
    "changed": gettext_lazy("changed by an earlier stage"),
    "clash": gettext_lazy("Somebody else answered this cell; choose above which answer stands."),
    "closed": gettext_lazy("This cell is not yours to answer now."),
    "unsaved": gettext_lazy("Yours, not saved yet"),
    "problem": gettext_lazy("Problem"),
    "saved": gettext_lazy("All saved"),
    "waiting": gettext_lazy("Not saved yet: {count}"),
    "saving": gettext_lazy("Saving …"),
    "failed": gettext_lazy("No connection. Not saved yet: {count}; it is tried again."),
    "refused": gettext_lazy("Could not be saved: {count}."),
    "signedOut": gettext_lazy("You are signed out: sign in again in another window, then try again."),
    "wrong": gettext_lazy("Not taken: {count}; see the red cells."),
    "passed": gettext_lazy("Left out: {count}. It does not fit, or the cell is not yours to answer."),
    "pasted": gettext_lazy("Cells filled: {count}."),
    "recalled": gettext_lazy("Back from your last visit, not saved then: {count}."),
    "first": gettext_lazy("First everything has to be saved and every clash settled."),
    "clashes": gettext_lazy("Cells: {count}"),
    "keepMine": gettext_lazy("Keep mine"),
    "takeTheirs": gettext_lazy("Take theirs"),
}


def board_told(found: Board, may: bool) -> dict[str, Any]:
    """A whole board; ``may`` is whether its reader answers the stage. Short lists instead of names: a large one has
    fifteen thousand cells."""
    positions = [delivery.position for delivery in found.deliveries]
    return {
        "version": found.offer.version,
        "stage": found.key,
        "deliveries": [
            {"position": one.position, "name": one.name or _("Delivery %(n)s") % {"n": one.position}, "days": days(one)}
            for one in found.deliveries
        ],
        "rows": [_row(one, positions, may) for one in found.rows],
        "totals": totals_told({one.key: one.totals for one in found.stages}),
    }


def days(delivery: Any) -> str:
    """Between which days a delivery shall arrive, as the language writes them."""
    first, last = delivery.first_day, delivery.last_day
    parts = [figures.day(one) if one else "…" for one in (first, last)]
    return "" if first is None and last is None else " – ".join(parts if first != last else parts[:1])


def _row(row: RowNow, positions: Sequence[int], may: bool) -> list[Any]:
    cells = [cell_told(row.cells[p], may) if p in row.cells else None for p in positions]
    return [row.number, row.asin, row.sku or row.vendor_product, row.title, int(row.product_id is not None), cells]


def cell_told(cell: CellNow, may: bool = True) -> list[Any]:
    """One cell: version, asked, its price, what is found, what the stage says, what it had seen where that changed
    since, whether it may answer, every stage's word."""
    told = {key: [*_value(word.value), word.comment] for key, word in cell.words.items()}
    mine = [*_value(cell.mine.value), cell.mine.comment] if cell.mine else None
    seen = _value(cell.changed[0]) if cell.changed else None
    asked = [cell.asked.quantity, _price(cell.asked.price)]
    return [cell.version, *asked, _value(cell.finds), mine, seen, int(may and cell.answerable), told]


def _value(value: Value) -> list[Any]:
    return [int(value.verdict), value.quantity, _price(value.price)]


def _price(price: Decimal | None) -> str | None:
    return None if price is None else plain(price)


def totals_told(totals: Mapping[str, Totals]) -> list[dict[str, Any]]:
    """What the offer comes to after each stage."""
    return [
        {"key": key, "eaches": one.eaches, "value": plain(one.value), "decided": one.decided, "cells": one.cells}
        for key, one in totals.items()
    ]


@dataclass
class Sent:
    """What the grid sent: answers that can be read, and what is wrong with the others, by cell."""

    stage: str
    given: list[Given] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_sent(text: str) -> Sent:
    """The answers of a request. Raises Refused for what no grid of ours sends."""
    try:
        told = json.loads(text)
        cells = [dict(one) for one in told["cells"]]
        found = Sent(_text(told["stage"]))
        for one in cells:
            _read_cell(found, one)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused(_("The answers cannot be read. Load the page again.")) from None
    if len(cells) > MOST_CELLS:
        raise Refused(_("At most %(count)d cells are taken at once.") % {"count": MOST_CELLS})
    return found


def _read_cell(found: Sent, told: Mapping[str, Any]) -> None:
    row, delivery, version = (_number(told[name]) for name in ("row", "delivery", "version"))
    if not isinstance(told.get("verdict"), bool | None):
        raise TypeError("verdict")
    try:
        found.given.append(given_of(row, delivery, version, told))
    except Unreadable as error:
        found.problems.append(Problem(str(error), where=place(row, delivery)))


def _number(told: Any) -> int:
    """A place or a version as the grid sends it; nothing is rounded to a neighbour's. Raises TypeError."""
    if type(told) is not int:
        raise TypeError(type(told).__name__)
    return told


def _text(told: Any) -> str:
    """A text a database keeps. Raises ValueError."""
    found = str(told)
    if clean(found) != found:
        raise ValueError("a text holds a character that is none")
    return found


def given_of(row: int, delivery: int, version: int, told: Mapping[str, Any]) -> Given:
    """An answer from what was typed: texts as people write them, yes or no as a truth value. Raises Unreadable."""
    if told.get("clear"):
        return Given(row, delivery, version, clear=True)
    quantity, price, comment = (told.get(name) for name in ("quantity", "price", "comment"))
    verdict = told.get("verdict")
    return Given(
        row,
        delivery,
        version,
        verdict=None if verdict is None else bool(verdict),
        quantity=whole(str(quantity)) if quantity is not None else None,
        price=decimal_of(str(price)) if price is not None else None,
        comment=None if comment is None else _text(comment),
    )


def key_of(row: int, delivery: int) -> str:
    """A cell's name in the grid."""
    return f"{row}/{delivery}"


def clash_told(clash: Any) -> dict[str, Any]:
    """An answer that came to another state of its cell than its author saw: what stands there now, and whose it is."""
    now: Value = clash.now
    told = {"yes": now.verdict, "quantity": now.quantity, "price": _price(now.price), "comment": ""}
    return {"cell": key_of(clash.given.row, clash.given.delivery), "now": told, "by": who_words(clash.by)}


def problem_told(problem: Problem) -> dict[str, str]:
    """What is wrong with one cell's answer."""
    numbers = [word for word in problem.where.replace(",", " ").split() if word.isdecimal()]
    return {"cell": "/".join(numbers), "message": problem.message}


def cells_told(cells: Iterable[CellNow]) -> list[list[Any]]:
    """Cells with their names."""
    return [[key_of(cell.row, cell.delivery), cell_told(cell)] for cell in cells]
