"""What needs somebody now, as machines see it: REST's ``/today`` and ``purveyor today``."""

from __future__ import annotations

from typing import Any

from django.db.models import Min

from purveyor.alerts import queries as alerts
from purveyor.alerts.schemas import alert_row
from purveyor.base.work import work_of
from purveyor.intake import queries as intake
from purveyor.orders import queries as orders
from purveyor.orders.schemas import paused_row
from purveyor.outbox import queries as outbox
from purveyor.outbox.schemas import document_row
from purveyor.outbox.work_schemas import work_of_json
from purveyor.people.who import Who
from purveyor.profiles import queries as profiles
from purveyor.profiles.models import Profile


def overview(who: Who) -> dict[str, Any]:
    """Orders waiting and until when, documents that failed or ask for a decision by remedy, profiles in trouble, and
    the alerts that stand; and all of it as one list, by deadline and by what helps."""
    return {
        "orders": _orders(who),
        "documents": _documents(who),
        "profiles": _profiles(who),
        "alerts": [alert_row(one) for one in alerts.for_today(who)],
        "work": work_of_json(work_of(who)),
    }


def _orders(who: Who) -> dict[str, Any]:
    rows = orders.visible_to(who)
    due = orders.waiting(rows).aggregate(first=Min("due_at"))["first"]
    return {
        "waiting": orders.waiting(rows).count(),
        "overdue": orders.overdue(rows).count(),
        "next_due_at": due,
        "aside": intake.open_asides(who).count(),
    }


def _documents(who: Who) -> dict[str, Any]:
    found = outbox.today(who)
    return {
        "by_remedy": {remedy: [document_row(d) for d in rows] for remedy, rows in found.by_remedy.items()},
        "failed": len(found.failed),
        "asked": len(found.asked),
        "troubled": len(found.troubled),
        "waiting_for_sending": found.switched_off,
        "under_way": found.under_way,
        "held": found.held,
    }


def _paused(who: Who, found: list[Profile]) -> list[tuple[Profile, orders.Deadlines]]:
    """The paused ones, each with what is due meanwhile."""
    mine = [profile for profile in found if profile.paused_at is not None]
    waiting = orders.deadlines(who, mine) if mine else {}
    return [(profile, waiting.get(profile.pk, orders.Deadlines())) for profile in mine]


def _profiles(who: Who) -> dict[str, Any]:
    found = list(profiles.troubled(who))
    troubled = {p.name: p.said_trouble for p in found}
    paused = [paused_row(p, waiting) for p, waiting in _paused(who, found)]
    silent = list(profiles.visible_to(who).filter(sending=False).values_list("name", flat=True))
    failing = [{"profile": c.profile.name, "sweep": c.sweep, "problem": c.problem} for c in intake.failing_sweeps(who)]
    return {"troubled": troubled, "paused": paused, "not_sending": silent, "failing_sweeps": failing}
