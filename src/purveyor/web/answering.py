"""The answer sheet of one order: what a person types line by line, read into answers as every other door gives them.

A line accepts so many pieces and says what becomes of the rest: rejected with a reason, or backordered to a day. That
covers nearly everything with one number typed; further entries split a line freely. Whatever cannot be read or is
refused is said at its line, and everything typed stays as it was typed.

Fields, N being Amazon's line number: ``accept-N``, ``rest-N``, ``later-N``, ``date-N``, ``cost-N``, and for each
further entry i ``code-N-i``, ``eaches-N-i``, ``reason-N-i``, ``day-N-i``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import Problem
from purveyor.orders.domain.answer import LineAnswer, Promise, open_lines, promise
from purveyor.orders.models import Line, Order
from purveyor.orders.states import AnswerCode, RejectionReason
from purveyor.web import figures
from purveyor.web.typed import Unreadable, day_of, decimal_of, whole
from purveyor.web.words import words
from purveyor.web.zones import zone_of

BACKORDER = "backorder"
MOST_ENTRIES = 20


@dataclass
class Entry:
    """A further entry of a line, as typed."""

    code: str = str(AnswerCode.ACCEPTED)
    eaches: str = ""
    reason: str = ""
    day: str = ""


@dataclass
class Row:
    """One line of the sheet, as typed. ``left`` are the pieces no entry takes; None while a number cannot be read."""

    line: Line
    accept: str = ""
    rest: str = ""
    later: str = ""
    date: str = ""
    cost: str = ""
    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def unfolded(self) -> bool:
        """Whether the line's further fields are worth showing at once."""
        return bool(self.entries)

    @property
    def left(self) -> int | None:
        try:
            taken = whole(self.accept) + sum(whole(entry.eaches) for entry in self.entries)
        except Unreadable:
            return None
        return self.line.eaches - taken


class Sheet:
    """The sheet of one order. Without ``data`` it proposes ``given``; with it, it holds what was typed."""

    def __init__(
        self,
        order: Order,
        lines: Sequence[Line],
        data: QueryDict | None = None,
        given: Mapping[str, Sequence[LineAnswer]] | None = None,
    ) -> None:
        self.order = order
        self.zone = zone_of(order.profile.marketplace)
        self.promised = promise(order, clock.now())
        self.rows = [self._row(line, data, given or {}) for line in open_lines(lines)]
        self.problems: list[str] = []
        self.because = data.get("because", "") if data is not None else ""
        self.confirm_elsewhere = bool(data and data.get("confirm_elsewhere"))
        self.confirm_hold = bool(data and data.get("confirm_hold"))
        self.version = _version(data, order)

    @property
    def by_delivery(self) -> bool:
        """Whether its dates are days of arrival; with freight paid by Amazon they are days of leaving (FACTS §5.1)."""
        return self.order.delivery_end is not None or self.order.ship_end is None

    @property
    def rest_choices(self) -> list[tuple[str, str]]:
        """What can become of the pieces that are not accepted; the backorder is offered by the line."""
        return [(str(r), _("reject: %(reason)s") % {"reason": words("reason", r)}) for r in RejectionReason]

    @property
    def wrong(self) -> bool:
        return bool(self.problems or any(row.problems for row in self.rows))

    def answers(self) -> dict[str, list[LineAnswer]]:
        """What was typed, as answers. What cannot be read is noted at its line, which then has no answer."""
        found = {}
        for row in self.rows:
            try:
                found[row.line.number] = list(self._entries(row))
            except Unreadable as error:
                row.problems.append(str(error))
        return found

    def show(self, problems: Sequence[Problem]) -> None:
        """Note each problem at the line it concerns, or above all lines."""
        rows = {row.line.number: row for row in self.rows}
        for problem in problems:
            number = problem.where.removeprefix("lines[").split("]")[0]
            row = rows.get(number)
            (row.problems if row else self.problems).append(problem.message)

    def split(self, number: str) -> None:
        """Give a line a further entry that takes what no other entry takes."""
        for row in self.rows:
            if row.line.number == number and len(row.entries) < MOST_ENTRIES:
                row.entries.append(Entry(eaches=str(max(row.left or 0, 0))))

    def drop(self, number: str, place: int) -> None:
        """Take a further entry away."""
        for row in self.rows:
            if row.line.number == number and place < len(row.entries):
                del row.entries[place]

    def _row(self, line: Line, data: QueryDict | None, given: Mapping[str, Sequence[LineAnswer]]) -> Row:
        if data is not None and f"accept-{line.number}" in data:
            return _typed(line, data)
        row = Row(line, date=self._day(self.promised.delivery_date or self.promised.ship_date))
        row.cost = figures.amount(line.net_cost) if line.net_cost is not None else ""
        row.rest = str(RejectionReason.TEMPORARILY_UNAVAILABLE)
        row.accept = str(line.eaches)
        if line.number in given:
            self._fill(row, given[line.number])
        return row

    def _fill(self, row: Row, entries: Sequence[LineAnswer]) -> None:
        """Show an answer given before: the first acceptance in its field, everything else as further entries."""
        accepted = next((e for e in entries if e.code == AnswerCode.ACCEPTED), None)
        row.accept = str(accepted.eaches if accepted else 0)
        if accepted is not None:
            row.date = self._day(accepted.delivery_date or accepted.ship_date)
        for entry in entries:
            if entry.net_cost is not None:
                row.cost = figures.amount(entry.net_cost)
            if entry is not accepted:
                day = self._day(entry.delivery_date or entry.ship_date)
                row.entries.append(Entry(entry.code, str(entry.eaches), entry.reason, day))

    def _entries(self, row: Row) -> Iterator[LineAnswer]:
        cost = decimal_of(row.cost)
        accepted, left = whole(row.accept), row.left or 0
        if accepted:
            yield self._entry(str(AnswerCode.ACCEPTED), accepted, "", row.date, cost)
        for entry in row.entries:
            yield self._entry(entry.code, whole(entry.eaches), entry.reason, entry.day, cost)
        if left > 0 and row.rest:
            rejected = row.rest != BACKORDER
            code = AnswerCode.REJECTED if rejected else AnswerCode.BACKORDERED
            yield self._entry(str(code), left, row.rest if rejected else "", "" if rejected else row.later, cost)

    def _entry(self, code: str, eaches: int, reason: str, day: str, cost: Decimal | None) -> LineAnswer:
        rejected = code == AnswerCode.REJECTED
        dates = Promise() if rejected else self._promise(day_of(day))
        return LineAnswer(code, eaches, reason if rejected else "", dates.ship_date, dates.delivery_date, cost)

    def _promise(self, day: date | None) -> Promise:
        """A local day as the moment the order's own window ends on a day, usually local midnight. The day proposed
        stands for everything that was proposed with it."""
        if day is None:
            return Promise()
        proposed = self.promised.delivery_date or self.promised.ship_date
        if proposed is not None and proposed.astimezone(self.zone).date() == day:
            return self.promised
        end = self.order.delivery_end or self.order.ship_end
        hour = end.astimezone(self.zone).time() if end else datetime.min.time().replace(hour=12)
        at = datetime.combine(day, hour, self.zone)
        return Promise(delivery_date=at) if self.by_delivery else Promise(ship_date=at)

    def _day(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).date().isoformat() if at else ""


def _typed(line: Line, data: QueryDict) -> Row:
    n = line.number
    names = ("accept", "rest", "later", "date", "cost")
    accept, rest, later, day, cost = (data.get(f"{name}-{n}", "").strip() for name in names)
    row = Row(line, accept, rest, later, day, cost)
    for i in range(MOST_ENTRIES):
        if f"code-{n}-{i}" not in data:
            break
        parts_of = ("code", "eaches", "reason", "day")
        row.entries.append(Entry(*(data.get(f"{name}-{n}-{i}", "").strip() for name in parts_of)))
    return row


def _version(data: QueryDict | None, order: Order) -> int:
    typed = data.get("version", "") if data is not None else ""
    return int(typed) if typed.isdecimal() and len(typed) < 10 else order.version


def kept(data: QueryDict) -> list[tuple[str, Any]]:
    """Everything typed, to be carried on through the preview; not the button that was pressed, nor the form's token."""
    left_out = ("csrfmiddlewaretoken", "do", "because")
    return [(name, value) for name in data for value in data.getlist(name) if name not in left_out]
