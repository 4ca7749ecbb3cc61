"""Acknowledge orders: check Amazon's rules, freeze the decision, cause its document; later settle what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from purveyor.audit.write import record
from purveyor.base.phrase import _
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, PurveyorError, Refused
from purveyor.jobs.nudge import nudge
from purveyor.orders.domain import differences, late, promised, reopen, second
from purveyor.orders.domain.answer import Answers, LineAnswer, propose_full
from purveyor.orders.domain.answer_rules import problems_of_answers, problems_of_order
from purveyor.orders.domain.findings_said import blocking
from purveyor.orders.domain.ground import Ground, ground, without_dates
from purveyor.orders.domain.wake import LOOK
from purveyor.orders.models import Acknowledgement, Answer, Line, Order, Request
from purveyor.orders.states import AnswerCode, OrderState
from purveyor.people.who import Who

COMPOSE = "outbox.compose"
Outcome = Acknowledgement.Outcome
Result = Acknowledgement | PurveyorError


def check(
    order: Order,
    answers: Answers,
    *,
    now: datetime | None = None,
    confirm_elsewhere: bool = False,
    confirm_hold: bool = False,
) -> list[Problem]:
    """Everything that stands against sending these answers now: AC-01 … AC-04, 48 hours, cancelled, closed, elsewhere,
    on hold.

    Reads the order's lines and what was answered before; changes nothing. Empty means that they may go.
    """
    confirmed = {"confirm_elsewhere": confirm_elsewhere, "confirm_hold": confirm_hold}
    return _problems(ground(order), answers, now or clock.now(), confirmed)


def _problems(found: Ground, answers: Answers, now: datetime, confirmed: Mapping[str, bool]) -> list[Problem]:
    stands = problems_of_order(found, **confirmed)
    return stands or [*blocking(found.order, found.lines), *problems_of_answers(found, answers, now)]


def require_sendable(
    who: Who, order: Order, answers: Answers, *, confirm_elsewhere: bool = False, confirm_hold: bool = False
) -> None:
    """Go on only when ``who`` could decide these answers now. Raises Denied, and Refused with every problem."""
    _allow(who, order, answers)
    _refuse(order, check(order, answers, confirm_elsewhere=confirm_elsewhere, confirm_hold=confirm_hold))


def in_full(order: Order, lines: Sequence[Line] | None = None, now: datetime | None = None) -> Answers:
    """Accepting everything, for an order that waits for an answer.

    What was answered on purpose is not overwritten in passing: an answer that corrects another names its lines. Raises
    Refused for an order whose answer Amazon has taken.
    """
    if order.state == OrderState.ACKNOWLEDGED:
        message = _("Order %(name)s has been answered already.") % {"name": order.number}
        raise Refused(
            message,
            [Problem(message, check="ANSWERED")],
            hint=_("To correct the answer, answer its lines one by one on the order's page."),
        )
    return propose_full(order, lines, now)


def acknowledge(
    who: Who,
    order_id: int,
    answers: Answers | None = None,
    *,
    because: str = "",
    confirm_elsewhere: bool = False,
    confirm_hold: bool = False,
    expect_version: int | None = None,
    confirms: Request | None = None,
) -> Acknowledgement:
    """Decide an order's answer and freeze it; the outbox makes the document and sends it, once sending is on.

    Without ``answers`` every open line is accepted in full, if the order waits (``in_full``). ``expect_version`` is the
    version of the order the caller saw, ``confirm_hold`` that they knew it is on hold. Answering ends the hold for what
    Amazon changed, no other. All in one transaction; nothing is changed by a refusal.

    Raises NotFound, Denied (``orders.acknowledge``, and ``orders.reject`` for any rejection), Refused with every
    problem, Conflict when the order changed meanwhile or an answer is on its way. What rejects a product for good is
    kept for a second person and AwaitsSecond raised (AC-06); ``confirms`` is the request that person confirms.
    """
    asked = None
    with transaction.atomic():
        order = _locked(who, order_id)
        now = clock.now()
        given = in_full(order, now=now) if answers is None else answers
        _allow(who, order, given)
        _still_as_seen(order, expect_version)
        before = ground(order)
        confirmed = {"confirm_elsewhere": confirm_elsewhere, "confirm_hold": confirm_hold}
        problems = _problems(before, given, now, confirmed)
        _refuse(order, problems + late.without_reason(before, given, now, because))
        if confirms is None and second.is_needed(order, given):
            asked = second.ask(who, order, given, because=because, **confirmed)
        else:
            frozen = _decide(who, before, given, because)
    if asked is not None:
        raise second.AwaitsSecond(asked)
    return frozen


def _decide(who: Who, before: Ground, given: Answers, because: str) -> Acknowledgement:
    order, elsewhere = before.order, before.elsewhere
    if elsewhere:
        record("order.taken_over", by=who.name, obj=order, because=because)
    _move_on(who, order, given, because)
    frozen = _freeze(who, before, given, because=because, elsewhere_confirmed=elsewhere)
    reopen.answered(order, who.name)
    if order.answered_at is not None:  # a first answer accepts what was promised for it
        promised.keep_to(order, promised.accepted_of(given), who.name)
    nudge(COMPOSE, frozen.pk)
    nudge(LOOK, order.pk)  # marked by the move
    return frozen


def acknowledge_many(
    who: Who,
    order_ids: Iterable[int],
    answers: Mapping[int, Answers] | None = None,
    *,
    because: str = "",
    confirm_elsewhere: bool = False,
    confirm_hold: bool = False,
    versions: Mapping[int, int] | None = None,
) -> list[tuple[int, Result]]:
    """``acknowledge`` for many orders, each alone: one that is refused never stops the others.

    ``answers`` by order id; an order without is accepted in full. ``versions`` by order id are those the caller saw: an
    order that Amazon changed since is refused. Each id comes back with its acknowledgement or with the error that was
    raised for it.
    """
    found: list[tuple[int, Result]] = []
    for order_id in dict.fromkeys(order_ids):
        given, seen = (answers or {}).get(order_id), (versions or {}).get(order_id)
        try:
            result: Result = acknowledge(
                who,
                order_id,
                given,
                because=because,
                confirm_elsewhere=confirm_elsewhere,
                confirm_hold=confirm_hold,
                expect_version=seen,
            )
        except PurveyorError as error:
            result = error
        found.append((order_id, result))
    return found


def settle(
    acknowledgement: Acknowledgement, outcome: str, *, by: str, because: str = "", at: datetime | None = None
) -> bool:
    """What became of the document: ``verified`` or ``failed``. Moves the order, once; False when it was settled before.

    ``at`` is when Amazon took the answer; the first one starts the 48 hours (FACTS §5.1). Joins the caller's
    transaction.
    """
    now = clock.now()
    with transaction.atomic():
        mine = Acknowledgement.objects.filter(pk=acknowledgement.pk, outcome=Outcome.OPEN)
        if not mine.update(outcome=outcome, outcome_at=now):
            return False
        acknowledgement.outcome, acknowledgement.outcome_at = outcome, now
        order = Order.objects.filter(pk=acknowledgement.order_id, state=OrderState.ACKNOWLEDGING).first()
        if order is not None:
            _arrive(order, outcome, by, because, at or now)
            differences.look([order.pk])
    return True


def _arrive(order: Order, outcome: str, by: str, because: str, at: datetime) -> None:
    if outcome == Outcome.VERIFIED:
        first: dict[str, Any] = {} if order.answered_at else {"answered_at": at}
        move(order, OrderState.ACKNOWLEDGED, by=by, because=because, **first)
    else:
        move(order, OrderState.FAILED, by=by, because=because)


def _locked(who: Who, order_id: int) -> Order:
    """The order, held against others until the transaction ends (SQLite holds the whole database anyway)."""
    order = Order.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=order_id).first()
    if order is None or not who.may("orders.view", order.profile):
        raise NotFound(_("There is no such order."))
    return order


def _allow(who: Who, order: Order, answers: Answers) -> None:
    who.require("orders.acknowledge", order.profile)
    if any(entry.code == AnswerCode.REJECTED for entries in answers.values() for entry in entries):
        who.require("orders.reject", order.profile)


def _refuse(order: Order, problems: list[Problem]) -> None:
    if problems:
        raise Refused(_("Order %(name)s cannot be acknowledged like this.") % {"name": order.number}, problems)


def _still_as_seen(order: Order, version: int | None) -> None:
    if version is not None and version != order.version:
        message = _("Amazon changed order %(name)s meanwhile.") % {"name": order.number}
        raise Conflict(message, hint=_("Look at the new version, then answer again."))
    if order.state == OrderState.ACKNOWLEDGING:
        message = _("An answer to order %(name)s is on its way already.") % {"name": order.number}
        raise Conflict(message, hint=_("Wait until it is settled."))


def _move_on(who: Who, order: Order, answers: Answers, because: str) -> None:
    rejected = all(entry.code == AnswerCode.REJECTED for entries in answers.values() for entry in entries)
    action = "order.rejected" if rejected else "order.acknowledged"
    move(order, OrderState.ACKNOWLEDGING, by=who.name, because=because, action=action, to_look=True)


def _freeze(who: Who, before: Ground, answers: Answers, **said: Any) -> Acknowledgement:
    order = before.order
    last = order.acknowledgements.order_by("-revision").first()
    frozen = Acknowledgement.objects.create(
        order=order,
        revision=last.revision + 1 if last else 1,
        by=who.name,
        decided_at=_decided_at(last),
        order_version=order.version,
        dates_only=_dates_only(before, answers),
        **said,
    )
    lines = {line.number: line for line in before.lines}
    Answer.objects.bulk_create(
        _row(frozen, lines[number], entry) for number, entries in answers.items() for entry in entries
    )
    return frozen


def _decided_at(last: Acknowledgement | None) -> datetime:
    """Now, in whole milliseconds, and later than any decision before: it becomes the document's acknowledgementDate,
    by which the answer is recognised when Amazon echoes it."""
    now = clock.now()
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return max(now, last.decided_at + timedelta(milliseconds=1)) if last else now


def _dates_only(before: Ground, answers: Answers) -> bool:
    lines = {line.number: line for line in before.lines}
    return all(
        without_dates(entries, lines[number].net_cost)
        == without_dates(before.standing[number].entries, lines[number].net_cost)
        for number, entries in answers.items()
    )


def _row(frozen: Acknowledgement, line: Line, entry: LineAnswer) -> Answer:
    return Answer(
        acknowledgement=frozen,
        line=line,
        code=entry.code,
        eaches=entry.eaches,
        net_cost=line.net_cost if entry.net_cost is None else entry.net_cost,
        reason=entry.reason,
        ship_date=entry.ship_date,
        delivery_date=entry.delivery_date,
    )
