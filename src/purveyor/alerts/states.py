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
