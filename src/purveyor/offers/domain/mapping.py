"""Rows of offers whose products nobody knows: each name once, with the rows that wait for it; saying which product it
is lets them all be answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.jobs.nudge import nudge
from purveyor.offers.domain import waiting
from purveyor.offers.domain.lock import touch
from purveyor.offers.models import Offer, Row
from purveyor.offers.rules import VIEW
from purveyor.offers.states import OfferState
from purveyor.people.who import Who
from purveyor.products.domain.learn import learn
from purveyor.products.domain.match import Pair, match_many
from purveyor.products.models import Product

MANAGE = "products.manage"
REMATCH = "offers.rematch"
ORDERS_REMATCH = "orders.rematch"
BY = "system:offers.rematch"
MOST = 200
"""So many rows are named in one entry of the audit."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """One product nobody knows: what the offers call it, and the first row that waits for it."""

    asin: str
    vendor_product: str
    title: str
    offers: int
    rows: int
    expires_at: datetime | None
    offer_id: int
    offer_number: str
    profile: str
    row: int

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def _waiting() -> QuerySet[Row]:
    return Row.objects.filter(product=None, offer__state=OfferState.OPEN)


def unmapped(who: Who, scope: str = "") -> list[Unmapped]:
    """Every product nobody knows in open offers that somebody may see, the soonest to expire first; two questions.

    ``scope`` names one profile, empty for all.
    """
    profiles = who.profiles(VIEW)
    rows = _waiting().filter(offer__profile__in=profiles.filter(name=scope) if scope else profiles).order_by()
    grouped = list(
        rows.values("asin", "vendor_product").annotate(
            offers=Count("offer", distinct=True), rows=Count("pk"), until=Min("offer__expires_at"), first=Min("pk")
        )
    )
    keys = [one["first"] for one in grouped]
    first = {row.pk: row for row in Row.objects.filter(pk__in=keys).select_related("offer__profile")}
    every = [_unmapped(one, first[one["first"]]) for one in grouped if one["first"] in first]
    return sorted(every, key=lambda one: (one.expires_at is None, one.expires_at, -one.rows, one.row))


def _unmapped(sums: Mapping[str, Any], first: Row) -> Unmapped:
    offer = first.offer
    return Unmapped(
        asin=first.asin,
        vendor_product=first.vendor_product,
        title=first.title,
        offers=sums["offers"],
        rows=sums["rows"],
        expires_at=sums["until"],
        offer_id=offer.pk,
        offer_number=offer.number,
        profile=offer.profile.name,
        row=first.number,
    )


def map_row(who: Who, offer: Offer, row_number: int, *, sku: str = "", new: Mapping[str, Any] | None = None) -> Product:
    """Say which product a row is: one there is, by its SKU or ASIN, or a ``new`` one. It learns the row's names, so
    every row and order that says the same goes on by itself.

    Raises Denied (``products.manage``), NotFound for no such row, and Refused for one that has a product.
    """
    who.require(VIEW, offer.profile)
    who.require_somewhere(MANAGE)
    row = Row.objects.filter(offer=offer, number=row_number).select_related("product").first()
    if row is None:
        words = {"number": offer.number, "row": row_number}
        raise NotFound(_("Offer %(number)s has no row %(row)d.") % words)
    if row.product is not None:
        said = _("Row %(row)d is product %(sku)s already.") % {"row": row_number, "sku": row.product.sku}
        raise Refused(said, [Problem(said, where="row")])
    with transaction.atomic():
        product = learn(who, row.asin, row.vendor_product, sku=sku, new=new)
        _give(offer.pk, {row.pk: product.pk}, who.name)
        nudge(REMATCH, product.pk)
        nudge(ORDERS_REMATCH, product.pk)
    return product


def rematch(product_id: int) -> int:
    """A product came or changed: rows of open offers that are known by now get their product; how many did.

    Everything that waits is looked at, since a look costs the same for all.
    """
    found = _known(_waiting())
    by_offer: dict[int, dict[int, int]] = defaultdict(dict)
    for row, offer, product in found:
        by_offer[offer][row] = product
    for offer, products in sorted(by_offer.items()):
        with transaction.atomic():
            _give(offer, products, BY)
    return len(found)


def due(now: datetime, limit: int) -> list[int]:
    """Products that rows wait for though they are known by now: whose wake-up was lost."""
    return sorted({product for _row, _offer, product in _known(_waiting())})[:limit]


def _known(rows: QuerySet[Row]) -> list[tuple[int, int, int]]:
    """Row, offer and product of those whose names mean a product."""
    found = list(rows.order_by("pk").values_list("pk", "offer_id", "asin", "vendor_product"))
    pairs: set[Pair] = {(asin, vendor) for _row, _offer, asin, vendor in found}
    meant = match_many(pairs) if pairs else {}
    return [
        (row, offer, meant[pair].product_id) for row, offer, *names in found if (pair := (names[0], names[1])) in meant
    ]


def _give(offer_id: int, products: Mapping[int, int], by: str) -> None:
    """Give rows of an offer their products; what somebody else gave meanwhile stays."""
    offer = Offer.objects.select_related("profile").select_for_update(of=("self",)).get(pk=offer_id)
    given = [
        key for key, product in products.items() if Row.objects.filter(pk=key, product=None).update(product=product)
    ]
    if not given:
        return
    touch(offer)
    _tell(offer, given, by)
    waiting.tell(offer)


def _tell(offer: Offer, rows: Iterable[int], by: str) -> None:
    found = (
        Row.objects.filter(pk__in=list(rows)).order_by("product__sku", "number").values_list("product__sku", "number")
    )
    by_sku: dict[str, list[int]] = defaultdict(list)
    for sku, number in found:
        by_sku[str(sku)].append(number)
    for sku, numbers in by_sku.items():
        record("offer.mapped", by=by, obj=offer, new={"product": sku, "rows": numbers[:MOST]})
