"""What other policies and rules would have answered: over the orders of the last 90 days, as if each came in anew.

Nothing is changed. Stock is what is there now, since nobody knows what there was then, and each order is looked at
alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from purveyor.base.listing import by_key
from purveyor.common import clock
from purveyor.common.errors import Problem, Refused
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.orders.domain import knowledge, policy
from purveyor.orders.domain.check import check
from purveyor.orders.domain.knowledge import Batch
from purveyor.orders.domain.plan import Planned, Terms, plan
from purveyor.orders.models import Line, Order
from purveyor.orders.states import OrderState, Severity
from purveyor.people.who import Who
from purveyor.profiles import dated
from purveyor.profiles.domain.settings import MANAGE, known
from purveyor.profiles.models import Profile

KIND = "policy-dry-run"
DAYS = 90
AT_ONCE = 100
MOST_ROWS = 500
"""So many orders are told one by one; all are counted."""


def start(who: Who, profile: Profile, changes: Mapping[str, str]) -> Run:
    """Begin a dry run with some settings changed (``policy.…``, ``checks.…``), the others as they are in force.

    Raises Denied, and Refused for settings or values there are none of.
    """
    return runs.start(KIND, profile, {"settings": settings_of(who, profile, changes)}, who.name)


def settings_of(who: Who, profile: Profile, changes: Mapping[str, str]) -> dict[str, str]:
    """The settings of a dry run, looked at. Raises Denied, and Refused for settings or values there are none of."""
    who.require(MANAGE, profile)
    problems = []
    for name, text in changes.items():
        try:
            known(name).read(text)
        except ValueError:
            said = _("“%(value)s” is not allowed for %(name)s.") % {"value": text[:80], "name": name}
            problems.append(Problem(said, where=name))
    if problems:
        raise Refused(_("The dry run was not begun."), problems)
    return dict(changes)


@runs.run_kind(KIND)
def work(run: Run) -> dict[str, Any] | None:
    """Go over the orders; begins anew when another worker takes it up."""
    profile = run.profile
    if profile is None:
        raise Refused(_("A dry run is for one profile."))
    changed = {name: known(name).read(text) for name, text in run.params["settings"].items()}
    rows = Order.objects.filter(profile=profile, ordered_at__gte=clock.now() - timedelta(days=DAYS))
    total, told = rows.count(), Told()
    part: list[Order] = []
    for order in by_key(rows.select_related("profile"), AT_ONCE):
        part.append(order)
        if len(part) == AT_ONCE:
            told.add(part, changed)
            part = []
            runs.step(run, done=told.orders, total=total, text=f"{told.orders} orders")
            if runs.should_stop(run):
                return None
    told.add(part, changed)
    runs.step(run, done=told.orders, total=total, text=f"{told.orders} orders")
    return told.as_dict()


class Told:
    """What is counted, and the first orders one by one."""

    def __init__(self) -> None:
        self.orders = 0
        self.would: dict[str, int] = {}
        self.was: dict[str, int] = {}
        self.differ = 0
        self.rows: list[dict[str, Any]] = []

    def add(self, orders: Sequence[Order], changed: Mapping[str, Any]) -> None:
        """Look at some orders."""
        if not orders:
            return
        was = _answered(orders)
        states = {order.pk: str(order.state) for order in orders}
        batch = _as_if_new(orders, changed)
        for order in orders:
            self._one(order, _would(batch, order), was.get(order.pk), states[order.pk])

    def _one(self, order: Order, would: Mapping[str, Any], was: tuple[int, int] | None, state: str) -> None:
        before = "none" if was is None else word(was[0], was[1])
        self.orders += 1
        self.would[would["would"]] = self.would.get(would["would"], 0) + 1
        self.was[before] = self.was.get(before, 0) + 1
        self.differ += would["would"] != before
        if len(self.rows) < MOST_ROWS:
            shown = {"number": order.number, "type": order.type, "state": state, "ordered": order.eaches}
            self.rows.append(shown | dict(would) | {"was": before, "accepted_was": None if was is None else was[0]})

    def as_dict(self) -> dict[str, Any]:
        return {
            "orders": self.orders,
            "would": self.would,
            "was": self.was,
            "differ": self.differ,
            "rows": self.rows,
        }


def word(accepted: int, ordered: int) -> str:
    """How much of an order an answer accepts: full, part or nothing."""
    return "full" if accepted >= ordered else "part" if accepted else "nothing"


def _answered(orders: Sequence[Order]) -> dict[int, tuple[int, int]]:
    """What Amazon counts as accepted, and what it ordered, of those with an answer."""
    rows = Line.objects.filter(order__in=[order.pk for order in orders]).order_by().values_list("order")
    counted = rows.annotate(Sum("accepted"), Sum("rejected"), Sum("eaches"), Count("accepted"))
    return {key: (accepted or 0, eaches or 0) for key, accepted, _rejected, eaches, count in counted if count}


def _as_if_new(orders: Sequence[Order], changed: Mapping[str, Any]) -> Batch:
    for order in orders:
        order.state, order.version, order.holds = OrderState.NEW, 1, 0
    keys = [order.pk for order in orders]
    batch = knowledge.read(orders, knowledge.shared_by(keys), clock.now(), write=False)
    batch.settings = {key: {**settings, **changed} for key, settings in batch.settings.items()}
    return batch


def _would(batch: Batch, order: Order) -> dict[str, Any]:
    lines = batch.lines[order.pk]
    batch.now = order.first_seen_at
    found = check(order, lines, batch.facts(order))
    settings = batch.settings[order.profile_id]
    held = any(one.severity in (Severity.HOLD, Severity.BLOCK) for one in found)
    ruling = policy.decide(order, settings, order.first_seen_at, held=held)
    said = {"findings": sorted({one.rule for one in found}), "mode": policy.mode_of(order, settings)}
    if ruling is None or ruling.person or ruling.at is None:
        return {"would": "person" if ruling is None or ruling.person else "pick", "accepts": None} | said
    free = {line.pk: _free(batch, line) for line in lines} if ruling.from_stock else None
    planned = plan(lines, [], Terms.of(settings, order.first_seen_at), had=free)
    return {"would": word(_accepted(planned), order.eaches), "accepts": _accepted(planned)} | said


def _free(batch: Batch, line: Line) -> int:
    found = batch.stocked.get(line.product_id) if line.product_id is not None else None
    return found.free or 0 if found is not None else 0


def _accepted(planned: Sequence[Planned]) -> int:
    return sum(one.accepted for one in planned)


def choices() -> list[dated.Setting]:
    """The settings a dry run may change."""
    return [one for one in dated.SETTINGS.values() if one.group in ("policy", "checks")]
