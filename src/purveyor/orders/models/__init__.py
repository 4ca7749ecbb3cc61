"""Tables of the orders: the order and its lines, every version as received, every answer decided."""

from purveyor.orders.models.answer import Acknowledgement, Answer
from purveyor.orders.models.order import Line, Order
from purveyor.orders.models.snapshot import Snapshot

__all__ = ["Acknowledgement", "Answer", "Line", "Order", "Snapshot"]
