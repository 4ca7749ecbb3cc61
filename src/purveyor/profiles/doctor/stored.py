"""The first step: are all values there, and do they look like what they should be?"""

from __future__ import annotations

from purveyor.base.phrase import _
from purveyor.common import clock
from purveyor.profiles import shapes
from purveyor.profiles.doctor.report import Check
from purveyor.profiles.doctor.visit import Visit
from purveyor.profiles.rotation import LIFE


def check(visit: Visit, begun: Check) -> Check:
    """Bad where a value is missing or of another field's shape; a warning where one looks unusual or is old."""
    connection = visit.connection
    newest = connection.client_secrets[0] if connection.client_secrets else ""
    given = {
        shapes.CLIENT_ID: connection.client_id,
        shapes.CLIENT_SECRET: newest,
        shapes.REFRESH_TOKEN: connection.refresh_token,
    }
    found = [shapes.problem_of(name, value) for name, value in given.items()]
    problems = [f"{problem.where}: {problem.message}" for problem in found if problem is not None]
    if problems:
        visit.over = True
        do = _("Copy the values again from Vendor Central and store them in their own fields.")
        return begun.bad(_("Nothing was asked of Amazon."), " ".join(problems), do)
    return _doubts(visit, begun, newest)


def _doubts(visit: Visit, begun: Check, newest: str) -> Check:
    doubt = shapes.doubt_about_secret(newest)
    if doubt:
        return begun.warn(_("All values are there."), doubt, _("Nothing yet: the next steps tell."))
    issued = visit.connection.evidence.secret_issued_at
    days = (clock.now() - issued).days if issued else 0
    if days >= LIFE.days - 14:
        means = _("The client secret is %(days)d days old. Amazon ends one after 180 days.") % {"days": days}
        do = _("Rotate the secret under LWA credentials, View, and store the new one here.")
        return begun.warn(_("All values are there."), means, do)
    return begun.good(_("All values are there and look right."))
