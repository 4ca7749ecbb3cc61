"""What the warehouse is asked to pick of an order as it stands now: values read, nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purveyor.orders.domain.answer import open_lines
from purveyor.orders.models import Acknowledgement, Line, Order
from purveyor.orders.states import AnswerCode


@dataclass(frozen=True, slots=True)
class Asked:
    """``eaches`` by the key of each open line of which anything is to be picked. ``answer`` is the revision of our
    answer it follows, 0 where there is none."""

    lines: Sequence[Line]
    eaches: Mapping[int, int]
    answer: int = 0


def asked_of(order: Order) -> Asked:
    """What is to be picked: what our standing answer accepts; without one what Amazon shows as accepted, else what is
    ordered. A backorder ships later, and never more is picked than is ordered now (PK-01)."""
    lines = open_lines(order.lines.select_related("product").order_by("position"))
    standing = order.acknowledgements.exclude(outcome=Acknowledgement.Outcome.FAILED).order_by("-revision").first()
    accepted = _ours(standing) if standing is not None else _shown(lines)
    eaches = {line.pk: min(accepted.get(line.pk, line.eaches), line.eaches) for line in lines}
    return Asked(lines, {key: count for key, count in eaches.items() if count}, standing.revision if standing else 0)


def _ours(standing: Acknowledgement) -> dict[int, int]:
    """Eaches accepted by line; a line the answer does not name came later and counts as ordered."""
    found: dict[int, int] = {}
    for line, code, eaches in standing.answers.values_list("line", "code", "eaches"):
        found[line] = found.get(line, 0) + (eaches if code == AnswerCode.ACCEPTED else 0)
    return found


def _shown(lines: Sequence[Line]) -> dict[int, int]:
    """Amazon's own counts, of the lines where it shows any (OPERATIONS §1.2)."""
    return {line.pk: line.accepted or 0 for line in lines if line.accepted or line.rejected}
