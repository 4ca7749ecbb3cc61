"""What the workers do here: the work on files is a kind of run, registered by its import."""

from __future__ import annotations

from datetime import datetime

from purveyor.channels import departures, exports, load, watch
from purveyor.channels.models import Upload
from purveyor.channels.pick_lists import NAME as PICK_LIST
from purveyor.jobs.registry import recurring, task

__all__ = ["depart", "look", "send_pick_list", "settle_files", "tidy_exports"]


@task("channels.look", due=watch.due, every=watch.ASKED_EVERY)
def look(channel_id: int) -> None:
    """Look at a channel: note what lies there, take what stopped growing, file it away."""
    watch.look(channel_id)


def _lists_due(at: datetime, limit: int) -> list[int]:
    return departures.waiting(limit).get(PICK_LIST, [])[:limit]


@task("channels.pick-list", due=_lists_due, every=5)
def send_pick_list(list_id: int) -> None:
    """Have a released pick list leave by every outgoing channel of its profile."""
    departures.depart(PICK_LIST, list_id)


@task(departures.SEND, due=departures.due, every=5)
def depart(departure_id: int) -> None:
    """Lay one file where its partner looks for it."""
    departures.send(departure_id)


@recurring("channels.settle_files", every=60)
def settle_files() -> None:
    """Say of files whose work ended without telling them that they stopped."""
    load.settle_lost(Upload.objects.all())


@recurring("channels.tidy_exports", every=3600)
def tidy_exports() -> None:
    """Drop files of exports a day after they were written."""
    exports.tidy()
