"""Which roles open which operation (FACTS §4.1). Pure."""

from __future__ import annotations

FULFILLMENT = "Amazon Fulfillment"
TRACKING = "Inventory and Order Tracking"

_BOTH = (FULFILLMENT, TRACKING)
_TRACKING_IN = {"getTransaction": frozenset({"NA", "EU"})}
"""Where the lesser role opens an operation too; everywhere unless it stands here."""


def roles_for(operation: str, region: str) -> tuple[str, ...]:
    """The roles of which any one opens an operation in a region, the wider one first."""
    if region in _TRACKING_IN.get(operation, frozenset({region})):
        return _BOTH
    return (FULFILLMENT,)
