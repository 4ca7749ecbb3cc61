"""Products by file: each row adds one or changes the one of its SKU; what its cells leave blank stays as it is.

A group of rows is one short transaction. It may come a second time after a crash: then its rows change nothing.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from purveyor.audit.secrecy import SHAPES
from purveyor.audit.write import Told, record_many
from purveyor.base.db import bulk_upsert, is_postgres, together
from purveyor.base.filekinds import Loading, Outcome, Row
from purveyor.common import clock
from purveyor.products.actions import FACTS
from purveyor.products.domain import facts
from purveyor.products.domain.facts import pack_problems
from purveyor.products.domain.told import changed
from purveyor.products.models import Product

ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"
_KEPT = (*FACTS, "on_hand", "counted_at", "version")
_COLUMNS = (*_KEPT, "updated_at", "created_at", "reserved")
_UPDATED = (*(name for name in _KEPT if name != "sku"), "updated_at")
_NEW: dict[str, Any] = facts.EMPTY | {"expiry_tracked": False, "active": True, "version": 0}
_UNIQUE = ("asin", "gtin")


def take(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Take a group of rows. One that meets a number somebody else has just taken is refused, the others are not."""
    claims: ChainMap[tuple[str, str], Any] = ChainMap({}, loading.claims)
    try:
        with transaction.atomic():
            group = _Group(rows, loading, claims)
            outcome = group.judge()
            if not loading.dry_run:
                group.write()
    except IntegrityError:
        return _apart(rows, loading)
    loading.claims.update(claims.maps[0])
    return outcome


def _apart(rows: Sequence[Row], loading: Loading) -> Outcome:
    """Half by half, until the row that cannot be written is alone."""
    if len(rows) == 1:
        outcome = Outcome()
        outcome.refuse(rows[0], "sku", _("Somebody took one of its numbers just now. Bring the row again."))
        return outcome
    middle = len(rows) // 2
    outcome = take(rows[:middle], loading)
    outcome.add(take(rows[middle:], loading))
    return outcome


class _Group:
    """Rows that are taken together, with the products they mean as these are now."""

    def __init__(self, rows: Sequence[Row], loading: Loading, claims: ChainMap[tuple[str, str], Any]) -> None:
        self.rows, self.loading, self.claims = rows, loading, claims
        self.known = _products(rows, lock=not loading.dry_run)
        self.holders = {name: _holders(name, rows) for name in _UNIQUE}
        self.added: list[tuple[Row, dict[str, Any]]] = []
        self.changed: list[tuple[Row, dict[str, Any]]] = []

    def judge(self) -> Outcome:
        """What becomes of each row; what is to be written is noted."""
        outcome = Outcome()
        for row in self.rows:
            reason = self._refused(row)
            if reason is not None:
                outcome.refuse(row, *reason)
                continue
            outcome.taken += 1
            outcome.effects[self._note(row)] += 1
        return outcome

    def _refused(self, row: Row) -> tuple[str, str] | None:
        """The column and the reason for which a row is not taken."""
        sku = row.values["sku"]
        before = self.claims.get(("sku", sku))
        if before is not None:
            return "sku", _("The same SKU stands in row %(row)d of this file already.") % {"row": before}
        for name in _UNIQUE:
            owner = self._owner(name, row.values.get(name))
            if owner not in (None, sku):
                return name, _("This belongs to product %(sku)s already.") % {"sku": owner}
        if "case_pack" in row.values or "inner_pack" in row.values:
            for problem in pack_problems({**self.known.get(sku, {}), **row.values}):
                return problem.where, problem.message
        if SHAPES.search(f"{sku}\n{row.values.get('title', '')}"):
            return "title", _("This looks like a secret and is not written down. Leave it out.")
        return None

    def _owner(self, name: str, value: str | None) -> str | None:
        if not value:
            return None
        owner = self.claims.get((name, value), self.holders[name].get(value))
        return str(owner) if owner else None

    def _note(self, row: Row) -> str:
        sku = row.values["sku"]
        now = self.known.get(sku)
        new = {name: value for name, value in row.values.items() if (now or _NEW).get(name) != value}
        self._claim(row, sku, now or {}, new)
        if now is None:
            self.added.append((row, new))
            return ADDED
        if new:
            self.changed.append((row, new))
        return CHANGED if new else UNCHANGED

    def _claim(self, row: Row, sku: str, now: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """What a row has taken for its product, and what it has given free."""
        self.claims["sku", sku] = row.number
        for name in _UNIQUE:
            if name in new and now.get(name):
                self.claims[name, now[name]] = ""
            if new.get(name):
                self.claims[name, new[name]] = sku

    def write(self) -> None:
        """Write the rows in their order, and tell of them."""
        at = clock.now()
        lines = sorted([*self.added, *self.changed], key=lambda pair: pair[0].number)
        values = [self._line(row.values["sku"], new, at) for row, new in lines]
        bulk_upsert(Product._meta.db_table, _COLUMNS, values, conflict=["sku"], update=_UPDATED)
        keys = _keys(row.values["sku"] for row, _new in self.added)
        self._tell("product.added", [(keys[row.values["sku"]], row, None, new) for row, new in self.added])
        before = [(self.known[row.values["sku"]], row, new) for row, new in self.changed]
        self._tell(
            "product.changed", [(now["pk"], row, {name: now[name] for name in new}, new) for now, row, new in before]
        )
        changed([*keys.values(), *(now["pk"] for now, _row, _new in before)])

    def _line(self, sku: str, new: Mapping[str, Any], at: Any) -> list[Any]:
        line = {**_NEW, **self.known.get(sku, {}), **new, "updated_at": at, "created_at": at, "reserved": 0}
        line["version"] += 1
        if "on_hand" in new:
            line["counted_at"] = at
        return [line.get(name) for name in _COLUMNS]

    def _tell(self, action: str, done: list[tuple[int, Row, Any, Any]]) -> None:
        told = (
            Told(key, row.values["sku"], old, new, f"{self.loading.file}:{row.number}") for key, row, old, new in done
        )
        record_many(action, told, by=self.loading.by, kind=Product)


def _products(rows: Sequence[Row], *, lock: bool) -> dict[str, dict[str, Any]]:
    skus = {row.values["sku"] for row in rows}
    found = Product.objects.filter(sku__in=together(skus)).order_by()
    found = found.select_for_update() if lock and is_postgres() else found
    return {row["sku"]: row for row in found.values("pk", *_KEPT)}


def _holders(name: str, rows: Sequence[Row]) -> dict[str, str]:
    """Whose these numbers are now, by SKU."""
    wanted = {row.values[name] for row in rows if row.values.get(name)}
    found = Product.objects.filter(**{f"{name}__in": together(wanted)}).order_by() if wanted else Product.objects.none()
    return dict(found.values_list(name, "sku"))


def _keys(skus: Any) -> dict[str, int]:
    return dict(Product.objects.filter(sku__in=together(set(skus))).order_by().values_list("sku", "pk"))
