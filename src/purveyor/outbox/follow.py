"""Follow what was sent, and look up what nobody knows: take a document, look at Amazon, do the next step."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict
from purveyor.jobs import jumps
from purveyor.jobs.lease import FREE, claim, give_back, is_free
from purveyor.jobs.nudge import nudge
from purveyor.outbox.look import BY, Look, look
from purveyor.outbox.models import Document
from purveyor.outbox.settle import fail, verify
from purveyor.outbox.states import DocumentState
from purveyor.outbox.steps import Facts, Step, after_losing_sight, after_sending
from purveyor.outbox.timing import Pace

_S = DocumentState
FOLLOWED = (_S.SENT, _S.PRESUMED)
LOST = (_S.UNKNOWN, _S.ASKED)

Decide = Callable[[Facts, Look, Pace, datetime], Step]


def to_follow(now: datetime, limit: int) -> list[int]:
    """Sent documents whose next look is due."""
    return _due(FOLLOWED, now, limit)


def to_look_up(now: datetime, limit: int) -> list[int]:
    """Documents of unknown fate, or asked about, whose next look is due. Sending may be held or off: looking is not."""
    return _due(LOST, now, limit)


def follow(document_id: int) -> None:
    """One look at a sent document, and its consequence."""
    _one_look(document_id, FOLLOWED, after_sending)


def look_up(document_id: int) -> None:
    """One look at a document of unknown fate, and its consequence."""
    _one_look(document_id, LOST, after_losing_sight)


def _due(states: Collection[str], now: datetime, limit: int) -> list[int]:
    ready = Document.objects.filter(is_free(now), state__in=states, due_at__lte=now)
    return list(ready.order_by("due_at", "id").values_list("id", flat=True)[:limit])


def _one_look(document_id: int, states: Collection[str], decide: Decide) -> None:
    jumps.look()
    now = clock.now()
    document = Document.objects.select_related("profile").filter(pk=document_id, state__in=states).first()
    if document is None:
        return
    pace = Pace(document.profile.visibility_seconds)
    owner = claim(document, pace.lease_seconds, state=document.state, due_at__lte=now)
    if owner is None:
        return
    found = look(document)
    # By the moment of asking, not of the answer: a slow one shows what was there before the visibility time was over.
    _do(document, decide(_facts(document), found, pace, now), owner)


def _facts(document: Document) -> Facts:
    lost = document.state in LOST
    return Facts(
        state=document.state,
        since=document.state_at if lost else document.sent_at or document.state_at,
        body=bytes(document.body),
        transaction_id=document.transaction_id,
        attempts=document.attempts.exclude(outcome=str(_S.QUEUED)).count(),
    )


def _do(document: Document, step: Step, owner: str) -> None:
    """Do the step, if the document is still ours; another may have verified or resolved it meanwhile."""
    if step.state is None:
        says = {} if step.problem is None else {"problem": step.problem}
        give_back(document, owner, due_at=step.due_at, **says)
        return
    with suppress(Conflict):
        if step.state == _S.VERIFIED:
            verify(document, by=BY, because=step.because, holding=owner)
        elif step.state == _S.FAILED:
            fail(document, step.problem or {}, by=BY, because=step.because, holding=owner)
        else:
            _move(document, step, owner)


def _move(document: Document, step: Step, owner: str) -> None:
    with transaction.atomic():
        changes = {"problem": step.problem or {}, "due_at": step.due_at} | FREE
        move(document, str(step.state), by=BY, because=step.because, holding=owner, **changes)
        if step.state == _S.QUEUED:
            nudge("outbox.send", document.pk)
