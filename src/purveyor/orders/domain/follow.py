"""Orders go where Amazon's word puts them: its state, or its status where that says later that all is over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from purveyor.base.db import together
from purveyor.base.transition import move
from purveyor.common.errors import Conflict
from purveyor.orders.domain import standing
from purveyor.orders.domain.keep import Known, Version
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState


def follow(held: Iterable[Known], changed: Iterable[Version], by: str) -> None:
    """Move the orders whose state no longer fits Amazon's word; few, so one by one. ``held`` is as it was before
    ``changed`` was written."""
    new: dict[int, Any] = {version.order_id: version.document.record for version in changed}
    settle_all([have.id for have in held if _moves(have, new.get(have.id))], by)


def _moves(have: Known, record: Any) -> bool:
    names = ("amazon_state", "amazon_state_at", "changed_at", "eaches")
    now = have if record is None else have._replace(**{name: getattr(record, name) for name in names})
    return standing.next_state(have.state, standing.word_of(now), now.eaches, answered=bool(have.answered_at)) != str(
        have.state
    )


def settle_all(order_ids: Iterable[int], by: str) -> None:
    """``settle`` for these orders, if any."""
    keys = list(order_ids)
    for order in Order.objects.filter(pk__in=together(keys)).select_related("profile") if keys else ():
        settle(order, by=by)


def settle(order: Order, *, by: str) -> None:
    """Move an order to where Amazon's word puts it; nothing while our answer is on its way.

    Somebody else moving it at the same moment is no error: the next page or status puts it right.
    """
    word = standing.word_of(order)
    for target in standing.path(order.state, word, order.eaches, answered=bool(order.answered_at)):
        changes: dict[str, Any] = {}
        if target == OrderState.ELSEWHERE:
            changes["elsewhere"] = standing.seen_answered(order.amazon_state, order.amazon_state_at)
        try:
            move(order, target, by=by, because=standing.cause(order.state, target), **changes)
        except Conflict:
            return
