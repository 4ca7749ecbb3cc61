"""What the workers do about offers: ids in, one step, out."""

from __future__ import annotations

from purveyor.jobs.registry import recurring, task
from purveyor.offers.domain import expiry, mapping


@task("offers.rematch", due=mapping.due, every=60)
def rematch_product(product_id: int) -> None:
    """A product came or changed: rows of offers that wait for it can be answered."""
    mapping.rematch(product_id)


@recurring("offers.expiry", every=60)
def watch_expiry() -> None:
    """Offers that expire: raise, worsen and close their alerts."""
    expiry.look()
