"""Packed against picked against acknowledged, line by line, with the ways out. Pure.

Every line of every order that has anything in the packing counts, also those of which nothing is packed. What lies in
other packings counts as packed: a line may go in two shipments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import Tree

CUT, MOVE, ACCEPT = "cut", "move", "accept"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a difference is known by: acknowledged and picked are None where nobody said anything."""

    acknowledged: int | None
    picked: int | None
    packed: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One line. ``here`` is packed in this packing, ``placed`` of it lies in a carton or on a pallet, ``packed`` is all
    there is of it in any packing. ``accepted`` is why a person let this very difference stand, blank where none did."""

    line: LineFacts
    here: int
    placed: int
    accepted: str = ""

    @property
    def packed(self) -> int:
        return self.here + self.line.elsewhere

    @property
    def numbers(self) -> Numbers:
        return Numbers(self.line.acknowledged, self.line.picked, self.packed)

    @property
    def differs(self) -> bool:
        """Whether the numbers are not all the same; a line Amazon cancelled of which nothing is packed is none."""
        if self.line.ordered == 0 and self.packed == 0:
            return False
        if self.line.acknowledged != self.packed:
            return True
        return self.line.picked is not None and self.line.picked != self.packed

    @property
    def stands(self) -> bool:
        """Whether it differs and nobody let that stand."""
        return self.differs and not self.accepted

    @property
    def lacking(self) -> int:
        """Pieces that could still be packed, here or elsewhere."""
        return max(self.line.most - self.packed, 0)

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways out that are open: cut and answer again while Amazon takes it, the rest into another packing, let it
        stand with a reason. More than may ship cannot stand."""
        if not self.stands:
            return ()
        cut = self.line.acknowledged != self.packed and self.line.may_change and self.packed <= self.line.ordered
        beyond = self.here > self.line.open
        found = ((CUT, cut), (MOVE, self.lacking > 0), (ACCEPT, not beyond))
        return tuple(way for way, is_open in found if is_open)


def compare(tree: Tree, lines: Iterable[LineFacts], accepted: Mapping[int, tuple[Numbers, str]]) -> list[Compared]:
    """Every line; ``accepted`` by line holds the numbers that a person let stand, with the reason. Other numbers are
    another difference."""
    here, placed = tree.eaches(), tree.placed()
    found = []
    for line in lines:
        one = Compared(line, here.get(line.id, 0), placed.get(line.id, 0))
        numbers, reason = accepted.get(line.id, (None, ""))
        found.append(Compared(line, one.here, one.placed, reason if numbers == one.numbers else ""))
    return found
