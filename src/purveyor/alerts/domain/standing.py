"""What people do about alerts: take them, give them to others, talk about them, close those whose end nobody sees."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.alerts import kinds, queries
from purveyor.alerts.directory import Person, people
from purveyor.alerts.models import Alert, Comment
from purveyor.alerts.queries import Actor
from purveyor.alerts.raise_ import close_row
from purveyor.alerts.states import AlertState
from purveyor.audit.plain import clean
from purveyor.audit.secrecy import masked
from purveyor.audit.write import record
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict, Problem, Refused

TAKE = "alerts.take"
LONGEST_COMMENT = 2000


def take(who: Actor, number: int) -> Alert:
    """Look after an alert, also one that somebody else took; taking one's own again changes nothing.

    Raises NotFound, Denied, and Conflict when it is closed.
    """
    found = _mine(who, number)
    if found.state != AlertState.TAKEN or found.taken_by != who.name:
        move(found, AlertState.TAKEN, by=who.name, action="alert.taken", taken_by=who.name)
    return found


def assign(who: Actor, number: int, name: str) -> Alert:
    """Have somebody look after an alert who may see it; to whom it belongs already changes nothing.

    Raises NotFound, Denied, Refused for a person who may not see it, and Conflict when it is closed.
    """
    found = _mine(who, number)
    person = people().named(name)
    if person is None or person not in assignable(found):
        said = _("There is nobody %(name)s who may see this alert.") % {"name": name}
        raise Refused(said, [Problem(said, where="person")])
    taken_by = f"user:{person.name}"
    if found.state != AlertState.TAKEN or found.taken_by != taken_by:
        move(found, AlertState.TAKEN, by=who.name, action="alert.assigned", taken_by=taken_by)
    return found


def assignable(alert: Alert) -> list[Person]:
    """Those an alert can be given to: who may see it."""
    return people().who_may(queries.VIEW, alert.profile_id)


def comment(who: Actor, number: int, text: str) -> Comment:
    """Say something about an alert, also a closed one. Raises NotFound, Denied, Refused for no or too much text."""
    found = queries.one(who, number)
    who.require(TAKE, found.profile)
    text = clean(text).strip()
    if not text or len(text) > LONGEST_COMMENT:
        said = _("Say something, in at most %(count)d characters.") % {"count": LONGEST_COMMENT}
        raise Refused(said, [Problem(said, where="text")])
    with transaction.atomic():
        made = Comment.objects.create(alert=found, by=who.name, text=text, at=clock.now())
        record("alert.commented", by=who.name, obj=found, new={"text": masked(text)})
    return made


def close(who: Actor, number: int, because: str = "") -> Alert:
    """Close an alert by hand. Raises NotFound, Denied, and Conflict when it is closed or closes by itself."""
    found = _mine(who, number)
    kind = kinds.find(found.kind)
    if not kind.by_hand:
        said = _("This alert closes by itself: %(ends)s") % {"ends": kind.ends}
        raise Conflict(said, code="closes-by-itself", hint=found.advice)
    close_row(found, by=who.name, because=because)
    return found


def _mine(who: Actor, number: int) -> Alert:
    found = queries.one(who, number)
    who.require(TAKE, found.profile)
    if found.state == AlertState.CLOSED:
        raise Conflict(_("This alert is closed already."))
    return found
