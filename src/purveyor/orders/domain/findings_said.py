"""A finding in words: its sentence with its numbers, made when it is read, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from purveyor.base.phrase import Phrase, joined
from purveyor.common.errors import Problem
from purveyor.orders.domain.check import OFFER
from purveyor.orders.domain.deviation_said import parts
from purveyor.orders.models import Finding, Line, Order
from purveyor.orders.states import FindingState, Severity

SENTENCES: dict[str, str] = {
    "PO-01": _("The order's number %(number)s or vendor code %(vendor_code)s looks odd (%(odd)s)."),
    "PO-02": _("%(amount)s cases of no known size are ordered; nobody can tell how many pieces."),
    "PO-03": _("The order counts %(size)s pieces a case, the catalogue %(case)s."),
    "PO-04": _("The order names %(cost)s %(currency)s, agreed are %(agreed)s %(agreed_currency)s."),
    "PO-05": _("Amazon changed the order after our answer: version %(answered)s was answered, it is at %(version)s."),
    OFFER: _("Offer %(offer)s, row %(row)s, delivery %(delivery)s: %(parts)s."),
    "PRODUCT": _("No product is known by ASIN %(asin)s or %(vendor_product)s."),
    "CASE": _("%(eaches)s pieces fill no whole cases of %(case)s; %(whole)s would."),
    "STOCK": _("%(eaches)s pieces are ordered, %(free)s are free."),
    "OVER": _("The window closed at %(end)s."),
    "SHORT": _("The window leaves %(hours)s hours; you need %(needed)s."),
    "DUPLICATE": _("It looks the same as order %(twin)s."),
    "TYPE": _("Amazon calls it %(type)s."),
    "AC-08": _("The date promised, %(date)s, lies outside the window from %(start)s to %(end)s."),
}


def say(rule: str, numbers: Mapping[str, Any]) -> Phrase:
    """The sentence of a finding. Raises KeyError for a rule there is none for."""
    shown = {name: _plain(value) for name, value in numbers.items()}
    if rule == OFFER:
        shown["parts"] = parts(numbers)
    return Phrase(SENTENCES[rule]) % shown


def explained(explanation: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an automatic answer (``carry_out.explain``), its findings in words."""
    rows = [one | {"said": say(one["rule"], one["numbers"])} for one in explanation.get("findings", ())]
    return dict(explanation) | ({"findings": rows} if rows else {})


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return joined((str(one) for one in value), ", ")
    return str(value) if value != "" else "–"


def blocking(order: Order, lines: Iterable[Line]) -> list[Problem]:
    """The open findings of an order that stand against any answer, as problems; one question."""
    rows = Finding.objects.filter(order=order, state=FindingState.OPEN, severity=Severity.BLOCK).order_by("pk")
    numbers = {line.pk: line.number for line in lines}
    return [Problem(say(one.rule, one.numbers), _where(numbers.get(one.line_id or 0, "")), one.rule) for one in rows]


def _where(number: str) -> str:
    return f"lines[{number}]" if number else ""
