"""A month at speed: the stand-in and the hub on one held clock, turned in steps, with nobody touching anything.

Afterwards the two sets of books are compared line by line: what the stand-in wrote down, and what the hub holds. What
differs comes back as sentences; no sentence means that they agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from purveyor.common import clock
from purveyor.jobs import perform, registry
from purveyor.jobs.testing import collector, run_commit_hooks
from purveyor.orders.models import Acknowledgement, Line, Order
from purveyor.orders.states import OrderState
from purveyor.outbox.models import Document
from purveyor.profiles.models import Profile
from purveyor.simulator import model, wire
from purveyor.simulator.world import World

from .verdict import Verdict

OPEN = frozenset(OrderState) - {OrderState.CLOSED, OrderState.CANCELLED}
AFTERWARDS = timedelta(hours=9)
"""Once the story has ended: long enough for the sweeps and every document to come to their end."""


def work_off() -> None:
    """Everything nudged or due until nothing is left, each task's rows together: asking every task after every row
    what is due next would take most of the time."""
    while True:
        run_commit_hooks()
        nudged = list(iter(lambda: collector().take(None), None))
        due = [(task.name, row) for task in registry.tasks().values() if task.due for row in task.due(clock.now(), 500)]
        for name, row in dict.fromkeys(nudged + due):
            registry.find(name).run(row)
        ticks = perform.ticks_due()
        for tick in ticks:
            perform.tick(registry.recurring_tasks()[tick])
        if not nudged and not due and not ticks:
            return


@dataclass
class Month:
    """The harness: ``verdict`` says of each order whether it was answered in time, or why it was not."""

    world: World
    profile: Profile
    verdict: Verdict
    step: timedelta = timedelta(minutes=30)

    def live(self, days: float, afterwards: timedelta = AFTERWARDS) -> None:
        """So many days of the story, then its end, until everything has come to rest."""
        self._until(timedelta(days=days))
        self.world.hush()
        self._until(afterwards)

    def _until(self, span: timedelta) -> None:
        for _step in range(span // self.step):
            self.world.advance(self.step)
            self._work()

    def _work(self) -> None:
        """What is due, and a minute later what that made due."""
        work_off()
        self.world.advance(timedelta(seconds=60))
        work_off()
        self.verdict.look()

    # ── the books ───────────────────────────────────────────────────────────────────────────────────────────────

    def differences(self) -> list[str]:
        """Where the two sets of books differ, order by order and line by line."""
        ours = {order.number: order for order in Order.objects.filter(profile=self.profile)}
        theirs = self.world.orders
        found = [f"{number} is missing here" for number in sorted(theirs.keys() - ours.keys())]
        found += [f"{number} is unknown there" for number in sorted(ours.keys() - theirs.keys())]
        for number in sorted(ours.keys() & theirs.keys()):
            found += [f"{number}: {said}" for said in self._of(theirs[number], ours[number])]
        return found

    def _of(self, theirs: model.Order, ours: Order) -> Iterator[str]:
        yield from _of_order(theirs, ours)
        yield from _of_lines(theirs, list(ours.lines.all()))
        yield from self._of_versions(theirs, ours)
        yield from self._of_answers(theirs, ours)

    def _of_versions(self, theirs: model.Order, ours: Order) -> Iterator[str]:
        """Every version we keep is one of theirs, in their order, and the last one is their last."""
        there = [*self.world.versions(theirs.number), json.loads(wire.order_wire(theirs))]
        here = [json.loads(one.document()) for one in ours.snapshots.filter(kind="order").order_by("version")]
        places = [place for place in (_place(one, there) for one in here) if place is not None]
        if len(places) != len(here):
            yield f"{len(here) - len(places)} of our versions were never theirs"
        if not here or _content(here[-1]) != _content(there[-1]):
            yield "our last version is not their last"
        if ours.version != len(here):
            yield f"version {ours.version}, but {len(here)} are kept"

    def _of_answers(self, theirs: model.Order, ours: Order) -> Iterator[str]:
        """What they took is what we sent, document by document, and each exactly once."""
        taken = self.world.acknowledgements(theirs.number)
        sent = [one for one in _documents(ours) if one.sent_at is not None]
        good = [one for one in taken if one.outcome == model.Outcome.GOOD]
        verified = ours.acknowledgements.filter(outcome=Acknowledgement.Outcome.VERIFIED)
        if len(taken) != len(sent):
            yield f"they took {len(taken)} answers, {len(sent)} were sent"
        if len(good) != verified.count():
            yield f"{len(good)} answers count there, {verified.count()} here"
        for theirs_body, document in zip((one.body for one in taken), sent, strict=False):
            if json.loads(bytes(document.body))["acknowledgements"] != [theirs_body]:
                yield f"document {document.pk} is not what they took"
        if open_documents := ours.acknowledgements.filter(outcome=Acknowledgement.Outcome.OPEN).count():
            yield f"{open_documents} answers are not settled"


def _of_order(theirs: model.Order, ours: Order) -> Iterator[str]:
    closed = wire.is_closed(theirs)
    cancelled = all(line.eaches == 0 for line in theirs.lines)
    settled = {"closed"} if closed else {"cancelled"} if cancelled else OPEN
    if ours.state not in settled:
        yield f"state is {ours.state}, theirs {theirs.state}"
    expected = {
        "amazon_state": str(theirs.state),
        "amazon_status": "CLOSED" if closed else "OPEN",
        "vendor_code": theirs.vendor_code,
        "ship_to": theirs.center,
        "amazon_type": theirs.type,
        "ordered_at": theirs.created_at,
        "line_count": len(theirs.lines),
        "eaches": sum(line.eaches for line in theirs.lines),
    }
    for name, value in expected.items():
        if getattr(ours, name) != value:
            yield f"{name} is {getattr(ours, name)}, theirs {value}"


def _of_lines(theirs: model.Order, ours: Sequence[Line]) -> Iterator[str]:
    here = {line.number: line for line in ours if not line.gone}
    there = {line.number: line for line in theirs.lines}
    if here.keys() != there.keys():
        yield f"lines {sorted(here)}, theirs {sorted(there)}"
    for number in sorted(here.keys() & there.keys()):
        want, have = _line_there(theirs, there[number]), _line_here(here[number])
        yield from (
            f"line {number}: {name} is {have[name]}, theirs {want[name]}" for name in want if have[name] != want[name]
        )


def _line_there(order: model.Order, line: model.Line) -> dict[str, Any]:
    track = order.seen(line.number)
    answers = track.visible(clock.now())
    return {
        "asin": line.asin,
        "vendor_product": line.sku,
        "amount": line.amount,
        "unit": line.unit,
        "unit_size": line.unit_size,
        "eaches": line.eaches,
        "net_cost": Decimal(line.cost),
        "list_price": Decimal(line.list_price),
        "currency": line.currency,
        "accepted": answers[-1].accepted if answers else 0,
        "rejected": answers[-1].rejected if answers else 0,
        "received": track.received,
    }


def _line_here(line: Line) -> dict[str, Any]:
    names = "asin vendor_product amount unit unit_size eaches net_cost list_price currency".split()  # noqa: SIM905
    counts = {name: getattr(line, name) or 0 for name in ("accepted", "rejected", "received")}
    return {name: getattr(line, name) for name in names} | counts


def _documents(order: Order) -> list[Document]:
    return list(Document.objects.filter(acknowledgement__order=order).order_by("sent_at", "pk"))


def _content(document: dict[str, Any]) -> dict[str, Any]:
    """A version without Amazon's state, which moves without a new version."""
    moving = ("purchaseOrderState", "purchaseOrderChangedDate", "purchaseOrderStateChangedDate")
    return {
        name: {one: told for one, told in value.items() if one not in moving} if isinstance(value, dict) else value
        for name, value in document.items()
        if name not in moving
    }


def _place(document: dict[str, Any], there: Sequence[dict[str, Any]]) -> int | None:
    return next((place for place, one in enumerate(there) if _content(one) == _content(document)), None)


__all__ = ["Month"]
