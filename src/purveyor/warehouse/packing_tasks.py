"""What the workers do about packings: ids in, one step, out."""

from __future__ import annotations

from purveyor.jobs.registry import task
from purveyor.warehouse.domain import weigh
from purveyor.warehouse.domain.change import WEIGH


@task(WEIGH, due=weigh.due, every=30)
def weigh_packing(packing_id: int) -> None:
    """A packing, or something it is compared with, changed: weigh it up."""
    weigh.weigh(packing_id)
