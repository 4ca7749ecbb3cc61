"""A deed on more orders than a page can wait for, as long work with progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, Refused
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.orders import queries
from purveyor.orders.models import Order
from purveyor.outbox import bulk
from purveyor.outbox.bulk import Ask
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
    """Do it, a few orders at a time. What was done is written down with each part, so that another worker goes on."""
    who, verb = carried.found(run.params["who"]), bulk.find(run.params["verb"])
    orders, ask = run.params["orders"], _ask(run)
    told = run.result or {"done": 0, "refused": 0, "undo": {}, "reasons": []}
    runs.step(run, done=_seen(told), total=len(orders))
    while _seen(told) < len(orders):
        if runs.should_stop(run):
            _keep(run, told)
            return None
        _part(who, verb, orders[_seen(told) : _seen(told) + PART], ask, told)
        _keep(run, told)
        runs.step(run, done=_seen(told), text=f"{_seen(told)} orders")
    return told


def _part(who: Who, verb: bulk.Verb, part: Sequence[Sequence[int]], ask: Ask, told: dict[str, Any]) -> None:
    """Orders that are gone meanwhile, or no longer to be seen, count as refused."""
    keys = [key for key, _version in part]
    found: dict[int, Order] = {order.pk: order for order in queries.visible_to(who).filter(pk__in=keys)}
    for done in bulk.carry_out(who, verb, [found[key] for key in keys if key in found], ask):
        if done.error is None:
            told["done"] += 1
            told["undo"][str(done.order.pk)] = done.undo
        else:
            _refuse(told, done.order.number, done.reasons)
    for _key in keys[len(found) :]:
        _refuse(told, "", [_("There is no such order.")])


def _refuse(told: dict[str, Any], number: str, reasons: Sequence[str]) -> None:
    told["refused"] += 1
    if len(told["reasons"]) < REASONS_KEPT:
        told["reasons"].append([number, " ".join(map(str, reasons))])


def _ask(run: Run) -> Ask:
    to = User.objects.filter(pk=run.params["to"]).first() if run.params["to"] else None
    versions = dict(run.params["orders"])
    confirmed = bool(run.params.get("confirm_hold"))
    return Ask(run.params["because"], to, Who.of(to) if to else None, versions, confirmed)


def _seen(told: Mapping[str, Any]) -> int:
    return int(told["done"] + told["refused"])


def _keep(run: Run, told: dict[str, Any]) -> None:
    """Only while this worker holds the run."""
    Run.objects.filter(pk=run.pk, lease_owner=run.lease_owner).update(result=told)
