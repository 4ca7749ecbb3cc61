"""What is open about an order as machines see it: findings, changes, holds, deadlines, differences, the proposed
answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from purveyor.common import clock, money
from purveyor.common.deadlines import Deadline
from purveyor.common.errors import Problem
from purveyor.common.windows import zulu
from purveyor.orders.domain import deadlines, differences, remedy
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.domain.changes import read
from purveyor.orders.domain.changes_said import sentences
from purveyor.orders.domain.findings_said import say
from purveyor.orders.domain.ground import Ground
from purveyor.orders.domain.hold import held
from purveyor.orders.domain.hold_said import said
from purveyor.orders.domain.propose_again import Proposal, ProposedLine
from purveyor.orders.models import Change, Finding, Hold, Order
from purveyor.orders.states import OrderState
from purveyor.profiles import dated


def work_of(found: Ground) -> dict[str, Any]:
    """What ``order show`` tells of an order beyond its lines and history."""
    order = found.order
    return {
        "changes": [change_row(one) for one in order.changes.all()],
        "holds": [hold_row(one) for one in held(order)],
        "deadlines": [deadline_row(order, one) for one in deadlines_of(found)],
        "differences": [difference_row(one) for one in differences_of(found)],
    }


def deadlines_of(found: Ground) -> list[Deadline]:
    """The clocks that run for an order."""
    return deadlines.deadlines(found.order, found.first_answered_at, dated.values(found.order.profile))


def differences_of(found: Ground) -> list[differences.Difference]:
    """Where Amazon counts otherwise than we answered."""
    ours = differences.in_force([found.order.pk]).get(found.order.pk, {})
    return differences.differences(ours, found.lines, closed=found.order.state == OrderState.CLOSED)


def change_row(change: Change) -> dict[str, Any]:
    """What one version changed; ``said`` has a sentence for each, times in UTC."""
    return {
        "version": change.version,
        "at": _at(change.at),
        "answered": change.answered,
        "seen_at": _at(change.seen_at),
        "seen_by": change.seen_by or None,
        "changes": change.changes,
        "said": sentences(read(change.changes)),
    }


def hold_row(hold: Hold) -> dict[str, Any]:
    """One hold; ``check`` is the rule that holds, PERSON for a person."""
    return {
        "id": hold.pk,
        "check": hold.check_id,
        "because": said(hold),
        "by": hold.by,
        "at": _at(hold.at),
        "released_at": _at(hold.released_at),
        "released_by": hold.released_by or None,
    }


def deadline_row(order: Order, one: Deadline) -> dict[str, Any]:
    """One clock; ``percent`` of its time are over, ``stage`` is 0, a stage of the profile's, or 100."""
    now = clock.now()
    return {
        "kind": one.kind,
        "means": deadlines.meaning(one.kind),
        "begins": _at(one.begins),
        "due": _at(one.due),
        "percent": max(0, int(one.share(now) * 100)),
        "stage": one.stage(now, deadlines.stages_of(dated.values(order.profile))),
    }


def difference_row(one: differences.Difference) -> dict[str, Any]:
    """One number of ours that Amazon counts otherwise."""
    said = {"line": one.line, "what": one.what, "ours": one.ours, "amazon": one.amazon}
    return said | {"message": differences.words(one)}


def finding_row(finding: Finding, number: str = "") -> dict[str, Any]:
    """A finding as machines see it; ``number`` is its line's."""
    return {
        "id": finding.pk,
        "check": finding.rule,
        "line": number or None,
        "severity": finding.severity,
        "state": finding.state,
        "where": f"lines[{number}]" if number else "",
        "message": say(finding.rule, finding.numbers),
        "numbers": finding.numbers,
        "way": finding.way or None,
        "by": finding.taken_by or None,
        "because": finding.reason or None,
        "ways": [{"way": one.way.name, "does": one.does} for one in remedy.ways_of(finding)],
    }


def finding_rows(findings: Iterable[Finding], numbers: Mapping[int, str]) -> list[dict[str, Any]]:
    """Findings as machines see them; ``numbers`` by line key."""
    return [finding_row(one, numbers.get(one.line_id or 0, "")) for one in findings]


def proposal_row(order: Order, proposal: Proposal | None) -> dict[str, Any]:
    """The proposed answer, its ``lines`` as ``order acknowledge --answers`` takes them; ``proposal`` null for none."""
    return {
        "number": order.number,
        "profile": order.profile.name,
        "version": order.version,
        "proposal": None if proposal is None else _proposal(proposal),
    }


def _proposal(found: Proposal) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "says": found.sentence,
        "answered_version": found.answered_version,
        "version": found.version,
        "lines": [{"line": one.number, "answers": _entries(one.now)} for one in found.lines if one.now],
        "compared": [_compared(one) for one in found.lines],
        "problems": [_problem(one) for one in found.problems],
    }


def _compared(one: ProposedLine) -> dict[str, Any]:
    ordered = one.line.eaches if one.line else 0
    return {
        "line": one.number,
        "ordered": ordered,
        "before": _entries(one.before),
        "proposed": _entries(one.now),
        "why": one.why,
    }


def _entries(entries: Iterable[LineAnswer]) -> list[dict[str, Any]]:
    return [
        {
            "code": e.code,
            "eaches": e.eaches,
            "reason": e.reason,
            "ship_date": _at(e.ship_date),
            "delivery_date": _at(e.delivery_date),
            "net_cost": None if e.net_cost is None else money.plain(e.net_cost),
        }
        for e in entries
    ]


def _problem(one: Problem) -> dict[str, str]:
    return {"check": one.check, "message": one.message, "where": one.where}


def _at(moment: datetime | None) -> str | None:
    return zulu(moment) if moment else None
