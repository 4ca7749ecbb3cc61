"""Tables of the orders: the order and its lines, every version as received, what changed, what was found, of which type
it is, every answer decided."""

from purveyor.orders.models.answer import Acknowledgement, Answer
from purveyor.orders.models.change import Change, Hold
from purveyor.orders.models.decision import Decision, Request, Reservation
from purveyor.orders.models.finding import Finding
from purveyor.orders.models.order import Line, Order
from purveyor.orders.models.snapshot import Snapshot
from purveyor.orders.models.typed import Typed

__all__ = [
    "Acknowledgement",
    "Answer",
    "Change",
    "Decision",
    "Finding",
    "Hold",
    "Line",
    "Order",
    "Request",
    "Reservation",
    "Snapshot",
    "Typed",
]
