"""What is wrong with a document, as ``Document.problem`` keeps it: our words, Amazon's, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from purveyor.amazon.errors import Said
from purveyor.base.phrase import _, phrase, stored
from purveyor.common import clock
from purveyor.common.errors import PurveyorError, Remedy
from purveyor.common.windows import zulu

Problem = dict[str, Any]


def problem(
    code: str, message: str, remedy: Remedy, *, hint: str = "", said: Iterable[str] = (), request_id: str = ""
) -> Problem:
    """A problem found just now. ``Document.said_problem`` reads it."""
    return stored(
        {
            "code": code,
            "message": message,
            "remedy": str(remedy),
            "hint": hint,
            "said": [words for words in said if words],
            "request_id": request_id,
            "at": zulu(clock.now()),
        }
    )


def problem_of(error: PurveyorError) -> Problem:
    """An error of ours or Amazon's as a problem."""
    told = error.as_dict()
    return problem(
        error.code,
        error.message,
        error.remedy,
        hint=error.hint,
        said=told.get("said", ()),
        request_id=str(told.get("request_id", "")),
    )


def lost(error: PurveyorError) -> Problem:
    """Nobody knows yet whether it arrived; it is being looked up."""
    told = error.as_dict()
    return problem(
        "outcome-unknown",
        _("Whether this arrived is not known yet: %(why)s") % {"why": phrase(error.message)},
        Remedy.WAIT,
        hint=_("Nothing to do: the order's status is looked up before anything is sent again."),
        said=told.get("said", ()),
        request_id=str(told.get("request_id", "")),
    )


def died() -> Problem:
    """The worker that was sending it is gone."""
    return problem(
        "outcome-unknown",
        _("The worker stopped while this was being sent, so whether it arrived is not known yet."),
        Remedy.WAIT,
        hint=_("Nothing to do: the order's status is looked up before anything is sent again."),
    )


def restored() -> Problem:
    """It comes out of a backup."""
    return problem(
        "restored",
        _("This comes out of a backup: it may have been sent since."),
        Remedy.WAIT,
        hint=_("Nothing to do: the order's status is looked up before anything leaves."),
    )


def refused(said: Iterable[Said], transaction_id: str) -> Problem:
    """The transaction ended in Failure; often without a reason worth the name (FACTS §11 row 13)."""
    words = [str(entry) for entry in said if entry.message or entry.details or entry.code not in ("", "NotAvailable")]
    if words:
        return problem(
            "refused-by-amazon",
            _("Amazon refused this after taking it: %(words)s") % {"words": "; ".join(dict.fromkeys(words))},
            Remedy.MEND_DATA,
            hint=_("Mend what Amazon names, then answer the order again."),
            said=[str(entry) for entry in said],
        )
    return problem(
        "refused-without-reason",
        _("Amazon refused this after taking it and gave no reason."),
        Remedy.ASK_AMAZON,
        hint=_("Check the answer in Vendor Central; else open a case with transaction %(id)s.")
        % {"id": transaction_id},
        said=[str(entry) for entry in said],
    )


def never_shown(transaction_id: str) -> Problem:
    """Amazon took it with a transaction id, but its status does not show it (FACTS §11 row 2)."""
    return problem(
        "never-shown",
        _("Amazon took this but never showed it."),
        Remedy.ASK_AMAZON,
        hint=_("Look in Vendor Central; if it is not there, open a case with transaction %(id)s, then decide here.")
        % {"id": transaction_id},
    )


def cannot_tell() -> Problem:
    """The status gives no proof either way."""
    return problem(
        "cannot-tell",
        _("Whether this arrived cannot be told from what Amazon shows."),
        Remedy.ASK_AMAZON,
        hint=_("Look at the order in Vendor Central, then decide here."),
    )


def too_often(attempts: int) -> Problem:
    """It was sent again and again, and never arrived."""
    return problem(
        "tried-too-often",
        _("This was sent %(count)d times and never arrived.") % {"count": attempts},
        Remedy.ASK_AMAZON,
        hint=_("Look at the order in Vendor Central, then decide here."),
    )


def differs(lines: Iterable[str]) -> Problem:
    """The status shows another answer than ours."""
    return problem(
        "shows-another-answer",
        _("Amazon shows another answer than this one: %(lines)s.") % {"lines": "; ".join(lines)},
        Remedy.ASK_AMAZON,
        hint=_("Somebody may have answered elsewhere. Look in Vendor Central, then decide here."),
    )
