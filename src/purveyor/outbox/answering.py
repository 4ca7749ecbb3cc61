"""Answering orders as machines do: by number, one or many, seen exactly before it is decided, documented at once.

REST and the command line share this, so that the same answer is refused in the same words at both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from purveyor.audit.queries import histories
from purveyor.common.errors import PurveyorError
from purveyor.orders.domain.acknowledge import acknowledge, in_full, require_sendable
from purveyor.orders.domain.answer import Answers
from purveyor.orders.models import Acknowledgement, Order
from purveyor.orders.queries import find
from purveyor.orders.schemas import acknowledgement_row, order_full
from purveyor.outbox.enqueue import enqueue
from purveyor.outbox.enqueue import preview as exact_bytes
from purveyor.outbox.models import Document
from purveyor.outbox.queries import documents_of
from purveyor.outbox.schemas import document_row
from purveyor.people.who import Who


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one order: its decision, or the error it was refused with. ``order`` is None for no such order."""

    number: str
    order: Order | None = None
    acknowledgement: Acknowledgement | None = None
    error: PurveyorError | None = None

    def row(self) -> dict[str, Any]:
        """As machines see it."""
        decided = self.acknowledgement
        return {
            "number": self.number,
            "profile": self.order.profile.name if self.order else None,
            "ok": self.error is None,
            "state": str(self.order.state) if self.order else None,
            "acknowledgement": acknowledgement_row(decided) if decided else None,
            "error": {"request_id": ""} | self.error.as_dict() if self.error else None,
        }


def shown(who: Who, order: Order) -> dict[str, Any]:
    """One order as machines see it, with its documents and what happened to them, where ``who`` may see those."""
    documents = list(documents_of(who, order.pk))
    told = histories(Document, [one.pk for one in documents]) if documents else ()
    return order_full(order, [document_row(one) for one in documents], told)


def preview(who: Who, order: Order, answers: Answers | None = None, **confirmed: bool) -> bytes:
    """Exactly what would leave for these answers if they were decided now; without answers, of a full acceptance.

    Raises Denied, and Refused in the words of ``acknowledge``.
    """
    given = in_full(order) if answers is None else answers
    require_sendable(who, order, given, **confirmed)
    return exact_bytes(order, given)


def answer(who: Who, order: Order, answers: Answers | None = None, **more: Any) -> Answered:
    """Decide an order's answer (as ``acknowledge``, which raises) and make its document at once."""
    decided = acknowledge(who, order.pk, answers, **more)
    enqueue(decided.pk)
    decided.refresh_from_db()
    order.refresh_from_db(fields=["state"])
    return Answered(order.number, order, decided)


def answer_many(
    who: Who, found: Mapping[str, Order | PurveyorError], answers: Mapping[str, Answers] | None = None, **more: Any
) -> list[Answered]:
    """Each order alone, by its number: one that is refused never stops the others. ``found`` is ``resolve``'s."""
    return [_one(who, number, order, (answers or {}).get(number), more) for number, order in found.items()]


def _one(
    who: Who, number: str, order: Order | PurveyorError, answers: Answers | None, more: dict[str, Any]
) -> Answered:
    if isinstance(order, PurveyorError):
        return Answered(number, error=order)
    try:
        return answer(who, order, answers, **more)
    except PurveyorError as error:
        return Answered(number, order, error=error)


def resolve(who: Who, numbers: Iterable[str], profile: str = "") -> dict[str, Order | PurveyorError]:
    """The orders of these numbers, or for each the error why there is none to be named (``orders.queries.find``)."""
    found: dict[str, Order | PurveyorError] = {}
    for number in numbers:
        try:
            found[number] = find(who, number, profile)
        except PurveyorError as error:
            found[number] = error
    return found
