"""Amazon's rules for an answer, each with a check id and a sentence (FACTS §5.1, OPERATIONS §1.6 and §9.1). Pure.

AC-01  every open line answered once, the sum is what was ordered      AC-02  quantity, cost
AC-03  backorder only where allowed, with a date                       AC-04  rejected stays rejected
48H    after 48 hours only dates may change                            PO-02  the unit must be one we know
HOLD   an order on hold is answered only over it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from purveyor.base.phrase import _
from purveyor.common.errors import Problem
from purveyor.common.units import CASES, EACHES
from purveyor.orders.domain.answer import Answers, LineAnswer, open_lines
from purveyor.orders.domain.ground import Ground, Standing, totals, without_dates
from purveyor.orders.domain.hold import words
from purveyor.orders.domain.standing import CLOSED, word_of
from purveyor.orders.models import Line
from purveyor.orders.states import AnswerCode, OrderState, RejectionReason

_PLACES = 4
_TOO_MUCH = 10**12


def problems_of_order(ground: Ground, *, confirm_elsewhere: bool = False, confirm_hold: bool = False) -> list[Problem]:
    """Why this order cannot be answered at all, whatever the answer; empty when it can."""
    found = []
    order = ground.order
    if order.state == OrderState.ACKNOWLEDGING:
        found.append(Problem(_("An answer is on its way to Amazon; wait until it is settled."), check="STATE"))
    elif order.state == OrderState.CANCELLED or not open_lines(ground.lines):
        found.append(Problem(_("Amazon cancelled every line of this order; it needs no answer."), check="STATE"))
    elif order.state == OrderState.CLOSED or word_of(order).lower() == CLOSED:
        found.append(Problem(_("Amazon closed this order; it takes no answer any more."), check="STATE"))
    if ground.elsewhere and not confirm_elsewhere:
        found.append(
            Problem(_("This order was answered elsewhere. Confirm that yours shall replace it."), check="ELSEWHERE")
        )
    if ground.twin and not confirm_elsewhere:
        said = _("Profile %(profile)s is connected to the same account and has answered this order.")
        found.append(Problem(said % {"profile": ground.twin}, check="ELSEWHERE"))
    if not confirm_hold:
        found += [Problem(said, check="HOLD") for said in words(ground.holds)]
    if not order.vendor_code:
        found.append(Problem(_("The order names no vendor code, so nobody can answer for it."), check="PARTY"))
    return found


def problems_of_answers(ground: Ground, answers: Answers, now: datetime) -> list[Problem]:
    """What is wrong with the answers, line by line; ``where`` names Amazon's line number and the entry's place."""
    needed = {line.number: line for line in open_lines(ground.lines)}
    found = [_stray(ground, number) for number in answers if number not in needed]
    late = ground.is_late(now)
    for number, line in needed.items():
        stands = ground.standing.get(number, Standing())
        found += _problems_of_line(line, answers.get(number, ()), stands, now, late)
    return found


def _stray(ground: Ground, number: str) -> Problem:
    if any(line.number == number for line in ground.lines):
        return Problem(_("Line %(line)s is cancelled; leave it out.") % {"line": number}, _at(number), "AC-01")
    return Problem(_("The order has no line %(line)s.") % {"line": number}, _at(number), "AC-01")


def _at(number: str, place: int | None = None, field: str = "") -> str:
    path = f"lines[{number}]" + ("" if place is None else f".answers[{place}]")
    return f"{path}.{field}" if field else path


def _problems_of_line(
    line: Line, entries: Sequence[LineAnswer], stands: Standing, now: datetime, late: bool
) -> list[Problem]:
    if not entries:
        words = {"line": line.number}
        return [Problem(_("Line %(line)s has no answer; every line needs one.") % words, _at(line.number), "AC-01")]
    found = [p for place, entry in enumerate(entries) for p in _problems_of_entry(line, place, entry, now)]
    found += _sum(line, entries)
    found += _one_cost(line, entries)
    found += _taken_back(line, entries, stands)
    if late:
        found += _too_late(line, entries, stands)
    return found


def _sum(line: Line, entries: Sequence[LineAnswer]) -> Iterator[Problem]:
    given = sum(e.eaches for e in entries)
    words = {"line": line.number, "given": given, "ordered": line.eaches}
    if given > line.eaches:
        text = _("Line %(line)s answers %(given)d pieces, but only %(ordered)d are ordered.")
        yield Problem(text % words, _at(line.number), "AC-02")
    elif given < line.eaches:
        text = _("Line %(line)s answers %(given)d of %(ordered)d pieces; say what becomes of the rest.")
        yield Problem(text % words, _at(line.number), "AC-01")


def _one_cost(line: Line, entries: Sequence[LineAnswer]) -> Iterator[Problem]:
    costs = {line.net_cost if e.net_cost is None else e.net_cost for e in entries}
    if len(costs) > 1:
        words = {"line": line.number}
        yield Problem(_("Line %(line)s names several costs; a line has one.") % words, _at(line.number), "AC-02")


def _taken_back(line: Line, entries: Sequence[LineAnswer], stands: Standing) -> Iterator[Problem]:
    if stands.refused and any(e.code != AnswerCode.REJECTED for e in entries):
        text = _("Line %(line)s was rejected before; Amazon does not let anybody take that back.")
        yield Problem(text % {"line": line.number}, _at(line.number), "AC-04")


def _too_late(line: Line, entries: Sequence[LineAnswer], stands: Standing) -> Iterator[Problem]:
    """A line never answered, or whose ordered quantity Amazon changed since, has no answer in force to be kept."""
    if stands.accepted + stands.rejected != line.eaches:
        return
    if stands.entries:
        same = without_dates(entries, line.net_cost) == without_dates(stands.entries, line.net_cost)
    else:
        same = totals(entries) == (stands.accepted, stands.rejected)
    if not same:
        text = _("Line %(line)s was answered more than 48 hours ago; only its dates may still change.")
        yield Problem(text % {"line": line.number}, _at(line.number), "48H")


def _problems_of_entry(line: Line, place: int, entry: LineAnswer, now: datetime) -> list[Problem]:
    words = {"line": line.number, "eaches": entry.eaches, "size": line.unit_size, "unit": line.unit}
    return [
        Problem(text % words, _at(line.number, place, field), check)
        for rule in _ENTRY_RULES
        for field, check, text in rule(line, entry, now)
    ]


_Finding = tuple[str, str, str]


def _code(line: Line, entry: LineAnswer, now: datetime) -> Iterator[_Finding]:
    if entry.code not in set(AnswerCode):
        yield "code", "AC-01", _("Line %(line)s: accepted, backordered or rejected is expected.")


def _quantity(line: Line, entry: LineAnswer, now: datetime) -> Iterator[_Finding]:
    if entry.eaches <= 0:
        yield "eaches", "AC-02", _("Line %(line)s: a part must be at least one piece; leave out what is nothing.")
    elif line.unit == CASES and entry.eaches % line.unit_size:
        yield (
            "eaches",
            "AC-02",
            _("Line %(line)s is ordered in cases of %(size)d; %(eaches)d pieces fill no whole case."),
        )


def _unit(line: Line, entry: LineAnswer, now: datetime) -> Iterator[_Finding]:
    if line.unit not in (EACHES, CASES) or line.unit_size < 1:
        yield "", "PO-02", _("Line %(line)s is ordered in %(unit)s of %(size)d, which cannot be answered.")
    if not (line.asin or line.vendor_product):
        yield "", "PRODUCT", _("Line %(line)s names no product, so there is nothing to answer for.")


def _cost(line: Line, entry: LineAnswer, now: datetime) -> Iterator[_Finding]:
    cost = line.net_cost if entry.net_cost is None else entry.net_cost
    if cost is None:
        yield "net_cost", "AC-02", _("Line %(line)s: the order names no cost; say the cost you will invoice.")
    elif cost <= 0:
        yield "net_cost", "AC-02", _("Line %(line)s: the cost must be above zero.")
    elif line.net_cost is not None and cost > line.net_cost:
        yield "net_cost", "AC-02", _("Line %(line)s: the cost may not be above the order's; reject the line instead.")
    elif cost >= _TOO_MUCH:
        yield "net_cost", "AC-02", _("Line %(line)s: the cost is beyond anything one each can cost.")
    elif cost != round(cost, _PLACES):
        yield "net_cost", "AC-02", _("Line %(line)s: a cost has at most four places behind the point.")


def _backorder(line: Line, entry: LineAnswer, now: datetime) -> Iterator[_Finding]:
    if entry.code != AnswerCode.BACKORDERED:
        return
    dates = [d for d in (entry.ship_date, entry.delivery_date) if d is not None]
    if not line.backorder_allowed:
        yield "code", "AC-03", _("Line %(line)s: Amazon allows no backorder here.")
    if not dates:
        yield "delivery_date", "AC-03", _("Line %(line)s: a backorder needs the date it is promised for.")
    elif min(dates) <= now:
        yield "delivery_date", "AC-03", _("Line %(line)s: the date of a backorder lies in the past.")


def _reason(line: Line, entry: LineAnswer, now: datetime) -> Iterator[_Finding]:
    rejects = entry.code == AnswerCode.REJECTED
    if rejects and entry.reason not in set(RejectionReason):
        yield "reason", "REASON", _("Line %(line)s: a rejection needs one of Amazon's reasons.")
    elif entry.reason and not rejects:
        yield "reason", "REASON", _("Line %(line)s: only a rejection has a reason.")


def _dates(line: Line, entry: LineAnswer, now: datetime) -> Iterator[_Finding]:
    if entry.code == AnswerCode.REJECTED and (entry.ship_date or entry.delivery_date):
        yield "delivery_date", "DATES", _("Line %(line)s: what is rejected has no date.")
    if entry.ship_date and entry.delivery_date and entry.delivery_date < entry.ship_date:
        yield "delivery_date", "DATES", _("Line %(line)s: it would arrive before it leaves.")


_Rule = Callable[[Line, LineAnswer, datetime], Iterator[_Finding]]
_ENTRY_RULES: tuple[_Rule, ...] = (_code, _quantity, _unit, _cost, _backorder, _reason, _dates)
