"""Where an order stands, worked out from what Amazon says. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from purveyor.common.windows import moment, zulu
from purveyor.orders.records import ReceivedLineStatus, ReceivedStatus
from purveyor.orders.states import ORDER, WAITING, OrderState

NEW = "new"
ACKNOWLEDGED = "acknowledged"
CLOSED = "closed"

# Amazon writes milliseconds, and some of its answers whole seconds only.
SAME_MOMENT = timedelta(seconds=1)


def stamp(*moments: datetime | None) -> datetime | None:
    """The latest moment a document names for itself; None when it names none."""
    return max((m for m in moments if m is not None), default=None)


def is_older(received: datetime | None, held: datetime | None) -> bool:
    """Whether a received document is older than the one held. Equal or unknown: the one received later counts."""
    return received is not None and held is not None and received < held


def is_behind(amazon_state: str, status: ReceivedStatus) -> bool:
    """Whether the state Amazon named last is behind what its status shows: closed, or answered and still New."""
    word = amazon_state.lower()
    closed = status.amazon_status.lower() == CLOSED
    return (closed and word != CLOSED) or (status.answered and word == NEW)


class Worded(Protocol):
    """What Amazon says of an order: its state and when that moved, when the order changed, its status and its time."""

    @property
    def amazon_state(self) -> str: ...

    @property
    def amazon_state_at(self) -> datetime | None: ...

    @property
    def changed_at(self) -> datetime | None: ...

    @property
    def amazon_status(self) -> str: ...

    @property
    def status_at(self) -> datetime | None: ...


def word_of(order: Worded) -> str:
    """Amazon's word for an order: its state, or *Closed* where its status says so and is no older than the state.

    Amazon keeps both and hands out each by itself; a status that says OPEN takes back no state.
    """
    said = stamp(order.changed_at, order.amazon_state_at)
    if order.amazon_status.lower() == CLOSED and not is_older(order.status_at, said):
        return CLOSED
    return order.amazon_state


def next_state(state: str, word: str, eaches: int, *, answered: bool) -> str:
    """The state one arrow nearer to what Amazon says (``word_of``), or the same.

    While our answer is on its way Amazon's word waits; the outbox judges that answer first. ``answered``: Amazon took
    an answer of ours before, so *Acknowledged* is no news, and an order opened again with that word needs no other.
    """
    word = word.lower()
    if state == OrderState.ACKNOWLEDGING:
        return state
    if word == CLOSED:
        return OrderState.CLOSED
    if state == OrderState.CLOSED:
        return OrderState.ACKNOWLEDGED if answered and word == ACKNOWLEDGED else OrderState.NEW
    if eaches == 0:
        return OrderState.CANCELLED
    if state == OrderState.CANCELLED:
        return OrderState.NEW
    if state in WAITING and word == ACKNOWLEDGED and not answered:
        return OrderState.ELSEWHERE
    return state


def path(state: str, word: str, eaches: int, *, answered: bool) -> Iterator[str]:
    """The states an order goes through, one arrow each, until it stands where Amazon's word puts it."""
    while (then := next_state(state, word, eaches, answered=answered)) != state:
        yield then
        state = then


def first_state(amazon_state: str, eaches: int) -> str:
    """The state of an order never seen before. One Amazon shows as answered was answered outside of this hub."""
    return next_state(OrderState.NEW, amazon_state, eaches, answered=False)


def cause(source: str, target: str) -> str:
    """The sentence of the arrow between two states."""
    return str(next(a.cause for a in ORDER.arrows if a.source == source and a.target == target))


class OurLine(msgspec.Struct, frozen=True):
    """What we answered to one line, in eaches. Backordered pieces count as accepted, as Amazon counts (FACTS §8)."""

    accepted: int
    rejected: int


class OurAnswer(msgspec.Struct, frozen=True):
    """One acknowledgement decided by us: the date it bears, and what it said line by line."""

    date: datetime | None
    lines: dict[str, OurLine]


def answered_elsewhere(ours: Sequence[OurAnswer], status: ReceivedStatus) -> dict[str, Any] | None:
    """What Amazon shows, when any line's answer is not one of ours; None when there is none, or all are ours.

    A line's answer is ours when its quantities are, or else its echoed date is one of ours. Where no date is echoed
    and Amazon changed the ordered quantity since, different quantities prove nothing (FACTS §11 row 27).
    """
    foreign = [line for line in status.lines if is_answered(line) and not _is_ours(line, ours)]
    return _shown(status, foreign) if foreign else None


def is_answered(line: ReceivedLineStatus) -> bool:
    """Whether Amazon shows an answer to this line."""
    return bool(line.accepted or line.rejected or line.acknowledged_on)


def _is_ours(line: ReceivedLineStatus, ours: Iterable[OurAnswer]) -> bool:
    said = [answer.lines[line.number] for answer in ours if line.number in answer.lines]
    if any(line.accepted == s.accepted and line.rejected == s.rejected for s in said):
        return True
    if line.acknowledged_on:
        return any(_same_moment(line.acknowledged_on, answer.date) for answer in ours)
    return bool(said) and all(s.accepted + s.rejected != line.ordered for s in said)


def _same_moment(echoed: str, ours: datetime | None) -> bool:
    return ours is not None and abs(moment(echoed) - ours) < SAME_MOMENT


def _shown(status: ReceivedStatus, lines: Iterable[ReceivedLineStatus]) -> dict[str, Any]:
    names = ("confirmation", "accepted", "rejected", "acknowledged_on")
    return {
        "amazon_status": status.amazon_status,
        "updated_at": zulu(status.updated_at) if status.updated_at else "",
        "lines": [{"line": line.number} | {name: getattr(line, name) for name in names} for line in lines],
    }


def seen_answered(amazon_state: str, at: datetime | None) -> dict[str, Any]:
    """What to keep of an answer of which Amazon's state alone tells."""
    return {"amazon_state": amazon_state, "updated_at": zulu(at) if at else "", "lines": []}
