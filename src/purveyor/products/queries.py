"""Every question about products that is asked more than once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from purveyor.base.db import together
from purveyor.products.models import Cost


def in_force(day: date) -> Q:
    """The costs agreed for a day."""
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))


def costs_on(product_ids: Collection[int], marketplace: str, day: date) -> dict[int, Cost]:
    """What is agreed for products in a marketplace on a day, by the product's key; one question."""
    rows: QuerySet[Cost] = Cost.objects.filter(in_force(day), marketplace=marketplace)
    return {cost.product_id: cost for cost in rows.filter(product__in=together(set(product_ids))).order_by()}
