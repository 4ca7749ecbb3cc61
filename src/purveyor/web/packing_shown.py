"""A packing as its page shows it: boxes with what lies in them, some at a time; lines; what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import ngettext

from purveyor.people.who import Who
from purveyor.warehouse import packing_said as said
from purveyor.warehouse import rules
from purveyor.warehouse.domain.checks import Finding
from purveyor.warehouse.domain.compare import Compared
from purveyor.warehouse.domain.judge import Judged, judge, stands_against
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import CARTON, NOWHERE, PALLET, Box, Item, Place
from purveyor.warehouse.domain.undo import last_step
from purveyor.warehouse.models import Packing, PackStep
from purveyor.warehouse.states import PackingState

PAGE = 60
"""So many boxes are shown on one page."""
STEPS = 12


@dataclass(frozen=True, slots=True)
class Inside:
    """Pieces of a line in a box."""

    item: Item
    line: LineFacts


@dataclass(frozen=True, slots=True)
class BoxShown:
    """A pallet, or a carton on the pallet named (blank: loose)."""

    table: str
    box: Box
    pallet: str = ""
    inside: Sequence[Inside] = ()
    findings: Sequence[str] = ()
    cartons: int = 0

    @property
    def is_carton(self) -> bool:
        return self.table == CARTON

    @property
    def eaches(self) -> int:
        """Pieces that lie in it directly."""
        return sum(one.item.eaches for one in self.inside)

    @property
    def content_words(self) -> str:
        """How much it holds."""
        pieces = ngettext("%(count)d piece", "%(count)d pieces", self.eaches) % {"count": self.eaches}
        if not self.cartons:
            return pieces
        cartons = ngettext("%(count)d carton", "%(count)d cartons", self.cartons) % {"count": self.cartons}
        return f"{cartons}, {pieces}" if self.eaches else cartons


@dataclass
class About:
    """Everything the page of a packing says."""

    who: Who
    packing: Packing
    number: int = 1
    judged: Judged = field(init=False)

    def __post_init__(self) -> None:
        self.judged = judge(self.packing)

    @property
    def is_open(self) -> bool:
        return self.packing.state == PackingState.OPEN

    @cached_property
    def may_pack(self) -> bool:
        """Whether they may change it; it must be open."""
        return self.is_open and self.who.may(rules.PACK, self.packing.profile)

    @cached_property
    def may_turn(self) -> bool:
        """Whether they may close it and open it again."""
        return self.who.may(rules.PACK, self.packing.profile)

    @cached_property
    def may_resolve(self) -> bool:
        """Whether they may let differences stand or answer again."""
        stands = self.packing.state != PackingState.DROPPED
        return stands and self.who.may(rules.RESOLVE, self.packing.profile)

    @cached_property
    def may_cut(self) -> bool:
        """Whether they may answer its orders again by what is packed."""
        wanted = ("orders.view", "orders.acknowledge", "orders.reject")
        return self.may_resolve and self.who.holds(wanted, self.packing.profile)

    @cached_property
    def adds_up(self) -> bool:
        """Whether nothing stands against closing it but warnings."""
        return not stands_against(self.judged)

    @property
    def findings(self) -> list[tuple[Finding, str, str]]:
        """Each finding with its sentence and its way out."""
        return [(one, said.finding_words(one), said.way_out(one)) for one in self.judged.findings]

    @property
    def differences(self) -> list[tuple[Compared, str]]:
        """Each difference that stands against it, with its sentence."""
        return [(one, said.difference_words(one)) for one in self.judged.differences]

    @property
    def compared(self) -> list[Compared]:
        """Every line of its orders."""
        return self.judged.compared

    @cached_property
    def loose(self) -> list[Inside]:
        """What is not placed."""
        return self._inside(NOWHERE)

    def _inside(self, place: Place) -> list[Inside]:
        return [Inside(item, self.judged.lines[item.sort.line]) for item in self.judged.tree.within(place)]

    @cached_property
    def _boxes(self) -> list[tuple[str, Box]]:
        """The pallets, each before the cartons on it, then the loose cartons."""
        tree = self.judged.tree
        on: dict[int | None, list[Box]] = {}
        for box in tree.cartons.values():
            on.setdefault(box.pallet, []).append(box)
        found: list[tuple[str, Box]] = []
        for pallet in tree.pallets.values():
            found += [(PALLET, pallet), *((CARTON, box) for box in on.get(pallet.id, ()))]
        return found + [(CARTON, box) for box in on.get(None, ())]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self._boxes) // PAGE))

    @property
    def boxes(self) -> list[BoxShown]:
        """The boxes of this page."""
        number = min(max(self.number, 1), self.pages)
        tree, counts = self.judged.tree, dict[int, int]()
        for box in tree.cartons.values():
            if box.pallet is not None:
                counts[box.pallet] = counts.get(box.pallet, 0) + 1
        return [self._shown(table, box, counts) for table, box in self._boxes[(number - 1) * PAGE : number * PAGE]]

    def _shown(self, table: str, box: Box, counts: dict[int, int]) -> BoxShown:
        place = Place(carton=box.id) if table == CARTON else Place(pallet=box.id)
        pallet = "" if box.pallet is None else self.judged.tree.pallets[box.pallet].key
        words = [said.finding_words(one) for one in self._found_in(table, box.key)]
        cartons = counts.get(box.id, 0) if table == PALLET else 0
        return BoxShown(table, box, pallet, self._inside(place), words, cartons)

    def _found_in(self, table: str, key: str) -> list[Finding]:
        return [one for one in self.judged.findings if (one.box, one.key) == (table, key)]

    @property
    def places(self) -> list[str]:
        """The names of boxes, to choose from while typing."""
        tree = self.judged.tree
        return [box.key for box in (*tree.pallets.values(), *tree.cartons.values())]

    @cached_property
    def undo(self) -> str:
        """What the next undo takes back, blank for nothing."""
        step = last_step(self.packing)
        return said.step_words(step) if step is not None and not step.what.get("other") else ""

    @property
    def steps(self) -> list[tuple[PackStep, str]]:
        """The latest steps in words."""
        rows = PackStep.objects.filter(packing=self.packing).order_by("-version").defer("before")[:STEPS]
        return [(step, said.step_words(step)) for step in rows]

    @property
    def total(self) -> dict[str, Any]:
        """Pieces placed, of how many."""
        placed = sum(one.placed for one in self.compared)
        return {"placed": placed, "here": sum(one.here for one in self.compared)}
