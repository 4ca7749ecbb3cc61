"""Taking an invitation in: the offer with its deliveries, rows and cells, and the stages it will go through; and
correcting what was said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.base.db import bulk_upsert
from purveyor.common import clock
from purveyor.common.errors import Problem, Refused
from purveyor.offers import rules
from purveyor.offers.domain import expiry, facts, waiting
from purveyor.offers.domain.decide import DEAREST
from purveyor.offers.domain.lock import lock
from purveyor.offers.domain.stages import begin
from purveyor.offers.models import Cell, Delivery, Offer, Row, Stage
from purveyor.offers.states import OfferState
from purveyor.people.who import Who
from purveyor.products.domain.match import match_many
from purveyor.profiles import dated
from purveyor.profiles.models import Profile

Asked = tuple[int, Decimal | None]
MOST_EACHES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One delivery of a new offer, between two days, both included; None is not said."""

    position: int
    name: str = ""
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class NewRow:
    """One row of a new offer. ``number`` is its row in the workbook; ``asked`` holds eaches and the price for one by
    the delivery's position, nothing where nothing is asked for."""

    number: int
    asin: str = ""
    vendor_product: str = ""
    title: str = ""
    asked: Mapping[int, Asked] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffer:
    """An invitation as it was read. ``expires_at`` without an offset is the time of ``zone``."""

    number: str
    title: str = ""
    program: str = Offer.Program.BULK
    unsold: str = Offer.Unsold.NONE
    vendor_code: str = ""
    currency: str
    expires_at: datetime | None = None
    zone: str
    deliveries: Sequence[NewDelivery]
    rows: Sequence[NewRow]


def take_in(who: Who, profile: Profile, new: NewOffer, *, upload_id: int | None = None) -> Offer:
    """Keep an invitation: its products are looked up, its stages are those of the settings, and the first begins.

    Joins the caller's transaction; all of it or nothing. Raises Denied (``offers.manage``), and Refused with every
    problem and its place.
    """
    who.require(rules.MANAGE, profile)
    values, problems = facts.read({name: getattr(new, name) for name in facts.EVERY})
    problems += [*_taken_problems(profile, values.get("number", "")), *_shape_problems(new)]
    if problems:
        raise Refused(_("The offer was not taken in."), problems)
    try:
        with transaction.atomic():
            offer = Offer.objects.create(profile=profile, upload_id=upload_id, by=who.name, **values)
            _fill(offer, new)
            stages = _stages(offer)
            record("offer.received", by=who.name, obj=offer, new=_told(offer, new, stages))
            begin(stages, who.name)
            waiting.tell(offer)
            expiry.look_at(offer)
    except IntegrityError:
        # Somebody took the same number between our look and our write.
        again = _taken_problems(profile, values["number"]) or [Problem(_("Try again."))]
        raise Refused(_("The offer was not taken in."), again) from None
    return offer


def change_facts(who: Who, offer: Offer, values: Mapping[str, Any], *, expect_version: int | None = None) -> Offer:
    """Correct what is said of an open offer: the facts by name, and under ``deliveries`` name and days by position.

    A moment without an offset is the time of the offer's zone. What stays the same is nothing. Raises Denied
    (``offers.manage``), Conflict, and Refused with each problem and its field.
    """
    who.require(rules.MANAGE, offer.profile)
    given = dict(values)
    by_position = given.pop("deliveries", None) or {}
    try:
        with transaction.atomic():
            now = lock(offer, OfferState.OPEN, expect_version=expect_version)
            new, problems = facts.read(given, zone_name=now.zone)
            deliveries, more = _deliveries_changed(now, by_position)
            new = {name: value for name, value in new.items() if getattr(now, name) != value}
            problems += [*more, *_taken_problems(now.profile, new.get("number", ""), now.pk)]
            if problems:
                raise Refused(_("The offer was not changed."), problems)
            if new or deliveries:
                _write(who, now, new, deliveries)
    except IntegrityError:
        again = _taken_problems(offer.profile, str(given.get("number", "")), offer.pk) or [Problem(_("Try again."))]
        raise Refused(_("The offer was not changed."), again) from None
    return now


Changed = list[tuple[Delivery, dict[str, Any]]]


def _write(who: Who, offer: Offer, new: dict[str, Any], deliveries: Changed) -> None:
    old = {name: getattr(offer, name) for name in new}
    Offer.objects.filter(pk=offer.pk).update(version=F("version") + 1, **new)
    before, after = {}, {}
    for delivery, changes in deliveries:
        before[delivery.position] = {name: getattr(delivery, name) for name in changes}
        after[delivery.position] = changes
        Delivery.objects.filter(pk=delivery.pk).update(**changes)
    told_old = old | ({"deliveries": before} if deliveries else {})
    told_new = new | ({"deliveries": after} if deliveries else {})
    for name, value in new.items():
        setattr(offer, name, value)
    offer.version += 1
    record("offer.changed", by=who.name, obj=offer, old=told_old, new=told_new)
    expiry.look_at(offer)


def _deliveries_changed(offer: Offer, given: Mapping[Any, Mapping[str, Any]]) -> tuple[Changed, list[Problem]]:
    changed: Changed = []
    problems: list[Problem] = []
    known = {str(delivery.position): delivery for delivery in offer.deliveries.all()} if given else {}
    for position, said in given.items():
        where = f"deliveries.{position}"
        delivery = known.get(str(position))
        if delivery is None:
            problems.append(Problem(_("There is no such delivery."), where=where))
            continue
        new, wrong = facts.read_delivery(said, where)
        days = [new.get(name, getattr(delivery, name)) for name in ("first_day", "last_day")]
        problems += wrong or facts.delivery_problems(days[0], days[1], where)
        new = {name: value for name, value in new.items() if getattr(delivery, name) != value}
        if new:
            changed.append((delivery, new))
    return changed, problems


def _taken_problems(profile: Profile, number: str, own: int | None = None) -> list[Problem]:
    if number and Offer.objects.filter(profile=profile, number=number).exclude(pk=own or 0).exists():
        words = {"number": number, "profile": profile.name}
        return [Problem(_("Profile %(profile)s has an offer %(number)s already.") % words, where="number")]
    return []


def _shape_problems(new: NewOffer) -> list[Problem]:
    """What is wrong with deliveries and rows; files say it more friendly, row by row, before it comes to this."""
    positions = [delivery.position for delivery in new.deliveries]
    numbers = [row.number for row in new.rows]
    problems = []
    if not 1 <= len(positions) <= facts.MOST_DELIVERIES or len(set(positions)) != len(positions):
        said = _("An offer has 1 to %(most)d deliveries, each position once.") % {"most": facts.MOST_DELIVERIES}
        problems.append(Problem(said, where="deliveries"))
    if not numbers or len(set(numbers)) != len(numbers):
        problems.append(Problem(_("An offer has rows, each number once."), where="rows"))
    for delivery in new.deliveries:
        where = f"deliveries.{delivery.position}"
        told = {name: getattr(delivery, name) for name in ("name", "first_day", "last_day")}
        _values, wrong = facts.read_delivery(told, where)
        problems += [*wrong, *facts.delivery_problems(delivery.first_day, delivery.last_day, where)]
    known = set(positions)
    return problems + [Problem(said, where=f"row {row.number}") for row in new.rows for said in _row_wrong(row, known)]


def _row_wrong(row: NewRow, positions: set[int]) -> list[str]:
    wrong = []
    if not row.asin and not row.vendor_product:
        wrong.append(_("The row names no product."))
    if len(row.asin) > 20 or len(row.vendor_product) > 80:
        wrong.append(_("A product's number is too long."))
    for position, (eaches, price) in row.asked.items():
        if position not in positions:
            wrong.append(_("There is no such delivery."))
        if not 0 <= eaches <= MOST_EACHES:
            wrong.append(_("This is not a number of pieces."))
        if price is not None and not 0 < price < DEAREST:
            wrong.append(_("A price is above 0."))
    return wrong


def _fill(offer: Offer, new: NewOffer) -> None:
    """Deliveries, rows with their products, and cells; a cell is only where something is asked for."""
    told = [(offer.pk, one.position, one.name.strip(), one.first_day, one.last_day) for one in new.deliveries]
    columns = ("offer_id", "position", "name", "first_day", "last_day")
    bulk_upsert(Delivery._meta.db_table, columns, told)
    found = match_many({(row.asin, row.vendor_product) for row in new.rows})
    products = {pair: match.product_id for pair, match in found.items()}
    rows = [
        (
            offer.pk,
            row.number,
            row.asin,
            row.vendor_product,
            row.title[:300],
            products.get((row.asin, row.vendor_product)),
        )
        for row in new.rows
    ]
    bulk_upsert(Row._meta.db_table, ("offer_id", "number", "asin", "vendor_product", "title", "product_id"), rows)
    row_keys = dict(Row.objects.filter(offer=offer).order_by().values_list("number", "pk"))
    delivery_keys = dict(Delivery.objects.filter(offer=offer).order_by().values_list("position", "pk"))
    cells = [
        (row_keys[row.number], delivery_keys[position], eaches, price, 0, 0)
        for row in new.rows
        for position, (eaches, price) in sorted(row.asked.items())
        if eaches
    ]
    bulk_upsert(Cell._meta.db_table, ("row_id", "delivery_id", "asked", "price", "version", "consumed"), cells)


def _stages(offer: Offer) -> list[Stage]:
    keys: tuple[str, ...] = dated.value(offer.profile, "offers.stages")
    at = clock.now()
    made = [Stage(offer=offer, position=place, key=key, state_at=at) for place, key in enumerate(keys, 1)]
    return Stage.objects.bulk_create(made)


def _told(offer: Offer, new: NewOffer, stages: Sequence[Stage]) -> dict[str, Any]:
    return {name: getattr(offer, name) for name in facts.EVERY} | {
        "rows": len(new.rows),
        "unmapped": Row.objects.filter(offer=offer, product=None).count(),
        "deliveries": len(new.deliveries),
        "stages": [stage.key for stage in stages],
        "file": offer.upload.name if offer.upload else "",
    }
