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
