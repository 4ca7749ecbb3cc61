"""Which line of which list a row of a pick result means. A group of rows costs a constant number of questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from purveyor.base.db import by_pairs, is_postgres, together
from purveyor.common.gs1 import check_digit, printed
from purveyor.orders.models import Order
from purveyor.products.domain.match import Pair, match_many
from purveyor.products.models import Product
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain import said
from purveyor.warehouse.models import PickLine, PickList
from purveyor.warehouse.states import LIVE, PickListState

EACH, CASE = "each", "case"
MOST = 10**9


@dataclass(frozen=True, slots=True)
class Said:
    """One row of a pick result, read but not judged. ``key`` is how whoever brought it finds it again.

    ``line`` is Amazon's line number; ``ean`` 14 digits, of one piece or of a case; ``unit`` blank where it was not
    named. ``short`` is a code of ``said.SHORT``.
    """

    key: Any
    order: str
    quantity: int
    line: str = ""
    ean: str = ""
    sku: str = ""
    asin: str = ""
    unit: str = ""
    picked_at: datetime | None = None
    lot: str = ""
    expiry: date | None = None
    short: str = ""
    reference: str = ""
    prepared: bool = False
    vendor_code: str = ""

    def names(self) -> Iterable[tuple[str, Pair]]:
        """The names it gives of a product, each with its column, as ``products.domain.match`` takes them."""
        if self.ean:
            yield "ean", ("", printed(self.ean))
        if self.sku:
            yield "sku", ("", self.sku)
        if self.asin:
            yield "asin", (self.asin, "")


class Unfit(ValueError):
    """A row that cannot be taken: the column at fault, and why with the way to mend it."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


class Wanted(NamedTuple):
    """What a row means: so many eaches of that line of that list, which asks for ``asked``."""

    list_id: int
    line_id: int
    asked: int
    eaches: int


class OrderRow(NamedTuple):
    """An order, as far as rows ask for it."""

    pk: int
    number: str
    vendor_code: str


class ListRow(NamedTuple):
    """A live list, as far as rows ask for it."""

    pk: int
    order: int
    number: str
    state: str


class ListLine(NamedTuple):
    """A line of a list: its key, what it asks for, its product."""

    pk: int
    asked: int
    product: int | None


@dataclass(slots=True)
class Finder:
    """Everything that the rows of one group may mean, read at once. ``cases`` are the EANs that are a case's own."""

    profile: Profile
    orders: Mapping[str, OrderRow]
    codes: frozenset[str]
    lists: Mapping[int, ListRow]
    products: Mapping[Pair, int]
    cases: frozenset[str]
    packs: dict[int, int | None] = field(default_factory=dict)
    by_product: dict[tuple[int, int], list[ListLine]] = field(default_factory=dict)
    by_number: dict[tuple[int, str], ListLine] = field(default_factory=dict)

    def find(self, row: Said) -> Wanted:
        """What a row means. Raises Unfit."""
        there = self._list(row)
        line = self._line(row, there)
        return Wanted(there.pk, line.pk, line.asked, self._eaches(row, line))

    def _list(self, row: Said) -> ListRow:
        order = self.orders.get(row.order)
        if order is None:
            raise Unfit("po", _("Profile %(profile)s has no order of this number.") % {"profile": self.profile.name})
        self._partner(row, order)
        found = self.lists.get(order.pk)
        if found is None:
            raise Unfit("po", _("The order is not released to the warehouse, or its pick list was taken back."))
        if found.state == PickListState.HELD:
            words = {"name": found.number, "why": said.why(PickList.objects.get(pk=found.pk).reason)}
            remedy = _("Pick list %(name)s is on hold. %(why)s Let it go on first, then bring the row again.")
            raise Unfit("po", remedy % words)
        return found

    def _partner(self, row: Said, order: OrderRow) -> None:
        code = row.vendor_code.casefold()
        if not code or code == order.vendor_code.casefold():
            return
        if code not in self.codes:
            words = {"profile": self.profile.name}
            raise Unfit("vendor_code", _("Profile %(profile)s has no such vendor code.") % words)
        words = {"code": order.vendor_code}
        raise Unfit("vendor_code", _("The order belongs to vendor code %(code)s.") % words)

    def _line(self, row: Said, there: ListRow) -> ListLine:
        column, product = self._product(row)
        if row.line:
            line = self.by_number.get((there.pk, row.line))
            if line is None:
                raise Unfit("line", _not_on(there))
            if product is not None and product != line.product:
                raise Unfit("line", _("The line orders another product than this row names."))
            return line
        if product is None:
            raise Unfit("ean", _("The row names neither a line nor a product: line, EAN, SKU or ASIN is needed."))
        lines = self.by_product.get((there.pk, product), [])
        if len(lines) > 1:
            raise Unfit("line", _("Several lines of the order want this product; name the line."))
        if not lines:
            raise Unfit(column, _not_on(there))
        return lines[0]

    def _product(self, row: Said) -> tuple[str, int | None]:
        """The product all names of a row mean and the column of the first, None where it has no names."""
        first, product = "", None
        for column, pair in row.names():
            key = self.products.get(pair)
            if key is None:
                raise Unfit(column, _("There is no product of this number or name."))
            if product not in (None, key):
                raise Unfit(column, _("EAN, SKU and ASIN of this row mean different products."))
            first, product = first or column, key
        return first, product

    def _eaches(self, row: Said, line: ListLine) -> int:
        unit = row.unit or (CASE if row.ean in self.cases else EACH)
        pack = self.packs.get(line.product or 0) if unit == CASE else 1
        if not pack:
            said_ = _("Nobody knows how many pieces a case holds. Say the product's case pack, or count pieces.")
            raise Unfit("unit" if row.unit else "ean", said_)
        if row.quantity * pack > MOST:
            raise Unfit("quantity", _("So many pieces of one product are a slip of the pen."))
        return row.quantity * pack


def _not_on(there: ListRow) -> str:
    return _("Pick list %(name)s does not ask for this.") % {"name": there.number}


def piece_of(gtin: str) -> str:
    """The GTIN-14 of the piece in a case of this GTIN-14; blank where it is no case's: those begin with 1 to 8
    (OPERATIONS §5.1)."""
    if len(gtin) != 14 or gtin[0] not in "12345678":
        return ""
    digits = f"0{gtin[1:13]}"
    return digits + check_digit(digits)


def finder(profile: Profile, rows: Sequence[Said], *, lock: bool) -> Finder:
    """Read what these rows may mean. With ``lock`` their lists are held until the transaction ends, always in the same
    order, so that two groups never wait for each other."""
    numbers = {row.order for row in rows}
    orders = Order.objects.filter(profile=profile, number__in=together(numbers)).order_by()
    by_number = {row[1]: OrderRow(*row) for row in orders.values_list(*OrderRow._fields)}
    products, cases = _products(rows)
    codes = frozenset(code.casefold() for code in profile.vendor_codes.values_list("code", flat=True))
    lists = _lists([one.pk for one in by_number.values()], lock=lock)
    found = Finder(profile, by_number, codes, lists, products, cases)
    _read_lines(found, rows)
    return found


def _lists(order_ids: Sequence[int], *, lock: bool) -> dict[int, ListRow]:
    rows = PickList.objects.filter(order__in=together(order_ids), state__in=LIVE).order_by("pk")
    rows = rows.select_for_update() if lock and is_postgres() else rows
    found = rows.values_list("pk", "order_id", "number", "state") if order_ids else ()
    return {row[1]: ListRow(*row) for row in found}


def _products(rows: Sequence[Said]) -> tuple[dict[Pair, int], frozenset[str]]:
    """The product each name means, and the EANs that mean a case of one: no product has them itself."""
    pairs = {pair for row in rows for _column, pair in row.names()}
    pieces = {row.ean: ("", printed(piece)) for row in rows if row.ean and (piece := piece_of(row.ean))}
    matches = match_many(pairs | set(pieces.values()))
    found = {pair: matches[pair].product_id for pair in pairs if pair in matches}
    cases = {ean for ean, piece in pieces.items() if ("", printed(ean)) not in found and piece in matches}
    found |= {("", printed(ean)): matches[pieces[ean]].product_id for ean in cases}
    return found, frozenset(cases)


def _read_lines(found: Finder, rows: Sequence[Said]) -> None:
    """The lines of these lists that the rows may mean; not all of them, for lists are long and rows lie anywhere."""
    for key, *one in by_pairs(PickLine._meta.db_table, _LINE, ("pick_list_id", "product_id"), _by_product(found, rows)):
        line = ListLine(*one)
        found.by_product.setdefault((key, line.product or 0), []).append(line)
    if numbers := {row.line for row in rows if row.line}:
        lists = together([one.pk for one in found.lists.values()])
        lines = PickLine.objects.filter(pick_list__in=lists, line__number__in=together(numbers)).order_by()
        for key, number, *one in lines.values_list("pick_list_id", "line__number", "pk", "asked", "product_id"):
            found.by_number[key, number] = ListLine(*one)
    products = {*found.products.values(), *(one.product for one in found.by_number.values() if one.product)}
    packs = Product.objects.filter(pk__in=together(products)).order_by()
    found.packs.update(packs.values_list("pk", "case_pack") if products else ())


_LINE = ("pick_list_id", "id", "asked", "product_id")


def _by_product(found: Finder, rows: Sequence[Said]) -> set[tuple[int, int]]:
    """The lists and products the rows name together."""
    pairs: set[tuple[int, int]] = set()
    for row in rows:
        order = found.orders.get(row.order)
        there = found.lists.get(order.pk) if order is not None else None
        if there is not None:
            products = (found.products.get(pair) for _column, pair in row.names())
            pairs.update((there.pk, product) for product in products if product is not None)
    return pairs
