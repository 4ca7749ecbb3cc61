"""What people do about alerts: take them, and close those whose end the hub cannot see."""

from __future__ import annotations

from django.utils.translation import gettext as _

from purveyor.alerts import kinds, queries
from purveyor.alerts.models import Alert
from purveyor.alerts.queries import Actor
from purveyor.alerts.raise_ import close_row
from purveyor.alerts.states import AlertState
from purveyor.base.transition import move
from purveyor.common.errors import Conflict

TAKE = "alerts.take"


def take(who: Actor, number: int) -> Alert:
    """Look after an alert, also one that somebody else took; taking one's own again changes nothing.

    Raises NotFound, Denied, and Conflict when it is closed.
    """
    found = _mine(who, number)
    if found.state != AlertState.TAKEN or found.taken_by != who.name:
        move(found, AlertState.TAKEN, by=who.name, action="alert.taken", taken_by=who.name)
    return found


def close(who: Actor, number: int, because: str = "") -> Alert:
    """Close an alert by hand. Raises NotFound, Denied, and Conflict when it is closed or closes by itself."""
    found = _mine(who, number)
    kind = kinds.find(found.kind)
    if not kind.by_hand:
        said = _("This alert closes by itself: %(ends)s") % {"ends": kind.ends}
        raise Conflict(said, code="closes-by-itself", hint=found.hint)
    close_row(found, by=who.name, because=because)
    return found


def _mine(who: Actor, number: int) -> Alert:
    found = queries.one(who, number)
    who.require(TAKE, found.profile)
    if found.state == AlertState.CLOSED:
        raise Conflict(_("This alert is closed already."))
    return found
