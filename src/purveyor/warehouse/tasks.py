"""What the workers do for the warehouse: ids in, one step, out. The verbs decide everything."""

from __future__ import annotations

from purveyor.jobs.registry import task
from purveyor.warehouse import packing_tasks as _packing_tasks  # registers its own
from purveyor.warehouse.domain import by_rule, changed, settle, take

__all__ = ["_packing_tasks"]


@task("warehouse.release", due=by_rule.due, every=10)
def release_order(order_id: int) -> None:
    """The rule in force may release an order by itself."""
    by_rule.look_at(order_id)


@task(changed.RECONSIDER, due=changed.due, every=15)
def reconsider_order(order_id: int) -> None:
    """An order with a pick list changed, was answered, was put on hold or is over."""
    changed.reconsider(order_id)


@task(take.SETTLE, due=settle.due)
def settle_result(result_id: int) -> None:
    """A pick result came in whole."""
    settle.settle(result_id)
