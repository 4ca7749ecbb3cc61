"""What the policy in force says about orders, written down once for each version, and again when it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from purveyor.base.db import together
from purveyor.base.phrase import Phrase, for_audit, kept
from purveyor.base.transition import move
from purveyor.jobs.nudge import nudge_many
from purveyor.orders.domain import policy
from purveyor.orders.domain.knowledge import Batch
from purveyor.orders.domain.policy import Ruling
from purveyor.orders.models import Decision, Order
from purveyor.orders.rules import why_never
from purveyor.orders.states import DecisionState, OrderState

TASK = "orders.decide"
BY = "system:orders.policy"
OPEN = (DecisionState.WAITING, DecisionState.PERSON)


def rule(batch: Batch, held: frozenset[int]) -> None:
    """Ask the policy about each order of a batch; ``held`` are the keys of those on hold. Joins the caller's
    transaction."""
    known = _known([order.pk for order in batch.orders])
    fresh = []
    for order in batch.orders:
        before = [one for one in known.get(order.pk, []) if one.state in OPEN]
        mine = next((one for one in known.get(order.pk, []) if one.order_version == order.version), None)
        ruling = _ruling(batch, order, order.pk in held)
        for one in before:
            if one is not mine or ruling is None:
                move(one, DecisionState.VOID, by=BY, because="the order changed, or was answered without it")
        if ruling is not None and mine is None:
            fresh.append(_new(order, ruling, batch.now))
        elif ruling is not None and mine is not None and mine.state in OPEN:
            _again(mine, ruling)
    Decision.objects.bulk_create(fresh)
    nudge_many(TASK, [one.pk for one in fresh if one.state == DecisionState.WAITING and one.due_at == batch.now])


def _known(keys: Sequence[int]) -> dict[int, list[Decision]]:
    found: dict[int, list[Decision]] = {}
    for one in Decision.objects.filter(order__in=together(keys)).select_related("order__profile").order_by("pk"):
        found.setdefault(one.order_id, []).append(one)
    return found


def _ruling(batch: Batch, order: Order, held: bool) -> Ruling | None:
    """What the policy says; nothing of an order that no longer waits for a first answer."""
    settings = batch.settings[order.profile_id]
    if order.state != OrderState.NEW or policy.mode_of(order, settings) == policy.BY_HAND:
        return None
    never = why_never(order, batch.lines[order.pk])
    return policy.decide(order, settings, batch.now, held=held, never=never)


def _new(order: Order, ruling: Ruling, now: datetime) -> Decision:
    return Decision(order=order, order_version=order.version, made_at=now, state_at=now, **_said(ruling))


def _said(ruling: Ruling) -> dict[str, Any]:
    state = DecisionState.PERSON if ruling.person else DecisionState.WAITING
    return {"mode": ruling.mode, "due_at": ruling.at, "state": state} | why_of(ruling.person or Phrase(""))


def why_of(reason: Phrase) -> dict[str, Any]:
    """The columns that say why, for whoever reads and for the audit."""
    return {"why": for_audit(reason)[:300], "told": kept(reason) if reason else {}}


def _again(mine: Decision, ruling: Ruling) -> None:
    """The same version, asked again: a hold ended or began, or the policy changed."""
    said = _said(ruling)
    state = said.pop("state")
    if state != mine.state:
        move(mine, state, by=BY, because=said["why"] or "what was in its way is gone", **said)
        if state == DecisionState.WAITING and mine.due_at is not None:
            nudge_many(TASK, [mine.pk])
    elif any(getattr(mine, name) != value for name, value in said.items() if name != "due_at") or _sooner(mine, said):
        Decision.objects.filter(pk=mine.pk, state=state).update(**said)


def _sooner(mine: Decision, said: Mapping[str, Any]) -> bool:
    return (mine.due_at is None) != (said["due_at"] is None) or bool(
        mine.due_at and said["due_at"] and said["due_at"] < mine.due_at
    )
