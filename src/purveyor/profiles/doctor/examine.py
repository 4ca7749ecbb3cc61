"""The examination: every step in its order, until going on is senseless. No database, nothing changed at Amazon."""

from __future__ import annotations

from collections.abc import Callable

from purveyor.amazon.limits import Limiter
from purveyor.base.phrase import Phrase, _
from purveyor.common.errors import PurveyorError
from purveyor.profiles.doctor import account, login, network, operations, stored
from purveyor.profiles.doctor.connection import Connection
from purveyor.profiles.doctor.report import Check, Report
from purveyor.profiles.doctor.visit import Visit

Step = Callable[[Visit, Check], Check]

STEPS: tuple[tuple[str, Callable[[], Phrase], Step], ...] = (
    (
        "secrets",
        lambda: _("Open client id, client secret and refresh token and look at their shapes."),
        stored.check,
    ),
    ("network", lambda: _("Reach the login address and the API over the network."), network.check),
    ("clock", lambda: _("Compare our clock with Amazon's."), network.check_clock),
    ("login", lambda: _("Exchange the secrets for a new access token."), login.check),
    ("orders", lambda: _("Ask for the purchase orders of the last days."), operations.orders),
    ("order", lambda: _("Read one order in full: is this the right account?"), account.check),
    ("status", lambda: _("Ask for the status of the orders of the last day."), operations.status),
    ("transactions", lambda: _("Ask what became of an earlier answer."), operations.transactions),
)
NAMES = tuple(name for name, _tried, _step in STEPS)


def examine(connection: Connection, *, limiter: Limiter | None = None) -> Report:
    """Examine a connection. ``limiter`` is the shared one of a stored profile; else the limits are counted here.

    Raises nothing that Amazon or the way there may do: that is what the report tells of.
    """
    visit = Visit(connection, limiter)
    return _report(visit, [_one(visit, *step) for step in STEPS])


def unopened(error: PurveyorError) -> Report:
    """The report of a profile whose secrets are missing or do not open: nothing could be asked."""
    first, *rest = (Check(name, tried()) for name, tried, _step in STEPS)
    hint = Phrase(error.hint) or _("What helps: %(remedy)s.") % {"remedy": error.remedy}
    bad = first.bad(_("Nothing was asked of Amazon."), Phrase(error.message), hint, code=error.code)
    return Report((bad, *(_skipped(check) for check in rest)), error=error)


def _one(visit: Visit, name: str, tried: Callable[[], Phrase], step: Step) -> Check:
    begun = Check(name, tried())
    return _skipped(begun) if visit.over else step(visit, begun)


def _skipped(check: Check) -> Check:
    return check.ended(check.state, means=_("Not tried, since an earlier step failed."))


def _report(visit: Visit, checks: list[Check]) -> Report:
    return Report(tuple(checks), visit.seen, visit.worked_slot, tuple(visit.opened), visit.error)
