"""What a person decides about documents: resolve, withdraw, hold, release; and what a restore does to all of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from purveyor.audit.write import record
from purveyor.base.phrase import _
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, Refused, Remedy
from purveyor.jobs.lease import FREE
from purveyor.jobs.nudge import nudge
from purveyor.outbox.enqueue import enqueue, shown_on, undocumented
from purveyor.outbox.judge import baseline_of
from purveyor.outbox.models import Document, Hold
from purveyor.outbox.problems import problem, restored
from purveyor.outbox.settle import fail, verify
from purveyor.outbox.states import UNSETTLED, DocumentState
from purveyor.outbox.timing import Pace
from purveyor.people.who import Who

ARRIVED, RESEND, GIVE_UP = "arrived", "resend", "give up"
VERDICTS = (ARRIVED, RESEND, GIVE_UP)
RESTORE, RESTORING = "system:restore", "system:restoring"
FURTHEST, SKEW = timedelta(hours=1), timedelta(minutes=5)
_MOMENTS = ("state", "state_at", "sent_at", "due_at", "profile__visibility_seconds")
_S = DocumentState


def resolve(who: Who, document_id: int, verdict: str, because: str) -> Document:
    """Decide about a document nobody else can tell about: ``arrived``, ``resend`` the same bytes, or ``give up``.

    Raises NotFound, Denied (``documents.resolve``), Refused without a reason or for another word, Conflict when no
    decision is asked for any more.
    """
    document = _mine(who, document_id)
    who.require("documents.resolve", document.profile)
    if verdict not in VERDICTS:
        raise Refused(_("One of %(words)s is expected.") % {"words": ", ".join(VERDICTS)})
    if not because.strip():
        raise Refused(_("Say why: it is written down."), [Problem(_("Say why: it is written down."), where="because")])
    if document.state != _S.ASKED:
        raise Conflict(
            _("No decision is asked for: the document is %(state)s.") % {"state": document.state},
            hint=_("Look at it again."),
        )
    with transaction.atomic():
        record("document.resolved", by=who.name, obj=document, new={"verdict": verdict}, because=because)
        _carry_out(who, document, verdict, because)
    return document


def _carry_out(who: Who, document: Document, verdict: str, because: str) -> None:
    if verdict == ARRIVED:
        verify(document, by=who.name, because=because)
    elif verdict == RESEND:
        _again(who, document, because)
    else:
        fail(document, _given_up(because), by=who.name, because=because)


def _again(who: Who, document: Document, because: str) -> None:
    """The same bytes go once more. What Amazon shows at this moment is what the next look compares with."""
    order = document.acknowledgement.order if hasattr(document, "acknowledgement") else None
    changes: dict[str, Any] = {"problem": {}, "due_at": clock.now(), "transaction_id": ""} | FREE
    if order is not None:
        changes["baseline"] = baseline_of(shown_on(order))
    move(document, _S.QUEUED, by=who.name, because=because, **changes)
    nudge("outbox.send", document.pk)


def _given_up(because: str) -> dict[str, Any]:
    return problem(
        "given-up", _("Given up: %(why)s") % {"why": because}, Remedy.MEND_DATA, hint=_("Answer the order anew.")
    )


def withdraw(who: Who, document_id: int, because: str = "") -> Document:
    """Take a queued document back before it leaves; its order can be answered anew.

    Raises NotFound, Denied (``orders.acknowledge``), Conflict when it has left or is leaving.
    """
    document = _mine(who, document_id)
    who.require("orders.acknowledge", document.profile)
    if document.state != _S.QUEUED:
        raise Conflict(
            _("It cannot be withdrawn any more: the document is %(state)s.") % {"state": document.state},
            hint=_("Look at it again."),
        )
    says = problem("withdrawn", _("Withdrawn before it left."), Remedy.MEND_DATA, hint=_("Answer the order anew."))
    fail(document, says, by=who.name, because=because or str(says["message"]))
    return document


def _mine(who: Who, document_id: int) -> Document:
    document = Document.objects.select_related("profile").filter(pk=document_id).first()
    if document is None or not who.may("documents.view", document.profile):
        raise NotFound(_("There is no such document."))
    return document


def current_hold() -> Hold | None:
    """The hold on sending that stands, if any."""
    return Hold.objects.filter(released_at=None).order_by("-id").first()


def hold(by: str, reason: str) -> Hold:
    """Hold sending for the whole installation; answers the hold that stands already, if any. ``by`` as in the audit."""
    with transaction.atomic():
        found = current_hold()
        if found is None:
            found = Hold.objects.create(reason=reason, by=by, at=clock.now())
            record("sending.held", by=by, obj=found, name="sending", because=reason)
    return found


def hold_sending(who: Who, reason: str) -> Hold:
    """``hold`` by a person. Raises Denied (``profiles.send`` on every profile)."""
    who.require("profiles.send")
    return hold(who.name, reason)


def release_hold(who: Who, because: str = "") -> int:
    """Let sending go on; how many holds stood. Raises Denied (``profiles.send`` on every profile)."""
    who.require("profiles.send")
    with transaction.atomic():
        standing = list(Hold.objects.filter(released_at=None))
        if any(found.by == RESTORING for found in standing):
            said = _("A restore did not come to its end, so what was sent since the backup is not known.")
            raise Conflict(said, hint=_("Run purveyor restore again."))
        for found in standing:
            record("sending.released", by=who.name, obj=found, name="sending", because=because)
        Hold.objects.filter(pk__in=[h.pk for h in standing]).update(released_at=clock.now(), released_by=who.name)
    return len(standing)


def after_restore() -> int:
    """What a restored database does first: nothing leaves, and whatever was not settled may have left since.

    Sending is held. Decided answers get their documents, then every unsettled document becomes *unknown* and is looked
    up before anything leaves; only those asked of a person stay so. Answers how many became unknown.
    """
    reason = _("Restored from a backup: what was under way is looked up first.")
    hold(RESTORE, reason)
    for acknowledgement_id in undocumented(clock.now(), 1_000_000):
        enqueue(acknowledgement_id)
    wait = sorted(UNSETTLED - {_S.UNKNOWN, _S.ASKED})
    found = list(Document.objects.select_related("profile").filter(state__in=wait))
    for document in found:
        now = clock.now()
        due = Pace(document.profile.visibility_seconds).next_look(now, now)
        because = str(restored()["message"])
        move(document, _S.UNKNOWN, by=RESTORE, because=because, problem=restored(), due_at=due, **FREE)
    start_over()
    with transaction.atomic():
        if Hold.objects.filter(by=RESTORING, released_at=None).delete()[0]:
            hold(RESTORE, reason)
    return len(found)


def pull_back(now: datetime) -> None:
    """Bring near what a clock that ran ahead has put further away than any step is."""
    ahead = Document.objects.select_related("profile").filter(state__in=sorted(UNSETTLED))
    for document in ahead.filter(Q(due_at__gt=now) | Q(state_at__gt=now) | Q(sent_at__gt=now)).only(*_MOMENTS):
        furthest = now + Pace(document.profile.visibility_seconds).visibility + FURTHEST
        wrong = {n for n in ("state_at", "sent_at") if (at := getattr(document, n)) is not None and at > now + SKEW}
        if document.due_at is not None and document.due_at > furthest:
            wrong.add("due_at")
        if wrong:
            Document.objects.filter(pk=document.pk, state=document.state).update(**dict.fromkeys(wrong, now))


def start_over() -> None:
    """Documents of unknown fate wait their whole visibility time anew: they too may have left since, or the clock by
    which the time went by has jumped."""
    now = clock.now()
    Document.objects.filter(state=_S.UNKNOWN).update(state_at=now, due_at=now, **FREE)
