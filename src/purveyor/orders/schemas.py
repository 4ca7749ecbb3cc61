"""An order as machines see it (DESIGN §6), the same over REST and by command. Amounts are text, moments in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from purveyor.audit import queries as audit
from purveyor.audit.actions import say
from purveyor.audit.models import Entry
from purveyor.common import clock, money
from purveyor.common.errors import Problem
from purveyor.common.units import CASES
from purveyor.common.windows import zulu
from purveyor.orders import types_said
from purveyor.orders.domain import acknowledge
from purveyor.orders.domain.answer import propose_full
from purveyor.orders.domain.findings_said import explained
from purveyor.orders.domain.ground import Ground, ground
from purveyor.orders.models import Acknowledgement, Answer, Decision, Finding, Line, Order, Request, Snapshot
from purveyor.orders.models.finding import LIVE
from purveyor.orders.queries import Deadlines, versions, zoned
from purveyor.orders.rules import needs_answer
from purveyor.orders.states import AnswerCode
from purveyor.orders.work_schemas import finding_rows, work_of
from purveyor.profiles.models import Profile


def paused_row(profile: Profile, waiting: Deadlines) -> dict[str, Any]:
    """A paused profile with the deadlines that go on meanwhile; ``hours_left`` is negative for what is overdue."""
    now = clock.now()
    return {
        "profile": profile.name,
        "paused_at": profile.paused_at,
        "next_try_at": profile.probe_at,
        "waiting": waiting.count,
        "overdue": waiting.overdue,
        "nearest": [
            {
                "number": order.number,
                "due_at": order.due_at,
                "hours_left": round((order.due_at - now).total_seconds() / 3600, 1) if order.due_at else None,
            }
            for order in waiting.nearest
        ],
    }


def order_rows(orders: Iterable[Order]) -> Iterator[dict[str, Any]]:
    """``order list``, the zones of its centers looked up together."""
    return map(order_row, zoned(orders))


def order_row(order: Order) -> dict[str, Any]:
    """One line of ``order list``. ``line_count`` counts lines, ``eaches`` single pieces.

    Windows are moments; ``time_zone`` names the zone of the center they belong to, ``time_zone_known`` how it is known.
    """
    return {
        "number": order.number,
        "profile": order.profile.name,
        "state": str(order.state),
        "type": order.type,
        "offer": order.offer.number if order.offer else None,
        "amazon_state": order.amazon_state,
        "amazon_type": order.amazon_type,
        "amazon_status": order.amazon_status,
        "vendor_code": order.vendor_code,
        "ship_to": order.ship_to,
        "ordered_at": _at(order.ordered_at),
        "due_at": _at(order.due_at),
        "changed_at": _at(order.changed_at),
        "ship_window": _window(order.ship_start, order.ship_end),
        "delivery_window": _window(order.delivery_start, order.delivery_end),
        "time_zone": order.zone.name,
        "time_zone_known": str(order.zone.known),
        "line_count": order.line_count,
        "eaches": order.eaches,
        "total": _amount(order.total),
        "currency": order.currency,
        "version": order.version,
        "backfilled": order.backfilled,
        "on_hold": order.holds > 0,
        "assigned_to": order.assigned_to.username if order.assigned_to else None,
        "flags": order.flags,
    }


def order_full(
    order: Order, documents: Sequence[Mapping[str, Any]] = (), entries: Iterable[Entry] = ()
) -> dict[str, Any]:
    """``order show``: the row, its versions, lines with findings, answers and history.

    ``documents``, and the audit's ``entries`` about them, come from the outbox, which stands above this package.
    """
    found = ground(order)
    answers = list(order.acknowledgements.prefetch_related("answers__line").order_by("revision"))
    problems = list(findings(found))
    stored = found_rows(order, found)
    kept = list(versions([order]))
    return order_row(order) | {
        "needs_answer": needs_answer(order, found.lines),
        "answered_at": _at(order.answered_at),
        "elsewhere": order.elsewhere or None,
        "parties": order.parties,
        "payment_method": order.payment_method,
        "deal_code": order.deal_code,
        "import_details": order.import_details,
        "versions": [version_row(v) for v in kept if v.kind == Snapshot.Kind.ORDER],
        "status_versions": [version_row(v) for v in kept if v.kind == Snapshot.Kind.STATUS],
        "lines": [
            told | {"findings": told["findings"] + [row for row in stored if row["line"] == told["line"]]}
            for told in (line_row(line, found, answers, problems) for line in found.lines)
        ],
        "findings": [*(_finding(p) for p in problems if not p.where), *(row for row in stored if row["line"] is None)],
        "typed": [types_said.decision_row(one) for one in types_said.decisions(order)],
        "decisions": [decision_row(one) for one in order.decisions.all()],
        "second_approver": [request_row(one) for one in order.requests.all()],
        **work_of(found),
        "acknowledgements": [acknowledgement_row(a) for a in answers],
        "history": history(
            [e for e in audit.history(order) if e.action != "order.changed"] + list(entries), kept, order
        ),
        "documents": list(documents),
    }


def found_rows(order: Order, found: Ground) -> list[dict[str, Any]]:
    """What the checks found about an order and is not gone, with the ways out."""
    rows = Finding.objects.filter(order=order, state__in=LIVE).order_by("pk")
    return finding_rows(rows, {line.pk: line.number for line in found.lines})


def decision_row(one: Decision) -> dict[str, Any]:
    """What a policy said about a version of the order, and why it answered as it did."""
    return {
        "version": one.order_version,
        "mode": one.mode,
        "state": one.state,
        "due_at": _at(one.due_at),
        "why": one.said,
        "explanation": explained(one.explanation) or None,
    }


def request_row(one: Request) -> dict[str, Any]:
    """An answer that waits, or waited, for a second person."""
    return {
        "id": one.pk,
        "state": one.state,
        "by": one.by,
        "because": one.because,
        "asked_at": _at(one.asked_at),
        "second": one.second or None,
        "answers": one.answers["orders"][0]["lines"],
    }


def line_row(
    line: Line, found: Ground, answers: Sequence[Acknowledgement], problems: Iterable[Problem] = ()
) -> dict[str, Any]:
    """One line: as ordered, as acknowledged by the latest answer, as received, and what is to be said about it."""
    return {
        "line": line.number,
        "asin": line.asin,
        "vendor_product": line.vendor_product,
        "ordered": _quantity(line, line.eaches) | {"amount": line.amount},
        "acknowledged": _acknowledged(line, found, answers),
        "received": None if line.received is None else _quantity(line, line.received),
        "received_at": _at(line.received_at),
        "cancelled": line.cancelled,
        "backorder_allowed": line.backorder_allowed,
        "net_cost": _amount(line.net_cost),
        "list_price": _amount(line.list_price),
        "currency": line.currency,
        "cost_unit": line.cost_unit or None,
        "amazon": {
            "confirmation": line.confirmation or None,
            "accepted": line.accepted,
            "rejected": line.rejected,
            "acknowledged_on": line.acknowledged_on or None,
            "receipt": line.receipt or None,
        },
        "findings": [_finding(p) for p in problems if _concerns(p, line)],
    }


def _acknowledged(line: Line, found: Ground, answers: Sequence[Acknowledgement]) -> dict[str, Any] | None:
    """Our latest answer that did not fail, else what Amazon shows; null for none. ``eaches`` is what is promised."""
    for one in reversed([a for a in answers if a.outcome != Acknowledgement.Outcome.FAILED]):
        mine = [a for a in one.answers.all() if a.line_id == line.pk]
        if mine:
            return _counts(line, mine) | {"answers": [answer_row(a) for a in mine], "revision": one.revision}
    stands = found.standing.get(line.number)
    if stands is None or not stands.answered:
        return None
    counted = {"accepted": stands.accepted, "backordered": 0, "rejected": stands.rejected}
    return _quantity(line, stands.accepted) | counted | {"answers": [], "revision": None}


def _counts(line: Line, answers: Iterable[Answer]) -> dict[str, Any]:
    sums = dict.fromkeys(AnswerCode, 0)
    for one in answers:
        sums[AnswerCode(one.code)] += one.eaches
    told = {code.lower(): count for code, count in sums.items()}
    return _quantity(line, sums[AnswerCode.ACCEPTED] + sums[AnswerCode.BACKORDERED]) | told


def answer_row(answer: Answer) -> dict[str, Any]:
    """One entry of a line's answer, as ``--answers`` takes it."""
    return {
        "code": answer.code,
        "eaches": answer.eaches,
        "reason": answer.reason,
        "ship_date": _at(answer.ship_date),
        "delivery_date": _at(answer.delivery_date),
        "net_cost": _amount(answer.net_cost),
    }


def acknowledgement_row(one: Acknowledgement) -> dict[str, Any]:
    """One decided answer. ``outcome`` is ``verified``, ``failed``, or null while it is on its way."""
    return {
        "revision": one.revision,
        "by": one.by,
        "because": one.because,
        "decided_at": _at(one.decided_at),
        "order_version": one.order_version,
        "dates_only": one.dates_only,
        "document": one.document_id,
        "outcome": one.outcome or None,
        "outcome_at": _at(one.outcome_at),
    }


def version_row(version: Snapshot) -> dict[str, Any]:
    """One version as received; its bytes are asked for by themselves."""
    return {
        "version": version.version,
        "at": _at(version.at),
        "request_id": version.request_id,
        "source": version.source,
    }


def history(entries: Iterable[Entry], versions: Iterable[Snapshot], order: Order) -> list[dict[str, Any]]:
    """What happened, oldest first: what the audit tells, and each version that came from Amazon."""
    told = [(entry.at, entry.pk, _entry(entry)) for entry in entries]
    came = [(version.at, 0, _arrival(version, order)) for version in versions]
    return [row for _moment, _place, row in sorted(told + came, key=lambda step: step[:2])]


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "at": _at(entry.at),
        "by": entry.by,
        "action": entry.action,
        "what": say(entry),
        "because": entry.because,
        "old": entry.old,
        "new": entry.new,
    }


def _arrival(version: Snapshot, order: Order) -> dict[str, Any]:
    first = version.version == 1
    if version.kind == Snapshot.Kind.STATUS:
        action, what = "order.status_read", _("Amazon's status of order %(name)s was read back")
    elif first:
        action, what = "order.received", _("Order %(name)s came in")
    else:
        action, what = "order.changed", _("Amazon changed order %(name)s")
    return {
        "at": _at(version.at),
        "by": f"system:{version.source}" if "." in version.source else f"system:intake.{version.source}",
        "action": action,
        "what": what % {"name": order.number},
        "because": "",
        "old": None if first else {"version": version.version - 1},
        "new": {"version": version.version},
    }


def findings(found: Ground) -> list[Problem]:
    """What a person should know before answering: cancelled lines, and what stands against accepting all of it."""
    cancelled = [
        Problem(_("Amazon cancelled this line; it needs no answer."), f"lines[{line.number}]", "CANCELLED")
        for line in found.lines
        if line.cancelled
    ]
    if not needs_answer(found.order, found.lines):
        return cancelled
    return cancelled + acknowledge.check(found.order, propose_full(found.order, found.lines))


def _finding(problem: Problem) -> dict[str, str]:
    return {"check": problem.check, "message": problem.message, "where": problem.where}


def _concerns(problem: Problem, line: Line) -> bool:
    return problem.where.startswith(f"lines[{line.number}]")


def _quantity(line: Line, eaches: int) -> dict[str, Any]:
    """Eaches, and the same in the unit ordered; ``amount`` is null where they fill no whole cases."""
    size = line.unit_size if line.unit == CASES else 1
    whole = None if size < 1 or eaches % size else eaches // size
    return {"eaches": eaches, "amount": whole, "unit": line.unit, "unit_size": line.unit_size}


def _window(start: datetime | None, end: datetime | None) -> dict[str, str | None] | None:
    return {"start": _at(start), "end": _at(end)} if start or end else None


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else money.plain(value)


def _at(moment: datetime | None) -> str | None:
    return zulu(moment) if moment else None
