"""A cartonisation proposed from case packs and limits. Pure: what is not placed in, cartons out.

Each full case is a carton of its own, with as many pieces as the limits of PK-02 allow. Rests go together, first fit,
within the same limits and the volume of a carton with the longest sides allowed, at most so many orders (PK-03), one
lot and one expiry of an article (PK-04), and what needs preparing apart from what does not (OPERATIONS §3.6). A piece
that breaks a limit by itself goes alone. What has no known weight or size weighs and measures nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from purveyor.warehouse.domain.limits import Limits
from purveyor.warehouse.domain.line_facts import LineFacts, ProductFacts
from purveyor.warehouse.domain.tree import Item

Draft = list[tuple[int, int]]
"""What comes into one carton: items by key, and how many pieces of each."""
_LOOKS_BACK = 40
"""So many cartons with room are tried for a rest; the packers' eye finds nothing better further back."""


class TooMany(ValueError):
    """It would be more cartons than are allowed."""


@dataclass
class _Open:
    """A carton of rests that may take more."""

    limits: Limits
    prep: bool
    draft: Draft = field(default_factory=list)
    orders: set[int] = field(default_factory=set)
    lots: dict[str, tuple[str, date | None]] = field(default_factory=dict)
    grams: int = 0
    volume: int = 0

    def takes(self, item: Item, line: LineFacts, most: int) -> int:
        """How many of so many pieces there is room for."""
        lot = (item.sort.lot, item.sort.expiry)
        orders = self.orders | {line.order_id}
        if self.lots.get(line.same, lot) != lot or len(orders) > self.limits.orders or self.prep != needs_prep(line):
            return 0
        return min((most, *_room(line.product, self.limits, self.grams, self.volume)))

    def add(self, item: Item, line: LineFacts, eaches: int) -> None:
        self.draft.append((item.id, eaches))
        self.orders.add(line.order_id)
        self.lots[line.same] = (item.sort.lot, item.sort.expiry)
        self.grams += eaches * ((line.product and line.product.weight_grams) or 0)
        self.volume += eaches * (line.product.volume if line.product else 0)


def needs_prep(line: LineFacts) -> bool:
    """Whether Amazon wants something done to the product before it ships."""
    return bool(line.product and line.product.prep)


def cartons(items: Sequence[Item], lines: Mapping[int, LineFacts], limits: Limits, most: int) -> list[Draft]:
    """The cartons, in the order of the items, full cases before rests. Raises TooMany."""
    found: list[Draft] = []
    rests: list[tuple[Item, int]] = []
    for item in items:
        product = lines[item.sort.line].product
        full = _full(product, limits)
        count = item.eaches // full if full else 0
        if len(found) + count > most:
            raise TooMany(most)
        found += [[(item.id, full)] for _case in range(count)]
        if rest := item.eaches - count * full:
            rests.append((item, rest))
    found += _together(rests, lines, limits)
    if len(found) > most:
        raise TooMany(most)
    return found


def _full(product: ProductFacts | None, limits: Limits) -> int:
    """How many pieces make a carton of their own; 0 where no case pack says so."""
    if product is None:
        return 0
    if breaks_alone(product, limits):
        return 1
    return min((product.case_pack, *_room(product, limits))) if product.case_pack else 0


def breaks_alone(product: ProductFacts, limits: Limits) -> bool:
    """Whether one piece is heavier or longer than a carton may be, or fills more than the largest one."""
    heavy = (product.weight_grams or 0) > limits.grams
    return heavy or max(product.sides, default=0) > limits.side


def _room(product: ProductFacts | None, limits: Limits, grams: int = 0, volume: int = 0) -> Iterator[int]:
    """How many pieces a carton that holds so much has room for, by weight and by volume, where they are known."""
    if product is not None and product.weight_grams:
        yield max(limits.grams - grams, 0) // product.weight_grams
    if product is not None and product.volume:
        yield max(limits.side**3 - volume, 0) // product.volume


def _together(rests: Sequence[tuple[Item, int]], lines: Mapping[int, LineFacts], limits: Limits) -> list[Draft]:
    found: list[_Open] = []
    for item, eaches in rests:
        line, left = lines[item.sort.line], eaches
        for carton in found[-_LOOKS_BACK:]:
            taken = carton.takes(item, line, left) if left else 0
            if taken:
                carton.add(item, line, taken)
                left -= taken
        while left:
            carton = _Open(limits, needs_prep(line))
            taken = carton.takes(item, line, left) or left
            carton.add(item, line, taken)
            found.append(carton)
            left -= taken
    return [carton.draft for carton in found]
