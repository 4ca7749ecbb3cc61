"""Products nobody knows: each once, with all orders it holds; saying which product it is lets them all go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common.errors import NotFound
from purveyor.jobs.nudge import nudge
from purveyor.orders.domain import arrival
from purveyor.orders.models import Finding
from purveyor.orders.states import FindingState
from purveyor.people.who import Who
from purveyor.products.domain.learn import learn
from purveyor.products.domain.match import Pair, match_many
from purveyor.products.models import Product

MANAGE = "products.manage"
REMATCH = "orders.rematch"
RULE = "PRODUCT"
MOST_ORDERS = 20
"""So many orders of a product are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One product nobody knows: what orders call it, and what it holds."""

    asin: str
    vendor_product: str
    orders: int
    lines: int
    due_at: datetime | None
    first_finding: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "asin": self.asin,
            "vendor_product": self.vendor_product,
            "orders": self.orders,
            "lines": self.lines,
            "due_at": self.due_at,
            "id": self.first_finding,
        }


def _open() -> QuerySet[Finding]:
    return Finding.objects.filter(state=FindingState.OPEN, rule=RULE)


def unmatched(who: Who, permission: str = "orders.view", *, scope: str = "") -> list[Unmatched]:
    """Every product nobody knows that holds an order somebody may see, the soonest due first; one question.

    ``scope`` names one profile, empty for all.
    """
    profiles = who.profiles(permission)
    rows = _open().filter(order__profile__in=profiles.filter(name=scope) if scope else profiles).order_by()
    grouped = rows.values_list("line__asin", "line__vendor_product").annotate(
        Count("order", distinct=True), Count("pk"), Min("order__due_at"), Min("pk")
    )
    return sorted((Unmatched(*row) for row in grouped), key=lambda one: (one.due_at is None, one.due_at, -one.orders))


def orders_of(who: Who, asin: str, vendor_product: str) -> list[tuple[int, str, str]]:
    """The first orders a product holds: key, number, profile."""
    rows = _of(asin, vendor_product).filter(order__profile__in=who.profiles("orders.view"))
    found = rows.order_by("order__due_at").values_list("order_id", "order__number", "order__profile__name")
    return list(dict.fromkeys(found[: MOST_ORDERS * 2]))[:MOST_ORDERS]


def _of(asin: str, vendor_product: str) -> QuerySet[Finding]:
    return _open().filter(line__asin=asin, line__vendor_product=vendor_product)


def map_product(
    who: Who, asin: str, vendor_product: str, *, sku: str = "", new: Mapping[str, Any] | None = None
) -> tuple[Product, int]:
    """Say which product it is: one there is, by its SKU, or a ``new`` one; all orders it holds go on by themselves.

    The product learns the ASIN, or where it has another one already, the names as aliases. Answers the product and how
    many orders wait for the next look. Raises Denied, NotFound for no such product or nothing that is held, Refused.
    """
    who.require_somewhere(MANAGE)
    mine = _of(asin, vendor_product).filter(order__profile__in=who.profiles("orders.view"))
    held = mine.values("order").distinct().count()
    if not held:
        raise NotFound(_("No order is held for %(name)s.") % {"name": asin or vendor_product})
    with transaction.atomic():
        product = learn(who, asin, vendor_product, sku=sku, new=new)
        told = {"asin": asin, "vendor_product": vendor_product, "product": product.sku, "orders": held}
        record("order.mapped", by=who.name, obj=product, new=told)
        nudge(REMATCH, product.pk)
    return product, held


def rematch(product_id: int) -> int:
    """A product came or changed: look anew at the orders it now matches, and at what is found about its lines.

    Answers how many orders were looked at.
    """
    pairs = set(_open().order_by().values_list("line__asin", "line__vendor_product").distinct())
    keys: set[int] = set()
    for asin, vendor_product in match_many(pairs):
        keys.update(_of(asin, vendor_product).order_by().values_list("order_id", flat=True))
    about = Finding.objects.filter(state=FindingState.OPEN, line__product=product_id).order_by()
    keys.update(about.values_list("order_id", flat=True))
    arrival.look_at_many(keys)
    return len(keys)


def due(now: datetime, limit: int) -> list[int]:
    """Products that orders are held for though they are known by now: whose wake-up was lost."""
    pairs: Sequence[Pair] = list(_open().order_by().values_list("line__asin", "line__vendor_product").distinct())
    return sorted({match.product_id for match in match_many(pairs).values()})[:limit] if pairs else []
