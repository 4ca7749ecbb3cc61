"""Stock, other names and costs by file. Each row names its product by SKU, EAN, ASIN or another name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import Told, record_many
from purveyor.base.db import one_at_a_time, together
from purveyor.base.filekinds import Loading, Outcome, Row
from purveyor.common import clock
from purveyor.common.lenient import alias_key
from purveyor.products.domain import costs
from purveyor.products.domain.load import ADDED, CHANGED, UNCHANGED
from purveyor.products.domain.match import match_many
from purveyor.products.domain.periods import Overlap, Period, place
from purveyor.products.domain.told import changed
from purveyor.products.domain.update import ALIASES, alias_problem
from purveyor.products.models import Alias, Cost, Product

Products = Mapping[str, Product]
Judge = Callable[[Row, Product], "tuple[str, str] | str"]
"""A row and its product → what it came to, or the column and the reason why it is not taken."""


def _each(rows: Sequence[Row], products: Products, judge: Judge) -> Outcome:
    """Judge the rows one by one; one whose product nobody knows is refused."""
    outcome = Outcome()
    for row in rows:
        product = products.get(row.values["sku"])
        if product is None:
            outcome.refuse(row, "sku", _("There is no product of this number or name."))
            continue
        found = judge(row, product)
        if isinstance(found, tuple):
            outcome.refuse(row, *found)
        else:
            outcome.taken += 1
            outcome.effects[found] += 1
    return outcome


def _products(rows: Sequence[Row]) -> dict[str, Product]:
    """The products the rows name, by the name given; a constant number of questions."""
    names = {row.values["sku"] for row in rows}
    found = match_many([(name, name) for name in names])
    keys = {one.product_id for one in found.values()}
    known = {row.pk: row for row in Product.objects.filter(pk__in=together(keys)).order_by()}
    pairs = ((name, found.get((name, name))) for name in names)
    return {name: known[one.product_id] for name, one in pairs if one is not None and one.product_id in known}


def _because(loading: Loading, row: Row) -> str:
    return f"{loading.file}:{row.number}"


def take_stock(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Take counts. What is promised stays promised. A product named twice in one file is refused the second time."""
    at, counted, told = clock.now(), list[Product](), list[Told]()

    def judge(row: Row, product: Product) -> tuple[str, str] | str:
        before = loading.claims.setdefault(("stock", product.sku), row.number)
        if before != row.number:
            return "sku", _("The same product stands in row %(row)d of this file already.") % {"row": before}
        old, new = {"on_hand": product.on_hand}, {"on_hand": row.values["on_hand"]}
        product.on_hand, product.counted_at, product.updated_at = new["on_hand"], at, at
        product.version += 1
        counted.append(product)
        if old == new:
            return UNCHANGED
        told.append(Told(product.pk, product.sku, old, new, _because(loading, row)))
        return CHANGED

    with transaction.atomic():
        outcome = _each(rows, _products(rows), judge)
        if not loading.dry_run:
            Product.objects.bulk_update(counted, ["on_hand", "counted_at", "updated_at", "version"], batch_size=200)
            record_many("product.counted", told, by=loading.by, kind=Product)
            changed({one.key for one in told})
    return outcome


def take_aliases(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Take other names; one that the product has already is nothing. Of two files that bring the same name for
    different products at once, the later one is refused that row."""
    owners: dict[str, str] = {}
    new: list[Alias] = []
    told: list[Told] = []

    def judge(row: Row, product: Product) -> tuple[str, str] | str:
        value = row.values["alias"]
        key = alias_key(value)
        owner = loading.claims.get(("alias", key)) or owners.get(key)
        if owner == product.sku:
            return UNCHANGED
        problem = alias_problem(value, owner or "")
        if problem:
            return "alias", problem
        loading.claims["alias", key] = product.sku
        new.append(Alias(product=product, value=value, normalised=key))
        told.append(Told(product.pk, product.sku, None, {"alias": value}, _because(loading, row)))
        return ADDED

    with transaction.atomic():
        if not loading.dry_run:
            one_at_a_time(ALIASES, 0)
        owners |= _alias_owners(rows)
        outcome = _each(rows, _products(rows), judge)
        if not loading.dry_run:
            Alias.objects.bulk_create(new)
            record_many("product.alias_added", told, by=loading.by, kind=Product)
            changed({one.key for one in told})
    return outcome


def _alias_owners(rows: Sequence[Row]) -> dict[str, str]:
    """Whose these names are now, as alias or as own number, by SKU."""
    names = {row.values["alias"] for row in rows}
    found = match_many([(name, name) for name in names])
    keys = {one.product_id for one in found.values()}
    skus = dict(Product.objects.filter(pk__in=together(keys)).order_by().values_list("pk", "sku"))
    return {alias_key(name): skus[one.product_id] for (name, _same), one in found.items()}


def take_costs(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Take agreed costs; each closes the period before it. The rows of one product count in their order."""
    products = _products(rows)
    with transaction.atomic():
        for key in sorted({product.pk for product in products.values()}) if not loading.dry_run else ():
            one_at_a_time(costs.LOCK, key)
        books = _Books(products, loading)
        outcome = _each(rows, products, books.judge)
        if not loading.dry_run:
            books.write()
    return outcome


class _Books:
    """The periods of each product and marketplace, as the rows change them."""

    def __init__(self, products: Products, loading: Loading) -> None:
        self.loading = loading
        self.rows: dict[tuple[int, str], list[Cost]] = {}
        keys = {product.pk for product in products.values()}
        for cost in Cost.objects.filter(product__in=together(keys)).order_by():
            self.rows.setdefault((cost.product_id, cost.marketplace), []).append(cost)
        self.after = {key: [costs.period(row) for row in rows] for key, rows in self.rows.items()}
        self.told: list[Told] = []
        self.touched: set[tuple[int, str]] = set()

    def judge(self, row: Row, product: Product) -> tuple[str, str] | str:
        values: dict[str, Any] = {
            name: value for name, value in row.values.items() if name != "sku" and value is not None
        }
        for problem in costs.end_problems(values):
            return problem.where, problem.message
        book, new = (product.pk, values["marketplace"]), costs.period_of(values)
        before = self._before(book)
        try:
            after = place(before, new)
        except Overlap as error:
            return "valid_until", costs.overlap_words(error)
        if after == before:
            return UNCHANGED
        self.after[book] = after
        self.loading.claims["cost", f"{book[0]}/{book[1]}"] = after
        self.touched.add(book)
        old = next((costs.told(book[1], one) for one in before if one.begins == new.begins), None)
        placed = next(costs.told(book[1], one) for one in after if one.begins == new.begins)
        self.told.append(Told(product.pk, product.sku, old, placed, _because(self.loading, row)))
        return CHANGED if old else ADDED

    def _before(self, book: tuple[int, str]) -> list[Period]:
        """The periods so far: a dry run remembers what earlier rows of the file would have made of them."""
        found = self.after.get(book, [])
        if self.loading.dry_run:
            found = self.loading.claims.get(("cost", f"{book[0]}/{book[1]}"), found)
        return sorted(found, key=lambda one: one.begins)

    def write(self) -> None:
        for key, marketplace in sorted(self.touched):
            costs.store(key, marketplace, self.rows.get((key, marketplace), []), self.after[key, marketplace])
        record_many("product.cost_set", self.told, by=self.loading.by, kind=Product)
        changed({one.key for one in self.told})
