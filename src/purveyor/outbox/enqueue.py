"""A decided acknowledgement becomes a document: stored before anything is sent."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from purveyor.audit.write import record
from purveyor.common import canon, clock
from purveyor.common.errors import Refused
from purveyor.jobs.nudge import nudge
from purveyor.orders.domain import acknowledge
from purveyor.orders.domain.answer import Answers
from purveyor.orders.domain.ground import answers_of
from purveyor.orders.models import Acknowledgement, Order
from purveyor.outbox.compose.acknowledgement import compose
from purveyor.outbox.judge import Shown, Status, baseline_of
from purveyor.outbox.models import Document

ACKNOWLEDGEMENT = "acknowledgement"
BY = "system:outbox.compose"


def undocumented(now: datetime, limit: int) -> list[int]:
    """Decided acknowledgements that have no document yet."""
    waiting = Acknowledgement.objects.filter(document=None, outcome=Acknowledgement.Outcome.OPEN)
    return list(waiting.order_by("id").values_list("id", flat=True)[:limit])


def enqueue(acknowledgement_id: int) -> Document | None:
    """Make the document of a decided acknowledgement, queued; None when another did, or it is settled.

    An acknowledgement that cannot be written exactly for Amazon fails with the reason, and its order with it.
    """
    found = (
        Acknowledgement.objects.select_related("order__profile")
        .filter(pk=acknowledgement_id, document=None, outcome=Acknowledgement.Outcome.OPEN)
        .first()
    )
    if found is None:
        return None
    try:
        body = body_of(found)
    except Refused as error:
        reasons = "; ".join(p.message for p in error.problems) or error.message
        acknowledge.settle(found, Acknowledgement.Outcome.FAILED, by=BY, because=reasons)
        return None
    return _store(found, body)


def _store(acknowledgement: Acknowledgement, body: bytes) -> Document | None:
    """The one that links its document first wins; the other's is rolled back."""
    try:
        with transaction.atomic():
            document = _create(acknowledgement, body)
            mine = Acknowledgement.objects.filter(pk=acknowledgement.pk, document=None)
            if not mine.update(document=document):
                raise IntegrityError("another worker was faster")
            record("document.queued", by=acknowledgement.by, obj=document, new={"digest": document.digest})
            nudge("outbox.send", document.pk)
    except IntegrityError:
        return None
    return document


def _create(acknowledgement: Acknowledgement, body: bytes) -> Document:
    now, order = clock.now(), acknowledgement.order
    return Document.objects.create(
        profile=order.profile,
        kind=ACKNOWLEDGEMENT,
        subject=order.number,
        body=body,
        digest=canon.sha256(body),
        by=acknowledgement.by,
        baseline=baseline_of(shown_on(order)),
        state_at=now,
        created_at=now,
        due_at=now,
    )


def body_of(acknowledgement: Acknowledgement) -> bytes:
    """The exact bytes of a decided acknowledgement; the same whenever it is asked. Raises Refused."""
    order = acknowledgement.order
    return compose(order, list(order.lines.all()), answers_of(acknowledgement), acknowledgement.decided_at)


def preview(order: Order, answers: Answers, now: datetime | None = None) -> bytes:
    """Exactly what would be sent for these answers if they were decided at this moment. Raises Refused."""
    at = now or clock.now()
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    return compose(order, list(order.lines.all()), answers, at)


def shown_on(order: Order) -> Status:
    """What Amazon's status shows of an order by what was last read back; for a new order: nothing at all."""
    return {
        line.number: Shown(line.accepted or 0, line.rejected or 0, line.acknowledged_on) for line in order.lines.all()
    }
