"""Products nobody knows: each once, with all orders it holds; saying which product it is lets them all go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.base.db import together
from purveyor.common.errors import NotFound
from purveyor.jobs.nudge import nudge
from purveyor.orders.domain import arrival
from purveyor.orders.domain.check import ANSWERABLE
from purveyor.orders.domain.wake import wake
from purveyor.orders.models import Finding, Line
from purveyor.orders.states import FindingState
from purveyor.people.who import Who
from purveyor.products.domain.learn import learn
from purveyor.products.domain.match import Pair, match_many
from purveyor.products.models import Product

MANAGE = "products.manage"
REMATCH = "orders.rematch"
RULE = "PRODUCT"
ANY = 0
"""No product in particular: many changed at once, and one look for unknown products is enough."""
WAITING = sorted(ANSWERABLE)
MOST_ORDERS = 20
"""So many orders of a product are named; the rest is counted."""
AT_ONCE = 20
"""So many orders are looked at while whoever mapped their product waits; more go on in the background."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One product nobody knows: what orders call it, and what it holds. ``known_as`` is the SKU of a product that goes
    by it meanwhile: its orders are about to be looked at again."""

    asin: str
    vendor_product: str
    orders: int
    lines: int
    due_at: datetime | None
    first_finding: int
    known_as: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "asin": self.asin,
            "vendor_product": self.vendor_product,
            "orders": self.orders,
            "lines": self.lines,
            "due_at": self.due_at,
            "id": self.first_finding,
            "known_as": self.known_as,
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


def as_known(rows: Sequence[Unmatched]) -> list[Unmatched]:
    """The same, each with ``known_as`` where a product goes by its names meanwhile; as many questions for any number of
    rows."""
    matches = match_many([(one.asin, one.vendor_product) for one in rows])
    wanted = together({match.product_id for match in matches.values()})
    skus: dict[int, str] = dict(Product.objects.filter(pk__in=wanted).values_list("pk", "sku"))
    known = {pair: skus.get(match.product_id, "") for pair, match in matches.items()}
    return [replace(one, known_as=known.get((one.asin, one.vendor_product), "")) for one in rows]


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
    """Say which product it is: one there is, by its SKU, or a ``new`` one; all orders it holds go on by themselves, a
    few at once, many in the background.

    The product learns the ASIN, or where it has another one already, the names as aliases. Answers the product and how
    many orders it held. Raises Denied, NotFound for no such product or nothing that is held, Refused.
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
    if held <= AT_ONCE:
        arrival.look_at_many(_of(asin, vendor_product).order_by().values_list("order_id", flat=True))
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


def products_changed(product_ids: Collection[int]) -> None:
    """Products changed (``products.domain.told``): orders that wait and name one of them are looked at again, since
    what holds them may be gone and something else may hold them now; unknown ones may be known. Joins the caller's
    transaction."""
    lines = Line.objects.filter(product__in=together(product_ids), order__state__in=WAITING, order__to_look=False)
    keys = set(lines.order_by().values_list("order_id", flat=True))
    if not Product.objects.exclude(pk__in=together(product_ids)).exists():
        # The catalogue's first: what is unknown only warned before (``knowledge``).
        keys.update(_open().order_by().values_list("order_id", flat=True))
    wake(keys)
    nudge(REMATCH, next(iter(product_ids)) if len(product_ids) == 1 else ANY)


def holds_nothing() -> bool:
    """Whether unknown products only warn, since the house keeps no products yet."""
    return not Product.objects.exists()


def due(now: datetime, limit: int) -> list[int]:
    """Products that orders are held for though they are known by now: whose wake-up was lost."""
    pairs: Sequence[Pair] = list(_open().order_by().values_list("line__asin", "line__vendor_product").distinct())
    return sorted({match.product_id for match in match_many(pairs).values()})[:limit] if pairs else []
