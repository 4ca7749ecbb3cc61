"""Alerts are opened here, once per cause, and closed when the cause is gone. Raising the same again costs one read.

Call it outside of transactions or inside the one that notices the cause; both are right.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from purveyor.alerts import kinds
from purveyor.alerts.models import Alert, Severity
from purveyor.alerts.queries import standing
from purveyor.alerts.route import CLOSED, OPENED, WORSE, note
from purveyor.alerts.states import AlertState
from purveyor.audit.secrecy import masked
from purveyor.audit.write import record
from purveyor.base.phrase import Phrase, for_audit, kept
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict

BY = "system:alerts"
TRIES = 10
_WORDS = ("severity", "message", "hint", "told", "remedy", "profile_id")


def raise_alert(
    cause: str,
    *,
    kind: str,
    severity: str,
    message: Phrase,
    hint: Phrase | None = None,
    remedy: str = "",
    profile_id: int | None = None,
    request_id: str = "",
) -> Alert:
    """Open an alert, or put other words and another severity into the one of this cause that stands already.

    What is said is read in every language: ``message`` and ``hint`` are phrases, their numbers filled in by name. One
    that a person took and that became worse is open again. Another request id alone changes nothing. Raises
    UnknownKind for a kind that is not in the table (``alerts.kinds``), ValueError for a severity that is none, and
    TypeError for a finished sentence.
    """
    kinds.find(kind)
    words = {"severity": str(Severity(severity)), "remedy": str(remedy), "profile_id": profile_id}
    words |= _kept(message, Phrase("") if hint is None else hint)
    for left in reversed(range(TRIES)):
        found = standing(cause).first()
        try:
            if found is None:
                return _open(cause, kind, words | {"request_id": request_id})
            _reword(found, words, request_id)
            return found
        except (IntegrityError, Conflict):
            if not left:
                raise
            # Somebody else was faster: look again.
    raise AssertionError("the last try answers or raises")


def says(alert: Alert | None, severity: str, message: Phrase) -> bool:
    """Whether an alert says just this already. Asks nothing."""
    return alert is not None and alert.severity == str(severity) and alert.told.get("message") == kept(message)


def close_alert(cause: str, because: str) -> bool:
    """The cause is gone: close its alert; False when none stands."""
    while found := standing(cause).first():
        try:
            close_row(found, by=BY, because=because)
        except Conflict:
            continue  # taken or closed meanwhile: look again
        return True
    return False


def close_row(alert: Alert, *, by: str, because: str) -> None:
    """Close this alert. Raises Conflict when somebody else was faster."""
    with transaction.atomic():
        move(alert, AlertState.CLOSED, by=by, because=because, action="alert.closed", closed_at=clock.now())
        note(alert, CLOSED)


def _kept(message: Phrase, hint: Phrase) -> dict[str, Any]:
    for text in (message, hint):
        if not isinstance(text, Phrase):
            raise TypeError(f"an alert is told in phrases (base.phrase), not in a finished sentence: {text!r}")
    told = {"message": kept(message), "hint": kept(hint)}
    return {"message": for_audit(message), "hint": for_audit(hint), "told": told}


def _open(cause: str, kind: str, words: dict[str, Any]) -> Alert:
    now = clock.now()
    stamps = {"state_at": now, "opened_at": now, "updated_at": now}
    with transaction.atomic():
        made = Alert.objects.create(cause=cause, kind=kind, **words, **stamps)
        record("alert.opened", by=BY, obj=made, new={"kind": kind} | _told(words))
        note(made, OPENED)
    return made


def _reword(alert: Alert, words: dict[str, Any], request_id: str) -> None:
    old = {name: getattr(alert, name) for name in _WORDS}
    if old == words:
        return
    was = {name: value for name, value in old.items() if name != "told"}
    changes = words | {"request_id": request_id, "updated_at": clock.now()}
    worse = _rank(words["severity"]) > _rank(alert.severity)
    if worse and alert.state == AlertState.TAKEN:
        with transaction.atomic():
            move(alert, AlertState.OPEN, by=BY, action="alert.worsened", taken_by="", **changes)
            note(alert, WORSE)
        return
    with transaction.atomic():
        if not Alert.objects.filter(pk=alert.pk, state=alert.state, **was).update(**changes):
            raise Conflict("the alert changed meanwhile")
        record("alert.changed", by=BY, obj=alert, old=_told(old), new=_told(words))
        for name, value in changes.items():
            setattr(alert, name, value)
        if worse:
            note(alert, WORSE)


def _told(words: dict[str, Any]) -> dict[str, str]:
    return {"severity": words["severity"], "message": masked(words["message"])}


def _rank(severity: str) -> int:
    return Severity.values.index(severity)
