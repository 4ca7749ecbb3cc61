"""Weighing packings up: what stands against each is counted for lists and Today, told as an alert where nobody is
looking, and what came whole from a warehouse's system closes by itself once nothing is left.

A packing is marked by every change of its own, and by what happens to its orders and pick lists (``moved``); what is
marked nowhere, such as a changed quantity, the clock finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.common import clock
from purveyor.common.errors import Conflict, Refused
from purveyor.jobs.nudge import nudge_many
from purveyor.orders.models import Order
from purveyor.people.who import Who
from purveyor.profiles import dated
from purveyor.warehouse.domain.change import WEIGH
from purveyor.warehouse.domain.judge import Judged, judge, stands_against
from purveyor.warehouse.models import Packing, PickList
from purveyor.warehouse.states import PackingState

KIND = "warehouse.packing"
WHO = Who.system(WEIGH)
AGAIN = timedelta(minutes=5)
"""An open packing is weighed up so often without any sign."""
CLOSED_AGAIN, CLOSED_FOR = timedelta(hours=1), timedelta(days=30)
"""A closed one so often, and for so long."""
MOST_NAMED = 10


def due(now: datetime, limit: int) -> list[int]:
    """Packings that are marked, and those whose time has come."""
    waiting = Q(state=PackingState.OPEN, weighed_at__lt=now - AGAIN)
    closed = Q(state=PackingState.PACKED, weighed_at__lt=now - CLOSED_AGAIN, state_at__gt=now - CLOSED_FOR)
    marked = Q(state__in=(PackingState.OPEN, PackingState.PACKED), weighed_at=None)
    rows = Packing.objects.filter(marked | waiting | closed).order_by("weighed_at", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def moved(row: Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]) -> None:
    """An order or a pick list moved on: mark the packings with pieces of that order. Listens to every move.

    One that somebody holds just now is passed over, so that two never wait for each other: it is marked by whoever
    changes it, or found by the clock.
    """
    if not isinstance(row, Order | PickList):
        return
    order_id = row.pk if isinstance(row, Order) else row.order_id
    rows = Packing.objects.filter(contents__line__order=order_id).exclude(state=PackingState.DROPPED).order_by()
    keys = list(rows.values_list("pk", flat=True).distinct())
    if keys:
        free = Packing.objects.filter(pk__in=keys).order_by("pk").select_for_update(skip_locked=True)
        Packing.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(weighed_at=None)
        nudge_many(WEIGH, keys)


def weigh(packing_id: int) -> None:
    """Weigh one up: keep what was found, close it where it may, tell of it where it must."""
    packing = Packing.objects.select_related("profile").filter(pk=packing_id).first()
    if packing is None or packing.state == PackingState.DROPPED:
        return
    judged = judge(packing)
    if not _keep(judged):
        return  # changed meanwhile: it is marked again
    if _closes_by_itself(judged) and _close(packing):
        return
    _tell(judged)


def _keep(judged: Judged) -> bool:
    mine = Packing.objects.filter(pk=judged.packing.pk, version=judged.packing.version)
    counts = {
        "differences": len(judged.differences),
        "blocks": len(judged.blocks),
        "warnings": len(judged.warnings),
    }
    return bool(mine.update(weighed_at=clock.now(), **counts))


def _closes_by_itself(judged: Judged) -> bool:
    packing = judged.packing
    if packing.state != PackingState.OPEN or not packing.by_itself or judged.warnings or stands_against(judged):
        return False
    return bool(dated.value(packing.profile, "packing.close"))


def _close(packing: Packing) -> bool:
    from purveyor.warehouse.domain.pack import close  # it tells of what was closed by this module

    try:
        close(WHO, packing, packing.version)
    except (Refused, Conflict):
        return False  # something came between: the change marked it
    close_alert(cause_of(packing), "it adds up, and was closed")
    return True


def cause_of(packing: Packing) -> str:
    """What the alert about a packing is known by."""
    return f"packing:{packing.pk}"


def _tell(judged: Judged) -> None:
    """An alert where something stands against a packing that nobody is at work on: it came whole, or is closed."""
    packing = judged.packing
    unwatched = packing.by_itself or packing.state == PackingState.PACKED
    problems = stands_against(judged)
    if not (unwatched and problems):
        if not problems:
            close_alert(cause_of(packing), "nothing stands against it any more")
        return
    named = [problem.message for problem in problems[:MOST_NAMED]]
    if len(problems) > MOST_NAMED:
        named.append(_("And %(count)d more.") % {"count": len(problems) - MOST_NAMED})
    raise_alert(
        cause_of(packing),
        kind=KIND,
        severity=Severity.BAD if packing.state == PackingState.PACKED else Severity.WARN,
        message=_("Packing %(name)s: %(what)s") % {"name": packing.reference, "what": " ".join(named)},
        hint=_("Look at the packing: each difference has its ways out. Until then nothing of it ships."),
        profile_id=packing.profile_id,
    )
