"""The cells of an offer with every stage's word, read in a few questions, and what has become of each by now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from purveyor.base.db import together
from purveyor.offers.domain.effective import Value, Word, asked, changed_since, found_by, outcome
from purveyor.offers.models import Answer, Cell, Offer, Stage
from purveyor.offers.states import OfferState, StageState

NOTHING = Value(False, 0, None)
"""What a row without a product comes to: it can only be declined."""


@dataclass(slots=True)
class Known:
    """One cell as it is stored. ``row`` is the row's number in the workbook, ``delivery`` the delivery's position;
    ``mapped`` tells whether the row's product is known. ``words`` are the stages' by their key."""

    pk: int
    row: int
    delivery: int
    mapped: bool
    asked: Value
    version: int
    approved: int | None
    approved_price: Decimal | None
    consumed: int
    row_id: int
    delivery_id: int
    words: dict[str, Word] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The cell's place as every report names it."""
        return place(self.row, self.delivery)

    @property
    def spoken(self) -> str:
        """The same in a sentence."""
        return spoken(self.row, self.delivery)


@dataclass(frozen=True, slots=True)
class CellNow:
    """A cell as one stage sees it now.

    ``finds`` is what the stages before it made of the cell, ``now`` what it comes to after all of them. ``mine`` is the
    stage's own word. ``changed`` is what earlier stages changed, old and new: since the stage's own word, or where it
    has said nothing yet, since Amazon asked.
    """

    row: int
    delivery: int
    version: int
    asked: Value
    finds: Value
    now: Value
    mine: Word | None
    changed: tuple[Value, Value] | None
    answerable: bool
    words: Mapping[str, Word]
    approved: int | None
    approved_price: Decimal | None
    consumed: int


def place(row: int, delivery: int) -> str:
    """Where a cell is, the same in every report and language: ``row 12, delivery 1``."""
    return f"row {row}, delivery {delivery}"


def spoken(row: int, delivery: int) -> str:
    """The same in a sentence, in the reader's language."""
    return _("row %(row)d, delivery %(delivery)d") % {"row": row, "delivery": delivery}


def read(
    offer: Offer, stages: Sequence[Stage], *, rows: Collection[int] | None = None, mapped: bool | None = None
) -> list[Known]:
    """The cells of an offer in the order of its workbook; only of the rows of these numbers, or of those with or
    without a product. Two questions, three for chosen ones."""
    wanted = Cell.objects.filter(row__offer=offer)
    if rows is not None:
        wanted = wanted.filter(row__number__in=together(set(rows)))
    if mapped is not None:
        wanted = wanted.filter(row__product__isnull=not mapped)
    found = [_known(values) for values in wanted.order_by("row__number", "delivery__position").values_list(*_CELL)]
    part = rows is not None or mapped is not None
    _add_words({cell.pk: cell for cell in found}, stages, part)
    return found


_CELL = (
    *("pk", "row__number", "delivery__position", "row__product_id", "asked", "price", "version"),
    *("approved", "approved_price", "consumed", "row_id", "delivery_id"),
)
_WORD = (
    *("cell_id", "stage_id", "comment", "by", "at", "verdict", "quantity", "price"),
    *("seen_verdict", "seen_quantity", "seen_price"),
)


def _known(values: Sequence[Any]) -> Known:
    pk, row, delivery, product, eaches, price, version, *rest = values
    return Known(pk, row, delivery, product is not None, asked(eaches, price), version, *rest)


def _add_words(cells: Mapping[int, Known], stages: Sequence[Stage], part: bool) -> None:
    keys = {stage.pk: stage.key for stage in stages}
    rows = Answer.objects.filter(stage__in=list(keys)).order_by()
    rows = rows.filter(cell__in=together(cells.keys())) if part else rows
    # Stages say mostly what they found: one value for all that are the same.
    same: dict[Any, Value] = {}
    for cell, stage, comment, by, at, *told in rows.values_list(*_WORD):
        if cell in cells:
            said, seen = tuple(told[:3]), tuple(told[3:])
            word = Word(
                same.get(said) or same.setdefault(said, Value(*said)),
                same.get(seen) or same.setdefault(seen, Value(*seen)),
                comment,
                by,
                at,
            )
            cells[cell].words[keys[stage]] = word


def comes_to(cell: Known, order: Sequence[str]) -> Value:
    """What a cell comes to after these stages; a row without a product to nothing."""
    return outcome(order, cell.words, cell.asked) if cell.mapped else NOTHING


def is_answerable(cell: Known, stage: Stage) -> bool:
    """Whether a stage may say something of a cell: while it is its turn, and afterwards of what was mapped late.

    While a second person looks at it, nothing changes under their eyes.
    """
    if stage.offer.state != OfferState.OPEN:
        return False
    late = stage.state == StageState.DONE and cell.mapped and stage.key not in cell.words
    return stage.state == StageState.OPEN or late


def seen_by(cell: Known, order: Sequence[str], stage: Stage | None) -> CellNow:
    """A cell as a stage sees it; without a stage as it stands after all. ``order`` are the keys of the stages."""
    now = outcome(order, cell.words, cell.asked)
    mine = cell.words.get(stage.key) if stage else None
    finds = found_by(order, cell.words, stage.key, cell.asked) if stage else now
    # Who has said nothing yet is shown what others made of Amazon's question.
    changed = changed_since(mine or Word(finds, cell.asked), finds)
    return CellNow(
        row=cell.row,
        delivery=cell.delivery,
        version=cell.version,
        asked=cell.asked,
        finds=finds,
        now=now if cell.mapped else NOTHING,
        mine=mine,
        changed=changed,
        answerable=stage is not None and is_answerable(cell, stage),
        words=cell.words,
        approved=cell.approved,
        approved_price=cell.approved_price,
        consumed=cell.consumed,
    )
