"""States of a bulk-buy offer and of the stages it goes through."""

from __future__ import annotations

from enum import StrEnum

from purveyor.common.states import Arrow, Machine


class OfferState(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class StageState(StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    PROPOSED = "proposed"
    DONE = "done"


_O, _S = OfferState, StageState

OFFER = Machine(
    "Bulk-buy offer",
    _O.OPEN,
    [
        Arrow("a", _O.OPEN, _O.COMPLETED, "every stage is done and a person completed it: its answers are frozen"),
        Arrow("b", _O.COMPLETED, _O.OPEN, "a person opened it again, with a reason"),
        Arrow("c", _O.OPEN, _O.WITHDRAWN, "a person gave it up, with a reason"),
        Arrow("d", _O.WITHDRAWN, _O.OPEN, "a person took it up again, with a reason"),
    ],
    ends=[_O.COMPLETED, _O.WITHDRAWN],
)

STAGE = Machine(
    "Stage of an offer",
    _S.WAITING,
    [
        Arrow("a", _S.WAITING, _S.OPEN, "the stage before it is done, or it is the first"),
        Arrow("b", _S.OPEN, _S.DONE, "its people handed the offer on"),
        Arrow("c", _S.OPEN, _S.PROPOSED, "its people handed the offer on, and a second person is needed"),
        Arrow("d", _S.PROPOSED, _S.DONE, "a second person confirmed it"),
        Arrow("e", _S.PROPOSED, _S.OPEN, "a second person declined it, or it was taken back"),
        Arrow("f", _S.DONE, _S.OPEN, "its people took their approval back, or it was sent back to them"),
        Arrow("g", _S.OPEN, _S.WAITING, "a stage before it is open again"),
        Arrow("h", _S.PROPOSED, _S.WAITING, "a stage before it is open again"),
        Arrow("i", _S.DONE, _S.WAITING, "a stage before it is open again"),
        Arrow("j", _S.DONE, _S.PROPOSED, "a row mapped late was answered, and a second person is needed"),
    ],
    ends=[_S.DONE],
)
