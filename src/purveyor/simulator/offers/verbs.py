"""What the buyer does about bulk buys: invite, read the answer back, order what was promised."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from purveyor.common.errors import NotFound, Refused
from purveyor.common.money import plain
from purveyor.common.windows import Window
from purveyor.simulator import orders
from purveyor.simulator.accounts import Account
from purveyor.simulator.catalogue import Product, catalogue
from purveyor.simulator.centers import Center, centers_for
from purveyor.simulator.model import Line, stamp
from purveyor.simulator.offers import reading
from purveyor.simulator.offers.layouts import DELIVERIES, LARGE, LAYOUTS, VARIANTS, make
from purveyor.simulator.offers.model import ADVANCE, BORN_TO_RUN, BULK, Delivery, Error, Invitation, Promise, Row

if TYPE_CHECKING:
    from purveyor.simulator.world import World

EVENT = "bulk"
ROWS = 12
MOST_ROWS = 20_000
MOST_LINES = 100
HOURS = 96.0
MOST_HOURS = 24.0 * 365
_LETTERS = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
_ZONES = {"US": "America/New_York", "CA": "America/Toronto", "GB": "Europe/London", "JP": "Asia/Tokyo"}
# Pieces nobody buys: what becomes of them in each program (OPERATIONS §1.4).
_UNSOLD = {BULK: ("none",), BORN_TO_RUN: ("return", "keep"), ADVANCE: ("none",)}


def invite(
    world: World,
    account: Account | str | None = None,
    *,
    layout: str = "",
    variant: str = "",
    rows: int = 0,
    hours: float = HOURS,
    number: str = "",
    at: datetime | None = None,
) -> Invitation:
    """Invite a vendor to a bulk buy. What is not given comes from the buyer's story, the same for the same seed.

    Raises Refused for a layout, variant or number of rows there is not, and for a number used before.
    """
    found = world.account_named(account)
    _known("layout", layout, LAYOUTS)
    _known("variant", variant, VARIANTS)
    if not 0 <= rows <= MOST_ROWS or (rows and rows < len(VARIANTS)):
        raise Refused(f"an invitation has {len(VARIANTS)} to {MOST_ROWS} rows, not {rows}")
    if not 0 < hours <= MOST_HOURS:
        raise Refused("an invitation is open for up to a year")
    with world.writing():
        place = len(world.store.invitations(found.group)) + 1
        rng = world.buyer(found).dice("offer", place)
        count = rows or (LARGE if variant == "large" else ROWS)
        made = _draft(rng, found, layout, variant, hours, number, stamp(at))
        if any(one.number == made.number for one in world.store.invitations(found.group)):
            raise Refused(f"there is an invitation {made.number} already")
        book = make(made, _rows(world, rng, found, count, len(made.deliveries)))
        made.rows, made.sheet, made.columns = book.rows, book.sheet, book.columns
        world.store.save_invitation(made)
        world.store.save_workbook(made.group, made.number, "sent", book.content)
    return made


def _known(what: str, name: str, there: Any) -> None:
    if name and name not in there:
        raise Refused(f"no {what} {name!r}; there are: {', '.join(filter(None, there))}")


def _draft(
    rng: random.Random, account: Account, layout: str, variant: str, hours: float, number: str, at: datetime
) -> Invitation:
    layout = layout or rng.choice(list(LAYOUTS))
    program = rng.choice((BULK, BORN_TO_RUN, ADVANCE)) if layout == "wide" else BULK
    zone = _ZONES.get(account.marketplace, "Europe/Berlin")
    ends = (at + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0)
    first = (at + timedelta(days=rng.randint(28, 42))).date()
    days = [first + timedelta(days=21 * place) for place in range(DELIVERIES[layout])]
    return Invitation(
        number=number or "BB-" + "".join(rng.choice(_LETTERS) for _ in range(6)),
        group=account.group,
        vendor_code=rng.choice(account.vendor_codes),
        layout=layout,
        variant=variant,
        program=program,
        unsold=rng.choice(_UNSOLD[program]),
        currency=account.currency,
        zone=zone,
        created_at=at,
        expires_at=ends,
        deliveries=tuple(Delivery(day, day + timedelta(days=4)) for day in days),
    )


def _rows(world: World, rng: random.Random, account: Account, count: int, deliveries: int) -> list[Row]:
    """So many products of the account's catalogue, each with pieces in whole cartons; not every delivery asks for
    every product."""
    shelf = catalogue(world.seed, account.marketplace, max(count, 120))
    chosen = rng.sample(shelf, count)
    return [_row(rng, product, deliveries) for product in chosen]


def _row(rng: random.Random, product: Product, deliveries: int) -> Row:
    pieces = [
        product.case * rng.randint(10, 80) if not place or rng.random() < 0.8 else 0 for place in range(deliveries)
    ]
    costs = [plain(product.cost)] * deliveries
    found = {"asin": product.asin, "sku": product.sku, "title": product.name}
    return Row(number=0, pieces=tuple(pieces), costs=tuple(costs), **found)


def every(world: World, account: Account | str | None = None) -> list[Invitation]:
    """The invitations of an account, the newest first."""
    with world.lock:
        return world.store.invitations(world.account_named(account).group)[::-1]


def find(world: World, number: str, account: Account | str | None = None) -> Invitation:
    """One invitation. Raises NotFound."""
    found = next((one for one in every(world, account) if one.number == number), None)
    if found is None:
        raise NotFound(f"no invitation {number}")
    return found


def workbook(world: World, number: str, account: Account | str | None = None, kind: str = "sent") -> bytes:
    """The bytes of an invitation as it was ``sent``, or as it was ``answered``. Raises NotFound."""
    of = find(world, number, account)
    with world.lock:
        found = world.store.workbook(of.group, number, kind)
    if found is None:
        raise NotFound(f"invitation {number} was not {kind}")
    return found


def hand_in(
    world: World, number: str, content: bytes, account: Account | str | None = None, *, at: datetime | None = None
) -> tuple[Invitation, list[Error]]:
    """The vendor's answer comes back: with nothing wrong it counts, and the buyer orders what was promised.

    Raises Refused once it is answered or expired, and for what is not the workbook that was sent.
    """
    at = stamp(at)
    with world.writing():
        of = find(world, number, account)
        if of.answered_at is not None:
            raise Refused(f"invitation {number} was answered already")
        if of.expires_at <= at:
            raise Refused(f"invitation {number} has expired")
        promises, errors = reading.read(of, workbook(world, number, account), content)
        if errors:
            return of, errors
        of.answered_at, of.promises = at, tuple(promises)
        world.store.save_invitation(of)
        world.store.save_workbook(of.group, number, "answered", content)
        delay = world.delay(world.settings.bulk_order_delay)
        world.schedule(at + delay, EVENT, {"account": world.account_named(account).name, "number": number})
    return of, []


def order(world: World, data: dict[str, Any], at: datetime) -> None:
    """The buyer orders what was promised: each delivery by itself, in one center or two, in the delivery's window."""
    account = world.account_named(data["account"])
    of = find(world, data["number"], account)
    rng = world.buyer(account).dice(f"bulk:{of.number}", 0)
    numbers = list(of.orders)
    for place, delivery in enumerate(of.deliveries):
        promised = [one for one in of.promises if one.delivery == place]
        for center, shares in _shared(rng, promised, centers_for(account.marketplace)):
            for begin in range(0, len(shares), MOST_LINES):
                lines = _lines(of, shares[begin : begin + MOST_LINES])
                more = {"vendor_code": of.vendor_code, "center": center.code, "type": "RegularOrder", "deal": ""}
                more["delivery_window"] = _window(center, delivery)
                numbers.append(orders.place(world, account, None, lines, at, more).number)
    of.orders = tuple(numbers)
    world.store.save_invitation(of)


def _shared(
    rng: random.Random, promised: Sequence[Promise], centers: Sequence[Center]
) -> list[tuple[Center, list[Promise]]]:
    """Which center gets how much of it: all of it one, or two of them a part each."""
    if not promised:
        return []
    chosen = rng.sample(sorted({one.code: one for one in centers}.values(), key=lambda one: one.code), 2)
    if rng.random() < 0.5:
        return [(chosen[0], list(promised))]
    first = [msgspec.structs.replace(one, pieces=one.pieces * 3 // 5) for one in promised]
    rest = [
        msgspec.structs.replace(one, pieces=one.pieces - part.pieces) for one, part in zip(promised, first, strict=True)
    ]
    return [(chosen[0], [one for one in first if one.pieces]), (chosen[1], [one for one in rest if one.pieces])]


def _lines(of: Invitation, promises: Sequence[Promise]) -> list[Line]:
    rows = {row.number: row for row in of.rows}
    return [
        Line(
            number=str(place),
            asin=rows[one.row].asin,
            sku=rows[one.row].sku,
            amount=one.pieces,
            cost=one.cost,
            currency=of.currency,
        )
        for place, one in enumerate(promises, 1)
    ]


def _window(center: Center, delivery: Delivery) -> str:
    return str(Window(_midnight(center, delivery.first), _midnight(center, delivery.last)))


def _midnight(center: Center, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(center.zone))
