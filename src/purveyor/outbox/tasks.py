"""What the workers do here: ids in, one step, out. The verbs decide everything."""

from __future__ import annotations

from datetime import datetime

from purveyor.jobs import jumps
from purveyor.jobs.registry import task
from purveyor.outbox import bulk_run as _bulk_run  # registers its kind of run
from purveyor.outbox import decide, enqueue, follow, send, verify

__all__ = ["_bulk_run", "compose_acknowledgement"]


@task("outbox.compose", due=enqueue.undocumented)
def compose_acknowledgement(acknowledgement_id: int) -> None:
    """A decided acknowledgement becomes a document."""
    enqueue.enqueue(acknowledgement_id)


@task("outbox.send", due=send.sendable, every=2)
def send_document(document_id: int) -> None:
    """A queued document leaves, once."""
    send.send(document_id)


@task("outbox.recover", due=send.abandoned)
def recover_document(document_id: int) -> None:
    """A document whose worker died becomes unknown."""
    send.give_up_on(document_id)


@task("outbox.follow", due=follow.to_follow, every=2)
def follow_document(document_id: int) -> None:
    """One look at a sent document."""
    follow.follow(document_id)


@task("outbox.look-up", due=follow.to_look_up, every=2)
def look_up_document(document_id: int) -> None:
    """One look at a document of unknown fate."""
    follow.look_up(document_id)


@task("outbox.verify-order")
def verify_order(order_id: int) -> None:
    """A sweep brought a new status of an order whose answer is on its way."""
    verify.verify_order(order_id)


@jumps.mender
def mend(now: datetime, jumped: bool) -> None:
    """What waits too long because a clock ran ahead; and nothing counts as not arrived because the clock jumped."""
    decide.pull_back(now)
    if jumped:
        decide.start_over()
