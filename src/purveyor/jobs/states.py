"""The states of long work a person watches."""

from __future__ import annotations

from enum import StrEnum

from purveyor.common.states import Arrow, Machine


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


RUN = Machine(
    "Long work",
    RunState.WAITING,
    [
        Arrow("a", RunState.WAITING, RunState.RUNNING, "A worker takes it."),
        Arrow("b", RunState.RUNNING, RunState.WAITING, "The worker stops or died; another continues."),
        Arrow("c", RunState.RUNNING, RunState.DONE, "Everything is done."),
        Arrow("d", RunState.RUNNING, RunState.FAILED, "It cannot go on; the problem says why."),
        Arrow("e", RunState.RUNNING, RunState.CANCELLED, "A person cancelled it and it stopped at the next step."),
        Arrow("f", RunState.WAITING, RunState.CANCELLED, "A person cancelled it before it began."),
        Arrow("g", RunState.FAILED, RunState.WAITING, "A person resumes it."),
        Arrow("h", RunState.CANCELLED, RunState.WAITING, "A person resumes it."),
    ],
    ends=[RunState.DONE, RunState.FAILED, RunState.CANCELLED],
)
