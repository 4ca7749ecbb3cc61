"""Tables of the orders: the order and its lines, every version as received, what changed, every answer decided."""

from purveyor.orders.models.answer import Acknowledgement, Answer
from purveyor.orders.models.change import Change, Hold
from purveyor.orders.models.order import Line, Order
from purveyor.orders.models.snapshot import Snapshot

__all__ = ["Acknowledgement", "Answer", "Change", "Hold", "Line", "Order", "Snapshot"]
