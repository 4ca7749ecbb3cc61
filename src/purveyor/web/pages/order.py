"""One order: facts, lines, what happened; and its answer: typed, previewed exactly as it will be sent, sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from purveyor.common import clock
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.orders import queries, rules
from purveyor.orders.domain import late, second
from purveyor.orders.domain.acknowledge import acknowledge, check
from purveyor.orders.domain.answer import LineAnswer
from purveyor.orders.domain.ground import ground
from purveyor.orders.models import Line, Order, Snapshot
from purveyor.orders.states import WAITING, OrderState
from purveyor.outbox.compose.acknowledgement import compose
from purveyor.web import answering
from purveyor.web.answering import BACKORDER, Sheet
from purveyor.web.detail import Detail, find_order
from purveyor.web.diff import Change, changes
from purveyor.web.render import page, who_of


@require_safe
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """The page of an order, the answer sheet open where Amazon waits; with ``?answer`` also where an answer stands."""
    found = find_order(who_of(request), order_id)
    detail = Detail.of(who_of(request), found)
    sheet = None
    if _may_answer(request, detail) and (found.state in WAITING or "answer" in request.GET):
        again = detail.work.proposal if request.GET.get("answer") == "again" else None
        given = again.answers if again else detail.answers_in_force or detail.proposal
        sheet = Sheet(found, detail.lines, given=given)
    return _page(request, detail, sheet)


@require_POST
def answer(request: HttpRequest, order_id: int) -> HttpResponse:
    """What the sheet and the preview send: another entry, the preview, back to the sheet, or the decision."""
    who = who_of(request)
    found = find_order(who, order_id)
    who.require("orders.acknowledge", found.profile)
    detail = Detail.of(who, found)
    sheet = Sheet(found, detail.lines, request.POST)
    what, _colon, rest = request.POST.get("do", "preview").partition(":")
    if what in ("split", "drop"):
        return _page(request, detail, _rearranged(sheet, what, rest))
    if what == "change":
        return _page(request, detail, sheet)
    answers = sheet.answers()
    if sheet.wrong:
        return _page(request, detail, sheet, status=422)
    return _send(request, detail, sheet, answers) if what == "send" else _preview(request, detail, sheet, answers)


def _rearranged(sheet: Sheet, what: str, rest: str) -> Sheet:
    number, _bar, place = rest.rpartition("|") if what == "drop" else (rest, "", "")
    if what == "split":
        sheet.split(number)
    elif place.isdecimal():
        sheet.drop(number, int(place))
    return sheet


def _preview(
    request: HttpRequest, detail: Detail, sheet: Sheet, answers: Mapping[str, Sequence[LineAnswer]]
) -> HttpResponse:
    found = detail.order
    problems = check(found, answers, confirm_elsewhere=sheet.confirm_elsewhere, confirm_hold=sheet.confirm_hold)
    try:
        body = b"" if problems else compose(found, detail.lines, answers, clock.now())
    except Refused as error:
        problems = list(error.problems)
    if problems:
        sheet.show(problems)
        return _page(request, detail, sheet, status=422)
    told = {line.number: answers[line.number] for line in detail.lines if line.number in answers}
    return page(
        request,
        "preview",
        "orders",
        detail=detail,
        order=found,
        place=found.zone,
        lines=[(line, told[line.number]) for line in detail.lines if line.number in told],
        left_out=[line for line in detail.lines if line.number not in told],
        totals=totals(detail.lines, answers),
        body=readable(body),
        size=len(body),
        kept=answering.kept(request.POST),
        warnings=late.warnings(ground(found), answers, clock.now()),
        because=sheet.because,
    )


def _send(
    request: HttpRequest, detail: Detail, sheet: Sheet, answers: Mapping[str, Sequence[LineAnswer]]
) -> HttpResponse:
    found = detail.order
    try:
        acknowledge(
            who_of(request),
            found.pk,
            answers,
            because=sheet.because.strip(),
            confirm_elsewhere=sheet.confirm_elsewhere,
            confirm_hold=sheet.confirm_hold,
            expect_version=sheet.version,
        )
    except Refused as error:
        sheet.show(error.problems)
        sheet.problems += [] if error.problems else [error.message]
        return _page(request, detail, sheet, status=422)
    except second.AwaitsSecond as error:
        messages.success(request, f"{error.message} {error.hint}")
    except Conflict as error:
        return _page(request, Detail.of(who_of(request), found), sheet, problem=error, status=409)
    return redirect("order", found.pk)


@require_safe
def version(request: HttpRequest, order_id: int, kind: str, number: int) -> HttpResponse:
    """One version of an order or of its status, word for word as Amazon sent it."""
    found = find_order(who_of(request), order_id)
    snapshot = queries.version(found, number, kind)
    return page(
        request,
        "version",
        "orders",
        place=found.zone,
        order=found,
        snapshot=snapshot,
        body=readable(snapshot.document()),
        changes=_changes(found, snapshot),
    )


def _changes(found: Order, snapshot: Snapshot) -> list[Change]:
    """What this version changed in the one before it; nothing for a first one, or where either cannot be read."""
    before = found.snapshots.filter(kind=snapshot.kind, version=snapshot.version - 1).first()
    try:
        return changes(json.loads(before.document()), json.loads(snapshot.document())) if before else []
    except (ValueError, RecursionError):
        return []


def _may_answer(request: HttpRequest, detail: Detail) -> bool:
    return rules.may_acknowledge(who_of(request), detail.order) and bool(detail.open_lines)


def _page(
    request: HttpRequest,
    detail: Detail,
    sheet: Sheet | None,
    *,
    problem: PurveyorError | None = None,
    status: int = 200,
) -> HttpResponse:
    who, found = who_of(request), detail.order
    may_answer = _may_answer(request, detail)
    return page(
        request,
        "order",
        "orders",
        status=status,
        detail=detail,
        order=found,
        place=found.zone,
        sheet=sheet,
        may_answer=may_answer,
        may_reject=who.may("orders.reject", found.profile),
        may_centers=who.may_somewhere("centers.view"),
        backorder=BACKORDER,
        problem=problem.as_dict() if problem else None,
        moving=found.state == OrderState.ACKNOWLEDGING and detail.moving,
        reload_after=5 if found.state == OrderState.ACKNOWLEDGING and detail.moving and sheet is None else None,
    )


def totals(lines: Sequence[Line], answers: Mapping[str, Sequence[LineAnswer]]) -> dict[str, Any]:
    """What an answer comes to: eaches by code, and the value of what is confirmed at the answer's own cost."""
    by_code = {"accepted": 0, "backordered": 0, "rejected": 0}
    value = Decimal(0)
    for line in lines:
        for entry in answers.get(line.number, ()):
            by_code[entry.code.lower()] += entry.eaches
            cost = line.net_cost if entry.net_cost is None else entry.net_cost
            if entry.confirms and cost is not None and not line.cost_unit:
                value += cost * entry.eaches
    return {**by_code, "value": value}


def readable(body: bytes) -> str:
    """A JSON document with line breaks; as it is when it cannot be read."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
