"""New or changed: what came from Amazon becomes orders, versions and states. The same document twice changes nothing.

One page at a time, in one short transaction: rows are written in bulk, states change through ``move``. The page itself
is told to the audit by whoever received it; its versions are the orders' own history.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from purveyor.base import db
from purveyor.centers.domain.learn import Seen, learn
from purveyor.common import clock
from purveyor.orders.domain import keep, reopen, standing
from purveyor.orders.domain.follow import follow, settle
from purveyor.orders.domain.keep import Known, Version
from purveyor.orders.domain.receive_status import judge_held, receive_statuses
from purveyor.orders.models import Snapshot
from purveyor.orders.records import Counts, Document, ReceivedOrder
from purveyor.profiles.models import Profile

__all__ = ["judge_held", "receive_orders", "receive_statuses", "settle"]

_KIND = Snapshot.Kind.ORDER


def receive_orders(
    profile: Profile, received: Sequence[Document], *, backfilled: bool, by: str, seen_again: Collection[str] = ()
) -> Counts:
    """Take in at most a page of orders. ``backfilled`` marks the new ones: they are never answered automatically.
    So are those placed before the account was connected.

    Documents whose content is held already change nothing; those older than the one held are kept as versions without
    taking effect. ``seen_again`` are numbers of orders known to be unchanged: as for all others, their state follows
    Amazon's word where it does not yet.
    """
    versions = [Version(document) for document in received]
    counts = Counts(seen=len(received))
    with transaction.atomic(savepoint=False):
        db.one_at_a_time(keep.LOCK, profile.pk)
        for batch in _rounds(versions):
            counts.add(_receive(profile, batch, backfilled, by))
        follow(keep.known(profile, seen_again).values() if seen_again else (), (), by)
    return counts


def _rounds(versions: Sequence[Version]) -> Iterator[list[Version]]:
    """The versions in batches that name each order once, in the order in which they came."""
    rest = list(versions)
    while rest:
        first: dict[str, Version] = {}
        later = []
        for version in rest:
            number = version.document.record.number
            if first.setdefault(number, version) is not version:
                later.append(version)
        yield list(first.values())
        rest = later


def _receive(profile: Profile, versions: list[Version], backfilled: bool, by: str) -> Counts:
    held = keep.known(profile, [v.document.record.number for v in versions])
    fresh = [v for v in versions if v.document.record.number not in held]
    changed, older = _sorted_out(versions, held)
    now = clock.now()
    if fresh:
        keep.insert_orders(profile, fresh, now, backfilled=backfilled)
    before = _overwrite(profile, changed, now)
    keep.write_snapshots(fresh + changed, _KIND, now)
    learn(profile.pk, map(_center, fresh + changed), by=by)
    if older:
        _keep_older(older, now)
    really = reopen.note(before, changed, now, by=by, quietly=backfilled)
    follow(held.values(), changed, by)
    if not backfilled:
        reopen.arrived([v.order_id for v in fresh if not keep.is_old(profile, v)] + really)
    return Counts(stored=len(fresh), changed=len(changed), unchanged=len(versions) - len(fresh) - len(changed))


def _center(version: Version) -> Seen:
    """Where an order goes, as it says itself."""
    record: Any = version.document.record
    address = record.parties.get("ship_to", {}).get("address", {})
    return Seen(record.ship_to, record.changed_at or record.ordered_at, address, record.number)


def _overwrite(profile: Profile, changed: list[Version], now: datetime) -> dict[int, ReceivedOrder]:
    """Write the changed orders; answers them as they were, by their key."""
    if not changed:
        return {}
    before = reopen.as_held(version.order_id for version in changed)
    keep.number_versions(changed, _KIND)
    keep.update_orders(profile, changed, now)
    return before


def _sorted_out(versions: Iterable[Version], held: dict[str, Known]) -> tuple[list[Version], list[Version]]:
    """Of the orders held: the versions that change them, and those older than what is held."""
    changed: list[Version] = []
    older: list[Version] = []
    pairs = [(version, held[number]) for version in versions if (number := version.document.record.number) in held]
    differing = [(version, have) for version, have in pairs if version.document.raw_hash != have.raw_hash]
    contents = keep.contents(have for _version, have in differing)
    for version, have in differing:
        if keep.content(version.document) == contents[have.id]:
            continue
        version.order_id = have.id
        (older if _is_older(version.document, have) else changed).append(version)
    return changed, older


def _is_older(document: Document, have: Known) -> bool:
    record: Any = document.record
    received = standing.stamp(record.changed_at, record.amazon_state_at)
    return standing.is_older(received, standing.stamp(have.changed_at, have.amazon_state_at))


def _keep_older(older: list[Version], now: Any) -> None:
    unseen = keep.unseen(older, _KIND)
    if unseen:
        keep.number_versions(unseen, _KIND)
        keep.write_snapshots(unseen, _KIND, now)
