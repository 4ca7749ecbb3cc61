"""The states of an alert."""

from __future__ import annotations

from enum import StrEnum

from purveyor.common.states import Arrow, Machine


class AlertState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


ALERT = Machine(
    "Alert",
    AlertState.OPEN,
    [
        Arrow("a", AlertState.OPEN, AlertState.TAKEN, "A person takes it: others need not look."),
        Arrow("b", AlertState.TAKEN, AlertState.TAKEN, "Another person takes it over."),
        Arrow("c", AlertState.TAKEN, AlertState.OPEN, "It became worse: everybody looks again."),
        Arrow("d", AlertState.OPEN, AlertState.CLOSED, "Its cause is gone, or a person closed it."),
        Arrow("e", AlertState.TAKEN, AlertState.CLOSED, "Its cause is gone, or a person closed it."),
    ],
    ends=[AlertState.CLOSED],
)


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


DELIVERY = Machine(
    "Delivery of an event",
    DeliveryState.WAITING,
    [
        Arrow("a", DeliveryState.WAITING, DeliveryState.DONE, "The receiver took it."),
        Arrow("b", DeliveryState.WAITING, DeliveryState.WAITING, "It did not get through; it is tried again later."),
        Arrow("c", DeliveryState.WAITING, DeliveryState.DEAD, "It did not get through in three days."),
        Arrow("d", DeliveryState.DEAD, DeliveryState.WAITING, "A person sends it again."),
        Arrow("e", DeliveryState.DONE, DeliveryState.WAITING, "A person sends it again."),
    ],
    ends=[DeliveryState.DONE, DeliveryState.DEAD],
)


class NoticeState(StrEnum):
    WAITING = "waiting"
    TOLD = "told"
    DROPPED = "dropped"


NOTICE = Machine(
    "Notice of an alert",
    NoticeState.WAITING,
    [
        Arrow("a", NoticeState.WAITING, NoticeState.TOLD, "It was sent, alone or with others."),
        Arrow("b", NoticeState.WAITING, NoticeState.WAITING, "It could not be sent; it is tried again later."),
        Arrow("c", NoticeState.WAITING, NoticeState.DROPPED, "It could not be sent in three days, or may not be."),
    ],
    ends=[NoticeState.TOLD, NoticeState.DROPPED],
)
