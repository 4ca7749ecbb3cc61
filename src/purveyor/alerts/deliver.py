"""Deliveries go out: at least once, signed, several side by side, and what does not get through is tried again.

Whoever holds a webhook's lease sends to it. Nothing is stored before the answers are in, so a worker that dies in
between sends the same events again, under the same ids: receivers know them by these. What is stored is stored in one
short transaction per batch, after the talk (commit first, talk later).
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import override

from purveyor.alerts import backoff
from purveyor.alerts.events import as_body, event_of, signature
from purveyor.alerts.makers import stop_if_gone
from purveyor.alerts.models import Delivery, HookSecret, Severity, Webhook
from purveyor.alerts.raise_ import BY, close_alert, raise_alert
from purveyor.alerts.states import DeliveryState
from purveyor.audit.plain import clean
from purveyor.audit.write import record
from purveyor.base import http
from purveyor.base.phrase import Phrase, _
from purveyor.common import clock
from purveyor.common.errors import Misconfigured, PurveyorError, Remedy
from purveyor.jobs import lease, stopping
from purveyor.vault.sealing import unseal_row

BATCH, PROBE = 128, 8
"""So many are sent before anything is stored; fewer while the receiver takes nothing."""
THREADS = 8
LEASE_SECONDS = 240
LONGEST_SECONDS = 60.0
TOLD_AFTER = timedelta(hours=1)
SHOWN = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What came of sending once. ``error`` is empty where the other side answered."""

    ok: bool
    status: int | None
    answer: str
    error: str
    seconds: float


def due(now: datetime, limit: int) -> list[int]:
    """The webhooks that are on, not paused and held by nobody, and have something to send."""
    waiting = Delivery.objects.filter(webhook=OuterRef("pk"), state=DeliveryState.WAITING, due_at__lte=now)
    rested = Q(paused_until=None) | Q(paused_until__lte=now)
    found = Webhook.objects.filter(lease.is_free(now), rested, Exists(waiting), on=True)
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])


def send_due(webhook_id: int) -> int:
    """Send what is due for one webhook, batch after batch, for a minute at most; answers how many were tried."""
    owner = lease.claim((Webhook, webhook_id), LEASE_SECONDS, on=True)
    if owner is None:
        return 0
    until, tried = time.monotonic() + LONGEST_SECONDS, 0
    try:
        while lease.renew((Webhook, webhook_id), owner, LEASE_SECONDS) and time.monotonic() < until:
            hook = Webhook.objects.select_related("profile").get(pk=webhook_id)
            batch = _batch(hook)
            if not batch or not hook.on or stopping.is_stopping() or stop_if_gone(hook):
                break
            _store(hook, batch, _send(hook, batch))
            tried += len(batch)
    finally:
        lease.give_back((Webhook, webhook_id), owner)
    return tried


def _batch(hook: Webhook) -> list[Delivery]:
    now = clock.now()
    if hook.paused_until and hook.paused_until > now:
        return []
    found = hook.deliveries.filter(state=DeliveryState.WAITING, due_at__lte=now).select_related("entry")
    return list(found.order_by("due_at", "pk")[: PROBE if hook.failures else BATCH])


def _send(hook: Webhook, batch: Sequence[Delivery]) -> list[Said]:
    """Every delivery once, several side by side; nothing is read or written meanwhile."""
    secrets = secrets_of(hook)
    ready = [_ready(one) for one in batch]
    with ThreadPoolExecutor(min(THREADS, len(batch))) as threads:
        return list(threads.map(lambda pair: send_once(hook.url, secrets, *pair), ready))


def _ready(delivery: Delivery) -> tuple[bytes, dict[str, str]]:
    event = event_of(delivery.entry)
    return as_body(event), headers_of(delivery, event)


def headers_of(delivery: Delivery, event: Mapping[str, Any]) -> dict[str, str]:
    """What stands above the body, but for the signature."""
    return {"purveyor-event": event["type"], "purveyor-event-id": event["id"], "purveyor-delivery": str(delivery.pk)}


def secrets_of(hook: Webhook) -> list[str]:
    """The secrets in force, the newest first. Empty when the key file does not open them."""
    standing = HookSecret.objects.filter(Q(drops_at=None) | Q(drops_at__gt=clock.now()), webhook=hook)
    try:
        return [unseal_row(row).decode() for row in standing.order_by("-created_at", "-pk")]
    except Misconfigured:
        return []


def send_once(url: str, secrets: Sequence[str], body: bytes, headers: Mapping[str, str]) -> Said:
    """Sign and send once, whatever comes of it."""
    with override("en"):  # what is stored is told in everybody's language later
        if not secrets:
            return Said(False, None, "", _("No secret signs this webhook. Give it a new one."), 0.0)
        signed = dict(headers) | {"purveyor-signature": signature(secrets, clock.now(), body)}
        return said_to(url, body, signed)


def said_to(url: str, body: bytes, headers: Mapping[str, str]) -> Said:
    """Send once and put what came of it into words."""
    began = time.monotonic()
    try:
        answer = http.post(url, body, headers)
    except PurveyorError as error:
        return Said(False, None, "", error.message[:SHOWN], time.monotonic() - began)
    words = clean(answer.body.decode("utf-8", "replace"))[:SHOWN]
    return Said(answer.is_good, answer.status, words, _why(answer.status), answer.seconds)


def _why(status: int) -> str:
    if 300 <= status < 400:
        return _("The address sends us elsewhere; that is never followed.")
    return ""


def _store(hook: Webhook, batch: Sequence[Delivery], said: Sequence[Said]) -> None:
    """What got through ends much alike, so that a few statements store it; what did not has each its own next time."""
    alike: dict[tuple[int, Said, int], list[int]] = {}
    for one, outcome in zip(batch, said, strict=True):
        told = replace(outcome, seconds=round(outcome.seconds, 2))
        alike.setdefault((one.tries, told, 0 if told.ok else one.pk), []).append(one.pk)
    with transaction.atomic():
        for (tries, outcome, _apart), keys in alike.items():
            # Whatever a person did with it meanwhile stays.
            seen = Delivery.objects.filter(pk__in=keys, state=DeliveryState.WAITING, tries=tries)
            seen.update(**_after(tries + 1, outcome))
        _stand(hook, any(outcome.ok for outcome in said))
    _tell(hook)


def _after(tries: int, said: Said) -> dict[str, Any]:
    now = clock.now()
    told = {"status": said.status, "answer": said.answer, "error": said.error, "seconds": said.seconds}
    changes = told | {"tries": tries, "tried_at": now}
    if said.ok:
        return changes | {"state": str(DeliveryState.DONE)}
    if tries >= backoff.MOST_TRIES:
        return changes | {"state": str(DeliveryState.DEAD)}
    return changes | {"due_at": now + backoff.delay(tries, random.random())}


def _stand(hook: Webhook, through: bool) -> None:
    """How the receiver stands after a batch; one that took nothing of it is left alone for a while."""
    now = clock.now()
    if through:
        changes: dict[str, Any] = {"failures": 0, "failing_since": None, "paused_until": None, "last_good_at": now}
    else:
        since, failures = hook.failing_since or now, hook.failures + 1
        changes = {"failures": failures, "failing_since": since, "paused_until": now + backoff.pause(failures)}
        if now - since >= backoff.GIVE_UP:
            changes["on"] = False
            record("webhook.switched_off", by=BY, obj=hook)
    Webhook.objects.filter(pk=hook.pk).update(**changes)
    for name, value in changes.items():
        setattr(hook, name, value)


def cause_of(hook: Webhook) -> str:
    """The cause of a webhook's alert."""
    return f"webhook:{hook.pk}:failing"


def _tell(hook: Webhook) -> None:
    """Raise an alert after an hour, a serious one when it was switched off; close it when something got through."""
    since = hook.failing_since
    if since is None:
        close_alert(cause_of(hook), "The receiver takes events again.")
        return
    if hook.on and clock.now() - since < TOLD_AFTER:
        return
    message, hint = _words(hook)
    raise_alert(
        cause_of(hook),
        kind="webhook.failing",
        severity=Severity.WARN if hook.on else Severity.BAD,
        message=message,
        hint=hint,
        remedy=Remedy.MEND_SETTINGS,
        profile_id=hook.profile_id,
    )


def _words(hook: Webhook) -> tuple[Phrase, Phrase]:
    if hook.on:
        said = _("The receiver of webhook %(name)s takes no events.")
        return said % {"name": hook.name}, _("Its page says what the receiver answers.")
    said = _("Webhook %(name)s is switched off: its receiver took nothing for three days.")
    return said % {"name": hook.name}, _("Mend the receiver, switch the webhook on and send the failed events again.")
