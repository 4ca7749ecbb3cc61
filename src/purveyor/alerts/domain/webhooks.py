"""Webhooks: add, change, switch, remove, give a new secret, try, send again."""

from __future__ import annotations

import secrets as random_words
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from purveyor.alerts import events, fan_out, makers
from purveyor.alerts.deliver import Said, cause_of, secrets_of, send_once
from purveyor.alerts.domain import scope
from purveyor.alerts.models import Delivery, HookSecret, Webhook
from purveyor.alerts.queries import Actor
from purveyor.alerts.raise_ import close_alert
from purveyor.alerts.states import DeliveryState
from purveyor.audit.actions import ACTIONS
from purveyor.audit.write import record
from purveyor.base.http import check_url
from purveyor.common import clock
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.windows import zulu
from purveyor.jobs.nudge import nudge
from purveyor.vault import sealing

MANAGE = makers.MANAGE
OLD_SECRET_KEPT = timedelta(hours=24)
"""How long the secret before signs beside a new one, unless asked otherwise."""
LONGEST_KEPT = timedelta(days=30)


def webhooks(who: Actor) -> QuerySet[Webhook]:
    """The webhooks somebody manages; those of every profile need the permission on every profile."""
    names = who.profile_names(MANAGE)
    found = Webhook.objects.select_related("profile").order_by("name")
    return found if names is None else found.filter(profile__name__in=names)


def one(who: Actor, number: int) -> Webhook:
    """A webhook by its number. Raises NotFound, also where it is not for the asker to see."""
    found = webhooks(who).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such webhook, or it is not yours to see."))
    return found


def add(who: Actor, name: str, url: str, profile: str | None = None, types: Sequence[str] = ()) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown this once. It takes what happens from now on.

    Raises Denied, NotFound (profile), Refused (name taken, address refused, unknown event).
    """
    who.require(MANAGE, profile)
    where = scope.find_profile(profile)
    _check_types(types)
    with transaction.atomic():
        sealing.lock_ring()  # before any other row, as whoever seals does
        if not Webhook.objects.filter(on=True).exists():
            fan_out.catch_up()
        hook = Webhook(name=scope.check_name(Webhook, name), url=check_url(url), profile=where, events=list(types))
        hook.made_by, hook.on_since = who.name, clock.now()
        hook.save(force_insert=True)
        secret = _new_secret(hook)
        record("webhook.added", by=who.name, obj=hook, new=_told(hook))
    return hook, secret


def change(
    who: Actor,
    number: int,
    *,
    name: str | None = None,
    url: str | None = None,
    types: Sequence[str] | None = None,
    on: bool | None = None,
) -> Webhook:
    """Change what is not given as None. Switched on, it takes what happens from then on, and what still waits; whoever
    switches it on answers for it where its maker no longer may (``alerts.makers``)."""
    hook = one(who, number)
    old = _told(hook)
    changes: dict[str, Any] = {}
    if name is not None and name.strip() != hook.name:
        changes["name"] = scope.check_name(Webhook, name)
    if url is not None and url.strip() != hook.url:
        changes["url"] = check_url(url)
    if types is not None and list(types) != hook.events:
        _check_types(types)
        changes["events"] = list(types)
    if on is not None and on != hook.on:
        changes |= {"on": on, "failures": 0, "failing_since": None, "paused_until": None}
        changes |= {"on_since": clock.now()} if on else {}
        changes |= {"made_by": who.name} if on and not makers.may_go_on(hook) else {}
    if changes:
        _write(who, hook, old, changes)
    return hook


def _write(who: Actor, hook: Webhook, old: dict[str, Any], changes: dict[str, Any]) -> None:
    with transaction.atomic():
        if changes.get("on") and not Webhook.objects.filter(on=True).exists():
            fan_out.catch_up()
        Webhook.objects.filter(pk=hook.pk).update(**changes)
        for field, value in changes.items():
            setattr(hook, field, value)
        record("webhook.changed", by=who.name, obj=hook, old=old, new=_told(hook))
        if hook.on:
            nudge(fan_out.SEND, hook.pk)
    if "on" in changes:
        close_alert(cause_of(hook), "A person switched the webhook.")
        close_alert(makers.cause_of(hook), "A person switched the webhook.")


def remove(who: Actor, number: int) -> None:
    """Remove a webhook with its deliveries."""
    hook = one(who, number)
    close_alert(cause_of(hook), "The webhook was removed.")
    close_alert(makers.cause_of(hook), "The webhook was removed.")
    with transaction.atomic():
        record("webhook.removed", by=who.name, obj=hook)
        hook.delete()


def rotate(who: Actor, number: int, keep: timedelta = OLD_SECRET_KEPT) -> str:
    """A new secret, shown this once; the ones before sign beside it for so long. Raises Refused over 30 days."""
    hook = one(who, number)
    if not timedelta(0) <= keep <= LONGEST_KEPT:
        said = _("The old secret signs for at most 30 days more.")
        raise Refused(said, [Problem(said, where="keep_hours")])
    until = clock.now() + keep
    with transaction.atomic():
        sealing.lock_ring()  # before any other row, as whoever seals does
        HookSecret.objects.filter(webhook=hook, drops_at=None).update(drops_at=until)
        secret = _new_secret(hook)
        record("webhook.secret_rotated", by=who.name, obj=hook, new={"old_until": until})
    return secret


def drop_old_secrets() -> int:
    """Remove the secrets whose time beside a newer one is over; answers how many."""
    return HookSecret.objects.filter(drops_at__lte=clock.now()).delete()[0]


def try_out(who: Actor, number: int) -> Said:
    """Send an event of the type ``webhook.test`` now and answer what the other side said. Call it outside of
    transactions; nothing is kept."""
    hook = one(who, number)
    event = {
        "id": f"evt_test_{random_words.token_hex(6)}",
        "type": events.TEST,
        "version": 1,
        "at": zulu(clock.now()),
        "profile": hook.profile.name if hook.profile else None,
        "object": {"kind": "alerts.webhook", "id": str(hook.pk), "name": hook.name},
        "by": who.name,
        "old": None,
        "new": None,
        "because": "",
    }
    headers = {"purveyor-event": events.TEST, "purveyor-event-id": str(event["id"])}
    return send_once(hook.url, secrets_of(hook), events.as_body(event), headers)


def deliveries(who: Actor, number: int) -> QuerySet[Delivery]:
    """What was and will be sent to a webhook, the latest first."""
    found = Delivery.objects.filter(webhook=one(who, number))
    return found.select_related("entry", "webhook__profile").order_by("-pk")


def delivery(who: Actor, number: int) -> Delivery:
    """One delivery. Raises NotFound, also where it is not for the asker to see."""
    mine = Delivery.objects.filter(webhook__in=webhooks(who), pk=number)
    found = mine.select_related("entry", "webhook__profile").first()
    if found is None:
        raise NotFound(_("There is no such delivery, or it is not yours to see."))
    return found


def replay(who: Actor, number: int) -> Delivery:
    """Send an event again, under its own id; one that waits is due at once."""
    found = delivery(who, number)
    with transaction.atomic():
        send_again(Delivery.objects.filter(pk=found.pk))
        event = events.event_id(found.entry)
        record("webhook.replayed", by=who.name, obj=found.webhook, new={"count": 1, "event": event})
        wake(found.webhook)
    found.refresh_from_db()
    return found


def send_again(rows: QuerySet[Delivery]) -> int:
    """Have these sent once more, as if for the first time; answers how many."""
    return rows.update(state=str(DeliveryState.WAITING), due_at=clock.now(), tries=0)


def wake(hook: Webhook) -> None:
    """A person who sends again has mended something: no pause holds it up."""
    Webhook.objects.filter(pk=hook.pk).update(paused_until=None)
    nudge(fan_out.SEND, hook.pk)


def _new_secret(hook: Webhook) -> str:
    secret = f"whsec_{random_words.token_urlsafe(32)}"
    HookSecret.objects.create(webhook=hook, sealed=sealing.seal(secret.encode()), created_at=clock.now())
    return secret


def _check_types(types: Sequence[str]) -> None:
    strange = [one for one in types if not one.strip(".") or not any(events.wants([one], name) for name in ACTIONS)]
    if strange:
        said = _("There are no events %(names)s.") % {"names": ", ".join(strange)}
        raise Refused(said, [Problem(said, where="events")])


def _told(hook: Webhook) -> dict[str, Any]:
    """What the audit is told: the host alone, since the rest of an address may be a secret."""
    return {
        "name": hook.name,
        "host": urlsplit(hook.url).netloc,
        "profile": hook.profile.name if hook.profile else None,
        "events": hook.events,
        "on": hook.on,
    }
