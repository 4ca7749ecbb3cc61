"""Everything that is to be said of a packing at a moment: what the checks find, and where its numbers differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from purveyor.common.errors import Problem
from purveyor.warehouse import packing_said as said
from purveyor.warehouse.domain import kept, numbers
from purveyor.warehouse.domain.checks import Finding, findings
from purveyor.warehouse.domain.compare import Compared, Numbers, compare
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import Tree
from purveyor.warehouse.models import Acceptance, Packing
from purveyor.warehouse.states import PackingState


@dataclass(frozen=True, slots=True)
class Judged:
    """A packing with its lines, findings (the grave first) and comparison."""

    packing: Packing
    tree: Tree
    lines: Mapping[int, LineFacts]
    findings: list[Finding]
    compared: list[Compared]

    @property
    def blocks(self) -> list[Finding]:
        """What stands against closing whatever anybody says."""
        return [one for one in self.findings if one.blocks]

    @property
    def warnings(self) -> list[Finding]:
        """What wants a reason."""
        return [one for one in self.findings if not one.blocks]

    @property
    def differences(self) -> list[Compared]:
        """The lines whose numbers differ, and nobody let that stand."""
        return [one for one in self.compared if one.stands]


def judge(packing: Packing, tree: Tree | None = None, lines: Mapping[int, LineFacts] | None = None) -> Judged:
    """Judge a packing by what is known now; its tree and lines need not be read again where they are at hand."""
    tree = kept.read(packing) if tree is None else tree
    lines = numbers.facts_of(packing, tree) if lines is None else lines
    found = findings(tree, lines, numbers.limits(packing.profile), packing.ship_to)
    return Judged(packing, tree, lines, found, compare(tree, lines.values(), _accepted(packing)))


def _accepted(packing: Packing) -> dict[int, tuple[Numbers, str]]:
    names = ("line", "acknowledged", "picked", "packed", "reason")
    rows = Acceptance.objects.filter(packing=packing).order_by().values_list(*names)
    return {line: (Numbers(*told), reason) for line, *told, reason in rows}


def stands_against(judged: Judged) -> list[Problem]:
    """What stands against closing, each as a problem: blocks, differences, and that there is nothing in it."""
    return list(_problems(judged))


def _problems(judged: Judged) -> Iterator[Problem]:
    if not judged.tree.items:
        yield Problem(said.nothing_packed(), where="packing", check="PLACE")
    for finding in judged.blocks:
        yield Problem(said.finding_words(finding), where=said.where_of(finding, judged.lines), check=finding.check)
    for one in judged.differences:
        where = f"lines[{one.line.order}/{one.line.number}]"
        yield Problem(said.difference_words(one), where=where, check="DIFF")


def blockers(packing: Packing) -> list[Problem]:
    """Everything that stands against shipping a packing now, whatever was true when it was closed; one that is not
    closed ships nothing. What later rooms ask before anything leaves."""
    found = [] if packing.state == PackingState.PACKED else [Problem(said.not_closed(packing), where="packing")]
    return found + stands_against(judge(packing))
