"""Who may come in to the hub's own server: the channels of way ``partner``, asked at every login, and what the audit is
told of it.

One user may have two channels, one that brings files and one that fetches them; either's keys open.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from pathlib import Path
from typing import TypeVar

from django.db import connections

from purveyor.audit.write import record
from purveyor.channels.models import Channel
from purveyor.channels.sftp import keys
from purveyor.channels.sftp.guests import Partner
from purveyor.channels.sftp.jail import MEGABYTE, Quota
from purveyor.channels.sftp.throttle import place_of
from purveyor.config.home import home

BY = "system:sftp"
USER = re.compile(r"[a-z][a-z0-9_-]{1,31}")
"""A user's name is the name of a folder, too."""
HOUR = 3600.0
MOST_TOLD = 60
"""So many logins and refusals an hour are told to the audit; the log has them all."""
T = TypeVar("T")


def root_of(user: str) -> Path:
    """A partner's place on the disk. Raises ValueError for what is no user's name."""
    if not USER.fullmatch(user):
        raise ValueError(user)
    return home() / "sftp" / user


def standing(users: Collection[str]) -> dict[str, Partner]:
    """Those of these users who may come in, one question for all."""
    found: dict[str, list[Channel]] = {}
    for channel in Channel.objects.filter(way=Channel.Way.PARTNER, on=True).order_by("outgoing", "pk"):
        user = str(channel.options.get("user", ""))
        if user in users and USER.fullmatch(user):
            found.setdefault(user, []).append(channel)
    return {user: _partner(user, channels) for user, channels in found.items()}


def _partner(user: str, channels: list[Channel]) -> Partner:
    opening = frozenset[bytes]().union(*(keys.blobs(str(one.options.get("keys", ""))) for one in channels))
    return Partner(user, opening, root_of(user), quota_of(channels[0].options))


def quota_of(options: Mapping[str, object]) -> Quota:
    """How much a partner may bring, as its channel says."""
    given = {name: int(str(options.get(name) or 0)) for name in ("largest", "files")}
    usual = Quota()
    return Quota(given["largest"] * MEGABYTE or usual.largest, given["files"] or usual.files)


def alone(ask: Callable[..., T]) -> Callable[..., T]:
    """Let go of the database afterwards: between two questions of a quiet server hours may pass."""

    @wraps(ask)
    def asked(*told: object) -> T:
        try:
            return ask(*told)
        finally:
            connections.close_all()

    return asked


class Ledger:
    """The book the server asks (``guests.Book``).

    Logins and refusals are told to the audit sparingly: one an hour for the same user, address and key, and no more
    than MOST_TOLD.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._told: dict[tuple[str, ...], float] = {}

    @alone
    def find(self, user: str) -> Partner | None:
        """The partner of this name who may come in."""
        return standing([user]).get(user)

    @alone
    def standing(self, users: Collection[str]) -> Mapping[str, Partner]:
        """Those of these who may still be in."""
        return standing(users)

    @alone
    def signed_in(self, user: str, address: str, print_: str) -> None:
        """Tell the audit who is in, from where, with which key."""
        if self._news("in", user, address, print_):
            told = {"user": user, "address": address, "fingerprint": print_}
            record("sftp.signed_in", by=BY, obj=_channel_of(user), name=user, new=told)

    @alone
    def refused(self, user: str, address: str, count: int) -> None:
        """Tell the audit who was not let in. A name that is no partner's is not kept: it may be a mistyped secret."""
        if self._news("refused", user, place_of(address)):
            told = {"user": user, "address": address, "failures": count}
            record("sftp.refused", by=BY, obj=_channel_of(user) if user else None, name=user, new=told)

    def _news(self, *what: str) -> bool:
        now = self._now()
        self._told = {told: at for told, at in self._told.items() if now - at < HOUR}
        if what in self._told or len(self._told) >= MOST_TOLD:
            return False
        self._told[what] = now
        return True


def _channel_of(user: str) -> Channel | None:
    found = Channel.objects.filter(way=Channel.Way.PARTNER).order_by("outgoing", "pk")
    return next((one for one in found if one.options.get("user") == user), None)
