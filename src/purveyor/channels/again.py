"""What a person has done at a channel: look now, take a file once more as it was kept, with what is known now."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from purveyor.base import filekinds
from purveyor.base.transition import move
from purveyor.channels import departures, load, setup, store, watch
from purveyor.channels.arrivals import who_of
from purveyor.channels.kinds.upload import bring
from purveyor.channels.models import Arrival, Channel, Upload
from purveyor.channels.states import ArrivalState
from purveyor.common.errors import Conflict, NotFound, Refused
from purveyor.people.who import Who

_PIECE = 1024 * 1024


def look_now(who: Who, name: str) -> Channel:
    """Look at a channel because somebody asks: what came is taken once it is quiet, what is to go out goes. Raises
    Denied, NotFound, and Refused for one that is off."""
    channel = setup.one(who, name, setup.MANAGE)
    if not channel.on:
        raise Refused(_("This channel is off. Switch it on first."))
    if channel.outgoing:
        departures.send_all(channel)
    else:
        with translation.override(settings.LANGUAGE_CODE):
            watch.look_at(channel)
    channel.refresh_from_db()
    return channel


def arrivals(who: Who, channel: Channel) -> QuerySet[Arrival]:
    """The files a channel brought, newest first."""
    who.require(setup.SEE, channel.profile)
    return channel.arrivals.select_related("upload__run", "upload__repeats", "channel__profile")


def one(who: Who, number: int) -> Arrival:
    """A file of a channel by its number. Raises NotFound, also where it is not for the asker to see."""
    seen = Arrival.objects.filter(channel__in=setup.channels(who), pk=number)
    found = seen.select_related("channel__profile", "upload__run", "upload__repeats").first()
    if found is None:
        raise NotFound(_("There is no such file of a channel, or it is not yours to see."))
    return found


def take_again(who: Who, number: int) -> Arrival:
    """Have a file that was filed away taken once more; its report is written anew where it lies.

    Raises Denied, NotFound, Conflict while a file of its name is being taken, and Refused where nothing was kept of it.
    """
    arrival, channel = _filed(who, number)
    try:
        _bring(
            arrival,
            lambda upload: move(
                arrival, ArrivalState.KEPT, by=who.name, action="arrival.kept", upload=upload, problem="", again=True
            ),
        )
    except IntegrityError:
        raise Conflict(_("A file of this name is being taken."), hint=_("Wait until it is done.")) from None
    Channel.objects.filter(pk=channel.pk).update(look_at=channel.created_at)
    return arrival


def check_again(who: Who, number: int) -> Upload:
    """A dry run of a file that was filed away: what would become of it now; nothing is taken. Raises as
    ``take_again``."""
    arrival, _channel = _filed(who, number)
    return load.at_once(load.check(who_of(arrival.channel), _bring(arrival)))


def _filed(who: Who, number: int) -> tuple[Arrival, Channel]:
    arrival = one(who, number)
    setup.may_act(who, filekinds.find(arrival.channel.kind), arrival.channel.profile)
    if arrival.state not in (ArrivalState.DONE, ArrivalState.REFUSED):
        raise Conflict(_("This file is not filed away yet."), hint=_("Wait until it is done."))
    if arrival.upload is None:
        raise Refused(_("Nothing was kept of this file: it could not be read. Mend it, and bring it anew."))
    return arrival, arrival.channel


def _bring(arrival: Arrival, also: Callable[[Upload], None] | None = None) -> Upload:
    assert arrival.upload is not None
    channel = arrival.channel
    with store.path_of(arrival.upload.sha256).open("rb") as stream:
        return bring(
            who_of(channel),
            filekinds.find(channel.kind),
            arrival.name,
            iter(lambda: stream.read(_PIECE), b""),
            saved=channel.saved,
            profile=channel.profile,
            via=channel,
            also=also,
        )
