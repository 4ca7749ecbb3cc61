"""Which product a line of an order means: its ASIN first, then the vendor's identifier as EAN, as SKU, as alias."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from purveyor.base.db import together
from purveyor.common.gs1 import gtin14_or_blank
from purveyor.common.lenient import alias_key, identifier, trimmed
from purveyor.products.models import Alias, Product

ASIN, EAN, SKU, ALIAS = "asin", "ean", "sku", "alias"
Pair = tuple[str, str]
"""What an order says of a product: Amazon's ASIN and the vendor's identifier, each as received or blank."""


@dataclass(frozen=True, slots=True)
class Match:
    """The product found and the name it was found by. ``active`` is whether the house still sells it."""

    product_id: int
    by: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """Every name that was asked for and a product has: the product's key by the name, and what is no longer sold."""

    asins: Mapping[str, int]
    gtins: Mapping[str, int]
    skus: Mapping[str, int]
    aliases: Mapping[str, int]
    inactive: frozenset[int] = frozenset()


def match_many(pairs: Collection[Pair]) -> dict[Pair, Match]:
    """What each pair means; one that means nothing is left out. The same number of questions for any number of pairs.

    Identifiers are trimmed for the comparison only (FACTS: they are echoed exactly as received).
    """
    names = _names(pairs) if pairs else Names({}, {}, {}, {})
    found = ((pair, match(pair, names)) for pair in set(pairs))
    return {pair: one for pair, one in found if one is not None}


def match(pair: Pair, names: Names) -> Match | None:
    """What one pair means among these names: the first way that finds a product counts."""
    asin, vendor = pair
    for by, known, name in (
        (ASIN, names.asins, _asin(asin)),
        (EAN, names.gtins, gtin14_or_blank(identifier(vendor))),
        (SKU, names.skus, trimmed(vendor)),
        (ALIAS, names.aliases, alias_key(vendor)),
        (ALIAS, names.aliases, alias_key(asin)),
    ):
        if name and name in known:
            return Match(known[name], by, known[name] not in names.inactive)
    return None


def _names(pairs: Collection[Pair]) -> Names:
    vendors = {vendor for _asin, vendor in pairs}
    asins = _by("asin", (_asin(asin) for asin, _vendor in pairs))
    gtins = _by("gtin", (gtin14_or_blank(identifier(vendor)) for vendor in vendors))
    skus = _by("sku", map(trimmed, vendors))
    keys = {alias_key(text) for pair in pairs for text in pair} - {""}
    named = Alias.objects.filter(normalised__in=together(keys)).order_by()
    aliases = list(named.values_list("normalised", "product_id", "product__active"))
    every = (asins, gtins, skus, aliases)
    found = [{name: key for name, key, _active in rows} for rows in every]
    inactive = frozenset(key for rows in every for _name, key, active in rows if not active)
    return Names(found[0], found[1], found[2], found[3], inactive)


def _by(field: str, values: Iterable[str]) -> list[tuple[str, int, bool]]:
    wanted = set(values) - {""}
    rows = Product.objects.filter(**{f"{field}__in": together(wanted)}).order_by()
    return list(rows.values_list(field, "pk", "active"))


def _asin(text: str) -> str:
    return identifier(text).upper()
