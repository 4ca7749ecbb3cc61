"""The answers of an offer as a plain form: fifty rows a page, every cell with its fields, for browsers without script
and for who likes it better. What cannot be taken stays as it was typed.

Fields, R being a row's number and D a delivery's position: ``verdict-R-D``, ``quantity-R-D``, ``price-R-D``,
``comment-R-D``, and of what was shown ``version-R-D`` and ``was-R-D``: a cell that says what it said is not sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.formats import localize
from django.utils.translation import gettext as _

from purveyor.common.errors import Problem
from purveyor.offers.domain.answer import Clash, Taken
from purveyor.offers.domain.board import Board, RowNow
from purveyor.offers.domain.cells import CellNow, place
from purveyor.offers.domain.decide import Given
from purveyor.offers.domain.effective import Value
from purveyor.web import figures
from purveyor.web.offer_grid import given_of
from purveyor.web.timeline import who_words
from purveyor.web.typed import Unreadable

FIELDS = ("verdict", "quantity", "price", "comment")
PAGE = 50


@dataclass
class PlainCell:
    """One cell with its fields as they are shown or were typed."""

    row: RowNow
    cell: CellNow
    delivery: str
    first: bool
    typed: Mapping[str, str]
    problem: str = ""
    clash: str = ""

    @property
    def name(self) -> str:
        return f"{self.cell.row}-{self.cell.delivery}"

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def title(self) -> str:
        return self.row.title or self.row.asin or self.row.vendor_product

    @property
    def asin(self) -> str:
        return self.row.asin

    @property
    def label(self) -> str:
        return f"{self.title}, {self.delivery}"

    @property
    def asked(self) -> int:
        return self.cell.asked.quantity

    @property
    def price(self) -> Decimal | None:
        return self.cell.asked.price

    @property
    def found(self) -> int:
        return self.cell.finds.quantity

    @property
    def found_price(self) -> Decimal | None:
        return self.cell.finds.price

    @property
    def was(self) -> str:
        """What stood there before an earlier stage changed it."""
        return words_of(self.cell.changed[0]) if self.cell.changed else ""

    @property
    def may(self) -> bool:
        return self.cell.answerable

    @property
    def version(self) -> int:
        return self.cell.version

    @property
    def said(self) -> str:
        """What the fields show of the stage's own answer, as one text."""
        return json.dumps(shown(self.cell), sort_keys=True)

    @property
    def verdict(self) -> str:
        return self.typed["verdict"]

    @property
    def verdict_word(self) -> str:
        return {"yes": _("yes"), "no": _("no")}.get(self.verdict, _("undecided"))

    @property
    def quantity(self) -> str:
        return self.typed["quantity"]

    @property
    def own_price(self) -> str:
        return self.typed["price"]

    @property
    def comment(self) -> str:
        return self.typed["comment"]


def shown(cell: CellNow) -> dict[str, str]:
    """The stage's own answer as the fields show it."""
    mine = cell.mine
    if mine is None:
        return dict.fromkeys(FIELDS, "")
    price = "" if mine.value.price is None else str(localize(mine.value.price.normalize() + 0))
    verdict = "yes" if mine.value.verdict else "no"
    return {"verdict": verdict, "quantity": str(mine.value.quantity), "price": price, "comment": mine.comment}


def words_of(value: Value) -> str:
    """A value in words: so many pieces at a price, or no."""
    if not value.verdict:
        return _("no")
    price = f" × {figures.amount(value.price)}" if value.price is not None else ""
    return f"{figures.number(value.quantity)}{price}"


def sent(data: QueryDict) -> tuple[list[Given], list[Problem]]:
    """The answers of a form that differ from what was shown, and those that cannot be read."""
    given: list[Given] = []
    problems: list[Problem] = []
    for row, delivery, version in _cells(data):
        typed = {name: data.get(f"{name}-{row}-{delivery}", "").strip() for name in FIELDS}
        was = _was(data.get(f"was-{row}-{delivery}", ""))
        changed = {name: value for name, value in typed.items() if value != was[name]}
        if not changed:
            continue
        try:
            given.append(_given(row, delivery, version, typed, changed))
        except Unreadable as error:
            problems.append(Problem(str(error), where=place(row, delivery)))
    return given, problems


def _given(row: int, delivery: int, version: int, typed: Mapping[str, str], changed: Mapping[str, str]) -> Given:
    if not any(typed.values()) or (changed.get("verdict") == "" and "quantity" not in changed):
        return Given(row, delivery, version, clear=True)
    told: dict[str, Any] = {name: changed[name] for name in ("price", "comment") if name in changed}
    if told.get("price") == "":
        del told["price"]
    if changed.get("quantity"):
        told["quantity"] = changed["quantity"]
    if changed.get("verdict"):
        told["verdict"] = changed["verdict"] == "yes"
        if not told["verdict"]:
            told.pop("quantity", None)
    return given_of(row, delivery, version, told)


def _cells(data: QueryDict) -> Iterator[tuple[int, int, int]]:
    for name, version in data.items():
        kind, _dash, rest = name.partition("-")
        row, _dash, delivery = rest.partition("-")
        numbers = (row, delivery, str(version))
        if kind == "version" and all(one.isdecimal() and len(one) < 10 for one in numbers):
            yield int(row), int(delivery), int(numbers[2])


def _was(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
        return {name: str(found.get(name, "")) for name in FIELDS}
    except (ValueError, AttributeError, RecursionError):
        return dict.fromkeys(FIELDS, "")


def rows_of(board: Board, data: QueryDict | None = None, taken: Taken | None = None) -> list[PlainCell]:
    """The cells of a board with their fields. ``data`` and ``taken`` are what was typed and what became of it."""
    names = {one.position: one.name or _("Delivery %(n)s") % {"n": one.position} for one in board.deliveries}
    problems = {one.where: one.message for one in taken.problems} if taken else {}
    clashes = {place(one.given.row, one.given.delivery): one for one in taken.clashes} if taken else {}
    found = []
    for row in board.rows:
        for index, cell in enumerate(row.cells.values()):
            where = place(cell.row, cell.delivery)
            clash = clashes.get(where)
            one = PlainCell(row, cell, names[cell.delivery], not index, shown(cell), problems.get(where, ""))
            if data is not None and (one.problem or clash):
                one.typed = {name: data.get(f"{name}-{one.name}", "") for name in FIELDS}
            if clash is not None:
                one.clash = clash_words(clash)
            found.append(one)
    return found


def clash_words(clash: Clash) -> str:
    """What stands there now, whose it is, and that the fields below still hold one's own."""
    told = {"name": who_words(clash.by), "now": words_of(clash.now)}
    return _("%(name)s answered meanwhile: %(now)s. Your answer stands below, not saved; save again to keep it.") % told
