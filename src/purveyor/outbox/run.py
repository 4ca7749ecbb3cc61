"""``purveyor outbox run``: send what is due and follow it until it is settled or the time is over, in the foreground.

Leases keep it apart from workers that run beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, QuerySet

from purveyor.common import clock
from purveyor.orders.models import Acknowledgement
from purveyor.outbox import enqueue, follow, send
from purveyor.outbox.decide import current_hold
from purveyor.outbox.models import Document
from purveyor.outbox.states import UNSETTLED, DocumentState
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

AT_ONCE = 100
LONGEST_NAP, SHORTEST_NAP = 1.0, 0.1

_S = DocumentState


@dataclass(frozen=True, slots=True)
class Summary:
    """What was done (tries at sending, looks), the states of what is not settled yet, and why nothing leaves if so."""

    sent: int
    looked: int
    settled: bool
    states: dict[str, int]
    held: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def run(who: Who, profile: Profile | None = None, wait: float = 0) -> Summary:
    """Do every step that is due, then wait for the next ones for at most ``wait`` seconds.

    Without a profile: all profiles on which ``who`` may acknowledge. Raises Denied.
    """
    if profile is None:
        who.require_somewhere("orders.acknowledge")
    else:
        who.require("orders.acknowledge", profile)
    reach = list(who.profiles("orders.acknowledge").values_list("pk", flat=True)) if profile is None else [profile.pk]
    until = clock.now() + timedelta(seconds=wait)
    sent = looked = 0
    while True:
        sent_now, looked_now = _round(reach)
        sent, looked = sent + sent_now, looked + looked_now
        nap = _nap(reach, until)
        if sent_now + looked_now == 0:
            if nap is None:
                return _summary(reach, sent, looked)
            clock.sleep(nap)


def _round(reach: list[int]) -> tuple[int, int]:
    """Every step due now, once: tries at sending, looks."""
    _document_decisions(reach)
    _each(reach, send.abandoned, send.give_up_on)
    sent = _each(reach, send.sendable, send.send)
    return sent, _each(reach, follow.to_follow, follow.follow) + _each(reach, follow.to_look_up, follow.look_up)


def _each(reach: list[int], due: Callable[[datetime, int], list[int]], step: Callable[[int], None]) -> int:
    mine = Document.objects.filter(pk__in=due(clock.now(), AT_ONCE * 10), profile_id__in=reach)
    ids = list(mine.order_by("due_at", "id").values_list("id", flat=True)[:AT_ONCE])
    for document_id in ids:
        step(document_id)
    return len(ids)


def _document_decisions(reach: list[int]) -> None:
    mine = Acknowledgement.objects.filter(order__profile_id__in=reach)
    for acknowledgement_id in mine.filter(pk__in=enqueue.undocumented(clock.now(), AT_ONCE * 10)).values_list(
        "id", flat=True
    ):
        enqueue.enqueue(acknowledgement_id)


def _open(reach: list[int]) -> QuerySet[Document]:
    return Document.objects.filter(profile_id__in=reach, state__in=sorted(UNSETTLED))


def _nap(reach: list[int], until: datetime) -> float | None:
    """Seconds until the next step is worth a try; None when nothing is left to wait for, or the time is over."""
    now = clock.now()
    waiting = _open(reach).exclude(state=_S.ASKED)
    if current_hold() is not None:
        waiting = waiting.exclude(state=_S.QUEUED)
    waiting = waiting.exclude(state=_S.QUEUED, profile__sending=False)
    waiting = waiting.exclude(state=_S.QUEUED, profile__paused_at__isnull=False)
    if now >= until or not waiting.exists():
        return None
    soonest = waiting.exclude(state=_S.SENDING).aggregate(at=Min("due_at"))["at"]
    wanted = max(SHORTEST_NAP, min(LONGEST_NAP, (soonest - now).total_seconds())) if soonest else LONGEST_NAP
    return min(wanted, (until - now).total_seconds())


def _summary(reach: list[int], sent: int, looked: int) -> Summary:
    states: dict[str, int] = {}
    for state in _open(reach).values_list("state", flat=True).order_by("state"):
        states[state] = states.get(state, 0) + 1
    standing = current_hold()
    return Summary(sent, looked, not states, states, standing.reason if standing else "")
