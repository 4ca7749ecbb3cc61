"""What to answer to an order that Amazon changed after it was answered: what was said is kept where it still holds.

Within the 48 hours everything may be said anew; after them only dates, on every line whose quantity is still the one
answered (FACTS §5.1). Pure but for ``proposal``, which reads the ground.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import Problem
from purveyor.common.units import CASES
from purveyor.orders.domain.answer import LineAnswer, Promise, open_lines, promise, split
from purveyor.orders.domain.answer_rules import problems_of_answers, problems_of_order
from purveyor.orders.domain.changes import costs_before, read
from purveyor.orders.domain.ground import Ground, Standing, ground
from purveyor.orders.models import Acknowledgement, Line, Order
from purveyor.orders.states import AnswerCode, RejectionReason

FREE = "FREE"
DATES = "48H"


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """One line: as answered before, as proposed now, and why. ``line`` None: the order has no such open line now."""

    number: str
    line: Line | None
    before: tuple[LineAnswer, ...]
    now: tuple[LineAnswer, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The answer proposed for the newest version. ``rule`` is FREE or 48H; ``problems`` stand against sending it."""

    rule: str
    sentence: str
    answered_version: int
    version: int
    lines: Sequence[ProposedLine]
    problems: Sequence[Problem] = ()

    @property
    def answers(self) -> dict[str, list[LineAnswer]]:
        """As ``acknowledge`` takes them."""
        return {one.number: list(one.now) for one in self.lines if one.now}


def proposal(order: Order, now: datetime | None = None, zone: tzinfo = UTC) -> Proposal | None:
    """What to answer again, told by the clock of a zone; None for an order that is as it was answered, or was never
    answered by us."""
    last = order.acknowledgements.exclude(outcome=Acknowledgement.Outcome.FAILED).order_by("-revision").first()
    if last is None or last.order_version >= order.version:
        return None
    rows = [c for row in order.changes.filter(version__gt=last.order_version) for c in read(row.changes)]
    if not rows:
        return None
    found, at = ground(order), now or clock.now()
    made = propose_again(found, at, costs_before(rows), last.order_version, zone)
    problems = problems_of_order(found, confirm_hold=True) or problems_of_answers(found, made.answers, at)
    return replace(made, problems=problems)


def propose_again(
    found: Ground,
    now: datetime,
    costs: Mapping[str, Decimal] | None = None,
    answered_version: int = 0,
    zone: tzinfo = UTC,
) -> Proposal:
    """``costs`` are what the lines cost when they were answered, where Amazon changed that since."""
    late = found.is_late(now)
    lines = [_line(found, line, now, late, (costs or {}).get(line.number)) for line in open_lines(found.lines)]
    return Proposal(
        DATES if late else FREE,
        _sentence(found, late, zone),
        answered_version,
        found.order.version,
        [*lines, *_left_out(found)],
    )


def _sentence(found: Ground, late: bool, zone: tzinfo) -> str:
    first = found.first_answered_at
    if first is None:
        return _("Amazon has taken no answer yet: everything may still be said.")
    until = (first + found.change_within).astimezone(zone)
    words = {
        "hours": round(found.change_within.total_seconds() / 3600),
        "until": f"{until:%Y-%m-%d %H:%M} {until.tzname()}",
    }
    if late:
        said = _(
            "The %(hours)d hours after the first answer ended at %(until)s: of lines answered only dates may change."
        )
        return said % words
    return _("Until %(until)s, %(hours)d hours after the first answer, quantities, costs and dates may change.") % words


def _left_out(found: Ground) -> Iterable[ProposedLine]:
    for line in found.lines:
        stands = found.standing.get(line.number, Standing())
        if line.cancelled and stands.entries:
            yield ProposedLine(line.number, None, stands.entries, (), _("Amazon cancelled it; it is left out."))


def _line(found: Ground, line: Line, now: datetime, late: bool, cost_before: Decimal | None) -> ProposedLine:
    stands = found.standing.get(line.number, Standing())
    dates = promise(found.order, now)
    if not stands.answered:
        return ProposedLine(
            line.number, line, (), tuple(split(line, accepted=line.eaches, accept_by=dates)), _why_new()
        )
    entries = stands.entries or _as_counted(stands)
    if stands.accepted + stands.rejected == line.eaches:
        kept = entries if late else [_at_cost(e, line, cost_before) for e in entries]
        moved = tuple(_in_time(e, found.order, dates, now) for e in kept)
        return ProposedLine(line.number, line, entries, moved, _why_same(entries, moved))
    shared = _shared_out(line, stands, entries, dates)
    moved = tuple(_in_time(_at_cost(e, line, cost_before), found.order, dates, now) for e in shared)
    return ProposedLine(line.number, line, entries, moved, _why_other(line, stands))


def _why_new() -> str:
    return _("It was not answered yet: proposed as accepted.")


def _as_counted(stands: Standing) -> tuple[LineAnswer, ...]:
    """What Amazon counts, as entries: of an answer that is not ours the quantities are all there is."""
    reason = str(RejectionReason.TEMPORARILY_UNAVAILABLE)
    parts = [(AnswerCode.ACCEPTED, stands.accepted, ""), (AnswerCode.REJECTED, stands.rejected, reason)]
    return tuple(LineAnswer(str(code), eaches, why) for code, eaches, why in parts if eaches)


def _shared_out(line: Line, stands: Standing, entries: Sequence[LineAnswer], dates: Promise) -> Sequence[LineAnswer]:
    """The line's new quantity, first to what was accepted, then to what was backordered; the rest as it was refused.

    Pieces more than were answered are accepted where the line was confirmed in full; they are refused with the line's
    own reason where some of it was refused.
    """
    sums = {code: sum(e.eaches for e in entries if e.code == code) for code in AnswerCode}
    reason = next((e.reason for e in entries if e.reason), str(RejectionReason.TEMPORARILY_UNAVAILABLE))
    if stands.refused:
        return [LineAnswer(str(AnswerCode.REJECTED), line.eaches, reason)]
    grown = max(line.eaches - stands.accepted, 0) if not stands.rejected else 0
    accepted = _whole(line, min(sums[AnswerCode.ACCEPTED] + grown, line.eaches))
    later = _whole(line, min(sums[AnswerCode.BACKORDERED], line.eaches - accepted))
    later = later if line.backorder_allowed else 0
    return split(
        line,
        accepted=accepted,
        backordered=later,
        rejected=line.eaches - accepted - later,
        reason=reason,
        accept_by=_dates_of(entries, AnswerCode.ACCEPTED) or dates,
        backorder_by=_dates_of(entries, AnswerCode.BACKORDERED) or dates,
        net_cost=next((e.net_cost for e in entries if e.net_cost is not None), None),
    )


def _whole(line: Line, eaches: int) -> int:
    """Down to whole cases, where the line is ordered in cases."""
    return eaches - eaches % line.unit_size if line.unit == CASES and line.unit_size > 0 else eaches


def _dates_of(entries: Iterable[LineAnswer], code: str) -> Promise | None:
    return next((Promise(e.ship_date, e.delivery_date) for e in entries if e.code == code), None)


def _at_cost(entry: LineAnswer, line: Line, before: Decimal | None) -> LineAnswer:
    """The answered cost, unless it was merely the order's own of then, or lies above the order's of now."""
    cost = entry.net_cost
    if cost is None or line.net_cost is None or not (cost == before or cost > line.net_cost):
        return entry
    return replace(entry, net_cost=line.net_cost)


def _in_time(entry: LineAnswer, order: Order, dates: Promise, now: datetime) -> LineAnswer:
    """The promised dates where they lie ahead and inside the window of now, else the window's own end."""
    if not entry.confirms:
        return entry
    return replace(
        entry,
        ship_date=_kept(entry.ship_date, order.ship_start, order.ship_end, dates.ship_date, now),
        delivery_date=_kept(entry.delivery_date, order.delivery_start, order.delivery_end, dates.delivery_date, now),
    )


def _kept(
    at: datetime | None, start: datetime | None, end: datetime | None, instead: datetime | None, now: datetime
) -> datetime | None:
    if at is None:
        return None
    inside = (start is None or start <= at) and (end is None or at <= end)
    return at if at > now and inside else instead


def _why_same(before: Sequence[LineAnswer], now: Sequence[LineAnswer]) -> str:
    if list(before) == list(now):
        return _("As answered.")
    same = [replace(e, ship_date=None, delivery_date=None) for e in before] == [
        replace(e, ship_date=None, delivery_date=None) for e in now
    ]
    return _("The dates follow the new window.") if same else _("The cost follows the order's.")


def _why_other(line: Line, stands: Standing) -> str:
    words = {"before": stands.accepted + stands.rejected, "now": line.eaches}
    return _("Amazon changed the quantity from %(before)d to %(now)d pieces since.") % words
