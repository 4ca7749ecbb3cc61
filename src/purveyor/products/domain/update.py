"""Adding and changing products and their other names. Whoever changes names the version they saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from purveyor.audit.secrecy import find_secret
from purveyor.audit.write import record
from purveyor.base.db import one_at_a_time
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.common.gs1 import gtin14_or_blank
from purveyor.common.lenient import alias_key, identifier, trimmed
from purveyor.people.who import Who
from purveyor.products.domain import facts
from purveyor.products.domain.costs import remove_cost, set_cost
from purveyor.products.domain.told import changed
from purveyor.products.models import Alias, Product

__all__ = ["MANAGE", "add_alias", "change", "create", "remove_alias", "remove_cost", "set_cost"]

MANAGE = "products.manage"
LONGEST_ALIAS = 80
ALIASES = "products.aliases"
"""Whoever gives names looks at whose they are and writes alone (``base.db.one_at_a_time``)."""


def create(who: Who, given: Mapping[str, Any]) -> Product:
    """Add a product. ``given`` holds facts by name (``facts.READ``), of which only the SKU must be there.

    Raises Denied, and Refused with every problem and its field; nothing is stored then.
    """
    who.require_somewhere(MANAGE)
    values, problems = facts.read({"sku": "", **given})
    problems = problems or _taken(values)
    if problems:
        raise Refused(_("The product was not added."), problems)
    try:
        with transaction.atomic():
            product = Product.objects.create(**values)
            new = {name: value for name, value in values.items() if value not in ("", None)}
            record("product.added", by=who.name, obj=product, new=new)
            changed([product.pk])
    except IntegrityError:
        # Somebody took the same number between our look and our write.
        raise Refused(_("The product was not added."), _taken(values) or [Problem(_("Try again."))]) from None
    return product


def change(who: Who, product: Product, given: Mapping[str, Any], *, seen: int | None = None) -> Product:
    """Change the facts named; ``seen`` is the version the caller looked at, None is the one of ``product``.

    Facts that stay the same are nothing. Raises Denied, Conflict where somebody changed it in between, and Refused
    with every problem and its field.
    """
    who.require_somewhere(MANAGE)
    seen = product.version if seen is None else seen
    now = Product.objects.filter(pk=product.pk).first()
    if now is None:
        raise Conflict(_("There is no product %(sku)s any more.") % {"sku": product.sku})
    values, problems = facts.read(given)
    problems = problems or facts.pack_problems({"case_pack": now.case_pack, "inner_pack": now.inner_pack} | values)
    new = {name: value for name, value in values.items() if getattr(now, name) != value}
    problems = problems or _taken(new, now.pk)
    if problems:
        raise Refused(_("The product was not changed."), problems)
    if now.version != seen:
        raise _overtaken(now)
    if new:
        _write(who, now, new)
    product.refresh_from_db()
    return product


def _write(who: Who, now: Product, new: dict[str, Any]) -> None:
    old = {name: getattr(now, name) for name in new}
    rows = Product.objects.filter(pk=now.pk, version=now.version)
    try:
        with transaction.atomic():
            if not rows.update(version=F("version") + 1, updated_at=clock.now(), **new):
                raise _overtaken(now)
            record("product.changed", by=who.name, obj=now, name=new.get("sku", now.sku), old=old, new=new)
            changed([now.pk])
    except IntegrityError:
        raise Refused(_("The product was not changed."), _taken(new, now.pk) or [Problem(_("Try again."))]) from None


def _overtaken(now: Product) -> Conflict:
    said = _("Somebody changed product %(sku)s in the meantime.") % {"sku": now.sku}
    return Conflict(said, hint=_("Look at it again, then change it."))


def _taken(values: Mapping[str, Any], own: int | None = None) -> list[Problem]:
    """The numbers that belong to another product; one question."""
    wanted = {name: values[name] for name in ("sku", "asin", "gtin") if values.get(name)}
    if not wanted:
        return []
    rows = Product.objects.filter(Q(*wanted.items(), _connector=Q.OR)).exclude(pk=own or 0)
    said = _("This belongs to product %(sku)s already.")
    return [
        Problem(said % {"sku": row.sku}, where=name)
        for row in rows
        for name, value in wanted.items()
        if getattr(row, name) == value
    ]


def add_alias(who: Who, product: Product, value: str) -> Alias:
    """Give a product another name, as it stands in orders. One it has already is answered as it is.

    Raises Denied, and Refused for a blank one and for one that means another product.
    """
    who.require_somewhere(MANAGE)
    value = trimmed(value)
    found = Alias.objects.filter(normalised=alias_key(value)).select_related("product").first()
    if found is not None and found.product_id == product.pk:
        return found
    problem = alias_problem(value, found.product.sku if found else owner_of(value, product))
    if problem:
        raise Refused(_("The name was not added."), [Problem(problem, where="alias")])
    try:
        with transaction.atomic():
            one_at_a_time(ALIASES, 0)
            alias = Alias.objects.create(product=product, value=value, normalised=alias_key(value))
            record("product.alias_added", by=who.name, obj=product, new={"alias": value})
            changed([product.pk])
    except IntegrityError:
        raise Conflict(_("Somebody added the same name just now."), hint=_("Look at it again.")) from None
    return alias


def alias_problem(value: str, owner: str) -> str:
    """What is wrong with another name (trimmed); ``owner`` is the SKU of another product it belongs to, or blank."""
    if not alias_key(value):
        return _("A name is not blank.")
    if len(value) > LONGEST_ALIAS:
        return _("“%(text)s” has more than %(most)d characters.") % {"text": value[:60] + "…", "most": LONGEST_ALIAS}
    if find_secret(value) is not None:
        return _("This looks like a secret and is not written down. Leave it out.")
    return _("This belongs to product %(sku)s already.") % {"sku": owner} if owner else ""


def owner_of(value: str, product: Product) -> str:
    """The SKU of another product whose own number this is, or blank."""
    bare = identifier(value)
    same = Q(sku=value) | Q(asin=bare.upper())
    if gtin := gtin14_or_blank(bare):
        same |= Q(gtin=gtin)
    rows = Product.objects.filter(same).exclude(pk=product.pk) if bare else Product.objects.none()
    return rows.values_list("sku", flat=True).first() or ""


def remove_alias(who: Who, product: Product, value: str) -> None:
    """Take another name away. Raises Denied, and NotFound where the product has none of this name."""
    who.require_somewhere(MANAGE)
    with transaction.atomic():
        rows = Alias.objects.filter(product=product, normalised=alias_key(value))
        if not rows.delete()[0]:
            words = {"sku": product.sku, "name": value}
            raise NotFound(_("Product %(sku)s has no other name %(name)s.") % words)
        record("product.alias_removed", by=who.name, obj=product, old={"alias": trimmed(value)})
        changed([product.pk])
