"""The states of a file that somebody brought."""

from __future__ import annotations

from enum import StrEnum

from purveyor.common.states import Arrow, Machine


class UploadState(StrEnum):
    KEPT = "kept"
    TAKING = "taking"
    DONE = "done"
    STOPPED = "stopped"


UPLOAD = Machine(
    "File",
    UploadState.KEPT,
    [
        Arrow("a", UploadState.KEPT, UploadState.TAKING, "Somebody has its rows taken."),
        Arrow("b", UploadState.TAKING, UploadState.DONE, "Every row is taken or refused."),
        Arrow("c", UploadState.TAKING, UploadState.STOPPED, "Somebody cancelled it, or it cannot be read on."),
        Arrow("d", UploadState.STOPPED, UploadState.TAKING, "Somebody lets it go on where it stopped."),
        Arrow("e", UploadState.KEPT, UploadState.DONE, "The same content was taken before: nothing is done again."),
    ],
    ends=[UploadState.DONE],
)


class ArrivalState(StrEnum):
    SEEN = "seen"
    KEPT = "kept"
    TAKEN = "taken"
    DONE = "done"
    REFUSED = "refused"
    GONE = "gone"


ARRIVAL = Machine(
    "File at a channel",
    ArrivalState.SEEN,
    [
        Arrow("a", ArrivalState.SEEN, ArrivalState.KEPT, "It stopped growing and its bytes are kept."),
        Arrow("b", ArrivalState.SEEN, ArrivalState.GONE, "Its bringer took it away before it was kept."),
        Arrow("c", ArrivalState.SEEN, ArrivalState.TAKEN, "It cannot be read at all; why is told beside it."),
        Arrow("d", ArrivalState.KEPT, ArrivalState.TAKEN, "Every row is taken or refused, or it stopped for good."),
        Arrow("e", ArrivalState.TAKEN, ArrivalState.DONE, "It lies in done, its report beside it."),
        Arrow("f", ArrivalState.TAKEN, ArrivalState.REFUSED, "It lies in error, its report beside it."),
        Arrow("g", ArrivalState.REFUSED, ArrivalState.KEPT, "A person has it taken again."),
        Arrow("h", ArrivalState.DONE, ArrivalState.KEPT, "A person has it taken again."),
    ],
    ends=[ArrivalState.GONE],
)


class DepartureState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


DEPARTURE = Machine(
    "File going out",
    DepartureState.QUEUED,
    [
        Arrow("a", DepartureState.QUEUED, DepartureState.SENT, "It lies where its partner looks for it."),
        Arrow("b", DepartureState.QUEUED, DepartureState.FAILED, "It was tried for too long; a person is told."),
        Arrow("c", DepartureState.FAILED, DepartureState.QUEUED, "A person has it sent again."),
    ],
    ends=[DepartureState.SENT],
)
