"""From the sealed audit to the webhooks: each entry becomes a delivery for every webhook that takes it.

Entries become visible out of the order of their ids; the sealer's positions are given after commit and without gaps, so
a cursor over them misses nothing. Deliveries and cursor are written in one transaction, the cursor by compare-and-set:
of two workers one hands out, the other begins again behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from purveyor.alerts.events import wants
from purveyor.alerts.models import Delivery, EventCursor, Webhook
from purveyor.alerts.states import DeliveryState
from purveyor.audit import seal
from purveyor.audit.models import Entry
from purveyor.base.db import bulk_upsert
from purveyor.common import clock
from purveyor.jobs.nudge import nudge_many

BATCH = 500
CURSOR = 1
SEND = "webhooks.send"
COLUMNS = ("webhook_id", "entry_id", "state", "due_at", "tries", "created_at", "answer", "error")


def due(now: datetime, limit: int) -> list[int]:
    """The cursor's key while something is to be handed out and somebody takes it. Reads only."""
    if not Webhook.objects.filter(on=True).exists():
        return []
    waits = Entry.objects.filter(position=None).exists() or seal.tail().position > cursor().position
    return [CURSOR] if waits else []


def cursor() -> EventCursor:
    """How far the audit was handed out; made when there is none yet."""
    return EventCursor.objects.get_or_create(pk=CURSOR)[0]


def catch_up() -> None:
    """Begin at the audit's end: for the first webhook, so that nobody walks years that none of them takes."""
    EventCursor.objects.filter(pk=cursor().pk).update(position=seal.tail().position)


def fan_out() -> int:
    """Seal what was committed and hand it out; answers how many deliveries were made."""
    if Entry.objects.filter(position=None).exists():
        seal.seal()
    made = 0
    while (more := _step()) is not None:
        made += more
    return made


def _step() -> int | None:
    """The next entries, in one short transaction; None when all were handed out or somebody else is at it."""
    seen, end = cursor().position, seal.tail().position
    if seen >= end:
        return None
    behind = Entry.objects.filter(position__gt=seen, position__lte=end).order_by("position")
    entries = list(behind.only("id", "action", "profile", "at", "position")[:BATCH])
    hooks = list(Webhook.objects.filter(on=True).select_related("profile"))
    rows = list(_rows(hooks, entries))
    with transaction.atomic():
        if not EventCursor.objects.filter(pk=CURSOR, position=seen).update(position=entries[-1].position):
            return None
        bulk_upsert(Delivery._meta.db_table, COLUMNS, rows, conflict=("webhook_id", "entry_id"))
        nudge_many(SEND, sorted({row[0] for row in rows}))
    return len(rows)


def _rows(hooks: Iterable[Webhook], entries: Iterable[Entry]) -> Iterable[tuple[Any, ...]]:
    now = clock.now()
    for entry in entries:
        for hook in hooks:
            if takes(hook, entry):
                yield row(hook.pk, entry.pk, now)


def row(hook_id: int, entry_id: int, now: datetime) -> tuple[Any, ...]:
    """A delivery that waits, of ``COLUMNS``."""
    return hook_id, entry_id, str(DeliveryState.WAITING), now, 0, now, "", ""


def takes(hook: Webhook, entry: Entry) -> bool:
    """Whether an event is for a webhook: of its profile, of a type it wants, and not from before it was on."""
    return entry.at >= hook.on_since and concerns(hook, entry)


def concerns(hook: Webhook, entry: Entry) -> bool:
    """Whether an event is of its profile and of a type it wants, whenever it happened."""
    theirs = hook.profile is None or entry.profile == hook.profile.name
    return theirs and wants(hook.events, entry.action)
