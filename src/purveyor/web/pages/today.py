"""Today: what is due, what failed, what waits, and the one button for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from purveyor.alerts import queries as alerts
from purveyor.alerts.models import Alert
from purveyor.common import clock
from purveyor.common.errors import Remedy
from purveyor.intake.models import Aside
from purveyor.jobs.models import Run
from purveyor.jobs.states import RUN
from purveyor.orders import queries as orders
from purveyor.orders.domain.mapping import unmatched
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.outbox import queries as outbox
from purveyor.outbox.models import Document
from purveyor.profiles.doctor import ASK
from purveyor.profiles.domain.parties import missing_roles
from purveyor.profiles.models import Party
from purveyor.profiles.queries import of_unknown_age
from purveyor.profiles.wizard.drafts import may_connect, open_drafts
from purveyor.web.connecting import rows_of
from purveyor.web.frame import Frame
from purveyor.web.health import Health, health_of
from purveyor.web.paused import Paused, paused_of
from purveyor.web.render import frame_of, page

DUE_SHOWN = 12
ALERTS_SHOWN = 8
SOON = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Due:
    """Orders that wait for an answer: the most urgent, how many in all, how many overdue and soon due."""

    rows: Sequence[Order]
    count: int
    overdue: int
    soon: int

    @property
    def first(self) -> Order | None:
        return self.rows[0] if self.rows else None


@dataclass(frozen=True, slots=True)
class Failed:
    """Documents that need somebody, under what helps."""

    remedy: str
    documents: Sequence[Document]


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The page."""
    frame = frame_of(request)
    sent = _outbox(frame)
    due = _due(frame)
    failed = _failed(frame, sent)
    health = health_of(frame.within("profiles.view"))
    return page(
        request,
        "today",
        "today",
        due=due,
        failed=failed,
        failed_count=sum(len(group.documents) for group in failed),
        waiting=_waiting(frame),
        held=sent.held if sent else "",
        silent=_silent(frame),
        troubled=_troubled(frame, health),
        health=health,
        runs=_runs(frame),
        may_run=frame.who.may_somewhere("sync.run"),
        may_connect=may_connect(frame.who),
        drafts=[] if frame.profiles else rows_of(open_drafts(frame.who)),
        asides=_asides(frame),
        unmatched=len(unmatched(frame.who)) if frame.who.may_somewhere("orders.view") else 0,
        alerts=_alerts(frame),
        tasks=_tasks(frame),
        calm=not due.count and not failed,
        reload_after=120,
    )


def _troubled(frame: Frame, health: Sequence[Health]) -> list[tuple[Health, Paused | None, bool]]:
    """The profiles in trouble, each with what waits while it is paused, and whether this person may check it."""
    found = [one for one in health if one.profile.trouble]
    paused = paused_of(frame.who, [one.profile for one in found])
    return [(one, paused.get(one.profile.pk), frame.who.may(ASK, one.profile)) for one in found]


def _due(frame: Frame) -> Due:
    if not frame.who.may_somewhere("orders.view"):
        return Due((), 0, 0, 0)
    rows = orders.waiting(orders.visible_to(frame.who))
    rows = rows.filter(profile__name=frame.scope) if frame.scope else rows
    now = clock.now()
    return Due(
        list(rows.order_by("due_at", "pk")[:DUE_SHOWN]),
        rows.order_by().count(),
        rows.order_by().filter(due_at__lte=now).count(),
        rows.order_by().filter(due_at__gt=now, due_at__lte=now + SOON).count(),
    )


def _outbox(frame: Frame) -> outbox.Today | None:
    return outbox.today(frame.who) if frame.who.may_somewhere("documents.view") else None


def _failed(frame: Frame, sent: outbox.Today | None) -> list[Failed]:
    """In the order of what a person can do: what only waits comes last."""
    found = sent.by_remedy if sent else {}
    order = [Remedy.MEND_DATA, Remedy.MEND_SETTINGS, Remedy.ASK_AMAZON, Remedy.TELL_DEVELOPER, Remedy.WAIT]
    groups = []
    for remedy in sorted(found, key=lambda word: order.index(Remedy(word)) if word in set(Remedy) else len(order)):
        mine = [d for d in found[remedy] if frame.scope in ("", d.profile.name)]
        if mine:
            groups.append(Failed(remedy, mine))
    return groups


def _waiting(frame: Frame) -> Sequence[Document]:
    if not frame.who.may_somewhere("documents.view"):
        return ()
    rows = outbox.under_way(frame.who).filter(problem={})
    return list((rows.filter(profile__name=frame.scope) if frame.scope else rows)[:DUE_SHOWN])


def _silent(frame: Frame) -> list[dict[str, Any]]:
    """Profiles whose sending is off, what waits for it, and whether this person may switch it on."""
    found = [p for p in frame.within("orders.view") if not p.sending]
    decided = Order.objects.filter(profile__in=found, state=OrderState.ACKNOWLEDGING, answered_at=None)
    sums = decided.order_by().values_list("profile").annotate(n=Count("pk"), due=Min("due_at"))
    kept = {key: {"n": count, "due": first} for key, count, first in sums}
    return [
        {"profile": one, "may_switch": frame.who.may("profiles.send", one)} | kept.get(one.pk, {"n": 0, "due": None})
        for one in found
    ]


def _runs(frame: Frame) -> Sequence[Run]:
    rows = Run.objects.filter(profile__in=frame.within("profiles.view")).exclude(state__in=sorted(RUN.ends))
    return list(rows.select_related("profile").order_by("-created_at")[:5])


def _alerts(frame: Frame) -> Sequence[Alert]:
    """Those that stand and are told nowhere else on this page."""
    if not frame.who.may_somewhere(alerts.VIEW):
        return ()
    rows = alerts.for_today(frame.who)
    return list((rows.filter(profile__name=frame.scope) if frame.scope else rows)[:ALERTS_SHOWN])


def _tasks(frame: Frame) -> list[dict[str, Any]]:
    """What is asked once about each profile, of those who can answer it."""
    found: list[dict[str, Any]] = [
        {"kind": "age", "profile": one} for one in of_unknown_age(frame.within("profiles.credentials"))
    ]
    for one in frame.within("profiles.manage").prefetch_related("parties"):
        if roles := missing_roles(one):
            found.append({"kind": "parties", "profile": one, "missing": [Party.Role(role).label for role in roles]})
    return found


def _asides(frame: Frame) -> int:
    return Aside.objects.filter(profile__in=frame.within("orders.view"), resolved_at=None).count()
