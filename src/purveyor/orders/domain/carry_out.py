"""A decision's time has come: answer the order as its policy says, exactly once, with the explanation.

What stands against it (a hold, a change, Amazon's own rules) leaves the order to a person, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from purveyor.base.phrase import Phrase, _, joined
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict, Problem, PurveyorError, Refused
from purveyor.orders.domain import hold, policy, promised
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.decisions import why_of
from purveyor.orders.domain.plan import Planned, Terms, answers_of_plan, plan
from purveyor.orders.models import Acknowledgement, Decision, Finding, Line, Order
from purveyor.orders.models.finding import LIVE
from purveyor.orders.rules import why_never
from purveyor.orders.states import DecisionState
from purveyor.people.who import Who
from purveyor.profiles import dated

WHO = Who.system("orders.policy")


def due(now: datetime, limit: int) -> list[int]:
    """The decisions whose time has come."""
    rows = Decision.objects.filter(state=DecisionState.WAITING, due_at__lte=now).order_by("due_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def carry_out(decision_id: int) -> None:
    """Carry out a decision that waits; one carried out already, or that became void, is left alone."""
    try:
        with transaction.atomic():
            decision = _waiting(decision_id)
            if decision is not None:
                answer(decision, None)
    except Refused as error:
        _leave(decision_id, error)
    except Conflict:
        # An answer is on its way, or the order moved this moment; the next look says what becomes of the decision.
        _leave(decision_id, Refused(_("The order was answered or changed at the same moment.")))


def _waiting(decision_id: int) -> Decision | None:
    """The decision with its order held against others until the transaction ends."""
    rows = Decision.objects.select_for_update(of=("self",)).select_related("order__profile")
    return rows.filter(pk=decision_id, state=DecisionState.WAITING).first()


def _leave(decision_id: int, error: PurveyorError) -> None:
    problems = [problem.message for problem in getattr(error, "problems", ())] or [error.message]
    said = why_of(joined(problems))
    with transaction.atomic():
        decision = _waiting(decision_id)
        if decision is not None:
            move(decision, DecisionState.PERSON, by=WHO.name, because=said["why"], **said)


def answer(decision: Decision, picked: Mapping[int, int] | None) -> Acknowledgement:
    """Answer now, by what is picked (eaches by line key), by what is free, or in full. Joins the caller's transaction.

    Raises Refused and Conflict; then nothing is promised either, if the caller rolls back.
    """
    order = decision.order
    lines = list(order.lines.all())
    findings = list(Finding.objects.filter(order=order, state__in=LIVE).order_by("pk"))
    _allowed(decision, order, lines)
    now = clock.now()
    settings = dated.values(order.profile, now)
    terms = Terms.of(settings, now)
    had = picked
    if picked is None and _from_stock(decision, settings):
        whole = plan(lines, findings, terms)
        had = promised.reserve(order, _wanted(lines, whole), WHO.name)
    planned = plan(lines, findings, terms, had=had, picked=picked is not None)
    answers = answers_of_plan(order, lines, planned, terms)
    why = sentence(decision.mode)
    given = acknowledge(WHO, order.pk, answers, because=why, expect_version=decision.order_version)
    told = explain(decision, planned, findings, settings, now)
    said = why_of(Phrase(why)) | {"explanation": told, "acknowledgement_id": given.pk}
    move(decision, DecisionState.DONE, by=WHO.name, because=why, **said)
    return given


def _allowed(decision: Decision, order: Order, lines: Sequence[Line]) -> None:
    never = why_never(order, lines)
    if order.version != decision.order_version:
        never = _("Amazon changed the order since.")
    if never:
        raise Refused(never)
    if order.holds:
        raise Refused(_("The order is on hold."), [Problem(said) for said in hold.words(hold.held(order))])


def _from_stock(decision: Decision, settings: Mapping[str, Any]) -> bool:
    if decision.mode == policy.DEADLINE:
        return bool(settings["policy.provisional"] == "stock")
    return decision.mode == policy.STOCK


def _wanted(lines: Sequence[Line], planned: Sequence[Planned]) -> dict[Line, int]:
    by_number = {line.number: line for line in lines}
    return {by_number[one.line]: one.accepted for one in planned if one.accepted}


def explain(
    decision: Decision,
    planned: Sequence[Planned],
    findings: Sequence[Finding],
    settings: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """What is kept of an automatic answer: the policy and since when, the findings as they were, line by line.

    ``findings_said.explained`` puts it into words."""
    order = decision.order
    name = policy.setting_of(order.type, settings)
    row = dated.in_force([order.profile], now).filter(name=name).last()
    numbers = {line.pk: line.number for line in order.lines.all()}
    return {
        "setting": name,
        "mode": decision.mode,
        "since": row.valid_from.isoformat() if row else "",
        "said_by": row.by if row else "",
        "type": order.type,
        "version": order.version,
        "findings": [
            {
                "rule": one.rule,
                "line": numbers.get(one.line_id or 0, ""),
                "severity": one.severity,
                "state": one.state,
                "way": one.way,
                "numbers": one.numbers,
            }
            for one in findings
        ],
        "lines": [one.as_dict() for one in planned],
    }


def sentence(mode: str) -> str:
    """Why an automatic answer was given, for its document and the audit; stored in English, told in every language."""
    return {
        policy.FULL: gettext_noop("The policy in force answers on arrival, in full."),
        policy.STOCK: gettext_noop("The policy in force answers on arrival, from stock."),
        policy.PICK: gettext_noop("The policy in force answers when the pick result comes."),
        policy.DEADLINE: gettext_noop("The policy in force answers provisionally before the deadline."),
    }[mode]
