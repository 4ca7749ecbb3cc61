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
from purveyor.offers.domain.consume import EVER, NEVER, OpenCell
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


class _Eyes(msgspec.Struct):
    """How one order is looked at. The numbers of lines that are alike are put together once (``told``)."""

    seen: Seen
    rules: Rules
    first: int | None
    last: int | None
    told: dict[Any, dict[str, Any]] = {}

    @classmethod
    def of(cls, seen: Seen, rules: Rules) -> _Eyes:
        days = (seen.first, seen.last)
        first, last = (day.toordinal() if day and all(days) else None for day in days)
        return cls(seen, rules, first, last)

    @property
    def reach(self) -> tuple[int, int]:
        """The days between which a delivery is near."""
        if self.first is None or self.last is None:
            return EVER, NEVER
        far = max(self.rules.near_days, self.rules.slack)
        return self.first - far, self.last + far


class _Weighed(msgspec.Struct, gc=False):
    """A line beside one cell: whether window and price fit, by how many days its window sticks out of the delivery's
    and how many lie between both."""

    cell: OpenCell
    window: bool
    price: bool
    out: int
    gap: int

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """The better fit is the higher."""
        return self.window and self.price, self.window, -self.gap, -self.out

    @property
    def narrow(self) -> tuple[int, int, int, int, int]:
        """The one whose pieces are used first is the lower."""
        cell = self.cell
        return self.out, cell.closes - cell.opens, cell.opens, cell.delivery, cell.cell_id


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
    eyes = _Eyes.of(seen, rules)
    open_ = [line for line in lines if not line.cancelled]
    offers = _by_offer(eyes, open_, cells, only)
    fits = [_beside(eyes, open_, key, found, left, caps or {}, force=only is not None) for key, found in offers.items()]
    best = max(fits, key=lambda one: one.score, default=None)
    enough = seen.days is None or seen.days >= rules.min_days
    days = Reason(DAYS, enough, {"days": seen.days, "needed": rules.min_days})
    if best is None or not (best.related or only):
        return _apart(eyes, open_, best)
    linked = only is not None or (best.fits and enough)
    bulk = only is not None or (best.full and enough)
    return Classified(
        type=BULK if bulk else UNDEFINED,
        offer_id=best.offer_id if linked else None,
        offer=best.number,
        rules=[days],
        lines=[_said(eyes, line, best.places.get(line.pk)) for line in open_],
        uses={(one.line.pk, cell): n for one in best.places.values() for cell, n in one.uses} if linked else {},
        deviates=_deviations(eyes, open_, best, days),
        agreed=frozenset(one.line.pk for one in best.places.values() if one.fits) if linked else frozenset(),
    )


def _by_offer(
    eyes: _Eyes, lines: Iterable[Line], cells: Cells, only: int | None
) -> dict[int, dict[int, list[OpenCell]]]:
    """The cells that may be meant, by offer and line key: those near the order's window, where there are any. A person
    who names an offer means all of it, whichever vendor code it names."""
    found: dict[int, dict[int, list[OpenCell]]] = {}
    far: dict[int, dict[int, list[OpenCell]]] = {}
    code = "" if only is not None else eyes.seen.vendor_code
    begin, end = eyes.reach if only is None else (EVER, NEVER)
    for line in lines if cells else ():
        for cell in cells.get(line.product_id or 0, ()):
            if (code and cell.vendor_code and cell.vendor_code != code) or only not in (None, cell.offer_id):
                continue
            into = found if cell.opens <= end and cell.closes >= begin else far
            into.setdefault(cell.offer_id, {}).setdefault(line.pk, []).append(cell)
    for offer, by_line in far.items():
        mine = found.setdefault(offer, {})
        for key, ones in by_line.items():
            mine.setdefault(key, ones)
    return found


def _beside(
    eyes: _Eyes,
    lines: Sequence[Line],
    offer: int,
    cells: Mapping[int, Sequence[OpenCell]],
    left: Mapping[int, int],
    caps: Mapping[str, int],
    *,
    force: bool,
) -> _Fit:
    places: dict[int, _Place] = {}
    taken: dict[int, int] = {}
    for line in lines:
        mine = cells.get(line.pk)
        if mine:
            wanted = min(line.eaches, caps.get(line.number, line.eaches)) if caps else line.eaches
            weighed = [_weigh(eyes, line, one) for one in mine]
            places[line.pk] = _place(eyes, line, weighed, wanted)
            _use(places[line.pk], _fitting(weighed, force=force), left, taken)
    found = places.values()
    count, nearest = sum(one.fits for one in found), sum(one.near for one in found)
    related = any(one.near and one.left > 0 for one in found)
    fits = related and count == len(lines)
    full = fits and all(one.left >= one.wanted for one in found)
    number = next(iter(cells.values()))[0].offer_number
    score = (full, fits, related, count, nearest, offer == eyes.seen.prefer, -offer)
    return _Fit(offer, number, places, related, fits, full, score)


def _weigh(eyes: _Eyes, line: Line, cell: OpenCell) -> _Weighed:
    price = _priced(eyes, line, cell)
    if eyes.first is None or eyes.last is None:
        return _Weighed(cell, cell.first_day is None and cell.last_day is None, price, 0, 0)
    opens, closes = cell.opens - eyes.first, eyes.last - cell.closes
    slack = eyes.rules.slack
    out = max(opens, 0) + max(closes, 0)
    gap = max(cell.opens - eyes.last, eyes.first - cell.closes, 0)
    return _Weighed(cell, opens <= slack and closes <= slack, price, out, gap)


def _place(eyes: _Eyes, line: Line, weighed: Sequence[_Weighed], wanted: int) -> _Place:
    """The cell a line belongs to by its window and price, whether or not both are met."""
    best = weighed[0]
    for one in weighed[1:]:
        if one.rank > best.rank:
            best = one
    near = eyes.first is not None and best.gap <= max(eyes.rules.near_days, eyes.rules.slack)
    return _Place(line, best.cell, best.window or near, best.window, best.price, wanted)


def _fitting(weighed: Sequence[_Weighed], *, force: bool) -> list[OpenCell]:
    """The cells whose pieces a line uses, in order: those that hold its window, the narrowest first; else the one it
    sticks out of least. By ``force`` all of the offer's, the nearest first."""
    fits = [one for one in weighed if one.window and one.price]
    if len(fits) > 1:
        fits.sort(key=lambda one: one.narrow)
        fits = [one for one in fits if one.out == 0] or fits[:1]
    found = [one.cell for one in fits]
    if force:
        others = [one for one in weighed if one.cell not in found]
        found += [one.cell for one in sorted(others, key=lambda one: (one.gap, one.narrow))]
    return found


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


def _priced(eyes: _Eyes, line: Line, cell: OpenCell) -> bool:
    """Whether the order's cost is the approved price; a cost per weight is compared by nobody."""
    if cell.price is None:
        return True
    if line.net_cost is None or line.cost_unit:
        return False
    currency = line.currency or eyes.seen.currency
    if currency and cell.currency and currency != cell.currency:
        return False
    if line.net_cost == cell.price:
        return True
    return abs(line.net_cost - cell.price) * 100 <= cell.price * eyes.rules.tolerance


def _apart(eyes: _Eyes, lines: Sequence[Line], best: _Fit | None) -> Classified:
    """An order that stands in no offer: weekly or nothing."""
    days, most = eyes.seen.days, eyes.rules.weekly_days
    soon = days is not None and days <= most
    said = [Reason(NEAR, True, {}), Reason(SOON, soon, {"days": days, "most": most})]
    places = best.places if best is not None else {}
    told = [_said(eyes, line, places.get(line.pk)) for line in lines]
    return Classified(WEEKLY if soon and lines else UNDEFINED, None, best.number if best else "", said, told)


def _said(eyes: _Eyes, line: Line, place: _Place | None) -> LineSaid:
    if place is None:
        return LineSaid(line.number, [Reason(COMPLETED, False, {})])
    cell = place.cell
    found = [
        Reason(COMPLETED, place.left > 0 or not place.wanted, {"approved": cell.approved}),
        Reason(WINDOW, place.window, _windows(eyes, cell)),
        Reason(PRICE, place.price, _prices(eyes, line, cell)),
        Reason(QUANTITY, place.left >= place.wanted, _quantities(place)),
    ]
    return LineSaid(line.number, found, cell.row, cell.delivery)


def _windows(eyes: _Eyes, cell: OpenCell) -> dict[str, Any]:
    key = cell.opens, cell.closes
    if key not in eyes.told:
        days = {"first": eyes.seen.first, "last": eyes.seen.last, "from": cell.first_day, "to": cell.last_day}
        told: dict[str, Any] = {name: day.isoformat() if day else "" for name, day in days.items()}
        eyes.told[key] = told | {"slack": eyes.rules.slack}
    return eyes.told[key]


def _prices(eyes: _Eyes, line: Line, cell: OpenCell) -> dict[str, Any]:
    key = line.net_cost, line.currency, cell.price, cell.currency
    if key not in eyes.told:
        eyes.told[key] = {
            "cost": "" if line.net_cost is None else plain(line.net_cost),
            "currency": line.currency or eyes.seen.currency,
            "price": "" if cell.price is None else plain(cell.price),
            "price_currency": cell.currency,
            "tolerance": plain(eyes.rules.tolerance),
        }
    return eyes.told[key]


def _quantities(place: _Place) -> dict[str, Any]:
    return {"eaches": place.wanted, "left": place.left, "approved": place.cell.approved}


def _deviations(eyes: _Eyes, lines: Sequence[Line], fit: _Fit, days: Reason) -> dict[int, dict[str, Any]]:
    """The lines of a near offer's products that are not as approved, with the offer's and the order's numbers."""
    found: dict[int, dict[str, Any]] = {}
    others = [line.number for line in lines if (place := fit.places.get(line.pk)) is None or not place.near]
    for place in fit.places.values():
        if not place.near:
            continue
        what: dict[str, dict[str, Any]] = {}
        if not place.window:
            what["window"] = _windows(eyes, place.cell)
        if not place.price:
            what["price"] = _prices(eyes, place.line, place.cell)
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
