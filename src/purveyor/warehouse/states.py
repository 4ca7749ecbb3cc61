"""States of a pick list, of what came back for it, and of a packing."""

from __future__ import annotations

from enum import StrEnum

from purveyor.common.states import Arrow, Machine


class PickListState(StrEnum):
    RELEASED = "released"
    HELD = "held"
    PICKED = "picked"
    CANCELLED = "cancelled"


class PickResultState(StrEnum):
    TAKEN = "taken"
    REPLACED = "replaced"


class PackingState(StrEnum):
    OPEN = "open"
    PACKED = "packed"
    DROPPED = "dropped"


_L, _R, _P = PickListState, PickResultState, PackingState

LIVE = (_L.RELEASED, _L.HELD, _L.PICKED)
"""States of a list that stands; an order has at most one of them."""

PICK_LIST = Machine(
    "Pick list",
    _L.RELEASED,
    [
        Arrow("a", _L.RELEASED, _L.HELD, "the order changed, is on hold, or a person stopped the picking"),
        Arrow("b", _L.HELD, _L.RELEASED, "a person lets it go on, by the order as it is now"),
        Arrow("c", _L.RELEASED, _L.PICKED, "a pick result came"),
        Arrow("d", _L.PICKED, _L.RELEASED, "a person took the pick result back"),
        Arrow("e", _L.RELEASED, _L.CANCELLED, "a person took it back, or Amazon cancelled the order"),
        Arrow("f", _L.HELD, _L.CANCELLED, "a person took it back, or Amazon cancelled the order"),
        Arrow("g", _L.PICKED, _L.CANCELLED, "Amazon cancelled the order, or a person took it back"),
        Arrow("h", _L.PICKED, _L.HELD, "the order changed after it was picked"),
        Arrow("i", _L.HELD, _L.PICKED, "a person lets what was picked stand"),
    ],
    ends=[_L.PICKED, _L.CANCELLED],
)

PICK_RESULT = Machine(
    "Pick result",
    _R.TAKEN,
    [Arrow("a", _R.TAKEN, _R.REPLACED, "a later result for the same order took its place, or it was taken back")],
    ends=[_R.TAKEN, _R.REPLACED],
)

PACKING = Machine(
    "Packing",
    _P.OPEN,
    [
        Arrow("a", _P.OPEN, _P.PACKED, "everything adds up, and a person or a pack result closed it"),
        Arrow("b", _P.PACKED, _P.OPEN, "a person opened it again, or the same reference came once more"),
        Arrow("c", _P.OPEN, _P.DROPPED, "a person gave it up: nothing of it counts as packed"),
        Arrow("d", _P.DROPPED, _P.OPEN, "the same reference came once more, or a person took it up again"),
    ],
    ends=[_P.PACKED, _P.DROPPED],
)
