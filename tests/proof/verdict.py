"""What became of each order: answered in time, needing no answer, or standing on Today with its reason.

An order is judged in the step in which its time runs out, and all of them once more at the end: what stood on Today in
time may have been answered since, and what was answered in time may have been changed since.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from unittest import mock

from purveyor.base.work import work_of
from purveyor.common import clock
from purveyor.orders.models import Acknowledgement, Change, Order
from purveyor.orders.states import OrderState
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.simulator import model
from purveyor.simulator.world import World

IN_TIME = timedelta(hours=24)
"""Amazon waits so long for an answer (FACTS §5.1)."""
NO_REASON = ("orders.answer",)
"""A source of Today that only says that an order waits for its answer; whatever else it says is a reason."""
OVER = (OrderState.CANCELLED, OrderState.CLOSED)


@dataclass
class Verdict:
    """Who looks at Today, and what was judged so far: ``late`` says of an order what is to be said against it."""

    world: World
    profile: Profile
    who: Who
    judged: set[str] = field(default_factory=set)
    late: list[str] = field(default_factory=list)
    stood: dict[str, list[str]] = field(default_factory=dict)

    def look(self) -> None:
        """Judge the orders whose time ran out since the last look."""
        due = [o for o in self._theirs() if o.created_at + IN_TIME <= clock.now() and o.number not in self.judged]
        self.judged.update(order.number for order in due)
        late = [order for order in due if not (in_time(order) or order.cancelled)]
        if late:
            reasons, ours = self.today(), self._ours()
            for order in late:
                self._judge(order, ours.get(order.number), reasons.get(order.number, []))

    def _judge(self, theirs: model.Order, ours: Order | None, reasons: list[str]) -> None:
        if ours is not None and (ours.state in OVER or ours.came_late):
            return
        if reasons:
            self.stood[theirs.number] = reasons
        else:
            self.late.append(f"{theirs.number}: {ours.state if ours else 'missing'} when its time ran out")

    def at_the_end(self) -> list[str]:
        """The orders that are neither answered as they are now, nor over, nor stand on Today."""
        reasons, ours = self.today(), self._ours()
        answered, changed = self._verified(), self._changed()
        return [
            f"{order.number}: {_told(mine)}"
            for order in self._theirs()
            if order.number not in reasons
            and not ((mine := ours.get(order.number)) and _is_over(order, mine))
            and not (mine and self._stays(order, answered.get(mine.pk, 0), changed.get(mine.pk, 0)))
        ]

    def _stays(self, theirs: model.Order, answered: int, changed: int) -> bool:
        """Whether Amazon has a verified answer, and neither side knows of a change after it."""
        good = [o.received_at for o in self.world.acknowledgements(theirs.number) if o.outcome == model.Outcome.GOOD]
        unchanged = theirs.changed_at is None or theirs.changed_at <= max(good, default=theirs.created_at)
        return bool(good) and answered >= max(changed, 1) and unchanged

    def today(self) -> dict[str, list[str]]:
        """What Today says of each order, to its last line: the page shows the most urgent, this is all there is."""
        found: dict[str, list[str]] = {}
        with _shown_to_the_last():
            for task in work_of(self.who, self.profile.name).mine:
                if task.source.name not in NO_REASON:
                    found.setdefault(task.item.subject, []).append(f"{task.source.name}: {task.item.sentence}")
        return found

    def _theirs(self) -> list[model.Order]:
        return list(self.world.orders.values())

    def _ours(self) -> dict[str, Order]:
        return {order.number: order for order in Order.objects.filter(profile=self.profile)}

    def _verified(self) -> dict[int, int]:
        """The version that the newest verified answer to each order is for."""
        rows = Acknowledgement.objects.filter(outcome=Acknowledgement.Outcome.VERIFIED).order_by("revision")
        return dict(rows.values_list("order", "order_version"))

    def _changed(self) -> dict[int, int]:
        """The version in which Amazon changed each order last."""
        return dict(Change.objects.order_by("version").values_list("order", "version"))


def in_time(order: model.Order) -> bool:
    """Whether Amazon took an answer within its 24 hours."""
    return order.answered_at is not None and order.answered_at <= order.created_at + IN_TIME


def _is_over(theirs: model.Order, ours: Order) -> bool:
    """Whether nothing is to be done any more: received in full, or cancelled before anybody had answered. What was
    cancelled after its answer somebody has to know of."""
    return ours.state in OVER and not (theirs.cancelled and theirs.answered_at is not None)


def _told(ours: Order | None) -> str:
    return f"{ours.state}, version {ours.version}, stands nowhere" if ours else "missing"


@contextmanager
def _shown_to_the_last() -> Iterator[None]:
    with ExitStack() as stack:
        for room in ("orders", "outbox", "alerts"):
            stack.enter_context(mock.patch(f"purveyor.{room}.work.SHOWN", 100_000))
        yield
