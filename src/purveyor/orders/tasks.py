"""What the workers do about orders: ids in, one step, out. The verbs decide everything."""

from __future__ import annotations

from purveyor.jobs.registry import task
from purveyor.orders.domain import arrival, carry_out, mapping


@task("orders.check")
def check_order(order_id: int) -> None:
    """An order came in or changed: match, check, ask the policy."""
    arrival.look_at(order_id)


@task("orders.decide", due=carry_out.due)
def decide_order(decision_id: int) -> None:
    """The time of a policy's decision has come."""
    carry_out.carry_out(decision_id)


@task("orders.rematch", due=mapping.due, every=60)
def rematch_product(product_id: int) -> None:
    """A product came or changed: orders that wait for it go on."""
    mapping.rematch(product_id)
