"""What may be done with an order, and by itself: predicates for the doors and for the policies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from purveyor.base.phrase import Phrase, _
from purveyor.orders.domain.answer import open_lines
from purveyor.orders.domain.ground import Ground
from purveyor.orders.models import Line, Order
from purveyor.orders.states import ORDER, WAITING, OrderState
from purveyor.people.who import Who


def may_acknowledge(who: Who, order: Order) -> bool:
    """Whether somebody may answer this order now: the permission, and a state from which an answer can begin."""
    open_to_answers = ORDER.allows(order.state, OrderState.ACKNOWLEDGING)
    return open_to_answers and who.may("orders.acknowledge", order.profile)


def may_reject(who: Who, order: Order) -> bool:
    """Whether the answer may reject anything."""
    return may_acknowledge(who, order) and who.may("orders.reject", order.profile)


def needs_answer(order: Order, lines: Iterable[Line]) -> bool:
    """Whether Amazon waits for an answer of ours; an order with cancelled lines alone needs none."""
    return order.state in WAITING and bool(open_lines(lines))


def why_never(order: Order, lines: Sequence[Line]) -> Phrase:
    """Why this order is never answered without a person, on hold or not; empty when it may be. Asks nothing.

    Back-filled orders, those Amazon does not call New, and those answered elsewhere are a person's to answer
    (OPERATIONS §9.1; FACTS §11 row 4: one channel per order).
    """
    if order.backfilled:
        return _("It came with a back-fill and may have been handled before.")
    if Ground(order, lines).elsewhere:
        return _("It was answered elsewhere.")
    if order.amazon_state.casefold() != "new":
        return _("Amazon does not call it new.")
    if order.state != OrderState.NEW:
        return _("It was answered or decided before.")
    if not open_lines(lines):
        return _("Every line is cancelled; it needs no answer.")
    return Phrase("")
