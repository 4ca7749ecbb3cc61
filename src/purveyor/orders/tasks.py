"""What the workers do about orders: ids in, one step, out. The verbs decide everything."""

from __future__ import annotations

from purveyor.jobs.registry import recurring, task
from purveyor.orders import dryrun as _dryrun  # registers its kind of run
from purveyor.orders import typing_dryrun as _typing_dryrun  # as above
from purveyor.orders.domain import arrival, carry_out, changed, deadlines, giving_back, mapping
from purveyor.orders.domain.centers import learn_missing

__all__ = ["_dryrun", "_typing_dryrun"]


@task("orders.check", due=arrival.due, every=30)
def check_order(order_id: int) -> None:
    """An order came in or changed: look at its clock at once, match, check, ask the policy."""
    deadlines.look_at(order_id)
    arrival.arrived(order_id)


@task("orders.look")
def look_at_order(order_id: int) -> None:
    """Something an order was waiting for happened: look at it anew."""
    arrival.look_at(order_id)


@task("orders.offers")
def look_at_orders_of_offer(offer_id: int) -> None:
    """A bulk-buy offer was completed or opened again, or pieces went back to it: orders that wait are looked at."""
    giving_back.reconsider(offer_id)


@task("orders.decide", due=carry_out.due)
def decide_order(decision_id: int) -> None:
    """The time of a policy's decision has come."""
    carry_out.carry_out(decision_id)


@task("orders.rematch", due=mapping.due, every=60)
def rematch_product(product_id: int) -> None:
    """A product came or changed: orders that wait for it go on."""
    mapping.rematch(product_id)


@task("orders.tell-change", due=changed.untold)
def tell_change(change_id: int) -> None:
    """Amazon changed an order: whoever it concerns is told."""
    changed.tell(change_id)


@recurring("orders.deadlines", every=60)
def watch_deadlines() -> None:
    """Answers that are due: raise, worsen and close their alerts."""
    deadlines.look()


@recurring("orders.learn_centers", every=3600)
def learn_centers() -> None:
    """Know the fulfillment center of every order."""
    learn_missing()
