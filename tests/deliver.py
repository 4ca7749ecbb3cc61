"""Bring orders of the pretended Amazon in, and move time and the outbox on, for tests of answers and documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from purveyor.common import clock
from purveyor.intake.kinds import ORDERS, STATUSES, one_order
from purveyor.intake.pull import prepare, store
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order
from purveyor.outbox.models import Document
from purveyor.people.who import Who
from purveyor.profiles.clients import client_for
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

ANNA = Who.cli()
OUTBOX = ("outbox.compose", "outbox.send", "outbox.recover", "outbox.follow", "outbox.look-up", "outbox.verify-order")


def pull(profile: Profile, number: str) -> Order:
    """The order as the world shows it now, imported as a sweep would."""
    page = one_order(client_for(profile), number)
    store(profile, prepare(profile, ORDERS, page), sweep="new", by="system:test")
    return Order.objects.get(profile=profile, number=number)


def pull_status(profile: Profile, number: str) -> Order:
    """The order's status as the world shows it now, imported as a sweep would."""
    page = STATUSES.fetch(client_for(profile), "", {"purchaseOrderNumber": number})
    store(profile, prepare(profile, STATUSES, page), sweep="status", by="system:test")
    return Order.objects.get(profile=profile, number=number)


def placed(world: World, profile: Profile, *lines: dict[str, Any], **more: Any) -> Order:
    """A new order with these lines (a single one by default), imported."""
    number = world.place(lines=list(lines) or [{"amount": 10, "cost": "4.20"}], **more)
    return pull(profile, number)


def work() -> int:
    """Do every step of the outbox that is due now."""
    return run_due(OUTBOX)


def later(seconds: float) -> None:
    """Turn the clock and do what is due then."""
    clock.turn(timedelta(seconds=seconds))
    work()


def until_settled(document: Document, most: int = 400, step: float = 30) -> Document:
    """Turn the clock in steps until the document is settled or asked about."""
    for _ in range(most):
        document.refresh_from_db()
        if document.state in ("verified", "failed", "asked"):
            return document
        later(step)
    raise AssertionError(f"{document} never settles: {document.state} {document.problem}")


def document_of(order: Order) -> Document:
    """The latest document of an order."""
    return Document.objects.filter(subject=order.number).latest("id")
