"""What needs somebody now."""

from __future__ import annotations

from typing import Any

from django.db.models import Min
from django.http import HttpRequest
from ninja import Router

from purveyor.alerts import queries as alerts
from purveyor.alerts.schemas import alert_row
from purveyor.api import shapes
from purveyor.api.auth import who
from purveyor.intake import queries as intake
from purveyor.orders import queries as orders
from purveyor.orders.schemas import paused_row
from purveyor.outbox import queries as outbox
from purveyor.outbox.schemas import document_row
from purveyor.people.who import Who
from purveyor.profiles import queries as profiles
from purveyor.profiles.models import Profile

router = Router(tags=["today"])


@router.get("", response=shapes.TodayOut)
def today(request: HttpRequest) -> dict[str, Any]:
    """Orders waiting and until when, documents that failed or ask for a decision by remedy, profiles in trouble,
    and the alerts that stand."""
    caller = who(request)
    return {"orders": _orders(caller), "documents": _documents(caller), "profiles": _profiles(caller)} | _alerts(caller)


def _orders(caller: Who) -> dict[str, Any]:
    rows = orders.visible_to(caller)
    due = orders.waiting(rows).aggregate(first=Min("due_at"))["first"]
    return {
        "waiting": orders.waiting(rows).count(),
        "overdue": orders.overdue(rows).count(),
        "next_due_at": due,
        "aside": intake.open_asides(caller).count(),
    }


def _alerts(caller: Who) -> dict[str, Any]:
    return {"alerts": [alert_row(one) for one in alerts.for_today(caller)]}


def _documents(caller: Who) -> dict[str, Any]:
    found = outbox.today(caller)
    return {
        "by_remedy": {remedy: [document_row(d) for d in rows] for remedy, rows in found.by_remedy.items()},
        "failed": len(found.failed),
        "asked": len(found.asked),
        "troubled": len(found.troubled),
        "waiting_for_sending": found.switched_off,
        "under_way": found.under_way,
        "held": found.held,
    }


def _paused(caller: Who, found: list[Profile]) -> list[tuple[Profile, orders.Deadlines]]:
    """The paused ones, each with what is due meanwhile."""
    mine = [profile for profile in found if profile.paused_at is not None]
    waiting = orders.deadlines(caller, mine) if mine else {}
    return [(profile, waiting.get(profile.pk, orders.Deadlines())) for profile in mine]


def _profiles(caller: Who) -> dict[str, Any]:
    found = list(profiles.troubled(caller))
    troubled = {p.name: p.trouble for p in found}
    paused = [paused_row(p, waiting) for p, waiting in _paused(caller, found)]
    silent = list(profiles.visible_to(caller).filter(sending=False).values_list("name", flat=True))
    failing = [
        {"profile": c.profile.name, "sweep": c.sweep, "problem": c.problem} for c in intake.failing_sweeps(caller)
    ]
    return {"troubled": troubled, "paused": paused, "not_sending": silent, "failing_sweeps": failing}
