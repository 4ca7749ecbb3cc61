"""What the workers do about orders: ids in, one step, out. The verbs decide everything."""

from __future__ import annotations

from purveyor.jobs.registry import recurring, task
from purveyor.orders.domain import changed, deadlines
from purveyor.orders.domain.centers import learn_missing


@task("orders.check")
def check_order(order_id: int) -> None:
    """An order came in or changed: look at its clock at once."""
    deadlines.look_at(order_id)


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
