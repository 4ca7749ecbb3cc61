"""What a webhook missed, sent again: all that was given up, and what happened from a moment on while it was off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.alerts import fan_out
from purveyor.alerts.domain.webhooks import one, send_again, wake
from purveyor.alerts.models import Delivery, Webhook
from purveyor.alerts.queries import Actor
from purveyor.alerts.states import DeliveryState
from purveyor.audit.models import Entry
from purveyor.audit.write import record
from purveyor.base.db import bulk_upsert
from purveyor.common import clock
from purveyor.common.errors import Conflict, Problem, Refused
from purveyor.common.windows import zulu

FURTHEST = timedelta(days=30)
BATCH = 500


def replay_missed(who: Actor, number: int, since: datetime | None = None) -> int:
    """Send again all that never got through; with ``since`` also every event from then on that was never handed to it.
    What it has taken is left alone. Answers how many.

    Raises NotFound, Refused for a moment that lies ahead or too far back, and Conflict for a webhook that is off.
    """
    hook = one(who, number)
    if since is not None:
        _check(hook, since)
    with transaction.atomic():
        count = send_again(Delivery.objects.filter(webhook=hook, state=DeliveryState.DEAD))
        count += _missed(hook, since) if since is not None else 0
        if count:
            told: dict[str, Any] = {"count": count} | ({"since": zulu(since)} if since is not None else {})
            record("webhook.replayed", by=who.name, obj=hook, new=told)
            wake(hook)
    return count


def _check(hook: Webhook, since: datetime) -> None:
    if not clock.now() - FURTHEST <= since <= clock.now():
        said = _("Events are sent again from a moment of the last 30 days on.")
        raise Refused(said, [Problem(said, where="since")])
    if not hook.on:
        raise Conflict(_("The webhook is off."), hint=_("Switch it on first."))


def _missed(hook: Webhook, since: datetime) -> int:
    """Hand out what was not; what is still to be handed out by itself comes by itself."""
    now, made = clock.now(), 0
    seen = Entry.objects.filter(at__gte=since, position__lte=fan_out.cursor().position).order_by("position")
    after = 0
    while entries := list(seen.filter(position__gt=after).only("id", "action", "profile", "position")[:BATCH]):
        after = int(entries[-1].position or 0)
        mine = [entry.pk for entry in entries if fan_out.concerns(hook, entry)]
        known = set(Delivery.objects.filter(webhook=hook, entry__in=mine).values_list("entry_id", flat=True))
        rows = [fan_out.row(hook.pk, key, now) for key in mine if key not in known]
        bulk_upsert(Delivery._meta.db_table, fan_out.COLUMNS, rows, conflict=("webhook_id", "entry_id"))
        made += len(rows)
    return made
