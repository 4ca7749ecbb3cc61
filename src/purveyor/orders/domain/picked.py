"""What the warehouse picked becomes the answer: the first one, the correction of a provisional one (PRODUCT §5), or
what is left of one that accepted more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.orders.domain import carry_out, policy
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.answer import LineAnswer, open_lines
from purveyor.orders.domain.ground import ground
from purveyor.orders.domain.plan import Planned, Terms, answers_of_plan, plan, whole
from purveyor.orders.models import Acknowledgement, Decision, Line, Order
from purveyor.orders.states import AnswerCode, DecisionState, OrderState, RejectionReason
from purveyor.people.who import Who
from purveyor.profiles import dated

CORRECTED = "The pick result corrects the provisional answer."
CUT = "Less was picked than was accepted; the rule in force cuts the answer to it."


def pick_result(who: Who, order_id: int, picked: Mapping[str, int]) -> Acknowledgement | None:
    """Answer an order by what was picked, in eaches by line number; a line not named was not picked.

    An order whose policy waits for it is answered by it. A provisional answer is corrected, within Amazon's 48 hours;
    where it says the same, nothing is sent and None answered. More than ordered is never taken. Raises NotFound,
    Denied, Refused for an order whose policy wants no pick result or a quantity that cannot be, and Conflict.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=order_id).first()
        if order is None or not who.may("orders.view", order.profile):
            raise NotFound(_("There is no such order."))
        who.require("orders.acknowledge", order.profile)
        had = _by_key(order, picked)
        decision = order.decisions.filter(order_version=order.version).select_related("order__profile").first()
        record("order.picked", by=who.name, obj=order, new={"lines": dict(picked)})
        if decision is not None and decision.state == DecisionState.WAITING:
            return carry_out.answer(decision, had)
        if decision is None or decision.state != DecisionState.DONE or decision.mode != policy.DEADLINE:
            said = _("No policy waits for a pick result of order %(number)s.") % {"number": order.number}
            raise Refused(said, [Problem(said)], hint=_("Answer it on its page."))
        return _correct(order, decision, had)


def _by_key(order: Order, picked: Mapping[str, int]) -> dict[int, int]:
    lines = {line.number: line for line in open_lines(order.lines.all())}
    problems = [
        Problem(_("The order has no open line %(line)s.") % {"line": number}, where=f"lines[{number}]")
        for number in picked.keys() - lines.keys()
    ]
    for number in picked.keys() & lines.keys():
        if not 0 <= picked[number] <= lines[number].eaches:
            words = {"line": number, "ordered": lines[number].eaches}
            said = _("Line %(line)s: picked is a number from 0 to the %(ordered)d ordered.") % words
            problems.append(Problem(said, where=f"lines[{number}]"))
    if problems:
        raise Refused(_("The pick result cannot be taken."), sorted(problems, key=lambda problem: problem.where))
    return {line.pk: picked.get(number, 0) for number, line in lines.items()}


def _correct(order: Order, decision: Decision, had: Mapping[int, int]) -> Acknowledgement | None:
    now = clock.now()
    before = ground(order)
    refused = frozenset(number for number, stands in before.standing.items() if stands.refused)
    terms = Terms.of(dated.values(order.profile, now), now)
    planned = plan(before.lines, [], terms, had=had, picked=True, refused=refused)
    if order.state == OrderState.ACKNOWLEDGED and _same(decision, planned):
        return None
    answers = answers_of_plan(order, before.lines, planned, terms)
    given = acknowledge(carry_out.WHO, order.pk, answers, because=CORRECTED, expect_version=order.version)
    told = decision.explanation | {"corrected": [one.as_dict() for one in planned], "corrected_at": now.isoformat()}
    Decision.objects.filter(pk=decision.pk).update(explanation=told)
    return given


def _same(decision: Decision, planned: Sequence[Planned]) -> bool:
    before = [(one["line"], one["accepted"], one["backordered"]) for one in decision.explanation.get("lines", ())]
    return before == [(one.line, one.accepted, one.backordered) for one in planned]


def cut(who: Who, order_id: int, picked: Mapping[str, int]) -> Acknowledgement:
    """Answer anew with no more accepted than was picked, in eaches by line number; a line not named was not picked.
    What is short is rejected; all else stays as it was answered.

    Raises NotFound, Denied, Conflict, and Refused where Amazon allows no change any more or the answer is not ours.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=order_id).first()
        if order is None or not who.may("orders.view", order.profile):
            raise NotFound(_("There is no such order."))
        before = ground(order)
        stands = {number: one.entries for number, one in before.standing.items()}
        lines = open_lines(before.lines)
        if any(not stands[line.number] for line in lines):
            said = _("The answer Amazon shows is not the one given here.")
            raise Refused(said, [Problem(said)], hint=_("Answer the order on its page."))
        answers = {line.number: _cut(line, stands[line.number], picked.get(line.number, 0)) for line in lines}
        return acknowledge(who, order.pk, answers, because=CUT, expect_version=order.version)


def _cut(line: Line, entries: Sequence[LineAnswer], picked: int) -> list[LineAnswer]:
    left, short, found = whole(line, picked), 0, []
    for entry in entries:
        takes = min(entry.eaches, left) if entry.code == AnswerCode.ACCEPTED else entry.eaches
        if entry.code == AnswerCode.ACCEPTED:
            left, short = left - takes, short + entry.eaches - takes
        found.append(replace(entry, eaches=takes))
    temporary = str(RejectionReason.TEMPORARILY_UNAVAILABLE)
    same = next((one for one in found if (one.code, one.reason) == (AnswerCode.REJECTED, temporary)), None)
    if short and same is not None:
        found[found.index(same)] = replace(same, eaches=same.eaches + short)
    elif short:
        found.append(LineAnswer(str(AnswerCode.REJECTED), short, temporary, net_cost=entries[0].net_cost))
    return [entry for entry in found if entry.eaches]
