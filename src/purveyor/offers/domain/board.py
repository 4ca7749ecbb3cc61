"""An offer as its grid shows it: rows, deliveries and cells, each stage's word, what has become of it, and the sums."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from purveyor.base.db import together
from purveyor.common.errors import Problem, Refused
from purveyor.offers.domain.cells import CellNow, Known, read, seen_by
from purveyor.offers.domain.lock import stage_of, stages_of
from purveyor.offers.domain.sums import CHANGED, FILTERS, MINE, UNDECIDED, UNMAPPED, Totals, counts, totals
from purveyor.offers.models import Cell, Delivery, Offer, Row, Said, Stage

__all__ = ["FILTERS", "Board", "DeliveryNow", "RowNow", "StageNow", "Totals", "board", "history_of"]


@dataclass(frozen=True, slots=True)
class StageNow:
    """A stage with what the offer comes to after it."""

    key: str
    title: str
    position: int
    state: str
    state_at: datetime
    approved_by: str
    second_by: str
    reason: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class DeliveryNow:
    """A delivery, between two days, both included."""

    position: int
    name: str
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class RowNow:
    """A row of the workbook with its cells by the delivery's position; ``sku`` is blank while nobody knows it."""

    number: int
    asin: str
    vendor_product: str
    title: str
    product_id: int | None
    sku: str
    cells: Mapping[int, CellNow]


@dataclass(frozen=True, slots=True)
class Board:
    """The whole of it, as the stage ``key`` sees it; blank is no stage. ``rows`` are those asked for, ``asked`` and the
    stages' totals are of all, and ``counts`` says how many rows each filter finds."""

    offer: Offer
    key: str
    stages: Sequence[StageNow]
    deliveries: Sequence[DeliveryNow]
    rows: Sequence[RowNow]
    asked: Totals
    counts: Mapping[str, int]


def board(offer: Offer, key: str = "", *, only: str = "", rows: Collection[int] | None = None) -> Board:
    """What the grid of an offer shows, in a few questions however large it is.

    ``only`` is one of FILTERS, ``rows`` are the numbers of those wanted: with few of them the rest is not read at all.
    Raises NotFound for no such stage, Refused for no such filter.
    """
    _check_filter(only)
    stages = stages_of(offer)
    stage = stage_of(offer, stages, key) if key else None
    sums = totals(offer, stages)
    cells = _by_row(read(offer, stages, rows=rows), [one.key for one in stages], stage)
    every = [_row(values, cells.get(values[0], {})) for values in _rows(offer, rows)]
    return Board(
        offer=offer,
        key=key,
        stages=_stages(stages, sums),
        deliveries=[DeliveryNow(d.position, d.name, d.first_day, d.last_day) for d in _deliveries(offer)],
        rows=[row for row in every if _meets(row, only)],
        asked=sums[""],
        counts=counts(offer, stages, stage),
    )


def history_of(cell: Cell) -> list[Said]:
    """Every answer ever given of a cell, the oldest first, each with its stage."""
    return list(cell.history.select_related("stage").order_by("version"))


def _check_filter(only: str) -> None:
    if only and only not in FILTERS:
        words = {"name": only, "names": ", ".join(FILTERS)}
        said = _("There is no filter %(name)s; there are %(names)s.") % words
        raise Refused(said, [Problem(said, where="only")])


def _meets(row: RowNow, only: str) -> bool:
    mapped = row.product_id is not None
    if only == MINE:
        return mapped and any(cell.answerable for cell in row.cells.values())
    if only == UNDECIDED:
        return mapped and any(cell.answerable and cell.mine is None for cell in row.cells.values())
    if only == CHANGED:
        return any(cell.changed for cell in row.cells.values())
    return not mapped if only == UNMAPPED else True


def _rows(offer: Offer, numbers: Collection[int] | None) -> Iterable[tuple[int, str, str, str, int | None, str | None]]:
    rows = Row.objects.filter(offer=offer).order_by("number")
    rows = rows if numbers is None else rows.filter(number__in=together(set(numbers)))
    return rows.values_list("number", "asin", "vendor_product", "title", "product_id", "product__sku")


def _row(values: tuple[int, str, str, str, int | None, str | None], cells: Mapping[int, CellNow]) -> RowNow:
    number, asin, vendor_product, title, product, sku = values
    return RowNow(number, asin, vendor_product, title, product, sku or "", cells)


def _by_row(known: Iterable[Known], order: Sequence[str], stage: Stage | None) -> dict[int, dict[int, CellNow]]:
    found: dict[int, dict[int, CellNow]] = {}
    for cell in known:
        found.setdefault(cell.row, {})[cell.delivery] = seen_by(cell, order, stage)
    return found


def _deliveries(offer: Offer) -> Iterable[Delivery]:
    return offer.deliveries.order_by("position")


def _stages(stages: Sequence[Stage], sums: Mapping[str, Totals]) -> list[StageNow]:
    return [
        StageNow(
            key=one.key,
            title=one.title,
            position=one.position,
            state=str(one.state),
            state_at=one.state_at,
            approved_by=one.approved_by,
            second_by=one.second_by,
            reason=one.reason,
            totals=sums[one.key],
        )
        for one in stages
    ]
