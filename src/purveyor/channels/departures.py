"""Files on their way out: one for each row and channel, stored before it leaves, tried until it lies there.

A departure is made once, whoever asks how often: its channel, name and bytes are unique together. What lies there
already is laid there again only after a crash between the two, under the same name.
"""

from __future__ import annotations

import hashlib
import random
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from purveyor.alerts import backoff
from purveyor.alerts.raise_ import close_alert
from purveyor.base.transition import move
from purveyor.channels import names, outgoing, places, setup, store, watch, ways
from purveyor.channels.models import Channel, Departure
from purveyor.channels.states import DepartureState
from purveyor.common import clock
from purveyor.common.errors import Conflict, Misconfigured, NotFound, PurveyorError, Refused
from purveyor.jobs import lease
from purveyor.jobs.nudge import nudge
from purveyor.people.who import Who

SEND = "channels.depart"
SYSTEM = "system:channels.depart"
_LEASE = 300.0
_AT_ONCE = 100


def depart(kind: str, subject: int) -> list[Departure]:
    """Make the departures of a row, one for each channel of its kind and profile; those that are there stay."""
    found = outgoing.kinds().get(kind)
    profile = found.profile_of(subject) if found else None
    if found is None or profile is None:
        return []
    channels = Channel.objects.filter(Q(profile=profile) | Q(profile=None), outgoing=True, on=True, kind=kind)
    with translation.override(settings.LANGUAGE_CODE):
        made = [_make(channel, found, subject) for channel in channels.order_by("pk")]
    return [one for one in made if one is not None]


def _make(channel: Channel, kind: outgoing.Outgoing, subject: int) -> Departure | None:
    rendered = kind.render(subject, channel.options.get("form", "csv"))
    if rendered is None:
        return None
    name, data = rendered
    sha256, _size = store.keep([data])
    now = clock.now()
    told = {"subject": subject, "state_at": now, "due_at": now}
    made, new = Departure.objects.get_or_create(channel=channel, name=name, sha256=sha256, defaults=told)
    if new:
        # What it replaces and has not left yet shall not leave after it.
        older = Departure.objects.filter(channel=channel, subject=subject, state=DepartureState.QUEUED, pk__lt=made.pk)
        older.filter(lease.is_free(now)).delete()
        nudge(SEND, made.pk)
    return made


def waiting(limit: int) -> dict[str, list[int]]:
    """The rows without a departure by a channel that is on, by their kind."""
    found: dict[str, list[int]] = {}
    for channel in Channel.objects.filter(outgoing=True, on=True).order_by("pk"):
        kind = outgoing.kinds().get(channel.kind)
        if kind is not None:
            rows = kind.waiting(channel.pk, channel.profile_id, channel.created_at, limit)
            found.setdefault(kind.name, []).extend(row for row in rows if row not in found.get(kind.name, []))
    return found


def due(at: datetime, limit: int) -> list[int]:
    """The departures whose time has come, by channels that are on."""
    ahead = Q(due_at__lte=at) | Q(due_at__gt=at + 2 * backoff.LONGEST)
    found = Departure.objects.filter(ahead, lease.is_free(at), state=DepartureState.QUEUED, channel__on=True)
    return list(found.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def send_all(channel: Channel) -> None:
    """Send what waits for a channel now, whenever it is due."""
    kind = outgoing.kinds().get(channel.kind)
    if kind is not None:
        for subject in kind.waiting(channel.pk, channel.profile_id, channel.created_at, _AT_ONCE):
            depart(kind.name, subject)
    waits = Departure.objects.filter(channel=channel, state=DepartureState.QUEUED).order_by("pk")
    for key in list(waits.values_list("pk", flat=True)[:_AT_ONCE]):
        send(key)


def send(departure_id: int) -> None:
    """Lay one file where its partner looks for it, or note when it is tried again."""
    key = (Departure, departure_id)
    owner = lease.claim(key, _LEASE, state=DepartureState.QUEUED, channel__on=True)
    if owner is None:
        return
    departure = Departure.objects.select_related("channel__profile").get(pk=departure_id)
    try:
        with translation.override(settings.LANGUAGE_CODE):
            _send(departure, owner)
    except Conflict:
        return  # another worker has taken it over
    finally:
        lease.give_back(key, owner)


def _is_stale(departure: Departure) -> bool:
    """Whether the row it was made of is another now, or is not to go out any more."""
    channel = departure.channel
    kind = outgoing.kinds().get(channel.kind)
    if kind is None:
        return False
    now = kind.render(departure.subject, channel.options.get("form", "csv"))
    return now is None or hashlib.sha256(now[1]).hexdigest() != departure.sha256


def _send(departure: Departure, owner: str) -> None:
    channel = departure.channel
    if _is_stale(departure):
        # Nobody has seen it. Where the row is still to go out, it is found without a departure and gets another.
        departure.delete()
        return
    try:
        _require_name(departure.name)
        data = store.path_of(departure.sha256).read_bytes()
        with ways.find(channel.way).reach(places.place_of(channel)) as reach:
            reach.put(departure.name, data)
    except (ways.Unreachable, Misconfigured, Refused) as error:
        _later(departure, owner, error)
        return
    move(departure, DepartureState.SENT, by=SYSTEM, action="departure.sent", holding=owner, problem="")
    kind = outgoing.kinds().get(channel.kind)
    if kind is not None and kind.sent is not None:
        kind.sent(departure.subject)
    Channel.objects.filter(pk=channel.pk).update(failed_since=None, problem="", looked_at=clock.now())
    close_alert(setup.cause_of(channel), "The channel works again.")


def _require_name(name: str) -> None:
    """Numbers that others gave are part of a name, and no number may lead out of the folder. Raises Refused."""
    if said := names.trouble(name):
        raise Refused(_("%(name)s is no name a file can leave by.") % {"name": name}, hint=said)


def _later(departure: Departure, owner: str, error: PurveyorError) -> None:
    """With longer and longer pauses; after three days a person decides."""
    tries, channel = departure.attempts + 1, departure.channel
    told: dict[str, Any] = {"attempts": tries, "problem": f"{error.message} {error.hint}".strip()}
    now = clock.now()
    Channel.objects.filter(pk=channel.pk).update(failed_since=channel.failed_since or now, problem=told["problem"])
    if tries >= backoff.MOST_TRIES:
        move(departure, DepartureState.FAILED, by=SYSTEM, action="departure.failed", holding=owner, **told)
        watch.tell_of_failure(channel, error)
        return
    told["due_at"] = now + backoff.delay(tries, random.random())
    Departure.objects.filter(pk=departure.pk, lease_owner=owner).update(**told)
    if watch.is_to_tell(error, channel.failed_since or now, now):
        watch.tell_of_failure(channel, error)


def departures(who: Who, channel: Channel) -> QuerySet[Departure]:
    """What went out by a channel, newest first."""
    who.require(setup.SEE, channel.profile)
    return channel.departures.select_related("channel__profile")


def send_again(who: Who, number: int) -> Departure:
    """Have a file that failed tried again from now on. Raises Denied, NotFound, and Conflict for any other."""
    seen = Departure.objects.filter(channel__in=setup.channels(who), pk=number).select_related("channel__profile")
    found = seen.first()
    if found is None:
        raise NotFound(_("There is no such file on its way out, or it is not yours to see."))
    who.require(setup.MANAGE, found.channel.profile)
    if found.state != DepartureState.FAILED:
        raise Conflict(_("Only what failed for good is sent again."))
    fresh: dict[str, Any] = {"attempts": 0, "due_at": clock.now(), "problem": ""}
    move(found, DepartureState.QUEUED, by=who.name, action="departure.queued", **fresh)
    nudge(SEND, found.pk)
    return found
