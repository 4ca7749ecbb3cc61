"""One step of packing: the version seen and what is asked in, the packing changed by one step that can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from purveyor.people.who import Who
from purveyor.warehouse.domain import kept, moves, numbers
from purveyor.warehouse.domain.change import Changed, grasp, keep
from purveyor.warehouse.domain.orders_in import bring, leave_out
from purveyor.warehouse.models import Packing

_OF_ORDERS = {"bring": bring, "leave_out": leave_out}
KINDS = (*moves.KINDS, *_OF_ORDERS)
"""Every kind of step."""


def step(who: Who, packing: Packing | int, version: int, asked: Mapping[str, Any]) -> Changed:
    """Change an open packing: ``asked`` has the ``kind`` of step and what that wants (``domain.moves``,
    ``domain.orders_in``).

    Raises NotFound, Denied (``warehouse.pack``), Conflict where the packing is no longer the version seen, and Refused
    with the field; nothing is changed then.
    """
    with transaction.atomic():
        found = grasp(who, packing if isinstance(packing, int) else packing.pk, version)
        old = kept.read(found)
        of_orders = _OF_ORDERS.get(str(asked.get("kind", "")))
        if of_orders is not None:
            new, told, more = of_orders(who, found, old, asked)
            return keep(who, found, old, new, told, by_itself=False, **more)
        lines = numbers.facts_of(found, old)
        new, told = moves.apply(old, asked, lines, numbers.limits(found.profile))
        return keep(who, found, old, new, told, lines, by_itself=False)
