"""Each look at an order says of which type it is, writes down why, and keeps what it uses of its offer in step.

An order that waits for its answer is judged anew at each look; one that was answered only in a new version, and what it
was promised stays promised as far as the answer confirms it. A person's word stands (``domain.overrule``); its use of
the offer follows the quantities.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from purveyor.audit.write import Told, record_many
from purveyor.base import db
from purveyor.centers.domain.resolve import zones_of
from purveyor.common.errors import Conflict
from purveyor.offers.domain import consume
from purveyor.offers.models import Offer
from purveyor.orders.domain import classify
from purveyor.orders.domain.check import ANSWERABLE, ANSWERED
from purveyor.orders.domain.classify import Classified
from purveyor.orders.domain.knowledge import Batch, Shared
from purveyor.orders.domain.sight import Cells, Rules, Seen, Sight, look
from purveyor.orders.models import Line, Order, Typed
from purveyor.orders.states import OVER, OrderState

BY = "system:orders.types"
TRIES = 5
_COLUMNS = ("order_id", "version", "type", "offer_id", "reasons", "by", "person", "because", "at")
Uses = dict[consume.Place, int]


class Last(msgspec.Struct):
    """The decision about an order that counts now. ``ruled``: the rules made it; else a person said it, or handed the
    order back to them."""

    version: int
    type: str
    offer_id: int | None
    person: bool
    ruled: bool


@dataclass(slots=True)
class Types:
    """What a look made of a batch: decisions to be written, persons' words, what is used, what the checks have to
    know."""

    fresh: dict[int, Classified] = field(default_factory=dict)
    words: dict[int, Last] = field(default_factory=dict)
    before: dict[int, Uses] = field(default_factory=dict)
    after: dict[int, Uses] = field(default_factory=dict)
    deviates: dict[int, dict[str, Any]] = field(default_factory=dict)
    agreed: set[int] = field(default_factory=set)


def keep(batch: Batch, shared: Shared) -> None:
    """Say of which type each order of a batch is. Joins the caller's transaction.

    Nothing is asked about the offers of a profile that completed none. Raises Conflict where others are faster again
    and again.
    """
    last = _last([order.pk for order in batch.orders])
    linked = [order.pk for order in batch.orders if order.offer_id is not None]
    sights = _sights(batch, _cells(batch, shared), last)
    for _try in range(TRIES):
        left = consume.left_of(cell for one in sights.values() for cell in one.cells())
        types = judge(batch, sights, left, consume.used_by(linked) if linked else {}, last)
        if types.before == types.after or consume.follow(types.before, types.after):
            break
    else:
        raise Conflict("others use the same offers at this moment", hint="Look at it again.")
    _write(batch, types)
    batch.deviates, batch.agreed = types.deviates, types.agreed


def _last(keys: Sequence[int]) -> dict[int, Last]:
    rows = Typed.objects.filter(order__in=db.together(keys)).order_by("pk")
    found = rows.values_list("order_id", "version", "type", "offer_id", "person", "by")
    return {key: Last(version, type_, offer, person, by == BY) for key, version, type_, offer, person, by in found}


def _cells(batch: Batch, shared: Shared) -> Mapping[int, Cells]:
    """The cells for the products of a batch, by profile. Its offers stay as they are until the transaction ends."""
    profiles = {order.profile_id for order in batch.orders} & shared.offering
    return shared.book.open(profiles, batch.stocked.keys()) if profiles and batch.stocked else {}


def _sights(batch: Batch, cells: Mapping[int, Cells], last: Mapping[int, Last]) -> dict[int, Sight]:
    """The orders that are to be judged beside the cells they may come from, by key."""
    views = seen_of(batch.orders, batch, any(cells.values()))
    rules = {key: Rules.of(values) for key, values in batch.settings.items()}
    found = {}
    for order in batch.orders:
        said = last.get(order.pk)
        if _is_settled(order, said) or (said is not None and said.person and said.offer_id is None):
            continue
        mine, only = cells.get(order.profile_id, {}), said.offer_id if said is not None and said.person else None
        lines = batch.lines[order.pk]
        found[order.pk] = look(views[order.pk], lines, mine, rules[order.profile_id], only=only)
    return found


def _is_settled(order: Order, last: Last | None) -> bool:
    """Whether an order's type is judged no more: it is over, or was answered before anybody said of which it is."""
    return order.state in OVER or (last is None and order.state in ANSWERED)


def judge(
    batch: Batch,
    sights: Mapping[int, Sight],
    left: dict[int, int],
    used: dict[int, Uses],
    last: Mapping[int, Last],
) -> Types:
    """Judge each order of a batch, the earlier before the later: what one uses the next finds used."""
    types = Types(before=used)
    caps = _caps(batch)
    for order in batch.orders:
        own = used.get(order.pk, {})
        for (_line, cell), eaches in own.items():
            left[cell] = left.get(cell, 0) + eaches
        said, sight = last.get(order.pk), sights.get(order.pk)
        one = _One(order, batch.lines[order.pk], sight, said, own, caps.get(order.pk, {}))
        uses = _judge_one(one, left, types, batch)
        for (_line, cell), eaches in uses.items():
            left[cell] = left.get(cell, 0) - eaches
        if uses or own:
            types.after[order.pk] = uses
    return types


@dataclass(frozen=True, slots=True)
class _One:
    """One order on the bench: what is known of it. ``caps`` by line number are what was confirmed of it; without
    ``sight`` it is judged no more, or a person said that it comes from no offer."""

    order: Order
    lines: Sequence[Line]
    sight: Sight | None
    last: Last | None
    own: Uses
    caps: Mapping[str, int]

    @property
    def waits(self) -> bool:
        return self.order.state in ANSWERABLE

    @property
    def kept(self) -> Uses:
        """What it uses already, as far as its lines still ask for it and the answer confirms it."""
        rest = {
            line.pk: min(line.eaches, self.caps.get(line.number, line.eaches))
            for line in self.lines
            if not line.cancelled
        }
        found: Uses = {}
        for (line, cell), eaches in self.own.items():
            give = min(eaches, rest.get(line, 0))
            if give:
                found[line, cell] = give
                rest[line] -= give
        return found


def _judge_one(one: _One, left: Mapping[int, int], types: Types, batch: Batch) -> Uses:
    order, last = one.order, one.last
    if _is_settled(order, last):
        return one.kept if order.state != OrderState.CANCELLED else {}
    if last is not None and last.person:
        return _by_person(one, last, left, types, batch)
    assert one.sight is not None  # whatever is judged by the rules was looked at
    made = classify.decide(one.sight, left, one.caps)
    before = last if last is not None and last.ruled and last.version == order.version else None
    if before is None or (one.waits and (before.type, before.offer_id) != (made.type, made.offer_id)):
        types.fresh[order.pk] = made
    if one.waits or _changed_since(order, batch):
        types.deviates.update(made.deviates)
    types.agreed.update(made.agreed)
    kept = one.kept
    if one.waits or last is None or not kept or (made.offer_id is not None and made.offer_id == last.offer_id):
        return made.uses
    made.offer_id = last.offer_id  # promised is promised, whatever the new version comes from
    made.type = classify.UNDEFINED if made.type == classify.BULK else made.type
    return kept


def _by_person(one: _One, last: Last, left: Mapping[int, int], types: Types, batch: Batch) -> Uses:
    """A person's word: the type stands, what deviates is told against that offer, the use follows the quantities."""
    types.words[one.order.pk] = last
    if one.sight is None:
        return {}
    made = classify.decide(one.sight, left, one.caps)
    if made.offer_id != last.offer_id:
        return one.kept  # the offer was opened again, or no line names a product of it any more
    if one.waits or _changed_since(one.order, batch):
        types.deviates.update(made.deviates)
    types.agreed.update(made.agreed)
    return made.uses


def _changed_since(order: Order, batch: Batch) -> bool:
    version, _answers = batch.answered.get(order.pk, (0, {}))
    return batch.changed.get(order.pk, 0) > version


def seen_of(orders: Iterable[Order], batch: Batch, zoned: bool) -> dict[int, Seen]:
    """The orders as the rules see them; the zones of their centers are asked for only where days are compared."""
    pairs = {(order.ship_to, order.profile.marketplace) for order in orders} if zoned else set()
    zones = zones_of(pairs) if pairs else {}
    found = {}
    for order in orders:
        begins, ends = order.delivery_start or order.ship_start, order.delivery_end or order.ship_end
        begins, ends = begins or ends or order.window_end, ends or begins or order.window_end
        zone = zones.get((order.ship_to, order.profile.marketplace))
        found[order.pk] = Seen(
            first=_day(begins, zone.name) if zone and begins else None,
            last=_day(ends, zone.name) if zone and ends else None,
            days=(begins.date() - order.ordered_at.date()).days if begins else None,
            vendor_code=order.vendor_code,
            currency=order.currency,
            prefer=order.offer_id,
        )
    return found


@lru_cache(maxsize=4096)
def _day(at: Any, zone: str) -> date:
    found: date = at.astimezone(ZoneInfo(zone)).date()
    return found


def _caps(batch: Batch) -> dict[int, dict[str, int]]:
    """What the answer in force confirms of each line: ours, or the one given elsewhere as Amazon counts it."""
    found = {
        key: {number: sum(one.eaches for one in entries if one.confirms) for number, entries in answers.items()}
        for key, (_version, answers) in batch.answered.items()
    }
    elsewhere = [order.pk for order in batch.orders if order.state == OrderState.ELSEWHERE]
    rows = Line.objects.filter(order__in=elsewhere, rejected__gt=0).order_by() if elsewhere else Line.objects.none()
    for order, number, eaches, rejected in rows.values_list("order_id", "number", "eaches", "rejected"):
        found.setdefault(order, {})[number] = max(eaches - (rejected or 0), 0)
    return found


def _write(batch: Batch, types: Types) -> None:
    """The decisions, the orders' own type and offer, and what the events tell."""
    orders = {order.pk: order for order in batch.orders}
    linked = {order.pk: order.offer_id for order in batch.orders}
    rows = [
        (key, orders[key].version, made.type, made.offer_id, made.reasons.stored(), BY, False, "", batch.now)
        for key, made in types.fresh.items()
    ]
    db.bulk_upsert(Typed._meta.db_table, _COLUMNS, rows)
    show([(orders[key], word.type, word.offer_id, "") for key, word in types.words.items()])
    told = show([(orders[key], made.type, made.offer_id, made.reasons.offer) for key, made in types.fresh.items()])
    for profile, ones in told.items():
        record_many("order.typed", ones, by=BY, kind=Order, profile=profile)
    tell_uses(batch, types, linked, BY)


def show(decided: Iterable[tuple[Order, str, int | None, str]]) -> dict[str, list[Told]]:
    """Give orders their type and offer; answers what is to be told, by profile, where a bulk buy begins or ends."""
    rows: list[tuple[int, str, int | None]] = []
    told: dict[str, list[Told]] = {}
    for order, type_, offer, number in decided:
        if (order.type, order.offer_id) == (type_, offer):
            continue
        if classify.BULK in (order.type, type_) or order.offer_id != offer:
            new = {"type": type_, "offer": number if offer else ""}
            told.setdefault(order.profile.name, []).append(Told(order.pk, order.number, {"type": order.type}, new))
        rows.append((order.pk, type_, offer))
        order.type, order.offer_id = type_, offer
    db.set_columns(Order._meta.db_table, {"type": str, "offer_id": int}, rows)
    return told


def tell_uses(batch: Batch, types: Types, linked: Mapping[int, int | None], by: str) -> None:
    """Tell the audit what orders use of their offers and give back; ``linked`` are the offers they had before."""
    changed = [order for order in batch.orders if types.before.get(order.pk, {}) != types.after.get(order.pk, {})]
    if not changed:
        return
    keys = {key for one in changed for key in (one.offer_id, linked[one.pk]) if key is not None}
    offers = dict(Offer.objects.filter(pk__in=keys).order_by().values_list("pk", "number"))
    told: dict[tuple[str, str], list[Told]] = {}
    for order in changed:
        sums = _sums(types.before.get(order.pk, {})), _sums(types.after.get(order.pk, {}))
        for action, key, lines in _differences(linked[order.pk], order.offer_id, *sums):
            numbers = {line.number: lines[line.pk] for line in batch.lines[order.pk] if line.pk in lines}
            one = Told(key, offers[key], new={"order": order.number, "lines": numbers})
            told.setdefault((action, order.profile.name), []).append(one)
    for (action, profile), ones in told.items():
        record_many(action, ones, by=by, kind=Offer, profile=profile)


def _sums(uses: Mapping[consume.Place, int]) -> dict[int, int]:
    """Pieces by line."""
    found: dict[int, int] = {}
    for (line, _cell), eaches in uses.items():
        found[line] = found.get(line, 0) + eaches
    return found


def _differences(
    was: int | None, now: int | None, before: dict[int, int], after: dict[int, int]
) -> list[tuple[str, int, dict[int, int]]]:
    """What is told of which offer: the lines that use more, and those that use less."""
    if was == now:
        both = before.keys() | after.keys()
        changes = {line: after.get(line, 0) - before.get(line, 0) for line in both}
        before = {line: -eaches for line, eaches in changes.items() if eaches < 0}
        after = {line: eaches for line, eaches in changes.items() if eaches > 0}
    found = (("offer.given_back", was, before), ("offer.consumed", now, after))
    return [(action, key, lines) for action, key, lines in found if key is not None and lines]
