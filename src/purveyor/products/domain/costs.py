"""Agreed costs: setting one closes the period before it, so that every day has one cost at most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.amazon.regions import MARKETPLACES
from purveyor.audit.write import record
from purveyor.base import columns
from purveyor.base.db import one_at_a_time
from purveyor.common import clock
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.lenient import Unreadable
from purveyor.people.who import Who
from purveyor.products.domain import facts
from purveyor.products.domain.periods import Overlap, Period, place
from purveyor.products.domain.told import changed
from purveyor.products.models import Cost, Product

LOCK = "products.costs"
READ = {
    "marketplace": facts.marketplace,
    "amount": facts.cost,
    "currency": facts.currency,
    "valid_from": columns.day,
    "valid_until": columns.day,
}
_NEEDED = ("marketplace", "amount")


def set_cost(who: Who, product: Product, given: Mapping[str, Any]) -> Cost:
    """Agree a cost for one each: ``marketplace`` and ``amount``; ``currency`` (the marketplace's own if not given),
    ``valid_from`` (today if not given) and ``valid_until``.

    It closes the period before it (``periods.place``). Raises Denied, and Refused with every problem and its field.
    """
    who.require_somewhere("products.manage")
    values, problems = read(given)
    if problems:
        raise Refused(_("The cost was not set."), problems)
    marketplace, new = values["marketplace"], period_of(values)
    with transaction.atomic():
        one_at_a_time(LOCK, product.pk)
        rows = list(Cost.objects.filter(product=product, marketplace=marketplace))
        try:
            after = place([period(row) for row in rows], new)
        except Overlap as error:
            raise Refused(_("The cost was not set."), [Problem(overlap_words(error), where="valid_until")]) from None
        store(product.pk, marketplace, rows, after)
        old = next((told(row.marketplace, period(row)) for row in rows if row.valid_from == new.begins), None)
        placed = next(one for one in after if one.begins == new.begins)
        if old != told(marketplace, placed):
            record("product.cost_set", by=who.name, obj=product, old=old, new=told(marketplace, placed))
            changed([product.pk])
    return Cost.objects.get(product=product, marketplace=marketplace, valid_from=new.begins)


def remove_cost(who: Who, product: Product, marketplace: str, valid_from: date) -> None:
    """Take a cost away; the one before it does not grow. Raises Denied, and NotFound."""
    who.require_somewhere("products.manage")
    with transaction.atomic():
        row = Cost.objects.filter(product=product, marketplace=marketplace, valid_from=valid_from).first()
        if row is None:
            words = {"sku": product.sku, "marketplace": marketplace, "day": valid_from.isoformat()}
            raise NotFound(_("Product %(sku)s has no cost in %(marketplace)s that begins on %(day)s.") % words)
        row.delete()
        record("product.cost_removed", by=who.name, obj=product, old=told(marketplace, period(row)))
        changed([product.pk])


def read(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """What is said of a cost, tidied, and everything wrong with it."""
    values: dict[str, Any] = {}
    problems = [Problem(_("There is no such field."), where=name) for name in given if name not in READ]
    for name, reader in READ.items():
        value = given.get(name)
        if value in ("", None):
            if name in _NEEDED:
                problems.append(Problem(_("This must be filled in."), where=name))
            continue
        try:
            values[name] = reader(value, "")
        except Unreadable as error:
            problems.append(Problem(str(error), where=name))
    return values, problems or end_problems(values)


def end_problems(values: Mapping[str, Any]) -> list[Problem]:
    """A period ends on or after the day it begins."""
    if "valid_until" not in values or values["valid_until"] >= values.get("valid_from", _today()):
        return []
    return [Problem(_("The period ends before it begins."), where="valid_until")]


def period_of(values: Mapping[str, Any]) -> Period:
    """The period of what was read, with what follows by itself."""
    own = MARKETPLACES[values["marketplace"]].currency
    begins = values.get("valid_from") or _today()
    return Period(begins, values.get("valid_until"), values["amount"], values.get("currency") or own)


def period(row: Cost) -> Period:
    return Period(row.valid_from, row.valid_until, row.amount, row.currency)


def told(marketplace: str, one: Period) -> dict[str, Any]:
    """A cost as the audit tells it."""
    days = {"valid_from": one.begins, "valid_until": one.ends}
    return {"marketplace": marketplace, "amount": f"{one.amount:.4f}", "currency": one.currency} | days


def overlap_words(error: Overlap) -> str:
    """Why a cost with an end cannot stand, for a person."""
    said = _("Another cost begins on %(day)s already. End this one before, or leave its end open.")
    return said % {"day": error.other.begins.isoformat()}


def store(product_id: int, marketplace: str, rows: list[Cost], after: list[Period]) -> None:
    """Write the periods over the rows there are: those that end earlier first, so that two open ones never meet."""
    known = {row.valid_from: row for row in rows}
    for one in after:
        row = known.get(one.begins)
        if row is not None and period(row) != one:
            changes = {"valid_until": one.ends, "amount": one.amount, "currency": one.currency}
            Cost.objects.filter(pk=row.pk).update(**changes)
    Cost.objects.bulk_create(
        Cost(
            product_id=product_id,
            marketplace=marketplace,
            valid_from=one.begins,
            valid_until=one.ends,
            amount=one.amount,
            currency=one.currency,
        )
        for one in after
        if one.begins not in known
    )


def _today() -> date:
    return clock.now().date()
