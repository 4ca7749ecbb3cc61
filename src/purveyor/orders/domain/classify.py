"""Of which type an order is, and why, line by line (PRODUCT §3). Pure: values in, a classification out.

``bulk``       every open line has its place in one completed offer: product, window, price, pieces left, enough days
``weekly``     no line's product stands in an offer with pieces left whose window is near, and the order's begins soon
``undefined``  everything else; what deviates from a near offer is told (PO-06)

A line uses the delivery its window fits best, of several that hold it the narrowest first. An order that fits in all
but the quantity uses what is left: so what an offer comes to does not depend on which order came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from purveyor.common.money import plain
from purveyor.offers.domain.consume import OpenCell
from purveyor.orders.models import Line

UNDEFINED, WEEKLY, BULK = "undefined", "weekly", "bulk"
COMPLETED, WINDOW, PRICE, QUANTITY, DAYS = "COMPLETED", "WINDOW", "PRICE", "QUANTITY", "DAYS"
NEAR, SOON = "NEAR", "SOON"

Cells = Mapping[int, Sequence[OpenCell]]
Uses = dict[tuple[int, int], int]


class Rules(msgspec.Struct, frozen=True):
    """The settings ``types.…`` in force. ``tolerance`` is in percent, the others are days."""

    slack: int
    tolerance: Decimal
    min_days: int
    weekly_days: int
    near_days: int

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Rules:
        return cls(
            slack=settings["types.slack_days"],
            tolerance=settings["types.price_tolerance_percent"],
            min_days=settings["types.min_days"],
            weekly_days=settings["types.weekly_days"],
            near_days=settings["types.near_days"],
        )


class Seen(msgspec.Struct, frozen=True):
    """An order as the rules see it: the days of its window where it goes to, and how many of them lie between its
    own date and the first; None where Amazon names none."""

    first: date | None
    last: date | None
    days: int | None
    vendor_code: str = ""
    currency: str = ""
    prefer: int | None = None
    """The offer it is linked to already: of equals that one stays."""


class Reason(msgspec.Struct, gc=False):
    """One rule, whether it is met, and the numbers it looked at. The sentence is made when it is read."""

    rule: str
    ok: bool
    numbers: dict[str, Any]


class LineSaid(msgspec.Struct, gc=False):
    """What the rules say of a line, beside which row of the offer."""

    line: str
    rules: list[Reason]
    row: int | None = None
    delivery: int | None = None

    @property
    def ok(self) -> bool:
        return all(one.ok for one in self.rules)


class Classified(msgspec.Struct):
    """A type with its reasons; what each line uses of the offer (eaches by line and cell); what deviates (numbers of
    PO-06 by line key); the lines whose price the offer agrees to."""

    type: str
    offer_id: int | None = None
    offer: str = ""
    rules: list[Reason] = []
    lines: list[LineSaid] = []
    uses: Uses = {}
    deviates: dict[int, dict[str, Any]] = {}
    agreed: frozenset[int] = frozenset()

    def stored(self) -> str:
        """The reasons as they are kept, in JSON."""
        return msgspec.json.encode({"offer": self.offer, "rules": self.rules, "lines": self.lines}).decode()


class _Place(msgspec.Struct, gc=False):
    """A line beside the cells of one offer: the best of them, whether it is near, and what the line uses of them."""

    line: Any
    cell: OpenCell
    near: bool
    window: bool
    price: bool
    wanted: int
    left: int = 0
    uses: list[tuple[int, int]] = []

    @property
    def fits(self) -> bool:
        """In all but the quantity."""
        return self.window and self.price

    @property
    def full(self) -> bool:
        return self.window and self.price and self.left >= self.wanted


class _Fit(msgspec.Struct):
    """An order beside one offer."""

    offer_id: int
    number: str
    places: dict[int, _Place]
    related: bool
    fits: bool
    full: bool
    score: tuple[Any, ...]


def classify(
    seen: Seen,
    lines: Sequence[Line],
    cells: Cells,
    left: Mapping[int, int],
    rules: Rules,
    *,
    caps: Mapping[str, int] | None = None,
    only: int | None = None,
) -> Classified:
    """Say of which type an order is.

    ``cells`` by product are those of completed offers, ``left`` what each still has for this order (its own use
    counted in). ``caps`` by line number is what of a line was confirmed: an answered order uses no more. With ``only``
    a person said that it comes from this offer: all lines use what there is, and what deviates is told all the same.
    """
    open_ = [line for line in lines if not line.cancelled]
    offers = _by_offer(seen if only is None else msgspec.structs.replace(seen, vendor_code=""), open_, cells)
    fits = [
        _beside(seen, open_, key, found, left, rules, caps or {}, force=only is not None)
        for key, found in offers.items()
        if only in (None, key)
    ]
    best = max(fits, key=lambda one: one.score, default=None)
    enough = seen.days is None or seen.days >= rules.min_days
    days = Reason(DAYS, enough, {"days": seen.days, "needed": rules.min_days})
    if best is None or not (best.related or only):
        return _apart(seen, open_, best, rules)
    linked = only is not None or (best.fits and enough)
    bulk = only is not None or (best.full and enough)
    return Classified(
        type=BULK if bulk else UNDEFINED,
        offer_id=best.offer_id if linked else None,
        offer=best.number,
        rules=[days],
        lines=[_said(seen, line, best.places.get(line.pk), rules) for line in open_],
        uses={(one.line.pk, cell): n for one in best.places.values() for cell, n in one.uses} if linked else {},
        deviates=_deviations(seen, open_, best, days, rules),
        agreed=frozenset(one.line.pk for one in best.places.values() if one.fits) if linked else frozenset(),
    )


def _by_offer(seen: Seen, lines: Iterable[Line], cells: Cells) -> dict[int, dict[int, list[OpenCell]]]:
    """The cells that may be meant, by offer and line key."""
    found: dict[int, dict[int, list[OpenCell]]] = {}
    if not cells:
        return found
    for line in lines:
        for cell in cells.get(line.product_id or 0, ()):
            if cell.vendor_code and seen.vendor_code and cell.vendor_code != seen.vendor_code:
                continue
            found.setdefault(cell.offer_id, {}).setdefault(line.pk, []).append(cell)
    return found


def _beside(
    seen: Seen,
    lines: Sequence[Line],
    offer: int,
    cells: Mapping[int, Sequence[OpenCell]],
    left: Mapping[int, int],
    rules: Rules,
    caps: Mapping[str, int],
    *,
    force: bool,
) -> _Fit:
    places: dict[int, _Place] = {}
    taken: dict[int, int] = {}
    for line in lines:
        mine = cells.get(line.pk)
        if mine:
            wanted = min(line.eaches, caps.get(line.number, line.eaches))
            places[line.pk] = _place(seen, line, mine, wanted, rules)
            _use(places[line.pk], _fitting(seen, line, mine, rules, force), left, taken)
    whole = len(places) == len(lines)
    found = places.values()
    fits = whole and all(one.fits for one in found)
    full = fits and all(one.left >= one.wanted for one in found)
    related = any(one.near and one.left > 0 for one in found)
    number = next(iter(cells.values()))[0].offer_number
    count = sum(one.fits for one in found)
    nearest = sum(one.near for one in found)
    score = (full and related, fits and related, related, count, nearest, offer == seen.prefer, -offer)
    return _Fit(offer, number, places, related, fits and related, full and related, score)


def _place(seen: Seen, line: Line, cells: Sequence[OpenCell], wanted: int, rules: Rules) -> _Place:
    """The cell a line belongs to by its window and price, whether or not both are met."""
    best = None
    for cell in cells:
        window, price = _within(seen, cell, rules.slack), _priced(seen, line, cell, rules)
        rank = (window and price, window, -_gap(seen, cell), -_out(seen, cell))
        if best is None or rank > best[0]:
            best = rank, cell, window, price
    assert best is not None  # a line stands beside an offer because of its cells
    _rank, cell, window, price = best
    near = window or (seen.first is not None and _gap(seen, cell) <= max(rules.near_days, rules.slack))
    return _Place(line, cell, near, window, price, wanted)


def _fitting(seen: Seen, line: Line, cells: Sequence[OpenCell], rules: Rules, force: bool) -> list[OpenCell]:
    """The cells whose pieces a line uses, in order: those that hold its window, the narrowest first; else the one it
    sticks out of least. By ``force`` all of the offer's, the nearest first."""
    if len(cells) == 1 and force:
        return list(cells)
    fits = [one for one in cells if _within(seen, one, rules.slack) and _priced(seen, line, one, rules)]
    if len(fits) > 1:
        fits.sort(key=lambda one: (_out(seen, one), one.closes - one.opens, one.opens, one.delivery, one.cell_id))
        holding = [one for one in fits if _out(seen, one) == 0]
        fits = holding or fits[:1]
    if force:
        others = [one for one in cells if one not in fits]
        fits += sorted(others, key=lambda one: (_gap(seen, one), _out(seen, one), one.delivery, one.cell_id))
    return fits


def _use(place: _Place, cells: Sequence[OpenCell], left: Mapping[int, int], taken: dict[int, int]) -> None:
    """Use what there is; a line that fits nowhere looks at its best cell and uses nothing."""
    uses, rest, there = [], place.wanted, 0
    for cell in cells or (place.cell,):
        free = max(left.get(cell.cell_id, cell.left) - taken.get(cell.cell_id, 0), 0)
        there += free
        give = min(rest, free) if cells else 0
        if give:
            taken[cell.cell_id] = taken.get(cell.cell_id, 0) + give
            uses.append((cell.cell_id, give))
            rest -= give
    place.left, place.uses = there, uses


def _out(seen: Seen, cell: OpenCell) -> int:
    """By how many days the order's window sticks out of the delivery's; 0 where it is inside, or one names none."""
    if seen.first is None or seen.last is None:
        return 0
    return max(cell.opens - seen.first.toordinal(), 0) + max(seen.last.toordinal() - cell.closes, 0)


def _gap(seen: Seen, cell: OpenCell) -> int:
    """How many days lie between both windows; 0 where they touch, or one names none."""
    if seen.first is None or seen.last is None:
        return 0
    return max(cell.opens - seen.last.toordinal(), seen.first.toordinal() - cell.closes, 0)


def _within(seen: Seen, cell: OpenCell, slack: int) -> bool:
    if cell.first_day is None and cell.last_day is None:
        return True
    if seen.first is None or seen.last is None:
        return False
    return cell.opens - slack <= seen.first.toordinal() and seen.last.toordinal() <= cell.closes + slack


def _priced(seen: Seen, line: Line, cell: OpenCell, rules: Rules) -> bool:
    """Whether the order's cost is the approved price; a cost per weight is compared by nobody."""
    if cell.price is None:
        return True
    if line.net_cost is None or line.cost_unit:
        return False
    currency = line.currency or seen.currency
    if currency and cell.currency and currency != cell.currency:
        return False
    return line.net_cost == cell.price or abs(line.net_cost - cell.price) * 100 <= cell.price * rules.tolerance


def _apart(seen: Seen, lines: Sequence[Line], best: _Fit | None, rules: Rules) -> Classified:
    """An order that stands in no offer: weekly or nothing."""
    soon = seen.days is not None and seen.days <= rules.weekly_days
    said = [Reason(NEAR, True, {}), Reason(SOON, soon, {"days": seen.days, "most": rules.weekly_days})]
    places = best.places if best is not None else {}
    told = [_said(seen, line, places.get(line.pk), rules) for line in lines]
    return Classified(WEEKLY if soon and lines else UNDEFINED, None, best.number if best else "", said, told)


def _said(seen: Seen, line: Line, place: _Place | None, rules: Rules) -> LineSaid:
    if place is None:
        return LineSaid(line.number, [Reason(COMPLETED, False, {})])
    cell = place.cell
    found = [
        Reason(COMPLETED, place.left > 0 or not place.wanted, {"approved": cell.approved}),
        Reason(WINDOW, place.window, _windows(seen, cell, rules)),
        Reason(PRICE, place.price, _prices(seen, line, cell, rules)),
        Reason(QUANTITY, place.left >= place.wanted, _quantities(place)),
    ]
    return LineSaid(line.number, found, cell.row, cell.delivery)


def _windows(seen: Seen, cell: OpenCell, rules: Rules) -> dict[str, Any]:
    return {
        "first": _day(seen.first),
        "last": _day(seen.last),
        "from": _day(cell.first_day),
        "to": _day(cell.last_day),
        "slack": rules.slack,
    }


def _prices(seen: Seen, line: Line, cell: OpenCell, rules: Rules) -> dict[str, Any]:
    return {
        "cost": "" if line.net_cost is None else plain(line.net_cost),
        "currency": line.currency or seen.currency,
        "price": "" if cell.price is None else plain(cell.price),
        "price_currency": cell.currency,
        "tolerance": plain(rules.tolerance),
    }


def _quantities(place: _Place) -> dict[str, Any]:
    return {"eaches": place.wanted, "left": place.left, "approved": place.cell.approved}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _deviations(seen: Seen, lines: Sequence[Line], fit: _Fit, days: Reason, rules: Rules) -> dict[int, dict[str, Any]]:
    """The lines of a near offer's products that are not as approved, with the offer's and the order's numbers."""
    found: dict[int, dict[str, Any]] = {}
    others = [line.number for line in lines if (place := fit.places.get(line.pk)) is None or not place.near]
    for place in fit.places.values():
        if not place.near:
            continue
        what: dict[str, dict[str, Any]] = {}
        if not place.window:
            what["window"] = _windows(seen, place.cell, rules)
        if not place.price:
            what["price"] = _prices(seen, place.line, place.cell, rules)
        if place.left < place.wanted:
            what["quantity"] = _quantities(place)
        if not days.ok:
            what["days"] = days.numbers
        if others and place.fits:
            what["others"] = {"others": others[:20]}
        if what:
            told = {"offer": fit.number, "row": place.cell.row, "delivery": place.cell.delivery}
            numbers = [one.items() for one in what.values()]
            found[place.line.pk] = told | {"what": list(what)} | dict(pair for ones in numbers for pair in ones)
    return found
