"""Notices go out: those of one route and one person together, each alert once, as it stands when it is told.

Whoever holds a route's lease tells. Sent first, stored then: a worker that dies in between tells it again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import override

from purveyor.alerts import backoff
from purveyor.alerts.deliver import SHOWN, Said
from purveyor.alerts.directory import Person, people
from purveyor.alerts.message import compose
from purveyor.alerts.models import Alert, Notice, Route, Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.alerts.route import VIEW, cause_of
from purveyor.alerts.sinks import SINKS
from purveyor.alerts.states import NoticeState
from purveyor.base.phrase import _
from purveyor.common import clock
from purveyor.common.errors import Remedy
from purveyor.jobs import lease

LEASE_SECONDS = 300
MOST = 200
"""So many notices are told at once; the rest follows."""
TOLD_AFTER = 3


def due(now: datetime, limit: int) -> list[int]:
    """The routes that have something to tell and are held by nobody. One that is off tells nothing."""
    waiting = Notice.objects.filter(route=OuterRef("pk"), state=NoticeState.WAITING, due_at__lte=now)
    found = Route.objects.filter(lease.is_free(now), Exists(waiting), on=True)
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])


def tell_due(route_id: int) -> int:
    """Tell what is due of one route; answers how many notices were told."""
    owner = lease.claim((Route, route_id), LEASE_SECONDS, on=True)
    if owner is None:
        return 0
    told = 0
    try:
        route = Route.objects.select_related("webhook", "profile").get(pk=route_id)
        for person, notices in _groups(route):
            if not lease.renew((Route, route_id), owner, LEASE_SECONDS):
                break
            told += _tell(route, person, notices)
    finally:
        lease.give_back((Route, route_id), owner)
    return told


def _groups(route: Route) -> list[tuple[int | None, list[Notice]]]:
    """What is due, by the person it is for."""
    found = route.notices.filter(state=NoticeState.WAITING, due_at__lte=clock.now())
    rows = list(found.select_related("alert__profile").order_by("due_at", "pk")[:MOST])
    rows.sort(key=lambda one: (one.person_id or 0, one.pk))
    return [(key, list(group)) for key, group in groupby(rows, key=lambda one: one.person_id)]


def _tell(route: Route, key: int | None, notices: Sequence[Notice]) -> int:
    person = next(iter(people().of([key])), None) if key is not None else None
    alerts = list({one.alert_id: one.alert for one in notices}.values())
    if route.sink == "mail":
        alerts = _visible(person, alerts)
    if not alerts:
        _drop(notices)
        return 0
    with override(person.language if person else settings.LANGUAGE_CODE):
        said = SINKS[route.sink].send(route, person, compose(alerts))
    _store(notices, said)
    _stand(route, notices, said)
    return len(notices) if said.ok else 0


def _visible(person: Person | None, alerts: Sequence[Alert]) -> list[Alert]:
    """What somebody may still see: rights may have gone since it was noted."""
    theirs = {key for key in {one.profile_id for one in alerts} if person in people().who_may(VIEW, key)}
    return [one for one in alerts if one.profile_id in theirs]


def _drop(notices: Sequence[Notice]) -> None:
    """Nobody may be told any more."""
    _rows(notices).update(state=str(NoticeState.DROPPED), error="Nobody is left who may see it.")


def _store(notices: Sequence[Notice], said: Said) -> None:
    now = clock.now()
    error = (said.error or f"{said.status or ''} {said.answer}".strip())[:SHOWN]
    with transaction.atomic():
        if said.ok:
            _rows(notices).update(state=str(NoticeState.TOLD), told_at=now, error="")
            return
        for one in notices:
            changes: dict[str, Any] = {"tries": one.tries + 1, "error": error}
            if changes["tries"] >= backoff.MOST_TRIES:
                changes["state"] = str(NoticeState.DROPPED)
            else:
                changes["due_at"] = now + backoff.delay(changes["tries"], random.random())
            _rows([one]).update(**changes)


def _rows(notices: Sequence[Notice]) -> Any:
    return Notice.objects.filter(pk__in=[one.pk for one in notices], state=NoticeState.WAITING)


def _stand(route: Route, notices: Sequence[Notice], said: Said) -> None:
    if said.ok:
        close_alert(cause_of(route), "The route gets through again.")
    elif max(one.tries for one in notices) + 1 >= TOLD_AFTER:
        raise_alert(
            cause_of(route),
            kind="route.failing",
            severity=Severity.WARN,
            message=_("Route %(name)s does not get through.") % {"name": route.name},
            hint=_("Test it on its page and mend what the other side says."),
            remedy=Remedy.MEND_SETTINGS,
            profile_id=route.profile_id,
        )
