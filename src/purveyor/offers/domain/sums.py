"""What an offer comes to after each of its stages, worked out by the database: however large, in one question.

The same rules as in ``effective``, for sums instead of cells: the latest word of a cell counts, and the latest price
somebody named.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable, ExpressionWrapper
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan

from purveyor.offers.models import Answer, Cell, Offer, Row, Stage
from purveyor.offers.states import OfferState, StageState

MINE, UNDECIDED, CHANGED, UNMAPPED = "mine", "undecided", "changed", "unmapped"
FILTERS = (MINE, UNDECIDED, CHANGED, UNMAPPED)
"""Rows a stage may look for: what it may answer now, what of it has no answer, what earlier stages changed, and those
without a product, which are none of the first two."""

_MONEY = DecimalField(max_digits=30, decimal_places=4)
_PRICE = DecimalField(max_digits=16, decimal_places=4)


@dataclass(slots=True)
class Totals:
    """Sums over the cells of rows with a product, after a stage: how many there are, decided by it, with a yes; eaches
    and value in the offer's currency."""

    cells: int = 0
    decided: int = 0
    yes: int = 0
    eaches: int = 0
    value: Decimal = field(default_factory=Decimal)


def totals(offer: Offer, stages: Sequence[Stage]) -> dict[str, Totals]:
    """The sums after each stage, and under the blank key what Amazon asks for; one question."""
    asked: dict[str, Any] = {}
    for place in range(len(stages) + 1):
        asked |= _sums(place)
    found = _with_words(offer, stages).filter(row__product__isnull=False).aggregate(cells=Count("pk"), **asked)
    keys = ["", *(stage.key for stage in stages)]
    return {key: _totals(found, place) for place, key in enumerate(keys)}


def value_after(stage: Stage) -> Decimal:
    """What the offer comes to after a stage, in its currency."""
    stages = list(stage.offer.stages.filter(position__lte=stage.position).order_by("position"))
    return totals(stage.offer, stages)[stage.key].value


def counts(offer: Offer, stages: Sequence[Stage], stage: Stage | None) -> dict[str, int]:
    """How many rows each filter finds for a stage; without a stage it may answer nothing."""
    unmapped = Row.objects.filter(offer=offer, product=None).count()
    place = list(stages).index(stage) + 1 if stage else len(stages) + 1
    found = {name: Count("row", distinct=True, filter=Q(pk__in=[])) for name in (MINE, UNDECIDED)}
    if stage is not None and _may_be_answered(offer, stage):
        left = Q(row__product__isnull=False, **{f"word_{place}__isnull": True})
        mine = Q(row__product__isnull=False) if stage.state == StageState.OPEN else left
        found = {MINE: Count("row", distinct=True, filter=mine), UNDECIDED: Count("row", distinct=True, filter=left)}
    found[CHANGED] = Count("row", distinct=True, filter=_changed(place, own=stage is not None))
    return _with_words(offer, stages).aggregate(**found) | {UNMAPPED: unmapped}


def left_by(offer: Offer, stage: Stage) -> QuerySet[Cell]:
    """The cells of rows with a product of which a stage has said nothing, in the order of the workbook."""
    said = Answer.objects.filter(stage=stage, cell=OuterRef("pk"))
    rows = Cell.objects.filter(~Exists(said), row__offer=offer, row__product__isnull=False)
    return rows.select_related("row", "delivery").order_by("row__number", "delivery__position")


def _may_be_answered(offer: Offer, stage: Stage) -> bool:
    return offer.state == OfferState.OPEN and stage.state in (StageState.OPEN, StageState.DONE)


def _with_words(offer: Offer, stages: Sequence[Stage]) -> QuerySet[Cell]:
    """The cells, with the word of the first stage as ``word_1``, and so on."""
    rows = Cell.objects.filter(row__offer=offer).order_by()
    words = {
        f"word_{place}": FilteredRelation("answers", condition=Q(answers__stage=stage.pk))
        for place, stage in enumerate(stages, 1)
    }
    return rows.annotate(**words)


def _latest(name: str, place: int, first: str) -> Combinable:
    """A field of the latest word up to a place, else what Amazon said."""
    words = [F(f"word_{one}__{name}") for one in range(place, 0, -1)]
    return Coalesce(*words, F(first)) if words else F(first)


def _sums(place: int) -> dict[str, Any]:
    quantity, price = _latest("quantity", place, "asked"), _latest("price", place, "price")
    told = {
        f"eaches_{place}": Sum(quantity),
        f"yes_{place}": Count("pk", filter=Q(GreaterThan(quantity, 0))),
        f"value_{place}": Sum(ExpressionWrapper(quantity * price, output_field=_MONEY)),
    }
    return told | ({f"decided_{place}": Count(f"word_{place}")} if place else {})


def _totals(found: dict[str, Any], place: int) -> Totals:
    return Totals(
        cells=found["cells"],
        decided=found.get(f"decided_{place}", 0),
        yes=found[f"yes_{place}"],
        eaches=found[f"eaches_{place}"] or 0,
        value=found[f"value_{place}"] or Decimal(0),
    )


def _changed(place: int, *, own: bool) -> Q:
    """Whether what a stage finds is something else than what it saw, or where it said nothing, than what was asked."""
    seen_quantity: Combinable = F("asked")
    seen_price: Combinable = F("price")
    if own:
        said = Q(**{f"word_{place}__isnull": False})
        seen_quantity = Case(When(said, then=F(f"word_{place}__seen_quantity")), default=F("asked"))
        seen_price = Case(When(said, then=F(f"word_{place}__seen_price")), default=F("price"))
    quantity, price = _latest("quantity", place - 1, "asked"), _latest("price", place - 1, "price")
    # No price is below any: none and none are the same, which no database says by itself.
    none = Value(Decimal(0), output_field=_PRICE)
    return ~Q(Exact(quantity, seen_quantity)) | ~Q(Exact(Coalesce(price, none), Coalesce(seen_price, none)))


def left_of(stages: Collection[Stage]) -> dict[int, int]:
    """How many cells of rows with a product each stage has not decided, by its key; two questions."""
    cells = Cell.objects.filter(row__offer__in=[stage.offer_id for stage in stages], row__product__isnull=False)
    said = Answer.objects.filter(stage__in=[stage.pk for stage in stages], cell__row__product__isnull=False)
    every = dict(cells.order_by().values_list("row__offer").annotate(count=Count("pk")))
    decided = dict(said.order_by().values_list("stage").annotate(count=Count("pk")))
    return {stage.pk: every.get(stage.offer_id, 0) - decided.get(stage.pk, 0) for stage in stages}
