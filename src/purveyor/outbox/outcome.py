"""What a try at sending means for the document. Pure: a reply or an error in, the next state out.

202 with a transaction id                         sent
no connection, 429, login trouble that passes     queued again, soon: proof that nothing arrived; normal weather
login refused, 401, 403                           queued again, later: nothing arrived, somebody mends the settings
400, 404, 413, 415                                failed: Amazon refused the document itself
reply lost, 5xx, unreadable, anything else        unknown: looked up, never blindly repeated
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from purveyor.amazon.errors import AmazonError, Forbidden, LoginError, arrived
from purveyor.amazon.operations.orders import Submitted
from purveyor.common.errors import PurveyorError, Remedy
from purveyor.outbox.problems import Problem, lost, problem_of
from purveyor.outbox.states import DocumentState

SOONEST, LATEST = timedelta(seconds=2), timedelta(minutes=5)
MENDING_SOONEST, MENDING_LATEST = timedelta(minutes=1), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the document goes, and what is to be kept. ``wait`` is how long until it is tried again."""

    state: DocumentState
    transaction_id: str = ""
    problem: Problem = field(default_factory=dict)
    status: int | None = None
    request_id: str = ""
    wait: timedelta = timedelta(0)


def taken(reply: Submitted) -> Outcome:
    """A 202. One without a transaction id proves nothing (FACTS §11 row 3): the reader calls it Unreadable."""
    return Outcome(DocumentState.SENT, reply.transaction_id, {}, reply.status, reply.request_id)


def outcome_of(error: BaseException, tries: int) -> Outcome:
    """An error on the way. ``tries`` counts the tries in a row that did not arrive, this one included."""
    status, request_id = (error.status or None, error.request_id) if isinstance(error, AmazonError) else (None, "")
    if not isinstance(error, PurveyorError):
        error = PurveyorError(f"an unforeseen {type(error).__name__}")
    if arrived(error) is not False:
        return Outcome(DocumentState.UNKNOWN, "", lost(error), status, request_id)
    if isinstance(error, Forbidden | LoginError) and error.remedy != Remedy.WAIT:
        wait = _longer(MENDING_SOONEST, MENDING_LATEST, tries)
        return Outcome(DocumentState.QUEUED, "", problem_of(error), status, request_id, wait)
    if error.remedy == Remedy.WAIT:
        return Outcome(DocumentState.QUEUED, "", {}, status, request_id, _longer(SOONEST, LATEST, tries))
    return Outcome(DocumentState.FAILED, "", problem_of(error), status, request_id)


def _longer(soonest: timedelta, latest: timedelta, tries: int) -> timedelta:
    doubled: int = 2 ** max(0, min(tries - 1, 20))
    return min(latest, soonest * doubled)
