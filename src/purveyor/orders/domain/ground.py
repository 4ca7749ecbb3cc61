"""What Amazon holds as our answer to a line at this moment: the ground on which corrections are judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from purveyor.common.windows import moment_or_none
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.domain.hold import held
from purveyor.orders.models import Acknowledgement, Answer, Hold, Line, Order
from purveyor.orders.states import AnswerCode, OrderState
from purveyor.profiles import dated

_REJECTED = "REJECTED"
CHANGE_WITHIN = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Standing:
    """One line's answer in force, in eaches; backordered counts as accepted (FACTS §8).

    ``entries`` are ours when the answer in force is ours, else empty: Amazon shows quantities only. ``refused`` says
    that the line was rejected as a whole once, which Amazon lets nobody take back (FACTS §5.1).
    """

    accepted: int = 0
    rejected: int = 0
    entries: tuple[LineAnswer, ...] = ()
    refused: bool = False

    @property
    def answered(self) -> bool:
        return bool(self.accepted or self.rejected)


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything outside of the new answer that the rules look at."""

    order: Order
    lines: Sequence[Line]
    standing: Mapping[str, Standing] = field(default_factory=dict)
    twin: str = ""
    """The profile that answers the very same order: one account connected twice would answer it twice."""
    holds: Sequence[Hold] = ()
    change_within: timedelta = CHANGE_WITHIN
    """So long after the first answer quantities and costs may still change (FACTS §5.1)."""

    @property
    def first_answered_at(self) -> datetime | None:
        """When Amazon first took an answer, ours or another's: the 48 hours count from there (FACTS §5.1)."""
        shown = [at for line in self.lines if (at := moment_or_none(line.acknowledged_on)) is not None]
        return min([at for at in (self.order.answered_at, *shown) if at is not None], default=None)

    def is_late(self, now: datetime) -> bool:
        """Whether only dates may still change, on lines whose quantity is still what was answered."""
        first = self.first_answered_at
        return first is not None and now - first > self.change_within

    @property
    def elsewhere(self) -> bool:
        """Whether Amazon holds an answer that is not ours."""
        answered = self.order.amazon_state.casefold() == "acknowledged"
        return self.order.state == OrderState.ELSEWHERE or (answered and self.order.answered_at is None)


def ground(order: Order) -> Ground:
    """Read the ground of an order from the database."""
    lines = list(order.lines.all())
    arrived = order.acknowledgements.filter(outcome=Acknowledgement.Outcome.VERIFIED).order_by("revision")
    rows = Answer.objects.filter(acknowledgement__in=arrived).order_by("acknowledgement__revision", "id")
    ours: dict[int, dict[int, list[LineAnswer]]] = {}
    for row in rows:
        ours.setdefault(row.line_id, {}).setdefault(row.acknowledgement_id, []).append(entry_of(row))
    stands = {line.number: standing(line, list(ours.get(line.pk, {}).values())) for line in lines}
    found = Ground(order, lines, stands, _twin(order), held(order))
    return found if found.first_answered_at is None else replace(found, change_within=_change_within(order))


def _change_within(order: Order) -> timedelta:
    return timedelta(hours=dated.value(order.profile, "deadlines.change_hours"))


def _twin(order: Order) -> str:
    """The name of another profile at the same Amazon that has an answer to this order under way, or taken."""
    same = {
        f"order__profile__{name}": getattr(order.profile, name) for name in ("marketplace", "environment", "endpoint")
    }
    found = Acknowledgement.objects.filter(order__number=order.number, order__vendor_code=order.vendor_code, **same)
    found = found.exclude(order__profile=order.profile).exclude(outcome=Acknowledgement.Outcome.FAILED)
    return found.order_by().values_list("order__profile__name", flat=True).first() or ""


def standing(line: Line, ours: Sequence[Sequence[LineAnswer]]) -> Standing:
    """A line's answer in force, from ours that arrived (oldest first) and from what Amazon's status shows.

    Amazon's word counts where it differs from ours: somebody answered elsewhere, or Amazon counts otherwise.
    """
    last = tuple(ours[-1]) if ours else ()
    refused = any(entries and all(e.code == AnswerCode.REJECTED for e in entries) for entries in ours)
    counts = totals(last)
    shown = (line.accepted or 0, line.rejected or 0)
    refused = refused or line.confirmation.upper() == _REJECTED or (shown[1] > 0 and shown[0] == 0)
    if any(shown) and shown != counts:
        return Standing(*shown, entries=(), refused=refused)
    return Standing(*counts, entries=last, refused=refused)


def totals(entries: Iterable[LineAnswer]) -> tuple[int, int]:
    """Eaches confirmed and eaches rejected, as Amazon's status counts them."""
    found = list(entries)
    return sum(e.eaches for e in found if e.confirms), sum(e.eaches for e in found if not e.confirms)


def entry_of(row: Answer) -> LineAnswer:
    """A stored entry as a value."""
    return LineAnswer(row.code, row.eaches, row.reason, row.ship_date, row.delivery_date, row.net_cost)


def answers_of(acknowledgement: Acknowledgement) -> dict[str, list[LineAnswer]]:
    """What a decided acknowledgement says, in the order of the lines."""
    found: dict[str, list[LineAnswer]] = {}
    for row in acknowledgement.answers.select_related("line").order_by("line__position", "id"):
        found.setdefault(row.line.number, []).append(entry_of(row))
    return found


def without_dates(entries: Iterable[LineAnswer], cost: Decimal | None) -> list[tuple[str, int, str, Decimal | None]]:
    """What a line's answer says besides dates, comparable; ``cost`` fills in where an entry names none."""
    return sorted(
        ((e.code, e.eaches, e.reason, cost if e.net_cost is None else e.net_cost) for e in entries),
        key=lambda said: (said[0], said[1], said[2], said[3] or Decimal(0)),
    )
