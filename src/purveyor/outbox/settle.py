"""How a document ends: its state and the order's, in one transaction."""

from __future__ import annotations

from django.db import transaction

from purveyor.base.transition import move
from purveyor.jobs.lease import FREE
from purveyor.orders.domain import acknowledge, receive
from purveyor.orders.models import Acknowledgement
from purveyor.outbox.models import Document
from purveyor.outbox.problems import Problem
from purveyor.outbox.states import DocumentState

__all__ = ["FREE", "fail", "verify"]


def verify(document: Document, *, by: str, because: str = "", holding: str = "") -> None:
    """It arrived. Raises Conflict when somebody else was faster."""
    with transaction.atomic():
        move(document, DocumentState.VERIFIED, by=by, because=because, holding=holding, problem={}, due_at=None, **FREE)
        _tell_order(document, Acknowledgement.Outcome.VERIFIED, by, because)


def fail(document: Document, problem: Problem, *, by: str, because: str = "", holding: str = "") -> None:
    """It will not arrive, or Amazon refused it; the order waits for another answer. Raises Conflict as ``verify``."""
    with transaction.atomic():
        move(
            document,
            DocumentState.FAILED,
            by=by,
            because=because,
            holding=holding,
            problem=problem,
            due_at=None,
            **FREE,
        )
        _tell_order(document, Acknowledgement.Outcome.FAILED, by, because or str(problem.get("message", "")))


def _tell_order(document: Document, outcome: str, by: str, because: str) -> None:
    """The acknowledgement's outcome; then the order goes where Amazon's word, which waited for it, puts it."""
    found = Acknowledgement.objects.select_related("order__profile").filter(document=document).first()
    if found is None:
        return
    if acknowledge.settle(found, outcome, by=by, because=because, at=document.sent_at):
        found.order.refresh_from_db()
        receive.settle(found.order, by=by)
        if outcome == Acknowledgement.Outcome.FAILED:
            receive.judge_held(found.order, by)
