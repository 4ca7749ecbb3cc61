"""Every question about products that is asked more than once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from purveyor.base.db import together
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.gs1 import gtin14_or_blank
from purveyor.common.lenient import alias_key, identifier, trimmed
from purveyor.people.who import Who
from purveyor.products.domain.match import match_many
from purveyor.products.models import Alias, Cost, Product


def in_force(day: date) -> Q:
    """The costs agreed for a day."""
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))


def costs_on(product_ids: Collection[int], marketplace: str, day: date) -> dict[int, Cost]:
    """What is agreed for products in a marketplace on a day, by the product's key; one question."""
    rows: QuerySet[Cost] = Cost.objects.filter(in_force(day), marketplace=marketplace)
    return {cost.product_id: cost for cost in rows.filter(product__in=together(set(product_ids))).order_by()}


def visible_to(who: Who) -> QuerySet[Product]:
    """The catalogue, for whoever may see it on any profile. Raises Denied."""
    who.require_somewhere("products.view")
    return Product.objects.all()


def find(who: Who, name: str) -> Product:
    """A product by its SKU, or by its EAN, ASIN or another name. Raises Denied, and NotFound."""
    rows = visible_to(who)
    found = rows.filter(sku=trimmed(name)).first()
    if found is None:
        meant = match_many([(name, name)]).get((name, name))
        found = rows.filter(pk=meant.product_id).first() if meant else None
    if found is None:
        raise NotFound(_("There is no product %(name)s.") % {"name": name})
    return found


def one(who: Who, product_id: int) -> Product:
    """A product by its key. Raises Denied, and NotFound."""
    found = visible_to(who).filter(pk=product_id).first()
    if found is None:
        raise NotFound(_("There is no such product, or it is not yours to see."))
    return found


def search(rows: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Products by ASIN, EAN or another name as a whole, or by a part of SKU or title."""
    text = trimmed(text)
    wanted = Q(sku__icontains=text) | Q(title__icontains=text) | Q(asin=identifier(text).upper())
    wanted |= Q(pk__in=Alias.objects.filter(normalised=alias_key(text)).values("product"))
    if gtin := gtin14_or_blank(identifier(text)):
        wanted |= Q(gtin=gtin)
    return rows.filter(wanted)


LACKING: dict[str, Q] = {
    "asin": Q(asin=""),
    "ean": Q(gtin=""),
    "case_pack": Q(case_pack=None),
    "stock": Q(on_hand=None),
    "cost": ~Q(pk__in=Cost.objects.values("product")),
}
"""What a product may lack, by the name of the filter."""


def narrow(rows: QuerySet[Product], *, q: str = "", active: bool | None = None, lacking: str = "") -> QuerySet[Product]:
    """What a machine's list is narrowed by. Raises Refused for something no product can lack."""
    if lacking and lacking not in LACKING:
        said = _("A product can lack %(names)s.") % {"names": ", ".join(LACKING)}
        raise Refused(said, [Problem(said, where="lacking")])
    rows = rows if active is None else rows.filter(active=active)
    rows = rows.filter(LACKING[lacking]) if lacking else rows
    return search(rows, q) if q.strip() else rows
