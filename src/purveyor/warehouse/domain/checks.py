"""PK-01 … PK-05: what stands against closing a packing, or wants a reason first (OPERATIONS §9.1). Pure.

A finding holds numbers and names; ``packing_said`` puts it into words with its way out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from purveyor.warehouse.domain.limits import BLOCK, OFF, Limits
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import CARTON, NOWHERE, PALLET, Box, Item, Place, Tree

Lines = Mapping[int, LineFacts]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``what`` tells the cases of a check apart; ``box`` and ``key`` name a carton or a pallet,
    ``line`` is the key of an order line; ``facts`` are the numbers and names of its sentence."""

    check: str
    what: str
    severity: str
    box: str = ""
    key: str = ""
    line: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        return self.severity == BLOCK


Found = tuple[str, str, str, str, int | None, dict[str, Any]]
"""Check, what, box, key, line, facts: a finding before anybody has said how grave it is."""


def findings(tree: Tree, lines: Lines, limits: Limits, ship_to: str = "") -> list[Finding]:
    """Everything the checks find, the grave first; ``ship_to`` is the packing's own center, blank for none."""
    found = [
        Finding(check, what, limits.of(check), box, key, line, facts)
        for check, what, box, key, line, facts in _all(tree, lines, limits, ship_to)
    ]
    shown = [one for one in found if one.severity != OFF]
    return sorted(shown, key=lambda one: (not one.blocks, one.check))


def _all(tree: Tree, lines: Lines, limits: Limits, ship_to: str) -> Iterator[Found]:
    yield from _beyond(tree, lines)
    yield from _held(tree, lines)
    yield from _unplaced(tree)
    for table, boxes in ((CARTON, tree.cartons), (PALLET, tree.pallets)):
        for box in boxes.values():
            inside = tree.within(Place(carton=box.id) if table == CARTON else Place(pallet=box.id))
            yield from _empty(tree, table, box, inside)
            yield from _lots(table, box.key, inside, lines, limits)
            if table == CARTON:
                yield from _carton(box, inside, lines, limits)
    yield from _mixing(tree, lines, ship_to)
    yield from _prep(tree, lines)


def _beyond(tree: Tree, lines: Lines) -> Iterator[Found]:
    """PK-01: no more than is acknowledged, or else ordered, and not packed elsewhere."""
    for key, eaches in tree.eaches().items():
        line = lines[key]
        if eaches > line.open:
            told = {"packed": eaches, "open": line.open, "elsewhere": line.elsewhere}
            yield "PK-01", "beyond", "", "", key, told | _named(line)


def _held(tree: Tree, lines: Lines) -> Iterator[Found]:
    """PO-05 and other holds: what is on hold does not ship."""
    held = {lines[key].order for key in tree.eaches() if lines[key].held}
    for order in sorted(held):
        yield "HOLD", "held", "", "", None, {"order": order}


def _unplaced(tree: Tree) -> Iterator[Found]:
    waiting = tree.within(NOWHERE)
    if waiting:
        told = {"eaches": sum(item.eaches for item in waiting), "lines": len({item.sort.line for item in waiting})}
        yield "PLACE", "unplaced", "", "", None, told


def _empty(tree: Tree, table: str, box: Box, inside: list[Item]) -> Iterator[Found]:
    """What holds nothing has no place in what Amazon is told."""
    if not inside and not (table == PALLET and tree.cartons_on(box.id)):
        yield "PLACE", "empty", table, box.key, None, {"key": box.key}


def _carton(box: Box, inside: list[Item], lines: Lines, limits: Limits) -> Iterator[Found]:
    orders = {lines[item.sort.line].order for item in inside}
    if len(orders) > limits.orders:
        told = {"key": box.key, "orders": len(orders), "most": limits.orders}
        yield "PK-03", "orders", CARTON, box.key, None, told
    if sum(item.eaches for item in inside) == 1:
        return  # a single item may be larger and heavier (OPERATIONS §3.7)
    grams, known = weight_of(box, inside, lines)
    if grams is not None and grams > limits.grams:
        told = {"key": box.key, "grams": grams, "most": limits.grams}
        yield "PK-02", "weight" if known else "weight_reckoned", CARTON, box.key, None, told
    side = max((one for one in (box.length_mm, box.width_mm, box.height_mm) if one), default=0)
    if side > limits.side:
        yield "PK-02", "side", CARTON, box.key, None, {"key": box.key, "side": side, "most": limits.side}


def weight_of(box: Box, inside: Iterable[Item], lines: Lines) -> tuple[int | None, bool]:
    """What a carton weighs in grams, and whether somebody said so; reckoned from its pieces where each is known."""
    if box.weight_grams is not None:
        return box.weight_grams, True
    total = box.tare_grams or 0
    for item in inside:
        product = lines[item.sort.line].product
        if product is None or product.weight_grams is None:
            return None, False
        total += item.eaches * product.weight_grams
    return total, False


def _mixing(tree: Tree, lines: Lines, ship_to: str) -> Iterator[Found]:
    """PK-03: one fulfillment center and one vendor code go together."""
    inside = [lines[key] for key in tree.eaches()]
    centers = {line.ship_to for line in inside if line.ship_to} | ({ship_to} if ship_to else set())
    if len(centers) > 1:
        yield "PK-03", "centers", "", "", None, {"names": ", ".join(sorted(centers))}
    codes = {line.vendor_code for line in inside if line.vendor_code}
    if len(codes) > 1:
        yield "PK-03", "vendors", "", "", None, {"names": ", ".join(sorted(codes))}


def _lots(table: str, key: str, inside: list[Item], lines: Lines, limits: Limits) -> Iterator[Found]:
    """PK-04: one lot and one expiry of an article in a carton, or directly on a pallet; an expiry where the product has
    one, far enough ahead."""
    seen: dict[str, set[tuple[str, Any]]] = {}
    for item in inside:
        line = lines[item.sort.line]
        seen.setdefault(line.same, set()).add((item.sort.lot, item.sort.expiry))
        if len(seen[line.same]) == 2:
            yield "PK-04", "lots", table, key, line.id, {"key": key, "sku": line.sku}
        if item.sort.expiry is None:
            if line.product is not None and line.product.expiry_tracked:
                yield "PK-04", "no_expiry", table, key, line.id, {"key": key, "sku": line.sku}
        elif item.sort.expiry < limits.today + timedelta(days=limits.expiry_days):
            told = {"key": key, "sku": line.sku, "expiry": item.sort.expiry.isoformat(), "days": limits.expiry_days}
            yield "PK-04", "soon", table, key, line.id, told


def _prep(tree: Tree, lines: Lines) -> Iterator[Found]:
    """PK-05: what Amazon wants done to a product was done, as the pick result says."""
    for key in tree.eaches():
        line = lines[key]
        if line.product is not None and line.product.prep and not line.prepared:
            yield "PK-05", "prep", "", "", key, {"prep": line.product.prep} | _named(line)


def _named(line: LineFacts) -> dict[str, Any]:
    return {"order": line.order, "line": line.number, "sku": line.sku}
