"""Looking at a channel: what lies there is noted, what stopped growing is kept, taken and filed away.

Every step of a file's life is one compare-and-set on its row; whatever dies between two of them is found at the next
look and goes on there. A look that finds nothing to do writes one row, the channel's next time.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import translation

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.base.phrase import _, phrase
from purveyor.channels import arrivals, names, places, ways
from purveyor.channels.models import Arrival, Channel
from purveyor.channels.setup import QUIET, cause_of
from purveyor.channels.states import ArrivalState
from purveyor.channels.store import NoRoom
from purveyor.channels.ways import Seen, Unreachable
from purveyor.common import clock
from purveyor.common.errors import Conflict, Misconfigured, PurveyorError
from purveyor.jobs import lease, stopping

FAILED = "channel.failed"
SLOW = 15
"""Seconds between two looks at a channel that fails, or a way that is slower by itself."""
PATIENCE = timedelta(minutes=1)
"""A channel that fails for so long is told of; shorter trouble mends itself."""
FAR = timedelta(minutes=5)
"""No look is put off for so long."""
ASKED_EVERY = 1.0
"""Seconds between two questions what is due (``tasks.look``)."""
_LEASE = 300.0
_STORED = 255
_TOLD_EVERY = timedelta(minutes=1)
OPEN = (ArrivalState.SEEN, ArrivalState.KEPT, ArrivalState.TAKEN)

log = logging.getLogger(__name__)
_looking: set[int] = set()
_lock = threading.Lock()


def due(at: datetime, limit: int) -> list[int]:
    """The channels whose time has come, of which files come."""
    ahead = Q(look_at__lte=at) | Q(look_at__gt=at + FAR)  # the latter was written by a clock that ran ahead
    found = Channel.objects.filter(ahead, on=True, outgoing=False).order_by("look_at")
    return list(found.values_list("pk", flat=True)[:limit])


def look(channel_id: int) -> None:
    """Look at a channel once; nothing where this process is at it already, or another was faster."""
    with _alone(channel_id) as alone:
        channel = Channel.objects.select_related("profile").filter(pk=channel_id).first() if alone else None
        if channel is not None and _turn(channel):
            with translation.override(settings.LANGUAGE_CODE):
                look_at(channel)


@contextlib.contextmanager
def _alone(channel_id: int) -> Iterator[bool]:
    """A way that hangs holds up one thread, not one more with every look."""
    with _lock:
        free = channel_id not in _looking
        _looking.add(channel_id)
    try:
        yield free
    finally:
        if free:
            with _lock:
                _looking.discard(channel_id)


def _turn(channel: Channel) -> bool:
    """Whether it is this worker's turn; the next one is noted at once."""
    every = max(ways.find(channel.way).every, SLOW if channel.failed_since else 0)
    # What is due is asked for every second: due by a hair after the question, it would wait for the next one.
    every -= ASKED_EVERY / 2
    mine = Channel.objects.filter(pk=channel.pk, on=True, outgoing=False, look_at=channel.look_at)
    return bool(mine.update(look_at=clock.now() + timedelta(seconds=every)))


def look_at(channel: Channel) -> None:
    """Look at a channel now, whenever its time is; what is wrong with the way is kept on it and told."""
    try:
        way = ways.find(channel.way)
        with way.reach(places.place_of(channel)) as reach:
            _look(channel, reach)
    except (Unreachable, NoRoom, Misconfigured) as error:
        _fails(channel, error)
    else:
        _works(channel)


def _look(channel: Channel, reach: ways.Reach) -> None:
    # A name that is too long to be stored is too long to be taken: it is shown by its beginning.
    found = [replace(one, name=one.name[:_STORED]) for one in reach.list() if not names.waits(one.name)]
    note(channel, found)
    ready = to_do(channel)
    if not ready or (owner := lease.claim(channel, _LEASE)) is None:
        return
    try:
        broken = None
        for arrival in ready:
            if stopping.is_stopping() or not lease.renew(channel, owner, _LEASE):
                return
            arrival.channel = channel
            broken = _step(arrival, reach) or broken
        if broken is not None:
            raise broken
    finally:
        lease.give_back(channel, owner)


def _step(arrival: Arrival, reach: ways.Reach) -> Exception | None:
    """One file; what nobody foresaw in it is told at the end, so that the others have their turn."""
    try:
        arrivals.go_on(arrival, reach)
    except Conflict:
        return None  # another worker, or a person, was faster
    except PurveyorError:
        raise
    except Exception as error:
        log.exception("File %s of channel %s broke.", arrival.pk, arrival.channel_id)
        return error
    return None


def note(channel: Channel, found: Sequence[Seen]) -> None:
    """Write down what lies there: what is new, what changed since, what is gone."""
    now = clock.now()
    waiting = {one.name: one for one in channel.arrivals.filter(state__in=OPEN)}
    new = [_seen(channel, one, now) for one in found if one.name not in waiting]
    Arrival.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    for one in found:
        if one.name in waiting and waiting[one.name].state == ArrivalState.SEEN:
            _compare(waiting[one.name], one, now)
    lies = {one.name for one in found}
    for name, arrival in waiting.items():
        if name not in lies and arrival.state == ArrivalState.SEEN:
            with contextlib.suppress(Conflict):
                arrivals.gone(arrival)


def _seen(channel: Channel, one: Seen, now: datetime) -> Arrival:
    problem = names.trouble(one.name)
    if not problem and not one.plain:
        problem = _("It is no plain file but a link, a pipe or a device: it is never opened. Take it away.")
    moments = {"same_since": now, "state_at": now, "seen_at": now}
    return Arrival(channel=channel, name=one.name, size=one.size, stamp=one.stamp, problem=problem, **moments)


def _compare(arrival: Arrival, one: Seen, now: datetime) -> None:
    """A file that changed, or one seen by a clock that was set back since, has its time of quiet before it anew."""
    if (arrival.size, arrival.stamp) == (one.size, one.stamp) and arrival.same_since <= now:
        return
    again = _seen(arrival.channel, one, now)
    changes = {"size": one.size, "stamp": one.stamp, "same_since": now, "problem": again.problem}
    Arrival.objects.filter(pk=arrival.pk, state=ArrivalState.SEEN).update(**changes)


def to_do(channel: Channel) -> list[Arrival]:
    """The files that have a next step now, oldest first."""
    quiet = timedelta(seconds=int(channel.options.get("quiet", QUIET)))
    still = channel.arrivals.filter(state=ArrivalState.SEEN, problem="", same_since__lte=clock.now() - quiet)
    begun = channel.arrivals.filter(state__in=[ArrivalState.KEPT, ArrivalState.TAKEN])
    return [*begun.select_related("upload__run").order_by("pk"), *still.order_by("stamp", "pk")[:100]]


def _works(channel: Channel) -> None:
    now = clock.now()
    if channel.failed_since is not None:
        Channel.objects.filter(pk=channel.pk).update(failed_since=None, problem="", looked_at=now)
        close_alert(cause_of(channel), "The channel works again.")
    elif channel.looked_at is None or not timedelta(0) <= now - channel.looked_at < _TOLD_EVERY:
        Channel.objects.filter(pk=channel.pk).update(looked_at=now)


def _fails(channel: Channel, error: PurveyorError) -> None:
    """Keep why; who looks after it is told once it does not go away."""
    now = clock.now()
    problem = f"{error.message} {error.hint}".strip()
    since = channel.failed_since or now
    if (channel.failed_since, channel.problem) != (since, problem):
        Channel.objects.filter(pk=channel.pk).update(failed_since=since, problem=problem)
    if is_to_tell(error, since, now):
        tell_of_failure(channel, error)


def is_to_tell(error: PurveyorError, since: datetime, now: datetime) -> bool:
    """Whether people are told of a channel that fails since then: at once, where it does not mend itself."""
    return getattr(error, "at_once", False) or not timedelta(0) <= now - since < PATIENCE


def tell_of_failure(channel: Channel, error: PurveyorError) -> None:
    """Have whoever looks after channels know that one leads nowhere."""
    said = _("Channel %(name)s does not work: %(why)s") % {"name": channel.name, "why": phrase(error.message)}
    raise_alert(
        cause_of(channel),
        kind=FAILED,
        severity=Severity.BAD,
        message=said,
        hint=phrase(error.hint) if error.hint else _("Test the connection on the channel's page."),
        remedy=str(error.remedy),
        profile_id=channel.profile_id,
    )
