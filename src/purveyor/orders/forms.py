"""The answer form of one order: quantities per line in single pieces, read into answers as every other door reads them.

A line has the fields ``accepted-N``, ``backordered-N``, ``rejected-N``, ``reason-N``, ``date-N`` (of what is accepted),
``later-N`` (of what is backordered) and ``cost-N``, N being Amazon's line number. Beside them stand ``because``,
``version`` (of the order the person saw) and ``confirm_elsewhere``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purveyor.common import clock
from purveyor.common.errors import Problem
from purveyor.orders.domain.answer import LineAnswer, Promise, open_lines, promise, split
from purveyor.orders.models import Line, Order
from purveyor.orders.states import RejectionReason

REASONS: list[tuple[str, str | Lazy]] = [
    (str(RejectionReason.TEMPORARILY_UNAVAILABLE), _("Temporarily unavailable")),
    (str(RejectionReason.INVALID_PRODUCT_IDENTIFIER), _("Wrong product identifier")),
    (str(RejectionReason.OBSOLETE_PRODUCT), _("No longer sold")),
]
_PARTS = ("accepted", "backordered", "rejected", "reason", "date", "later", "cost")


@dataclass(frozen=True, slots=True)
class Row:
    """One line with its fields, for the template: ``row.accepted``, ``row.reason`` and so on."""

    line: Line
    fields: dict[str, BoundField]

    def __getattr__(self, name: str) -> BoundField:
        try:
            return self.fields[name]
        except KeyError:
            raise AttributeError(name) from None


class AnswerForm(forms.Form):
    """Proposes a full acceptance; ``answers()`` is what was filled in, ``add_problems`` shows what a verb refused."""

    because = forms.CharField(label=_("Why"), required=False, max_length=500)
    confirm_elsewhere = forms.BooleanField(label=_("Replace the answer given elsewhere"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, order: Order, lines: Sequence[Line], data: Any = None) -> None:
        super().__init__(data, initial={"version": order.version})
        self.order = order
        self.lines = open_lines(lines)
        proposed = _days(promise(order, clock.now()))
        for line in self.lines:
            self.fields |= {f"{part}-{line.number}": field for part, field in _fields(line, proposed).items()}

    def rows(self) -> Iterator[Row]:
        """The lines in the order's sequence, each with its bound fields."""
        for line in self.lines:
            yield Row(line, {part: self[f"{part}-{line.number}"] for part in _PARTS})

    def answers(self) -> dict[str, list[LineAnswer]]:
        """What was filled in; call it on a valid form. The rules judge it afterwards, not the form."""
        return {line.number: self._of(line) for line in self.lines}

    def _of(self, line: Line) -> list[LineAnswer]:
        given = {part: self.cleaned_data.get(f"{part}-{line.number}") for part in _PARTS}
        return split(
            line,
            accepted=given["accepted"] or 0,
            backordered=given["backordered"] or 0,
            rejected=given["rejected"] or 0,
            reason=given["reason"] or "",
            accept_by=self._promise(given["date"]),
            backorder_by=self._promise(given["later"]),
            net_cost=given["cost"],
        )

    def _promise(self, day: date | None) -> Promise:
        """A day as the moment the order's own window uses: its end's time of day, usually local midnight."""
        if day is None:
            return Promise()
        by_delivery = self.order.delivery_end is not None or self.order.ship_end is None
        end = self.order.delivery_end or self.order.ship_end or clock.now().replace(hour=12, minute=0)
        at = datetime.combine(day, end.timetz().replace(second=0, microsecond=0))
        return Promise(delivery_date=at) if by_delivery else Promise(ship_date=at)

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Show each problem at the line it concerns, or above the form."""
        for problem in problems:
            number = problem.where.removeprefix("lines[").split("]")[0] if problem.where else ""
            field = f"{_PARTS[0]}-{number}"
            self.add_error(field if field in self.fields else None, problem.message)


def _days(dates: Promise) -> date | None:
    at = dates.delivery_date or dates.ship_date
    return at.date() if at else None


def _fields(line: Line, day: date | None) -> dict[str, forms.Field]:
    def count(initial: int) -> forms.IntegerField:
        return forms.IntegerField(min_value=0, initial=initial, required=False)

    return {
        "accepted": count(line.eaches),
        "backordered": count(0),
        "rejected": count(0),
        "reason": forms.ChoiceField(choices=REASONS, required=False),
        "date": forms.DateField(initial=day, required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")),
        "later": forms.DateField(required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")),
        "cost": forms.DecimalField(min_value=0, decimal_places=4, max_digits=16, initial=line.net_cost, required=False),
    }
