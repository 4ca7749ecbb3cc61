"""What other rules would have made of orders' types: over the last 90 days, in the order of their arrival.

Nothing is changed. The offers completed by now are used from nothing: each order uses what those before it left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.offers.domain import consume
from purveyor.orders.domain import classify, knowledge
from purveyor.orders.domain.classify import Classified
from purveyor.orders.domain.knowledge import Batch
from purveyor.orders.domain.sight import Cells, Rules
from purveyor.orders.domain.typed import seen_of
from purveyor.orders.dryrun import AT_ONCE, DAYS, MOST_ROWS, settings_of
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.people.who import Who
from purveyor.profiles import dated
from purveyor.profiles.domain.settings import known
from purveyor.profiles.models import Profile

KIND = "type-dry-run"


def start(who: Who, profile: Profile, changes: Mapping[str, str]) -> Run:
    """Begin a dry run with some settings changed (``types.…``), the others as they are in force.

    Raises Denied, and Refused for settings or values there are none of.
    """
    return runs.start(KIND, profile, {"settings": settings_of(who, profile, changes)}, who.name)


@runs.run_kind(KIND)
def work(run: Run) -> dict[str, Any] | None:
    """Go over the orders; begins anew when another worker takes it up."""
    profile = run.profile
    if profile is None:
        raise Refused(_("A dry run is for one profile."))
    changed = {name: known(name).read(text) for name, text in run.params["settings"].items()}
    rows = Order.objects.filter(profile=profile, ordered_at__gte=clock.now() - timedelta(days=DAYS))
    total, told = rows.count(), Told(profile, changed)
    for part in _parts(list(rows.order_by("first_seen_at", "pk").values_list("pk", flat=True))):
        told.add(part)
        runs.step(run, done=told.orders, total=total, text=f"{told.orders} orders")
        if runs.should_stop(run):
            return None
    return told.as_dict()


def _parts(keys: Sequence[int]) -> Iterator[list[Order]]:
    for begin in range(0, len(keys), AT_ONCE):
        part = keys[begin : begin + AT_ONCE]
        found = Order.objects.select_related("profile", "offer").in_bulk(part)
        yield [found[key] for key in part if key in found]


class Told:
    """What is counted, what is left of each cell, and the first orders one by one."""

    def __init__(self, profile: Profile, changed: Mapping[str, Any]) -> None:
        self.rules = Rules.of({**dated.values(profile), **changed})
        self.profile = profile
        self.left: dict[int, int] = {}
        self.approved: dict[str, dict[int, int]] = {}
        self.orders = self.differ = 0
        self.would: dict[str, int] = {}
        self.was: dict[str, int] = {}
        self.rows: list[dict[str, Any]] = []

    def add(self, orders: Sequence[Order]) -> None:
        """Judge some orders, the earlier before the later."""
        if not orders:
            return
        keys = [order.pk for order in orders]
        batch = knowledge.read(orders, knowledge.shared_by(keys), clock.now(), write=False)
        cells = self._cells(batch)
        views = seen_of(orders, batch, bool(cells))
        for order in orders:
            lines = [] if order.state == OrderState.CANCELLED else batch.lines[order.pk]
            made = classify.classify(views[order.pk], lines, cells, self.left, self.rules)
            for (_line, cell), eaches in made.uses.items():
                self.left[cell] -= eaches
            self._one(order, made)

    def _cells(self, batch: Batch) -> Cells:
        found = consume.completed_cells([self.profile.pk], batch.stocked.keys()).get(self.profile.pk, {})
        for ones in found.values():
            for one in ones:
                self.left.setdefault(one.cell_id, one.approved)
                self.approved.setdefault(one.offer_number, {})[one.cell_id] = one.approved
        return found

    def _one(self, order: Order, made: Classified) -> None:
        self.orders += 1
        self.would[made.type] = self.would.get(made.type, 0) + 1
        self.was[order.type] = self.was.get(order.type, 0) + 1
        differs = (order.type, order.offer_id) != (made.type, made.offer_id)
        self.differ += differs
        if len(self.rows) < MOST_ROWS:
            self.rows.append(
                {
                    "number": order.number,
                    "ordered": order.eaches,
                    "was": order.type,
                    "was_offer": order.offer.number if order.offer else "",
                    "would": made.type,
                    "offer": made.reasons.offer if made.offer_id else "",
                    "uses": sum(made.uses.values()),
                    "differs": differs,
                    "failed": made.reasons.missed(),
                }
            )

    def as_dict(self) -> dict[str, Any]:
        return {
            "orders": self.orders,
            "would": self.would,
            "was": self.was,
            "differ": self.differ,
            "offers": [
                {"offer": number, "approved": sum(cells.values()), "left": sum(self.left[key] for key in cells)}
                for number, cells in sorted(self.approved.items())
            ],
            "rows": self.rows,
        }


def choices() -> list[dated.Setting]:
    """The settings a dry run may change."""
    return [one for one in dated.SETTINGS.values() if one.group == "types"]
