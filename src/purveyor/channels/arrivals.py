"""A file at a channel, step by step: kept, taken, filed away with its report. Each step may be done by another worker
than the one before, and by two at once: the second changes nothing."""

from __future__ import annotations

from typing import Any

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.base import filekinds
from purveyor.base.phrase import _, joined
from purveyor.base.transition import move
from purveyor.channels import load, names, report, ways
from purveyor.channels.kinds.upload import bring
from purveyor.channels.models import Arrival, Channel, Upload
from purveyor.channels.states import ArrivalState, UploadState
from purveyor.channels.store import NoRoom
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.people.who import Who

REFUSED = "channel.refused"
_SHOWN = 300


def who_of(channel: Channel) -> Who:
    """The channel as one that acts: what it may do was asked when it was set up."""
    return Who.system(f"channel.{channel.name}")


def go_on(arrival: Arrival, reach: ways.Reach) -> None:
    """Do what is next for a file, as far as it goes now. Raises Unreachable, NoRoom."""
    if arrival.state == ArrivalState.SEEN:
        keep(arrival, reach)
    if arrival.state == ArrivalState.KEPT:
        take(arrival)
    if arrival.state == ArrivalState.TAKEN:
        file_away(arrival, reach)


def keep(arrival: Arrival, reach: ways.Reach) -> None:
    """Keep its bytes, and look at its heads. One that cannot be read is to be filed away with why."""
    channel = arrival.channel
    seen = ways.Seen(arrival.name, arrival.size, arrival.stamp)
    try:
        bring(
            who_of(channel),
            filekinds.find(channel.kind),
            arrival.name,
            reach.fetch(seen),
            saved=channel.saved,
            profile=channel.profile,
            via=channel,
            also=lambda upload: _move(arrival, ArrivalState.KEPT, upload=upload, problem=""),
        )
    except ways.Gone:
        gone(arrival)
    except ways.Changed:
        Arrival.objects.filter(pk=arrival.pk, state=ArrivalState.SEEN).update(same_since=clock.now())
    except NoRoom:
        raise
    except (Refused, NotFound, Denied) as error:
        _move(arrival, ArrivalState.TAKEN, problem=load.words(error))


def gone(arrival: Arrival) -> None:
    """Whoever brought it took it away before it was kept. Raises Conflict."""
    _move(arrival, ArrivalState.GONE, problem="")


def take(arrival: Arrival) -> None:
    """Have its rows taken, or look how far that is. Large files are taken by the workers meanwhile."""
    upload = arrival.upload
    if upload is None:
        _move(arrival, ArrivalState.TAKEN, problem=_("What was kept of it is gone."))
        return
    try:
        _take(arrival, upload)
    except Conflict:
        return  # the same content is being taken, or somebody is at it: later
    except NoRoom:
        raise
    except (Refused, NotFound, Denied) as error:
        _move(arrival, ArrivalState.TAKEN, problem=load.words(error))


def _take(arrival: Arrival, upload: Upload) -> None:
    channel = arrival.channel
    who = who_of(channel)
    if upload.state == UploadState.KEPT and channel.whole and not _checked(who, upload):
        return
    if upload.state == UploadState.KEPT and channel.whole and upload.checked["refused"]:
        said = _("Not every row is good, and this channel takes a file as a whole or not at all: nothing was taken.")
        _move(arrival, ArrivalState.TAKEN, problem=said)
        return
    if upload.state == UploadState.KEPT:
        load.at_once(load.take(who, upload, again=arrival.again))
    elif upload.state == UploadState.TAKING:
        load.settle_lost(Upload.objects.filter(pk=upload.pk))
        load.at_once(upload)
    upload.refresh_from_db()
    if upload.state in (UploadState.DONE, UploadState.STOPPED):
        _move(arrival, ArrivalState.TAKEN, problem=upload.problem)


def _checked(who: Who, upload: Upload) -> bool:
    """Whether its dry run is done; it is begun where it was not."""
    if not upload.checked and not load.at_work(upload):
        if upload.run is not None and upload.run.problem:
            raise Refused(upload.run.problem)
        load.check(who, upload)
    if not upload.checked:
        load.at_once(upload)
    return bool(upload.checked)


def file_away(arrival: Arrival, reach: ways.Reach) -> None:
    """Lay it in ``done`` or ``error`` with its report. Where it shall lie is noted first, so that a worker that takes
    over looks at the same place. Raises Unreachable."""
    good = is_good(arrival)
    if not arrival.kept_as:
        where = _place(arrival, reach, "done" if good else "error")
        if not Arrival.objects.filter(pk=arrival.pk, state=ArrivalState.TAKEN, kept_as="").update(kept_as=where):
            return
        arrival.kept_as = where
    seen = ways.Seen(arrival.name, arrival.size, arrival.stamp)
    lost = _("It was taken away or replaced while it was being read; what was read lies with the hub.")
    if not reach.file_away(seen, arrival.kept_as, report.beside(arrival)) and lost not in arrival.problem:
        arrival.problem = f"{arrival.problem} {lost}".strip()
        reach.file_away(seen, arrival.kept_as, report.beside(arrival))
    if good:
        _move(arrival, ArrivalState.DONE, problem=arrival.problem)
        close_alert(cause_of(arrival), "It was taken.")
    else:
        _move(arrival, ArrivalState.REFUSED, problem=arrival.problem)
        tell_of(arrival)


def is_good(arrival: Arrival) -> bool:
    """Whether every row was taken, or had been before."""
    upload = arrival.upload
    return upload is not None and upload.state == UploadState.DONE and not upload.refused


def _place(arrival: Arrival, reach: ways.Reach, folder: str) -> str:
    """Where nothing lies yet and nothing else is about to, neither the file nor its report: a file may be called like
    the report of another."""
    for mark in ("", str(arrival.pk), f"{clock.now():%Y%m%d%H%M%S}-{arrival.pk}"):
        where = f"{folder}/{names.marked(arrival.name, mark) if mark else arrival.name}"
        taken = {where, where + ways.REPORT, where.removesuffix(ways.REPORT)}
        ours = Arrival.objects.filter(channel=arrival.channel, kept_as__in=taken).exclude(pk=arrival.pk)
        if not ours.exists() and not reach.has(where) and not reach.has(where + ways.REPORT):
            break
    return where


def tell_of(arrival: Arrival) -> None:
    """Have whoever looks after the channel know of a file that lies in error, and where its report is."""
    upload = arrival.upload
    words: dict[str, Any] = {"name": arrival.name, "channel": arrival.channel.name, "why": arrival.problem[:_SHOWN]}
    if upload is not None and upload.refused:
        words |= {"refused": upload.refused, "taken": upload.taken}
        said = _("File %(name)s of channel %(channel)s: %(refused)s rows were refused, %(taken)s taken.") % words
    else:
        said = _("File %(name)s of channel %(channel)s was not taken: %(why)s") % words
    hint = _("Its report says what to mend. Bring the mended file, or have it taken again on the channel's page.")
    mend = filekinds.find(arrival.channel.kind).mend
    raise_alert(
        cause_of(arrival),
        kind=REFUSED,
        severity=Severity.WARN,
        message=said,
        hint=joined([hint, mend]) if mend else hint,
        profile_id=arrival.channel.profile_id,
    )


def cause_of(arrival: Arrival) -> str:
    """What the alert about a file that was refused is known by."""
    return f"arrival:{arrival.pk}"


def _move(arrival: Arrival, target: ArrivalState, **more: Any) -> None:
    move(arrival, target, by=who_of(arrival.channel).name, action=f"arrival.{target}", **more)
