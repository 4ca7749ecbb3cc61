"""A product learns what Amazon calls it: somebody said which product a line of an order or a row of an offer is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import identifier, trimmed
from purveyor.people.who import Who
from purveyor.products.domain.match import Pair, match_many
from purveyor.products.domain.update import add_alias, change, create
from purveyor.products.models import Product


def learn(who: Who, asin: str, vendor_product: str, *, sku: str = "", new: Mapping[str, Any] | None = None) -> Product:
    """The product of a SKU or ASIN, or a ``new`` one, that answers to these names from now on.

    It takes the ASIN, or where it has another one already, the names as aliases. Joins the caller's transaction.
    Raises Denied, and Refused for no such product or names that mean another.
    """
    product = _new(who, asin, vendor_product, new) if new is not None else _known(sku)
    if asin and not product.asin:
        change(who, product, {"asin": asin})
    for name in (vendor_product, asin):
        if name and not _means(name, product, asin):
            add_alias(who, product, name)
    return product


def _known(sku: str) -> Product:
    name = trimmed(sku)
    found = Product.objects.filter(sku=name).first() or Product.objects.filter(asin=identifier(name).upper()).first()
    if not name or found is None:
        said = _("There is no product %(sku)s.") % {"sku": name or "–"}
        raise Refused(said, [Problem(said, where="sku")], hint=_("Name a SKU or ASIN, or add a product."))
    return found


def _new(who: Who, asin: str, vendor_product: str, given: Mapping[str, Any]) -> Product:
    """A new product; what is not said of it is what Amazon says."""
    said = {name: value for name, value in given.items() if value not in ("", None)}
    return create(who, {"sku": vendor_product or asin} | ({"asin": asin} if asin else {}) | said)


def _means(name: str, product: Product, asin: str) -> bool:
    """Whether a line that says this already finds the product."""
    pair: Pair = (name, "") if name == asin else ("", name)
    found = match_many([pair]).get(pair)
    return found is not None and found.product_id == product.pk
