"""What a scanner may read in front of a pick list: the symbols of its lines' products, and those of lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from purveyor.base.db import together
from purveyor.common import gs1
from purveyor.common.errors import NotFound, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who
from purveyor.products.domain.match import match_many
from purveyor.products.models import Product
from purveyor.warehouse import queries
from purveyor.warehouse.domain import codes
from purveyor.warehouse.domain.wanted import CASE, EACH
from purveyor.warehouse.models import PickLine, PickList

INDICATORS = "12345678"
"""A GTIN-14 that begins with one of them is a case of the piece whose other digits it has (OPERATIONS §5.1)."""
Meaning = tuple[str, str]
"""The number of a line, and what was scanned of its product: ``each`` or ``case``."""


def key_of(scanned: str) -> str:
    """How a symbol is looked up: article numbers by 14 digits, everything else in capitals."""
    text = trimmed(scanned)
    return gs1.gtin14_or_blank(text) or text.upper()


def case_gtins(gtin: str) -> list[str]:
    """Every GTIN-14 a case of this piece may carry; none where it is no piece's own."""
    if len(gtin) != 14 or not gtin.startswith("0"):
        return []
    return [body + gs1.check_digit(body) for body in (indicator + gtin[1:13] for indicator in INDICATORS)]


def names_of(line: PickLine) -> Iterable[str]:
    """Every symbol that means one piece of a line."""
    product = line.product
    yield from (line.line.asin, line.line.vendor_product)
    if product is not None:
        yield from (product.gtin, product.sku, product.asin, *(one.value for one in product.aliases.all()))


def meanings(lines: Sequence[PickLine]) -> dict[str, list[Meaning]]:
    """What each symbol means on a list, by ``key_of``: more than one line where several want the product. A number
    that another product has as its own is no case of ours."""
    prefetch_related_objects([one.product for one in lines if one.product is not None], "aliases")
    cases = {one.line.number: case_gtins(one.product.gtin) for one in lines if one.product is not None}
    own = _own({code for each in cases.values() for code in each})
    found: dict[str, list[Meaning]] = {}
    for line in lines:
        number = line.line.number
        for key in {key_of(name) for name in names_of(line) if name}:
            found.setdefault(key, []).append((number, EACH))
        for code in cases.get(number, ()):
            if code not in own:
                found.setdefault(code, []).append((number, CASE))
    return found


def _own(gtins: Collection[str]) -> frozenset[str]:
    rows = Product.objects.filter(gtin__in=together(gtins)).order_by()
    return frozenset(rows.values_list("gtin", flat=True))


@dataclass(frozen=True, slots=True)
class Strange:
    """What a symbol is that means nothing on a list: another list (with its line), a product of the house, or blank.
    ``replaced`` is the number that was scanned, where the list has another by now."""

    pick_list: PickList | None = None
    line: str = ""
    product: Product | None = None
    replaced: str = ""


def strange(who: Who, scanned: str) -> Strange:
    """What else a symbol may be, as far as the asker may see it."""
    code = codes.read(scanned)
    if code is not None:
        try:
            return Strange(queries.find(who, code.pick_list), code.line)
        except (NotFound, Refused):
            newer = queries.replaced_by(who, code.pick_list)
            if newer is not None:
                return Strange(newer, code.line, replaced=code.pick_list)
    if not who.may_somewhere("products.view"):
        return Strange()
    text = trimmed(scanned)
    pairs = [(text.upper(), ""), ("", text)]
    found = match_many(pairs)
    match = next((found[pair] for pair in pairs if pair in found), None)
    return Strange(product=Product.objects.get(pk=match.product_id) if match else None)
