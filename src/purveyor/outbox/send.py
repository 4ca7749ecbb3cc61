"""Send a document, once: the intent is stored before the bytes leave, the outcome after the reply.

A worker that dies in between leaves the document *sending* with a lease; when that has run out, ``give_up_on`` makes it
*unknown*. A worker that comes back later than that finds its lease gone and only leaves a note.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q

from purveyor.amazon.client import Client
from purveyor.amazon.errors import NotConnected
from purveyor.amazon.operations.orders import submit_acknowledgement
from purveyor.amazon.record import Exchange
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict, PurveyorError
from purveyor.jobs.lease import claim, is_free, seconds
from purveyor.outbox.models import Attempt, Document, Hold
from purveyor.outbox.outcome import MENDING_SOONEST, Outcome, outcome_of, taken
from purveyor.outbox.outdated import may_be_shown, outdated
from purveyor.outbox.problems import died, problem_of
from purveyor.outbox.settle import FREE, fail
from purveyor.outbox.states import UNSETTLED, DocumentState
from purveyor.outbox.timing import Pace
from purveyor.profiles.clients import clear_trouble, client_for, note_trouble
from purveyor.profiles.models import Profile

log = logging.getLogger(__name__)

BY = "system:outbox.send"
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries of storing a reply."""
_S = DocumentState


def is_held() -> bool:
    """Whether sending is held for the whole installation."""
    return Hold.objects.filter(released_at=None).exists()


def sendable(now: datetime, limit: int) -> list[int]:
    """Queued documents whose time has come; none while sending is held, switched off, or the profile is paused."""
    if is_held():
        return []
    mine = {"profile__sending": True, "profile__paused_at": None}
    ready = Document.objects.filter(is_free(now), state=_S.QUEUED, due_at__lte=now, **mine)
    return list(ready.order_by("due_at", "id").values_list("id", flat=True)[:limit])


def send(document_id: int) -> None:
    """Send a queued document if it may leave; nothing when another has it, or it is not due."""
    document = Document.objects.select_related("profile").filter(pk=document_id, state=_S.QUEUED).first()
    if document is None or not _may_leave(document.profile) or is_held():
        return
    if _stays_here(document):
        return
    heard: list[Exchange] = []
    try:
        client = client_for(document.profile, listener=heard.append)
    except PurveyorError as error:
        _not_ready(document, error)
        return
    attempt = _begin(document)
    if attempt is None:
        return
    failure = _talk(client, document, attempt, heard)
    # Only now: nothing may come between the reply and its storing.
    if isinstance(failure, PurveyorError):
        note_trouble(document.profile, failure)
    elif failure is None:
        clear_trouble(document.profile, "submitAcknowledgement")


def _may_leave(profile: Profile) -> bool:
    return profile.sending and profile.paused_at is None


def _stays_here(document: Document) -> bool:
    """Whether it does not leave: Amazon may show it already, which is looked up first; or it fits no more."""
    with suppress(Conflict):
        if may_be_shown(document):
            _lost_sight(document, document.profile, because="Amazon shows an answer by now, which may be this one.")
        elif (changed := outdated(document)) is not None:
            fail(document, changed, by=BY, because=str(changed["message"]))
        else:
            return False
    return True


def _not_ready(document: Document, error: PurveyorError) -> None:
    """There is no way to talk to Amazon yet: it stays queued and says why."""
    note_trouble(document.profile, error)
    again = clock.now() + Pace(document.profile.visibility_seconds).shortened(MENDING_SOONEST)
    Document.objects.filter(pk=document.pk, state=_S.QUEUED).update(problem=problem_of(error), due_at=again)


def _begin(document: Document) -> Attempt | None:
    """Claim the document and store the intent, committed before anything leaves; None when it is not ours to send."""
    lasts = Pace(document.profile.visibility_seconds).lease_seconds
    with transaction.atomic():
        now = clock.now()
        owner = claim(document, lasts, state=_S.QUEUED, due_at__lte=now, profile__sending=True)
        if owner is None or is_held():
            transaction.set_rollback(True)
            return None
        move(document, _S.SENDING, by=BY, holding=owner)
        document.lease_owner = owner
        return Attempt.objects.create(document=document, number=document.attempts.count() + 1, started_at=now)


def _talk(client: Client, document: Document, attempt: Attempt, heard: list[Exchange]) -> Exception | None:
    """The one POST, and its outcome stored. Whatever it raises is an outcome, except the end of this process itself."""
    failure: Exception | None = None
    left: list[bool] = []

    def leaving() -> None:
        _last_word(document)
        left.append(True)

    try:
        outcome = taken(submit_acknowledgement(client, bytes(document.body), leaving=leaving))
    except Exception as error:
        failure = error
        if not isinstance(error, PurveyorError):
            log.exception("Sending %s (document %s) broke in an unforeseen way.", document, document.pk)
            failure = (
                error if left else NotConnected("it broke before anything left", operation="submitAcknowledgement")
            )
        outcome = outcome_of(failure, _tries(document, attempt))
    _store(document, attempt, outcome, heard)
    return failure


def _store(document: Document, attempt: Attempt, outcome: Outcome, heard: list[Exchange]) -> None:
    """``_end``, and again where the database is away or busy for a moment: a transaction id that is lost means that the
    document is looked up, and where Amazon never shows it, that it goes once more."""
    for pause in PAUSES:
        try:
            _end(document, attempt, outcome, heard)
        except (OperationalError, InterfaceError):
            log.warning("What came of %s (document %s) could not be stored yet.", document, document.pk)
            connection.close_if_unusable_or_obsolete()
            clock.sleep(pause)
        else:
            return
    _end(document, attempt, outcome, heard)


def _last_word(document: Document) -> None:
    """Called just before the bytes leave: token and slot may have been waited for longer than the lease lasted, and
    who sends then sends what another worker may have sent; or a sweep may have shown meanwhile that it fits no more.
    Raises NotConnected, which proves that nothing left.

    The lease begins anew here, and is longer than the request itself can take.
    """
    until = clock.now() + seconds(Pace(document.profile.visibility_seconds).lease_seconds)
    mine = Document.objects.filter(pk=document.pk, lease_owner=document.lease_owner, state=_S.SENDING)
    if is_held() or outdated(document) is not None or not mine.filter(profile__sending=True).update(lease_until=until):
        raise NotConnected("it was kept here at the last moment", operation="submitAcknowledgement")


def _tries(document: Document, attempt: Attempt) -> int:
    """How many tries in a row did not arrive, this one included."""
    before = document.attempts.filter(number__lt=attempt.number).order_by("-number").values_list("outcome", flat=True)
    count = 1
    for outcome in before:
        if outcome != _S.QUEUED:
            break
        count += 1
    return count


def _end(document: Document, attempt: Attempt, outcome: Outcome, heard: list[Exchange]) -> None:
    """Store what came of it, if the document is still ours."""
    now = clock.now()
    done: dict[str, Any] = {
        "finished_at": now,
        "outcome": str(outcome.state),
        "status": outcome.status,
        "request_id": outcome.request_id,
        "exchange": _kept(heard),
    }
    try:
        with transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(**done)
            _move(document, attempt, outcome, now)
    except Conflict:
        Attempt.objects.filter(pk=attempt.pk).update(**done)
        _too_late(document, attempt, outcome)


def _move(document: Document, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    pace, owner = Pace(document.profile.visibility_seconds), document.lease_owner
    if outcome.state == _S.FAILED:
        fail(document, outcome.problem, by=BY, holding=owner)
        return
    changes: dict[str, Any] = FREE | {"problem": outcome.problem}
    if outcome.state == _S.QUEUED:
        changes |= {"due_at": now + pace.shortened(outcome.wait)}
    else:
        changes |= {"due_at": pace.next_look(now, now), "sent_at": attempt.started_at}
    if outcome.state == _S.SENT:
        changes |= {"transaction_id": outcome.transaction_id}
    why = str(outcome.problem.get("message", ""))
    move(document, outcome.state, by=BY, because=why, holding=owner, **changes)


def _too_late(document: Document, attempt: Attempt, outcome: Outcome) -> None:
    """Another took over while we waited. A transaction id proves that Amazon took it: never again by itself."""
    if outcome.state != _S.SENT:
        return
    Document.objects.filter(pk=document.pk, state__in=sorted(UNSETTLED), transaction_id="").update(
        transaction_id=outcome.transaction_id, sent_at=attempt.started_at
    )
    late = Document.objects.filter(pk=document.pk, state=_S.QUEUED).first()
    if late is not None:
        with suppress(Conflict):
            _lost_sight(late, document.profile, because="A late reply names a transaction.")


def _lost_sight(document: Document, profile: Profile, *, because: str, holding: str = "") -> None:
    """It may have left: to be looked up. Raises Conflict when somebody else was faster."""
    now = clock.now()
    last = document.attempts.order_by("number").last()
    due = Pace(profile.visibility_seconds).next_look(now, now)
    when: dict[str, Any] = {"due_at": due, "sent_at": last.started_at if last else document.sent_at}
    move(document, _S.UNKNOWN, by=BY, because=because, holding=holding, problem=died(), **when, **FREE)


def _kept(heard: list[Exchange]) -> dict[str, Any]:
    """The exchange that mattered, without secrets: the submission itself, else the last one before it."""
    if not heard:
        return {}
    told = next((e for e in reversed(heard) if e.operation == "submitAcknowledgement"), heard[-1])
    return {
        "operation": told.operation,
        "method": told.method,
        "url": told.url,
        "request": {"headers": dict(told.request_headers), "body": _text(told.request_body)},
        "status": told.status,
        "response": {"headers": dict(told.response_headers), "body": _text(told.response_body)},
        "seconds": round(told.seconds, 3),
        "error": told.error,
    }


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace").replace("\x00", "\ufffd")


def abandoned(now: datetime, limit: int) -> list[int]:
    """Documents being sent whose worker let its lease run out: it died, or hangs."""
    gone = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    found = Document.objects.filter(gone, state=_S.SENDING)
    return list(found.order_by("id").values_list("id", flat=True)[:limit])


def give_up_on(document_id: int) -> None:
    """Make an abandoned document *unknown*, to be looked up; nothing when its worker was faster."""
    now = clock.now()
    document = Document.objects.select_related("profile").filter(pk=document_id, state=_S.SENDING).first()
    if document is None or (document.lease_until is not None and document.lease_until > now):
        return
    with suppress(Conflict):
        _lost_sight(document, document.profile, because=str(died()["message"]), holding=document.lease_owner)
