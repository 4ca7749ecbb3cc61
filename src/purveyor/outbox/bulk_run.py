"""A deed on more orders than a page can wait for, as long work with progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from purveyor.common.errors import Conflict, Problem, Refused
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.orders import queries
from purveyor.orders.models import Order
from purveyor.outbox import bulk
from purveyor.outbox.bulk import Ask, Done
from purveyor.outbox.models import BulkDone
from purveyor.people.domain import carried
from purveyor.people.models import User
from purveyor.people.who import Who

KIND = "orders.bulk"
AT_ONCE = 500
PART = 50
REASONS_KEPT = 500


def start(who: Who, verb: str, seen: Mapping[int, int], ask: Ask) -> Run:
    """Begin to do something to these orders; ``seen`` are their versions by key. Raises NotFound, Denied, Refused."""
    who.require_somewhere(bulk.find(verb).permission)
    if len(seen) > bulk.MOST:
        said = _("At most %(count)s orders are taken at once.") % {"count": bulk.MOST}
        raise Refused(said, [Problem(said, where="orders")])
    told = {"because": ask.because, "to": ask.to.pk if ask.to else None, "confirm_hold": ask.confirm_hold}
    params = {"verb": verb, "orders": [[key, version] for key, version in sorted(seen.items())]}
    return runs.start(KIND, None, params | told | {"who": carried.written(who)}, who.name)


@runs.run_kind(KIND)
def work(run: Run) -> dict[str, Any] | None:
    """Do it, a few orders at a time. Each deed is written down with itself, so that another worker goes on behind it
    and every order counts once."""
    who, verb = carried.found(run.params["who"]), bulk.find(run.params["verb"])
    orders, ask = run.params["orders"], _ask(run)
    told = _counted(run)
    runs.step(run, done=_seen(told), total=len(orders))
    while _seen(told) < len(orders):
        if runs.should_stop(run):
            return None
        try:
            _part(run, who, verb, orders[_seen(told) : _seen(told) + PART], ask)
        except TakenOver:
            raise Conflict(f"another worker has taken over run {run.pk}") from None
        told = _counted(run)
        runs.step(run, done=_seen(told), text=f"{_seen(told)} orders")
    return told


def _part(run: Run, who: Who, verb: bulk.Verb, part: Sequence[Sequence[int]], ask: Ask) -> None:
    """Orders that are gone meanwhile, or no longer to be seen, count as refused. In their order, one by one: what is
    written down is always the beginning of the part."""
    keys = [key for key, _version in part]
    found: dict[int, Order] = {order.pk: order for order in queries.visible_to(who).filter(pk__in=keys)}
    for key in keys:
        if key not in found:
            _note(run, key, why=_("There is no such order."))
            continue
        for done in bulk.carry_out(who, verb, [found[key]], ask, keep=lambda done: _note_done(run, done)):
            if done.error is not None:
                _note(run, key, done.order.number, why=" ".join(map(str, done.reasons)))


def _note_done(run: Run, done: Done) -> None:
    _note(run, done.order.pk, done.order.number, done=True, undo=done.undo)


def _note(run: Run, key: int, number: str = "", *, done: bool = False, undo: Any = None, why: str = "") -> None:
    """Raises TakenOver when another worker was at the same order."""
    try:
        with transaction.atomic():
            BulkDone.objects.create(run=run, order_id=key, number=number, done=done, undo=undo, why=why)
    except IntegrityError:
        raise TakenOver from None


class TakenOver(Exception):
    """Another worker is at the run. No ``PurveyorError``: that one order is not refused over it."""


def _counted(run: Run) -> dict[str, Any]:
    """What was done so far: the run's result with what was written down since, which goes into it. Raises Conflict when
    another worker has taken the run over."""
    told: dict[str, Any] = run.result or {"done": 0, "refused": 0, "undo": {}, "reasons": []}
    with transaction.atomic():
        rows = list(BulkDone.objects.filter(run=run))
        for row in rows:
            _count(told, row)
        BulkDone.objects.filter(pk__in=[row.pk for row in rows]).delete()
        held = Run.objects.filter(pk=run.pk, lease_owner=run.lease_owner)
        if not held.update(result=told):
            raise Conflict(f"another worker has taken over run {run.pk}")
    run.result = told
    return told


def _count(told: dict[str, Any], row: BulkDone) -> None:
    if row.done:
        told["done"] += 1
        told["undo"][str(row.order_id)] = row.undo
        return
    told["refused"] += 1
    if len(told["reasons"]) < REASONS_KEPT:
        told["reasons"].append([row.number, row.why])


def _ask(run: Run) -> Ask:
    to = User.objects.filter(pk=run.params["to"]).first() if run.params["to"] else None
    versions = dict(run.params["orders"])
    confirmed = bool(run.params.get("confirm_hold"))
    return Ask(run.params["because"], to, Who.of(to) if to else None, versions, confirmed)


def _seen(told: Mapping[str, Any]) -> int:
    return int(told["done"] + told["refused"])
