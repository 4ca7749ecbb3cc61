"""What the workers do about orders: ids in, one step, out. The verbs decide everything."""

from __future__ import annotations

from purveyor.jobs.registry import task
from purveyor.orders.domain import changed


@task("orders.tell-change", due=changed.untold)
def tell_change(change_id: int) -> None:
    """Amazon changed an order: whoever it concerns is told."""
    changed.tell(change_id)
