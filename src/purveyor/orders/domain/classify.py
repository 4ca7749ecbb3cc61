"""Of which type an order is, and why, line by line (PRODUCT §3). Pure: values in, a classification out.

``bulk``       every open line has its place in one completed offer: product, window, price, pieces left, enough days
``weekly``     no line's product stands in an offer with pieces left whose window is near, and the order's begins soon
``undefined``  everything else; what deviates from a near offer is told (PO-06)

A line uses the delivery its window fits best, of several that hold it the narrowest first. An order that fits in all
but the quantity uses what is left: so what an offer comes to does not depend on which order came first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from purveyor.common.money import plain
from purveyor.offers.domain.consume import OpenCell
from purveyor.orders.domain.reasons import (
    COMPLETED,
    DAYS,
    NEAR,
    PRICE,
    QUANTITY,
    SOON,
    WINDOW,
    Beside,
    LineSaid,
    Reason,
    Reasons,
)
from purveyor.orders.domain.sight import Cells, Eyes, Rules, Seen, Sight, Window, look
from purveyor.orders.models import Line

UNDEFINED, WEEKLY, BULK = "undefined", "weekly", "bulk"

Uses = dict[tuple[int, int], int]


class Classified(msgspec.Struct):
    """A type with its reasons; what each line uses of the offer (eaches by line and cell); what deviates (numbers of
    PO-06 by line key); the lines whose price the offer agrees to."""

    type: str
    reasons: Reasons
    offer_id: int | None = None
    uses: Uses = {}
    deviates: dict[int, dict[str, Any]] = {}
    agreed: frozenset[int] = frozenset()

    @property
    def rules(self) -> list[Reason]:
        """What the rules say of the whole order."""
        return self.reasons.rules

    @property
    def lines(self) -> list[LineSaid]:
        """What the rules say line by line."""
        return self.reasons.said()


class _Weighed(msgspec.Struct, gc=False):
    """A line beside one cell: how the windows lie and whether the price fits."""

    cell: OpenCell
    window: Window
    price: bool


def _rank(one: _Weighed) -> tuple[bool, bool, int, int]:
    """The better fit is the higher."""
    window = one.window
    return window.ok and one.price, window.ok, -window.gap, -window.out


def _narrow(one: _Weighed) -> tuple[int, int, int, int, int]:
    """The one whose pieces are used first is the lower."""
    cell = one.cell
    return one.window.out, cell.closes - cell.opens, cell.opens, cell.delivery, cell.cell_id


class _Place(msgspec.Struct, gc=False):
    """A line beside the cells of one offer: the best of them, whether it fits in all but the quantity, and what the
    line uses of them."""

    line: Any
    cell: OpenCell
    window: Window
    price: bool
    wanted: int
    fits: bool
    left: int = 0
    uses: list[tuple[int, int]] = []


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
    """Say of which type an order is: ``look`` and ``decide`` in one."""
    return decide(look(seen, lines, cells, rules, only=only), left, caps)


def decide(sight: Sight, left: Mapping[int, int], caps: Mapping[str, int] | None = None) -> Classified:
    """Say of which type an order is.

    ``left`` is what each cell of ``sight`` still has for this order (its own use counted in). ``caps`` by line number
    is what of a line was confirmed: an answered order uses no more. Where a person named the offer, all lines use what
    there is, and what deviates is told all the same.
    """
    eyes, open_, only = sight.eyes, sight.lines, sight.only
    fits = [_beside(sight, key, found, left, caps or {}) for key, found in sight.offers.items()]
    best = max(fits, key=lambda one: one.score, default=None)
    days = eyes.seen.days
    enough = days is None or days >= eyes.rules.min_days
    if best is None or not (best.related or only):
        return _apart(sight, best)
    linked = only is not None or (best.fits and enough)
    bulk = only is not None or (best.full and enough)
    reasons = _reasons(sight, [Reason(DAYS, enough, {"days": days, "needed": eyes.rules.min_days})], best)
    return Classified(
        type=BULK if bulk else UNDEFINED,
        reasons=reasons,
        offer_id=best.offer_id if linked else None,
        uses={(key, cell): n for key, one in best.places.items() for cell, n in one.uses} if linked else {},
        deviates={} if best.full and enough else _deviations(open_, best, reasons),
        agreed=frozenset(key for key, one in best.places.items() if one.fits) if linked else frozenset(),
    )


def _beside(
    sight: Sight,
    offer: int,
    cells: Mapping[int, Sequence[OpenCell]],
    left: Mapping[int, int],
    caps: Mapping[str, int],
) -> _Fit:
    places: dict[int, _Place] = {}
    taken: dict[int, int] = {}
    force = sight.only is not None
    for line in sight.lines:
        mine = cells.get(line.pk)
        if mine:
            wanted = min(line.eaches, caps.get(line.number, line.eaches)) if caps else line.eaches
            place, uses = _place(sight.eyes, line, mine, wanted, force=force)
            _use(place, uses, left, taken)
            places[line.pk] = place
    found = places.values()
    count = sum([one.fits for one in found])
    nearest = sum([one.window.near for one in found])
    related = nearest > 0 and any(one.window.near and one.left > 0 for one in found)
    fits = related and count == len(sight.lines)
    full = fits and all(one.left >= one.wanted for one in found)
    number = next(iter(cells.values()))[0].offer_number
    score = (full, fits, related, count, nearest, offer == sight.eyes.seen.prefer, -offer)
    return _Fit(offer, number, places, related, fits, full, score)


def _place(
    eyes: Eyes, line: Line, cells: Sequence[OpenCell], wanted: int, *, force: bool
) -> tuple[_Place, Sequence[OpenCell]]:
    """The cell a line belongs to by its window and price, whether or not both are met, and those it may use."""
    if len(cells) == 1:
        window, price = eyes.window(cells[0]), _priced(eyes, line, cells[0])
        fits = window.ok and price
        return _Place(line, cells[0], window, price, wanted, fits), cells if fits or force else ()
    weighed = [_Weighed(one, eyes.window(one), _priced(eyes, line, one)) for one in cells]
    best = max(weighed, key=_rank)
    found = _Place(line, best.cell, best.window, best.price, wanted, best.window.ok and best.price)
    return found, _fitting(weighed, force=force)


def _fitting(weighed: Sequence[_Weighed], *, force: bool) -> list[OpenCell]:
    """The cells whose pieces a line uses, in order: those that hold its window, the narrowest first; else the one it
    sticks out of least. By ``force`` all of the offer's, the nearest first."""
    fits = [one for one in weighed if one.window.ok and one.price]
    if len(fits) > 1:
        fits.sort(key=_narrow)
        fits = [one for one in fits if one.window.out == 0] or fits[:1]
    found = [one.cell for one in fits]
    if force:
        there = {one.cell_id for one in found}
        others = [one for one in weighed if one.cell.cell_id not in there]
        found += [one.cell for one in sorted(others, key=_narrow)]
    return found


def _use(place: _Place, cells: Sequence[OpenCell], left: Mapping[int, int], taken: dict[int, int]) -> None:
    """Use what there is; a line that fits nowhere looks at its best cell and uses nothing."""
    uses, rest, there = [], place.wanted, 0
    for cell in cells or (place.cell,):
        key = cell.cell_id
        free = left.get(key, 0) - taken.get(key, 0)
        if free <= 0:
            continue
        there += free
        give = (rest if rest < free else free) if cells else 0
        if give:
            taken[key] = taken.get(key, 0) + give
            uses.append((key, give))
            rest -= give
    place.left, place.uses = there, uses


def _priced(eyes: Eyes, line: Line, cell: OpenCell) -> bool:
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


def _apart(sight: Sight, best: _Fit | None) -> Classified:
    """An order that stands in no offer: weekly or nothing."""
    days, most = sight.eyes.seen.days, sight.eyes.rules.weekly_days
    soon = days is not None and days <= most
    said = [Reason(NEAR, True, {}), Reason(SOON, soon, {"days": days, "most": most})]
    return Classified(WEEKLY if soon and sight.lines else UNDEFINED, _reasons(sight, said, best))


def _reasons(sight: Sight, rules: list[Reason], fit: _Fit | None) -> Reasons:
    eyes, seen = sight.eyes, sight.eyes.seen
    if fit is None:
        return Reasons("", rules, [line.number for line in sight.lines])
    windows: dict[tuple[date | None, date | None], int] = {}
    lines = [_said(seen, line, fit.places.get(line.pk), windows) for line in sight.lines]
    currency = next(iter(fit.places.values())).cell.currency
    told = (seen.first, seen.last, eyes.rules.slack, plain(eyes.rules.tolerance), currency, list(windows))
    return Reasons(fit.number, rules, lines, *told)


def _said(
    seen: Seen, line: Line, place: _Place | None, windows: dict[tuple[date | None, date | None], int]
) -> Beside | str:
    if place is None:
        return line.number
    cell, wanted, left = place.cell, place.wanted, place.left
    window = windows.setdefault((cell.first_day, cell.last_day), len(windows))
    missed = () if place.fits and left >= wanted else _missed(place)
    of_line = line.net_cost, line.currency or seen.currency, cell.price
    return Beside(line.number, cell.row, cell.delivery, window, *of_line, wanted, left, cell.approved, missed)


def _missed(place: _Place) -> tuple[str, ...]:
    met = {
        COMPLETED: place.left > 0 or not place.wanted,
        WINDOW: place.window.ok,
        PRICE: place.price,
        QUANTITY: place.left >= place.wanted,
    }
    return tuple(rule for rule, ok in met.items() if not ok)


def _deviations(lines: Sequence[Line], fit: _Fit, reasons: Reasons) -> dict[int, dict[str, Any]]:
    """The lines of a near offer's products that are not as approved, with the offer's and the order's numbers."""
    found: dict[int, dict[str, Any]] = {}
    days = reasons.rules[0]
    others = [line.number for line in lines if (place := fit.places.get(line.pk)) is None or not place.window.near]
    for line, one in zip(lines, reasons.lines, strict=True):
        place = fit.places.get(line.pk)
        if place is None or not place.window.near or isinstance(one, str):
            continue
        what: dict[str, dict[str, Any]] = {}
        if not place.window.ok:
            what["window"] = reasons.windows_of(one)
        if not place.price:
            what["price"] = reasons.prices_of(one)
        if place.left < place.wanted:
            what["quantity"] = reasons.quantities_of(one)
        if not days.ok:
            what["days"] = days.numbers
        if others and place.fits:
            what["others"] = {"others": others[:20]}
        if what:
            told = {"offer": fit.number, "row": place.cell.row, "delivery": place.cell.delivery}
            numbers = [each.items() for each in what.values()]
            found[line.pk] = told | {"what": list(what)} | dict(pair for ones in numbers for pair in ones)
    return found
