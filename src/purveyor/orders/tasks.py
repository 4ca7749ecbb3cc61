"""What recurs for orders."""

from __future__ import annotations

from purveyor.jobs.registry import recurring
from purveyor.orders.domain.centers import learn_missing


@recurring("orders.learn_centers", every=3600)
def learn_centers() -> None:
    """Know the fulfillment center of every order."""
    learn_missing()
