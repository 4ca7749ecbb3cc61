"""An offer as its grid shows it: rows, deliveries and cells, each stage's word, what has become of it, and the sums."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, Refused
from purveyor.offers.domain.cells import CellNow, Known, read, seen_by
from purveyor.offers.domain.effective import after
from purveyor.offers.domain.lock import stage_of, stages_of
from purveyor.offers.keys import KEYS
from purveyor.offers.models import Cell, Delivery, Offer, Row, Said, Stage

MINE, UNDECIDED, CHANGED, UNMAPPED = "mine", "undecided", "changed", "unmapped"
FILTERS = (MINE, UNDECIDED, CHANGED, UNMAPPED)
"""``mine`` is what the stage may answer now, ``undecided`` what of it has no answer, ``changed`` what earlier stages
changed, ``unmapped`` rows without a product."""


@dataclass(slots=True)
class Totals:
    """Sums over the cells of rows with a product, after a stage: how many there are, decided by it, with a yes; eaches
    and value in the offer's currency."""

    cells: int = 0
    decided: int = 0
    yes: int = 0
    eaches: int = 0
    value: Decimal = field(default_factory=Decimal)


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
    """What the grid of an offer shows, in five questions however large it is.

    ``only`` is one of FILTERS, ``rows`` are the numbers of those wanted. Raises NotFound for no such stage, Refused for
    no such filter.
    """
    _check_filter(only)
    stages = stages_of(offer)
    stage = stage_of(offer, stages, key) if key else None
    known = read(offer, stages)
    cells = _by_row(known, [one.key for one in stages], stage)
    every = [_row(values, cells.get(values[0], {})) for values in _rows(offer)]
    counts = {name: sum(_meets(row, name) for row in every) for name in FILTERS}
    wanted = None if rows is None else set(rows)
    return Board(
        offer=offer,
        key=key,
        stages=_stages(stages, known),
        deliveries=[DeliveryNow(d.position, d.name, d.first_day, d.last_day) for d in _deliveries(offer)],
        rows=[row for row in every if (wanted is None or row.number in wanted) and _meets(row, only)],
        asked=_asked(known),
        counts=counts,
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
    if only == MINE:
        return any(cell.answerable for cell in row.cells.values())
    if only == UNDECIDED:
        return any(cell.answerable and cell.mine is None for cell in row.cells.values())
    if only == CHANGED:
        return any(cell.changed for cell in row.cells.values())
    return row.product_id is None if only == UNMAPPED else True


def _rows(offer: Offer) -> Iterable[tuple[int, str, str, str, int | None, str | None]]:
    rows = Row.objects.filter(offer=offer).order_by("number")
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


def _stages(stages: Sequence[Stage], known: Iterable[Known]) -> list[StageNow]:
    sums = totals(stages, known)
    return [
        StageNow(
            key=one.key,
            title=str(KEYS[one.key].title),
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


def totals(stages: Sequence[Stage], known: Iterable[Known]) -> dict[str, Totals]:
    """What cells come to after each stage."""
    sums = {stage.key: Totals() for stage in stages}
    for cell in known:
        if not cell.mapped:
            continue
        value = cell.asked
        for key, total in sums.items():
            word = cell.words.get(key)
            value = after(value, word)
            total.cells += 1
            total.decided += word is not None
            total.yes += value.verdict
            total.eaches += value.quantity
            total.value += value.amount
    return sums


def _asked(known: Iterable[Known]) -> Totals:
    total = Totals()
    for cell in known:
        total.cells += 1
        total.yes += 1
        total.eaches += cell.asked.quantity
        total.value += cell.asked.amount
    return total
