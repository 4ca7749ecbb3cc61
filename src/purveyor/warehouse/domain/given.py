"""What a warehouse's system says of a packing, whole: boxes and contents as it names them, made into a tree.

The same for a file, REST and the command line. Each reason why something cannot be taken comes with its place; whoever
asks decides what becomes of the rest. A product on several lines of an order fills them in their order, each up to what
may ship of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from purveyor.base.db import together
from purveyor.common.gs1 import gtin14_or_blank, printed
from purveyor.common.lenient import identifier, trimmed
from purveyor.orders.models import Order
from purveyor.products.domain.match import match_many
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain import numbers
from purveyor.warehouse.domain.box_facts import sscc_problem
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import CARTON, PALLET, Box, Place, Sort, Tree

CASES = "case"
EACHES = "each"
MOST_QUANTITY = 1_000_000_000
"""So many pieces or cases at most in one content."""


@dataclass(frozen=True, slots=True)
class GivenBox:
    """A pallet or a carton by its ``key``; ``facts`` are those of ``box_facts``, ``pallet`` is the key it stands on."""

    table: str
    key: str
    where: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    pallet: str = ""


@dataclass(frozen=True, slots=True)
class GivenContent:
    """Pieces of an order line, named by its number or by its product, in a carton or directly on a pallet.

    ``where`` is its place in what was given, such as a row's number; ``unit`` is each or case.
    """

    where: str
    order: str
    quantity: int
    carton: str = ""
    pallet: str = ""
    line: str = ""
    ean: str = ""
    sku: str = ""
    asin: str = ""
    unit: str = EACHES
    lot: str = ""
    expiry: date | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why something given cannot be taken: its place, the field, the reason; ``table`` where it is a fact of a box."""

    where: str
    name: str
    reason: str
    table: str = ""


Parts = list[tuple[Sort, int]]


@dataclass
class Known:
    """The lines that contents name, looked up at once; and what was given of each so far."""

    by_order: Mapping[str, Sequence[LineFacts]]
    products: Mapping[tuple[str, str], int]
    used: dict[int, int] = field(default_factory=dict)

    def parts(self, given: GivenContent) -> Parts | Wrong:
        """The lines a content is of, with the pieces of each; or why it is of none."""
        lines = self.by_order.get(order_key(given.order))
        if lines is None:
            return Wrong(given.where, "order", _("There is no order %(number)s.") % {"number": given.order})
        found = self._lines(given, lines)
        if isinstance(found, Wrong):
            return found
        eaches = _in_eaches(given, found[0])
        return eaches if isinstance(eaches, Wrong) else self._spread(given, found, eaches)

    def _lines(self, given: GivenContent, lines: Sequence[LineFacts]) -> Sequence[LineFacts] | Wrong:
        if given.line:
            found = [line for line in lines if line.number == given.line]
            if not found:
                words = {"number": given.order, "line": given.line}
                return Wrong(given.where, "line", _("Order %(number)s has no line %(line)s.") % words)
            return found
        name, text = next(((n, getattr(given, n)) for n in ("ean", "sku", "asin") if getattr(given, n)), ("", ""))
        if not text:
            return Wrong(given.where, "line", _("Name the line, the EAN, the SKU or the ASIN."))
        product = self.products.get(_pair(name, text))
        found = [line for line in lines if _is(line, product, text)]
        if not found:
            words = {"number": given.order, "name": printed(text) if name == "ean" else text}
            return Wrong(given.where, name, _("Order %(number)s has no line of product %(name)s.") % words)
        return found

    def _spread(self, given: GivenContent, lines: Sequence[LineFacts], eaches: int) -> Parts:
        """Each line up to what is open of it, in their order; what is too much goes to the last one."""
        parts: Parts = []
        for place, line in enumerate(lines, 1):
            room = max(line.open - self.used.get(line.id, 0), 0)
            taken = eaches if place == len(lines) else min(eaches, room)
            if taken:
                product = line.product.id if line.product else None
                parts.append((Sort(line.id, product, given.lot, given.expiry), taken))
                self.used[line.id] = self.used.get(line.id, 0) + taken
            eaches -= taken
        return parts


def order_key(number: str) -> str:
    """How PO numbers are compared."""
    return identifier(number).upper()


def _pair(name: str, text: str) -> tuple[str, str]:
    return (text, "") if name == "asin" else ("", text)


def _is(line: LineFacts, product: int | None, text: str) -> bool:
    """Whether a line is of a product, or of one nobody knows that is called like this."""
    if line.product is not None:
        return line.product.id == product
    called = {identifier(line.asin).upper(), trimmed(line.vendor_product), gtin14_or_blank(line.vendor_product)} - {""}
    return bool(called & {identifier(text).upper(), trimmed(text), gtin14_or_blank(identifier(text))})


def _in_eaches(given: GivenContent, line: LineFacts) -> int | Wrong:
    if given.unit != CASES:
        return given.quantity
    if line.product is None or not line.product.case_pack:
        said = _("Nobody knows how many pieces of %(sku)s are in a case. Say pieces, or add the case pack.")
        return Wrong(given.where, "unit", said % {"sku": line.sku})
    return given.quantity * line.product.case_pack


def look_up(profile: Profile, contents: Collection[GivenContent], packings: Collection[int] = ()) -> Known:
    """The lines and products that contents name: a few questions for any number of them. ``packings`` are those that
    are said anew, which do not count as packed elsewhere."""
    wanted = {order_key(one.order) for one in contents}
    rows = Order.objects.filter(profile=profile, number__in=together(wanted)).order_by() if wanted else None
    keys = {} if rows is None else dict(rows.values_list("number", "pk"))
    lines: dict[str, list[LineFacts]] = {number: [] for number in keys}
    for line in numbers.of_orders(profile, keys.values(), packings).values():
        lines[line.order].append(line)
    pairs = {_pair(name, getattr(one, name)) for one in contents for name in ("ean", "sku", "asin")} - {("", "")}
    return Known(lines, {pair: found.product_id for pair, found in match_many(pairs).items()})


def plant(boxes: Iterable[GivenBox], contents: Iterable[tuple[GivenContent, Parts]]) -> tuple[Tree, list[Wrong]]:
    """The tree of boxes and of contents whose lines are known; each box is named as often as one likes, and says of
    itself the same each time."""
    tree, wrong = Tree(), list[Wrong]()
    sayings, taken = list(boxes), dict[str, str]()
    for given in sayings:
        if given.table == PALLET:
            wrong += _box(tree, given, None, taken)
    for given in sayings:
        if given.table == CARTON:
            wrong += _box(tree, given, _named(tree, PALLET, given.pallet), taken)
    for content, parts in contents:
        place = _place(tree, content)
        for sort, eaches in parts:
            tree.put(sort, eaches, place)
    return tree, wrong


def _place(tree: Tree, given: GivenContent) -> Place:
    if given.carton:
        pallet = _named(tree, PALLET, given.pallet)
        known = tree.find(CARTON, given.carton) or tree.add_box(CARTON, given.carton, pallet=pallet)
        return Place(carton=known.id)
    return Place(pallet=_named(tree, PALLET, given.pallet))


def _named(tree: Tree, table: str, key: str) -> int | None:
    if not key:
        return None
    return (tree.find(table, key) or tree.add_box(table, key)).id


def _box(tree: Tree, given: GivenBox, pallet: int | None, taken: dict[str, str]) -> Iterable[Wrong]:
    """What is said of a box: new facts are added, others than before are wrong. ``taken`` says whose an SSCC is."""
    known = tree.find(given.table, given.key) if given.key else None
    if known is None:
        known = tree.add_box(given.table, given.key)
    new: dict[str, Any] = {}
    for name, value in {**given.facts, "pallet": pallet}.items():
        before = getattr(known, name)
        if value in (None, "") or value == before:
            continue
        if before not in (None, ""):
            yield Wrong(given.where, name, _other(tree, known, name, before), given.table)
            continue
        if name == "sscc" and taken.setdefault(value, known.key) != known.key:
            yield Wrong(given.where, name, sscc_problem(taken[value]), given.table)
            continue
        new[name] = value
    if new:
        tree.set_box(given.table, replace(known, **new))


def _other(tree: Tree, box: Box, name: str, before: Any) -> str:
    shown = tree.pallets[before].key if name == "pallet" else before
    said = _("For %(key)s something else was said before: %(before)s.")
    return said % {"key": box.key, "before": shown}
