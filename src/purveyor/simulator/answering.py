"""What becomes of an acknowledgement: taken with 202, judged after a while, seen in the status a little later.

A good one stays *Processing* for ever, as Amazon's do (FACTS §5.4); a bad one becomes *Failure* with its errors.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from purveyor.common.errors import NotFound
from purveyor.simulator import orders, rules
from purveyor.simulator.accounts import Account
from purveyor.simulator.model import Acknowledgement, Answer, Order, Outcome, State, Transaction, stamp

if TYPE_CHECKING:
    from purveyor.simulator.world import World

FOR_EVER = "processing-for-ever"
NO_REASON = "failure-without-reason"

# Seen in the wild: the same empty error several times over (FACTS §11 row 13).
_NOTHING_SAID = [{"code": "NotAvailable", "message": ""}] * 2


def submit(world: World, account: Account, bodies: Sequence[dict[str, Any]], fault: str = "") -> str:
    """Take acknowledgements of the right shape and answer the transaction id; the rest happens later."""
    received = stamp()
    found = Transaction(
        id=f"{received:%Y%m%d%H%M%S}-{uuid.uuid4()}", group=account.group, received_at=received, fault=fault
    )
    with world.writing():
        world.store.save_transaction(found)
        for body in bodies:
            world.keep(_record(found, body))
        if fault != FOR_EVER:
            world.schedule(received + world.delay(world.settings.outcome_delay), "outcome", {"id": found.id})
    world.tick()
    return found.id


def _record(found: Transaction, body: dict[str, Any]) -> Acknowledgement:
    return Acknowledgement(
        number=body["purchaseOrderNumber"],
        group=found.group,
        transaction_id=found.id,
        received_at=found.received_at,
        body=body,
    )


def outcome(world: World, transaction_id: str, at: datetime) -> None:
    """Judge a transaction that is due: each order by itself; any bad one makes the whole a Failure."""
    found = world.store.transaction_of(transaction_id)
    if found is None:
        raise NotFound(f"no transaction {transaction_id}")
    for record in world.records(transaction_id):
        _judge(world, found, record, at)
        world.store.save_acknowledgement(record)
        if record.outcome == Outcome.BAD:
            found.status = "Failure"
            found.errors = found.errors + record.problems
    world.store.save_transaction(found)


def _judge(world: World, found: Transaction, record: Acknowledgement, at: datetime) -> None:
    order = world.book(record.group).orders.get(record.number)
    submitted = rules.read(record.body)
    problems = [fault.as_error() for fault in rules.judge(order, submitted, at)]
    if found.fault == NO_REASON:
        problems = list(_NOTHING_SAID)
    if problems or order is None:
        record.outcome, record.problems = Outcome.BAD, problems
        return
    record.outcome = Outcome.GOOD
    visible = max(at, record.received_at + world.delay(world.settings.visibility_delay))
    _write_down(order, submitted, record.received_at, visible)
    world.save(order)
    world.schedule(visible, "visible", {"group": order.group, "number": order.number})


def _write_down(order: Order, submitted: rules.Submitted, received: datetime, visible: datetime) -> None:
    for number, said in rules.settle(order, submitted).items():
        order.track(number).answers.append(
            Answer(
                received_at=received,
                visible_at=visible,
                date=submitted.acknowledgement_date,
                accepted=said.promised,
                rejected=said.rejected,
                cost=said.cost or order.line(number).cost,
            )
        )
    order.answered_at = order.answered_at or received


def show(world: World, order: Order, at: datetime) -> None:
    """The answer becomes visible: the order's state follows, and the status moves."""
    if not order.cancelled:
        orders.set_state(order, rules.state_after(order), at)
    world.book(order.group).touch(order, at)
    world.save(order)
    if world.scenario.receives and order.state == State.ACKNOWLEDGED:
        due = at + world.delay(world.settings.receive_delay)
        world.schedule(due, "receive", {"group": order.group, "number": order.number})


def in_portal(world: World, order: Order, accepted: Mapping[str, int] | None, at: datetime) -> None:
    """The vendor answered by hand in the portal: eaches accepted by line number, everything when none are given."""
    for line in order.lines:
        if line.amount == 0:
            continue
        taken = line.eaches if accepted is None else int(accepted.get(line.number, 0))
        order.track(line.number).answers.append(
            Answer(
                received_at=at,
                visible_at=at,
                date=at,
                accepted=taken,
                rejected=line.eaches - taken,
                cost=line.cost,
                source="portal",
            )
        )
    order.answered_at = order.answered_at or at
    show(world, order, at)


def soonest(world: World) -> timedelta:
    """How long after a submission the status shows it."""
    return world.delay(max(world.settings.outcome_delay, world.settings.visibility_delay))
