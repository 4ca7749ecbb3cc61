"""Learn centers from the orders that go there: one question a page for all its codes, and writing only for what is new.

An order's word takes the place of the seed's and of an older order's. Against a person's it is offered, never taken.
The order's number is for the audit alone: not everybody who sees the registry sees that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import transaction

from purveyor.audit.secrecy import masked
from purveyor.audit.write import record
from purveyor.base.db import together
from purveyor.centers.domain import asking, change
from purveyor.centers.domain.facts import (
    ADDRESS,
    LENGTHS,
    code_of,
    contradicts,
    facts_of,
    from_order,
    has_place,
    place_key,
)
from purveyor.centers.models import Center, Source


class Seen(NamedTuple):
    """A center as an order names it: its code, when, with what address, in Amazon's names, if any; and the order."""

    code: str
    at: datetime
    address: Mapping[str, Any]
    order: str


class Verdict(StrEnum):
    """What becomes of an order's address."""

    KEEP = "keep what is known"
    TAKE = "take it"
    OFFER = "offer it"


def learn(profile_id: int, seen: Iterable[Seen], *, by: str) -> None:
    """Learn from the orders of a page. Never refuses; whoever was faster is left alone, the next order tells again."""
    newest = _newest(seen)
    if not newest:
        return
    held = {center.code: center for center in Center.objects.filter(code__in=together(newest)).order_by()}
    for code in sorted(newest):  # in one order everywhere, so that two pages never wait for each other
        one = newest[code]
        address = from_order(one.address) if one.address else {}
        center = held.get(code) or _add(profile_id, code, one, address, by)
        if center is not None and address:
            _weigh(profile_id, center, one, address, by)


def _newest(seen: Iterable[Seen]) -> dict[str, Seen]:
    """By code what the newest order says; one that names an address before those that name none."""
    found: dict[str, Seen] = {}
    for one in seen:
        if not one.code:
            continue
        have = found.get(one.code)
        if have is None or (bool(one.address), one.at) > (bool(have.address), have.at):
            found[one.code] = one
    return {code: one for raw, one in found.items() if (code := code_of(raw)[: LENGTHS["code"]])}


def _add(profile_id: int, code: str, one: Seen, address: dict[str, str], by: str) -> Center | None:
    """The center as somebody else added it meanwhile; None when it is new by this order, and all is said of it."""
    values = address | change.origin(Source.ORDER, "", _day(one))
    with transaction.atomic():
        center, added = change.add(code, values, by=by, action="center.learned", because=masked(one.order))
        if added:
            asking.ask_for_zone(center, profile_id)
    return None if added else center


def _weigh(profile_id: int, center: Center, one: Seen, address: dict[str, str], by: str) -> None:
    match verdict(center, address, _day(one)):
        case Verdict.TAKE:
            values = dict.fromkeys(ADDRESS, "") | address | change.origin(Source.ORDER, "", _day(one))
            change.write(center, values, by=by, because=masked(one.order), told=False)
        case Verdict.OFFER:
            _offer(profile_id, center, one, address, by)


def verdict(center: Center, address: Mapping[str, str], day: date) -> Verdict:
    """What becomes of an address that an order of that day names for a center."""
    mine = facts_of(center)
    if not has_place(address):
        return Verdict.KEEP
    if not has_place(mine) or center.source == Source.SEED:
        return Verdict.TAKE
    if not contradicts(mine, address):
        return Verdict.KEEP
    if center.source == Source.ORDER:
        return Verdict.TAKE if day > center.valid_from else Verdict.KEEP
    if day < center.valid_from or place_key(address) in (center.declined, place_key(center.offered.get("parts", {}))):
        return Verdict.KEEP
    return Verdict.OFFER


def _offer(profile_id: int, center: Center, one: Seen, address: dict[str, str], by: str) -> None:
    offered = {"parts": address, "valid_from": _day(one).isoformat()}
    with transaction.atomic():
        if Center.objects.filter(pk=center.pk, version=center.version).update(offered=offered):
            record("center.offered", by=by, obj=center, name=masked(center.code), because=masked(one.order))
            asking.ask_about_move(center, profile_id)


def _day(one: Seen) -> date:
    return one.at.astimezone(UTC).date()
