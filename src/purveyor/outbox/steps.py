"""What a look at Amazon means for a document: the next step. Pure: facts and a look in, a step out.

A document that was sent is followed until the status shows it; one whose fate is unknown is looked up until it is known
to have arrived, or the visibility time has shown that it did not. Only that proof lets the same bytes go again, only
for a document that Amazon never confirmed with a transaction id, and only for acknowledgements, where a later one
replaces an earlier one (FACTS §3.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from purveyor.base.phrase import _
from purveyor.common.errors import Remedy
from purveyor.outbox.judge import NOTHING, Status, Verdict, ours_of
from purveyor.outbox.look import Look
from purveyor.outbox.problems import Problem, cannot_tell, differs, never_shown, problem_of, refused, too_often
from purveyor.outbox.states import DocumentState
from purveyor.outbox.timing import Pace

MOST_ATTEMPTS = 5
_S = DocumentState


@dataclass(frozen=True, slots=True)
class Facts:
    """What the step depends on besides the look. ``since`` is when it was sent, or when sight of it was lost."""

    state: str
    since: datetime
    body: bytes
    transaction_id: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Step:
    """Where to go (None: stay), what to say (None: what was said before), and when to come back."""

    state: DocumentState | None
    problem: Problem | None = field(default_factory=dict)
    due_at: datetime | None = None
    because: str = ""


def after_sending(facts: Facts, found: Look, pace: Pace, now: datetime) -> Step:
    """The next step of a document that Amazon took with a transaction id."""
    again = pace.next_look(facts.since, now)
    ended = _ended(facts, found)
    if ended:
        return ended
    if found.trouble is not None:
        lasts = found.trouble.remedy != Remedy.WAIT
        return Step(None, problem_of(found.trouble) if lasts else {}, again)
    if now >= pace.visible_at(facts.since) and found.verdict == Verdict.DIFFERS:
        return _ask(differs(_differences(facts.body, found.shown)), now + pace.visibility)
    if now >= pace.patient_until(facts.since):
        return _ask(never_shown(facts.transaction_id), now + pace.visibility)
    good = found.transaction is not None and found.transaction.known_status == "Success"
    if facts.state == _S.SENT and (good or now >= pace.presumed_at(facts.since)):
        return Step(_S.PRESUMED, {}, again, _("Processing without a failure is Amazon's good end."))
    return Step(None, {}, again)


def after_losing_sight(facts: Facts, found: Look, pace: Pace, now: datetime) -> Step:
    """The next step of a document of which nobody knows whether it arrived, or about which a person was asked."""
    again = pace.next_look(facts.since, now)
    ended = _ended(facts, found)
    if ended:
        return ended
    if found.trouble is not None or facts.state == _S.ASKED:
        return Step(None, None, max(again, now + pace.visibility) if facts.state == _S.ASKED else again)
    # An order that is not shown at all may be shown again: Amazon's lists have holes for a while (FACTS §11 row 5).
    patient = facts.transaction_id or found.shown is None
    until = pace.patient_until(facts.since) if patient else pace.visible_at(facts.since)
    if now < until:
        return Step(None, None, min(again, until))
    return _without_arrival(facts, found, now, now + pace.visibility)


def _ended(facts: Facts, found: Look) -> Step | None:
    """The two ways a look ends it: the status shows it (even where a transaction says otherwise), or Amazon refused."""
    if found.verdict == Verdict.ARRIVED:
        return Step(_S.VERIFIED, because=_("The order's status at Amazon shows this answer."))
    if found.refused and found.transaction is not None:
        said = refused(found.transaction.errors, facts.transaction_id)
        return Step(_S.FAILED, said, because=str(said["message"]))
    return None


def _without_arrival(facts: Facts, found: Look, now: datetime, later: datetime) -> Step:
    if found.verdict == Verdict.DIFFERS:
        return _ask(differs(_differences(facts.body, found.shown)), later)
    if facts.transaction_id:
        return _ask(never_shown(facts.transaction_id), later)
    if found.verdict != Verdict.UNCHANGED:
        return _ask(cannot_tell(), later)
    if facts.attempts >= MOST_ATTEMPTS:
        return _ask(too_often(facts.attempts), later)
    return Step(_S.QUEUED, {}, now, _("The order's status is unchanged after the visibility time: it did not arrive."))


def _ask(problem: Problem, later: datetime) -> Step:
    return Step(_S.ASKED, problem, later, str(problem["message"]))


def _differences(body: bytes, shown: Status | None) -> Iterator[str]:
    for number, (confirmed, rejected) in ours_of(body).lines.items():
        there = (shown or {}).get(number, NOTHING)
        if there.quantities != (confirmed, rejected):
            words = {
                "line": number,
                "ours": confirmed,
                "no": rejected,
                "theirs": there.accepted,
                "their_no": there.rejected,
            }
            yield (
                _("line %(line)s: ours %(ours)d confirmed and %(no)d rejected, Amazon's %(theirs)d and %(their_no)d")
                % words
            )
