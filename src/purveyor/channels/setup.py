"""Channels: set up, change, switch, remove, try out. One of a profile is managed by who may on that profile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from purveyor.alerts.raise_ import close_alert
from purveyor.audit.write import record
from purveyor.base import filekinds
from purveyor.base.filekinds import Kind
from purveyor.channels import mapping, outgoing, places, ways
from purveyor.channels.kinds.upload import require
from purveyor.channels.models import Channel
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.vault import sealing

SEE, MANAGE = "channels.view", "channels.manage"
QUIET, MOST_QUIET = 2, 3600
"""Seconds a file must have stayed as it is before it is taken, unless its channel says otherwise."""
FORMS = ("csv", "json")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A channel as somebody asks for it. ``options`` and ``secrets`` are texts by the names of the way's fields.

    ``quiet`` is in seconds. ``form`` is the form of what an outgoing channel hands out.
    """

    name: str
    way: str = "folder"
    kind: str = ""
    profile: Profile | None = None
    outgoing: bool = False
    saved: str = ""
    whole: bool = False
    quiet: int = QUIET
    form: str = "csv"
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


def channels(who: Who) -> QuerySet[Channel]:
    """The channels somebody may see; those of no profile need the permission on every profile."""
    return _held(who, SEE)


def one(who: Who, name: str, permission: str = SEE) -> Channel:
    """A channel by its name. Raises NotFound, also where it is not for the asker to see, and Denied."""
    found = channels(who).filter(name=name.strip().lower()).first()
    if found is None:
        raise NotFound(_("There is no channel %(name)s, or it is not yours to see.") % {"name": name})
    if permission != SEE:
        who.require(permission, found.profile)
    return found


def by_id(who: Who, number: int, permission: str = SEE) -> Channel:
    """A channel by its number, for pages. Raises as ``one``."""
    found = channels(who).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such channel, or it is not yours to see."))
    if permission != SEE:
        who.require(permission, found.profile)
    return found


def use_mapping(who: Who, channel: Channel, saved: str) -> None:
    """Have a channel read its files by a saved mapping from now on. Raises Denied, and Refused where there is none."""
    if channel.saved != saved:
        change(who, channel.name, replace(asked_of(channel), saved=saved))


def _held(who: Who, permission: str) -> QuerySet[Channel]:
    found = Channel.objects.select_related("profile").order_by("name")
    names = who.profile_names(permission)
    return found if names is None else found.filter(profile__name__in=names)


def add(who: Who, asked: Asked) -> Channel:
    """A new channel, switched on. Raises Denied, NotFound, and Refused with every problem and its place."""
    channel = Channel(by=who.name, created_at=clock.now())
    _may(who, asked)
    _fill(channel, asked)
    place = _prepared(channel, asked)
    with transaction.atomic():
        sealing.lock_ring()  # before any other row, as whoever seals does
        _own_place(channel)  # again, now that nobody else stores a channel
        channel.sealed = places.sealed(place.secrets)
        _save(channel)
        record("channel.added", by=who.name, obj=channel, new=told(channel))
    return channel


def change(who: Who, name: str, asked: Asked, *, version: int | None = None) -> Channel:
    """Change a channel to what is asked; secrets that are not given stay. ``version`` is the one that was seen.

    Raises as ``add``, and Conflict where somebody was faster.
    """
    channel = one(who, name, MANAGE)
    _may(who, asked)
    old, seen = told(channel), channel.version if version is None else version
    before = channel.name
    if (asked.way, asked.outgoing) != (channel.way, channel.outgoing):
        said = _("A channel stays what it is: its way, and whether files come or go. Add another.")
        raise Refused(said, [Problem(said, where="way")])
    options = dict(channel.options)
    _fill(channel, asked)
    _same_secret(channel, options, asked)
    place = _prepared(channel, asked)
    with transaction.atomic():
        sealing.lock_ring()
        _own_place(channel)
        channel.sealed = places.sealed(place.secrets)
        _write(channel, seen)
        record("channel.changed", by=who.name, obj=channel, name=before, old=old, new=told(channel))
    close_alert(cause_of(channel), "A person changed the channel.")
    return channel


def _prepared(channel: Channel, asked: Asked) -> ways.Place:
    """Its place, with what it needs on our side made. Raises Refused."""
    place, way = places.place_of(channel, asked.secrets), ways.find(channel.way)
    try:
        way.prepare(place)
    except ways.Unreachable as error:
        raise Refused(error.message, [Problem(error.message, where=way.fields[0].name)], hint=error.hint) from None
    return place


def _write(channel: Channel, seen: int) -> None:
    names = ("name", "kind", "profile", "saved", "whole", "options", "sealed")
    values = {name: getattr(channel, name) for name in names}
    values |= {"version": seen + 1, "look_at": clock.now(), "failed_since": None, "problem": ""}
    try:
        with transaction.atomic():
            stored = Channel.objects.filter(pk=channel.pk, version=seen).update(**values)
    except IntegrityError:
        raise _taken() from None
    if not stored:
        raise Conflict(_("Somebody else changed this channel."), hint=_("Look at it again."))
    for name, value in values.items():
        setattr(channel, name, value)


def _save(channel: Channel) -> None:
    try:
        with transaction.atomic():
            channel.save(force_insert=True)
    except IntegrityError:
        raise _taken() from None


def _taken() -> Refused:
    said = _("There is a channel of this name already.")
    return Refused(said, [Problem(said, where="name")])


def switch(who: Who, name: str, *, on: bool) -> Channel:
    """Switch a channel on or off. Off, its files lie where they are, and what is to go out waits. Raises Denied."""
    channel = one(who, name, MANAGE)
    changes = {"on": on, "look_at": clock.now(), "failed_since": None, "problem": ""}
    with transaction.atomic():
        if Channel.objects.filter(pk=channel.pk, on=not on).update(**changes):
            record("channel.switched", by=who.name, obj=channel, old={"on": not on}, new={"on": on})
    close_alert(cause_of(channel), "A person switched the channel.")
    channel.refresh_from_db()
    return channel


def remove(who: Who, name: str) -> None:
    """Remove a channel with what is told of its files; the files themselves, and what was taken, stay. Raises Denied,
    and Conflict while one of its files is being taken."""
    channel = one(who, name, MANAGE)
    if channel.arrivals.filter(state="kept").exists():
        raise Conflict(_("A file of this channel is being taken."), hint=_("Switch it off, and wait until it is done."))
    close_alert(cause_of(channel), "The channel was removed.")
    with transaction.atomic():
        record("channel.removed", by=who.name, obj=channel, old=told(channel))
        channel.delete()


def try_asked(who: Who, asked: Asked, name: str = "") -> ways.Tested:
    """Try a way out before it is stored; with the ``name`` of a channel with the secrets it has, where none are given.

    Nothing is stored. Raises Denied, NotFound, and Refused where its fields do not fit.
    """
    stored = one(who, name, MANAGE) if name else None
    _may(who, asked)
    channel = Channel(sealed=stored.sealed if stored else None)
    channel.pk = stored.pk if stored else None
    _fill(channel, asked)
    if stored is not None:
        _same_secret(channel, stored.options, asked)
    return ways.find(channel.way).test(places.place_of(channel, asked.secrets))


def try_out(who: Who, name: str) -> ways.Tested:
    """Try a channel out as it is stored. Raises Denied, NotFound."""
    channel = one(who, name, MANAGE)
    return ways.find(channel.way).test(places.place_of(channel))


def asked_of(channel: Channel) -> Asked:
    """A channel as somebody would ask for it; its secrets are not told."""
    options = {name: str(value) for name, value in channel.options.items() if name not in ("quiet", "form")}
    same = {name: getattr(channel, name) for name in ("name", "way", "kind", "outgoing", "saved", "whole")}
    quiet, form = channel.options.get("quiet", QUIET), channel.options.get("form", "csv")
    return Asked(profile=channel.profile, options=options, quiet=quiet, form=form, **same)


def told(channel: Channel) -> dict[str, Any]:
    """A channel for the audit: never a secret, only which there are."""
    same = ("way", "kind", "outgoing", "saved", "whole", "on", "options")
    return {name: getattr(channel, name) for name in same} | {
        "profile": channel.profile.name if channel.profile else None,
        "secrets": secret_names(channel),
    }


def secret_names(channel: Channel) -> list[str]:
    """Which fields hold something that is not shown."""
    secret = [one.name for one in ways.find(channel.way).fields if one.secret]
    return secret if channel.sealed is not None else []


def cause_of(channel: Channel) -> str:
    """What the alert about a channel that fails is known by."""
    return f"channel:{channel.pk}"


def _may(who: Who, asked: Asked) -> None:
    who.require(MANAGE, asked.profile)
    if not asked.outgoing:
        may_act(who, filekinds.find(asked.kind), asked.profile)


def may_act(who: Who, kind: Kind, profile: Profile | None) -> None:
    """Go on only for who may have a channel act: what the files of a profile say, their bringers say, and whoever
    connects these need not be one. What a file says of the whole house takes the permission to bring such files too,
    since a channel acts by itself ever after. Raises Denied."""
    who.require(MANAGE, profile)
    if not kind.of_profile:
        require(who, kind, profile)


def _fill(channel: Channel, asked: Asked) -> None:
    way = ways.find(asked.way)
    problems = list(_problems(channel, asked, way))
    channel.name, channel.way, channel.kind = asked.name.strip().lower(), asked.way, asked.kind.strip().lower()
    channel.profile, channel.outgoing, channel.whole = asked.profile, asked.outgoing, asked.whole
    channel.saved = asked.saved.strip()
    options = {name: value.strip() for name, value in asked.options.items()}
    place = ways.Place(channel.name, options, places.place_of(channel, asked.secrets).secrets, asked.outgoing)
    settled: dict[str, Any] = {}
    try:
        settled = way.settle(place)
    except Refused as error:
        problems += error.problems
    if problems:
        raise Refused(_("The channel is not stored."), problems)
    more: dict[str, Any] = {"form": asked.form} if asked.outgoing else {"quiet": asked.quiet}
    channel.options = settled | more
    _own_place(channel)


def _own_place(channel: Channel) -> None:
    """Two channels at one place would take each other's files, and two profiles that share one see each other's. Raises
    Refused; what belongs to another profile is not named."""
    way = ways.find(channel.way)
    others = list(Channel.objects.filter(way=channel.way).exclude(pk=channel.pk))
    same = [one for one in others if _spot(one, way) == _spot(channel, way)]
    strangers = [one for one in others if one.profile_id != channel.profile_id]
    shared = [one for one in strangers if _house(one, way) == _house(channel, way)]
    if not same and not shared:
        return
    said = _("Another profile uses this already. Choose another.")
    if not shared:
        said = _("Channel %(name)s uses this place already.") % {"name": same[0].name}
    raise Refused(said, [Problem(said, where=way.fields[0].name)])


def _spot(channel: Channel, way: ways.Way) -> tuple[Any, ...]:
    return way.spot(ways.Place(channel.name, channel.options, {}, channel.outgoing))


def _house(channel: Channel, way: ways.Way) -> tuple[Any, ...]:
    """What channels share that come and go at one place: the same of both directions."""
    return tuple(channel.options.get(name) for name in way.shared) or (channel.pk,)


def _same_secret(channel: Channel, before: Mapping[str, Any], asked: Asked) -> None:
    """A secret that is stored goes nowhere else than where it was given for: whoever leads a channel elsewhere says it
    anew. Raises Refused."""
    way = ways.find(channel.way)
    secret = [one.name for one in way.fields if one.secret]
    led = [name for name in way.leads if before.get(name) and before.get(name) != channel.options.get(name)]
    if channel.sealed is not None and led and not any(asked.secrets.get(name) for name in secret):
        said = _("The channel leads elsewhere now: say its password or key anew.")
        raise Refused(said, [Problem(said, where=secret[0])])


def _problems(channel: Channel, asked: Asked, way: ways.Way) -> Iterator[Problem]:
    """What is wrong whatever the way says."""
    if not _NAME.fullmatch(asked.name.strip().lower()):
        said = _("A channel has a name of up to 40 letters a to z, digits and hyphens.")
        yield Problem(said, where="name")
    plain, secret = ({one.name for one in way.fields if one.secret is kept} for kept in (False, True))
    for name in sorted((asked.options.keys() - plain) | (asked.secrets.keys() - secret)):
        yield Problem(_("This way has no such field."), where=name)
    if not 0 <= asked.quiet <= MOST_QUIET:
        yield Problem(_("Between 0 and %(most)d seconds.") % {"most": MOST_QUIET}, where="quiet")
    if asked.form not in FORMS:
        yield Problem(_("There are the forms %(forms)s.") % {"forms": ", ".join(FORMS)}, where="form")
    if asked.outgoing:
        if asked.kind not in outgoing.kinds():
            yield Problem(_("Nothing of this kind goes out."), where="kind")
        return
    kind = filekinds.find(asked.kind)
    if kind.of_profile and asked.profile is None:
        yield Problem(_("Files of this kind belong to a profile: say which."), where="profile")
    if asked.saved.strip():
        try:
            mapping.find(kind, asked.saved)
        except NotFound as error:
            yield Problem(error.message, where="saved")
