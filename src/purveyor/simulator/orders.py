"""What the buyer does to orders: place, change, cancel, take back, receive. All under the world's lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from purveyor.common import clock
from purveyor.common.errors import NotFound, Refused
from purveyor.common.windows import Window
from purveyor.simulator import wire
from purveyor.simulator.accounts import Account
from purveyor.simulator.buyer import Buyer
from purveyor.simulator.centers import CENTERS
from purveyor.simulator.model import Items, Line, Order, State, Step, stamp

if TYPE_CHECKING:
    from purveyor.simulator.world import World

Lines = int | Sequence[Line | Mapping[str, Any]] | None


def lines_of(given: int | Sequence[Line | Mapping[str, Any]], buyer: Buyer, position: int) -> list[Line]:
    """Lines as loosely given: a count of the buyer's choosing, or each as a Line or a mapping of its fields."""
    if isinstance(given, int):
        return buyer.lines(buyer.dice("lines", position), given)
    return [_line(one, str(place), buyer.account.currency) for place, one in enumerate(given, 1)]


def _line(given: Line | Mapping[str, Any], number: str, currency: str) -> Line:
    if isinstance(given, Line):
        return given
    usual = {
        "number": number,
        "asin": f"B0TEST{int(number):04d}" if number.isdigit() else "B0TEST0000",
        "sku": f"SKU-{number}",
        "cost": "10.00",
        "currency": currency,
    }
    return msgspec.convert(usual | dict(given), Line)


def place(
    world: World, account: Account, number: str | None, lines: Lines, at: datetime | None, more: dict[str, Any]
) -> Order:
    """Place one order. What is not given comes from the buyer's story. Raises Refused for a number used before."""
    buyer = world.buyer(account)
    position = world.next_position(account)
    at = stamp(at)
    draft = buyer.draft(position, at)
    if lines is not None:
        draft["lines"] = lines_of(lines, buyer, position)
    if "ship_window" in more or "delivery_window" in more:
        draft |= {"ship_window": "", "delivery_window": ""}
    draft |= {"number": number} if number else {}
    if "center" in more and "parties" not in more:
        draft["parties"] = {}
    order = _order(world, account, at, draft | more)
    if order.number in world.book(account.group).orders:
        raise Refused(f"there is an order {order.number} already")
    world.take_in([order])
    return order


def _order(world: World, account: Account, at: datetime, draft: dict[str, Any]) -> Order:
    lines = draft.pop("lines")
    moments = {"created_at": at, "updated_at": at, "state_changed_at": at}
    items = world.store.shelve(Items(lines))
    return Order(group=account.group, items=items, **(moments | draft))


def place_many(world: World, account: Account, count: int, lines: int, over: timedelta, until: datetime) -> list[str]:
    """Place many orders of so many lines, spread evenly over a time that ends at ``until``. Made for benches: the
    orders share a few hundred sets of lines.
    """
    buyer = world.buyer(account)
    sets = [world.store.shelve(Items(lines_of(lines, buyer, -kind))) for kind in range(1, min(count, 200) + 1)]
    centers = [CENTERS[buyer.draft(-kind, until)["center"]] for kind in range(1, 20)]
    step = over / max(count, 1)
    orders = []
    for one in range(count):
        at = stamp(until - over + step * (one + 1))
        center = centers[one % len(centers)]
        orders.append(
            Order(
                number=buyer.number(world.next_position(account)),
                group=account.group,
                vendor_code=account.vendor_codes[one % len(account.vendor_codes)],
                center=center.code,
                created_at=at,
                updated_at=at,
                state_changed_at=at,
                items=sets[one % len(sets)],
                delivery_window=center.window(at, 4, 5),
            )
        )
    world.take_in(orders)
    return [order.number for order in orders]


def change(world: World, order: Order, at: datetime, wanted: Mapping[str, Any]) -> None:
    """Change an order as Amazon does (FACTS §5.1): ``quantities`` and ``costs`` by line number, ``add`` and
    ``drop`` lines, ``ship_window``, ``delivery_window``, ``shift_days`` of whichever window there is, ``center``,
    ``type``.
    """
    known = {"quantities", "costs", "add", "drop", "ship_window", "delivery_window", "shift_days", "center", "type"}
    if unknown := set(wanted) - known:
        raise Refused(f"{', '.join(sorted(unknown))} cannot be changed; there are: {', '.join(sorted(known))}")
    begin_version(world, order)
    for number, amount in dict(wanted.get("quantities") or {}).items():
        set_amount(world, order, str(number), int(amount), at)
    for number, cost in dict(wanted.get("costs") or {}).items():
        _replace(world, order, _line_of(order, str(number)), cost=str(cost))
    for given in wanted.get("add") or ():
        _add_line(world, order, given, at)
    if gone := {str(number) for number in wanted.get("drop") or ()}:
        order.items = world.store.shelve(Items([line for line in order.lines if line.number not in gone]))
    if wanted.get("shift_days"):
        _shift(order, int(wanted["shift_days"]))
    for name in ("ship_window", "delivery_window", "center", "type"):
        if wanted.get(name):
            setattr(order, name, wanted[name])
    if wanted.get("center"):
        order.parties = {name: party for name, party in order.parties.items() if name != "shipToParty"}
    finish_version(world, order, at)


def begin_version(world: World, order: Order) -> None:
    """Keep the order as it was."""
    world.store.save_version(order, wire.order_wire(order))


def finish_version(world: World, order: Order, at: datetime) -> None:
    """Count the new version and put the order where changed ones are found."""
    order.versions += 1
    world.book(order.group).touch(order, at, changed=True)
    world.save(order)


def _line_of(order: Order, number: str) -> Line:
    try:
        return order.line(number)
    except KeyError:
        raise NotFound(f"order {order.number} has no line {number}") from None


def _replace(world: World, order: Order, line: Line, **fields: Any) -> None:
    changed = msgspec.structs.replace(line, **fields)
    lines = [changed if one.number == line.number else one for one in order.lines]
    order.items = world.store.shelve(Items(lines))


def set_amount(world: World, order: Order, number: str, amount: int, at: datetime) -> None:
    """Order more or less of a line, in its own unit; the difference becomes a step of its history."""
    line = _line_of(order, number)
    track = order.track(number)
    if not track.steps:
        track.steps = [Step(order.created_at, ordered=line.amount)]
    if amount > line.amount:
        track.steps.append(Step(at, ordered=amount - line.amount))
    elif amount < line.amount:
        track.steps.append(Step(at, cancelled=line.amount - amount))
    _replace(world, order, line, amount=amount)


def _add_line(world: World, order: Order, given: Line | Mapping[str, Any], at: datetime) -> None:
    number = str(max((int(line.number) for line in order.lines), default=0) + 1)
    line = msgspec.structs.replace(_line(given, number, order.lines[0].currency), number=number)
    order.items = world.store.shelve(Items([*order.lines, line]))
    order.track(number).steps = [Step(at, ordered=line.amount)]


def _shift(order: Order, days: int) -> None:
    """Move the window by whole days on the center's own calendar, so that it stays at local midnight."""
    name = "ship_window" if order.ship_window else "delivery_window"
    window = Window.parse(getattr(order, name))
    center = CENTERS.get(order.center) or CENTERS["LEJ1"]
    moved = Window(center.midnight(window.start, days), center.midnight(window.end, days))
    setattr(order, name, str(moved))


def has(order: Order, line: str | None) -> bool:
    """Whether there is something to cancel or to take back: the whole order, or a line that was not dropped since."""
    return line is None or line in order.items.by_number


def cancel(world: World, order: Order, line: str | None, at: datetime) -> None:
    """Cancel a line, or all of them and with them the order (ordered quantity 0, FACTS §5.1)."""
    begin_version(world, order)
    for number in [line] if line else [one.number for one in order.lines]:
        set_amount(world, order, number, 0, at)
    if not any(one.amount for one in order.lines):
        order.cancelled = True
        set_state(order, State.CLOSED, at)
    finish_version(world, order, at)


def uncancel(world: World, order: Order, line: str | None, at: datetime) -> None:
    """Want again what was cancelled: each line as much as was cancelled last."""
    begin_version(world, order)
    for number in [line] if line else [one.number for one in order.lines]:
        steps = order.seen(number).steps
        if _line_of(order, number).amount == 0 and steps:
            set_amount(world, order, number, steps[-1].cancelled, at)
    order.cancelled = False
    set_state(order, State.ACKNOWLEDGED if order.answered_at else State.NEW, at)
    finish_version(world, order, at)


def receive(world: World, order: Order, quantities: Mapping[str, int] | None, at: datetime) -> None:
    """Goods come in, eaches by line number; without any, all that was confirmed. A fully received order closes."""
    now = max(at, clock.now())
    for line in order.lines:
        track = order.track(line.number)
        missing = wire.due(line, track, now) - track.received
        count = int(quantities.get(line.number, 0)) if quantities is not None else missing
        if count > 0:
            track.received += count
            track.received_at = at
    if all(order.seen(line.number).received >= wire.due(line, order.seen(line.number), now) for line in order.lines):
        set_state(order, State.CLOSED, at)
    world.book(order.group).touch(order, at)
    world.save(order)


def set_state(order: Order, state: State, at: datetime) -> None:
    """Move the order's state; the moment is noted only when it really moves."""
    if order.state != state:
        order.state = state
        order.state_changed_at = at
