"""Something done to many orders named by their numbers: what REST and the command line share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, PurveyorError, Refused
from purveyor.orders.domain.assign import person
from purveyor.orders.models import Order
from purveyor.outbox import bulk
from purveyor.outbox.answering import resolve
from purveyor.outbox.bulk import Ask, Done
from purveyor.people.who import Who


def treat(
    who: Who,
    do: str,
    numbers: Sequence[str],
    *,
    profile: str = "",
    to: str = "",
    because: str = "",
    dry_run: bool = False,
) -> dict[str, Any]:
    """Do it to each alone and tell what became of it; with ``dry_run`` only what would.

    Raises NotFound for a deed that is none, Denied, Refused for a person who is none or without a needed reason.
    """
    verb, theirs = bulk.find(do), person(to)
    who.require_somewhere(verb.permission)
    if verb.needs_reason and not because.strip():
        said = _("Say why: it is written down.")
        raise Refused(said, [Problem(said, where="because")])
    ask = Ask(because.strip(), theirs, Who.of(theirs) if theirs else None)
    named = resolve(who, list(dict.fromkeys(numbers)), profile)
    found = [order for order in named.values() if isinstance(order, Order)]
    done = _would(who, verb, found, ask) if dry_run else bulk.carry_out(who, verb, found, ask)
    told = {one.order.number: one for one in done}
    rows = [_row(number, named, told.get(number)) for number in named]
    refused = sum(row["error"] is not None for row in rows)
    return {"orders": rows, "done": len(rows) - refused, "refused": refused}


def _would(who: Who, verb: bulk.Verb, orders: Sequence[Order], ask: Ask) -> list[Done]:
    planned = bulk.plan(who, verb, orders, ask)
    return [Done(p.order, error=Refused(p.problems[0].message, p.problems) if p.problems else None) for p in planned]


def _row(number: str, named: Mapping[str, Order | PurveyorError], done: Done | None) -> dict[str, Any]:
    order = named[number]
    if isinstance(order, PurveyorError):
        return {"number": number, "profile": None, "ok": False, "error": order.as_dict()}
    error = done.error.as_dict() if done and done.error else None
    return {"number": number, "profile": order.profile.name, "ok": error is None, "error": error}
