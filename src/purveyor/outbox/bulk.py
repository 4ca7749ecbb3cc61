"""One thing done to many orders, each alone: what will happen to how many, which are left out and why; then the deed,
and what takes it back while nothing has left the house.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.common.errors import Conflict, NotFound, Problem, PurveyorError, Refused
from purveyor.orders import queries
from purveyor.orders.domain import assign, hold
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Acknowledgement, Hold, Order
from purveyor.orders.states import WAITING, OrderState
from purveyor.outbox import decide
from purveyor.outbox.states import DocumentState
from purveyor.people.models import User
from purveyor.people.who import Who
from purveyor.warehouse import rules as warehouse_rules
from purveyor.warehouse.domain.hold import cancel
from purveyor.warehouse.domain.release import FROM, release
from purveyor.warehouse.models import PickList
from purveyor.warehouse.states import PickListState

MOST = 10_000
"""So many orders at most are taken at once."""


@dataclass(frozen=True)
class Ask:
    """What is asked for all of them. ``versions`` by key are those the asker saw; ``to`` and ``theirs`` are for
    assigning: the person (None is nobody) and what that person holds; with ``confirm_hold`` orders on hold are answered
    all the same."""

    because: str = ""
    to: User | None = None
    theirs: Who | None = None
    versions: Mapping[int, int] = field(default_factory=dict)
    confirm_hold: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """``left_out`` says from the row alone why an order is passed over; ``do`` answers what ``undo`` needs, or raises
    what the verb raises. ``sentence`` says what will happen."""

    name: str
    word: Any
    sentence: Any
    permission: str
    left_out: Callable[[Who, Order, Ask], list[Problem]]
    do: Callable[[Who, Order, Ask], Any]
    undo: Callable[[Who, Order, Any], None]
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """What will become of one order: nothing, for these reasons, or what was asked."""

    order: Order
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one order. ``undo`` is what taking it back needs; None where there is nothing to take back."""

    order: Order
    undo: Any = None
    error: PurveyorError | None = None

    @property
    def reasons(self) -> list[str]:
        """Why it was refused, a sentence each."""
        if self.error is None:
            return []
        problems = self.error.problems if isinstance(self.error, Refused) else ()
        return [problem.message for problem in problems] or [self.error.message]


def plan(who: Who, verb: Verb, orders: Iterable[Order], ask: Ask) -> list[Planned]:
    """What will become of each; nothing is done, and no order costs a question of its own."""
    return [Planned(order, verb.left_out(who, order, ask)) for order in orders]


def reasons(planned: Iterable[Planned]) -> list[tuple[str, int]]:
    """Why orders are left out, each reason with how many, the most frequent first."""
    return Counter(problem.message for one in planned for problem in one.problems[:1]).most_common()


def carry_out(
    who: Who, verb: Verb, orders: Iterable[Order], ask: Ask, keep: Callable[[Done], None] = lambda done: None
) -> Iterator[Done]:
    """Do it to each alone: one that is refused never stops the others. ``keep`` writes down what was done in the same
    transaction; what it raises undoes the deed."""
    for order in orders:
        try:
            if problems := verb.left_out(who, order, ask):
                raise Refused(problems[0].message, problems)
            with transaction.atomic():
                done = Done(order, verb.do(who, order, ask))
                keep(done)
        except PurveyorError as error:
            done = Done(order, error=error)
        yield done


def take_back(who: Who, verb: Verb, tokens: Mapping[int, Any]) -> Iterator[Done]:
    """Undo it for each alone. ``tokens`` by the orders' keys are what ``carry_out`` answered."""
    for order in queries.visible_to(who).filter(pk__in=tokens).order_by("pk"):
        try:
            verb.undo(who, order, tokens[order.pk])
            yield Done(order)
        except PurveyorError as error:
            yield Done(order, error=error)


def find(name: str) -> Verb:
    """The verb of a name. Raises NotFound."""
    if name not in VERBS:
        raise NotFound(_("Orders cannot be treated like this: %(name)s.") % {"name": name})
    return VERBS[name]


def _denied(who: Who, order: Order, permission: str) -> list[Problem]:
    if who.may(permission, order.profile):
        return []
    return [Problem(_("On profile %(profile)s this is not yours to do.") % {"profile": order.profile}, "", "DENIED")]


# Acknowledging in full


def _not_answerable(who: Who, order: Order, ask: Ask) -> list[Problem]:
    if denied := _denied(who, order, "orders.acknowledge"):
        return denied
    if order.state not in WAITING or not order.eaches:
        return [Problem(_("It does not wait for an answer."), "", "STATE")]
    if order.holds and not ask.confirm_hold:
        return [Problem(_("It is on hold."), "", "HOLD")]
    return []


def _acknowledge(who: Who, order: Order, ask: Ask) -> int:
    seen = ask.versions.get(order.pk)
    return acknowledge(who, order.pk, because=ask.because, confirm_hold=ask.confirm_hold, expect_version=seen).pk


def _withdraw(who: Who, order: Order, acknowledgement: Any) -> None:
    """Withdraw the answer while its document waits; before it has one, the outbox is a moment behind."""
    found = Acknowledgement.objects.filter(pk=int(acknowledgement), order=order).select_related("document").first()
    if found is None or found.document is None:
        raise Conflict(_("Its document is not written yet."), hint=_("Try again in a moment."))
    if found.document.state != DocumentState.QUEUED:
        raise Conflict(_("It has left already."))
    decide.withdraw(who, found.document.pk, _("Taken back right after it was decided."))


# Assigning


def _assign(who: Who, order: Order, ask: Ask) -> list[int | None]:
    before = order.assigned_to_id
    assign.assign(who, order.pk, ask.to, ask.because)
    return [before, ask.to.pk if ask.to else None]


def _unassign(who: Who, order: Order, token: Any) -> None:
    before, given = (User.objects.filter(pk=key).first() if key else None for key in token)
    assign.assign(who, order.pk, before, _("Taken back."), only_from=given)


# Holding and releasing


def _not_holdable(who: Who, order: Order, ask: Ask) -> list[Problem]:
    if denied := _denied(who, order, hold.PERMISSION):
        return denied
    if order.state in (OrderState.CLOSED, OrderState.CANCELLED):
        return [Problem(_("It is closed or cancelled: nothing goes on with it anyway."), "", "STATE")]
    return []


def _not_held(who: Who, order: Order, ask: Ask) -> list[Problem]:
    if denied := _denied(who, order, hold.PERMISSION):
        return denied
    return [] if order.holds else [Problem(_("It is not on hold."), "", "STATE")]


def _hold(who: Who, order: Order, ask: Ask) -> list[int | None]:
    """Nothing to take back where a person held it before: it only got the new reason, and taking it back would let it
    go on."""
    before = {one.pk for one in hold.held(order)}
    held = hold.hold(who, order, ask.because).pk
    return [] if held in before else [held]


def _release(who: Who, order: Order, ask: Ask) -> list[int | None]:
    return [hold.release(who, order, one.pk, ask.because).pk for one in hold.held(order)]


def _release_again(who: Who, order: Order, token: Any) -> None:
    for key in token:
        hold.release(who, order, key or 0, _("Taken back."))


def _hold_again(who: Who, order: Order, token: Any) -> None:
    for one in Hold.objects.filter(order=order, pk__in=[key for key in token if key]).order_by("pk"):
        hold.hold(who, order, one.because, check=one.check_id, told=one.told)


# Releasing to the warehouse


def _not_releasable(who: Who, order: Order, ask: Ask) -> list[Problem]:
    if denied := _denied(who, order, warehouse_rules.RELEASE):
        return denied
    if order.state not in FROM or not order.eaches:
        return [Problem(_("It is being answered, closed or cancelled."), "", "STATE")]
    return [Problem(_("It is on hold."), "", "HOLD")] if order.holds else []


def _to_warehouse(who: Who, order: Order, ask: Ask) -> int:
    return release(who, order.pk, expect_version=ask.versions.get(order.pk)).pk


def _from_warehouse(who: Who, order: Order, pick_list: Any) -> None:
    """Only while nobody has picked anything of it."""
    found = PickList.objects.filter(pk=int(pick_list), order=order).first()
    if found is None or found.state != PickListState.RELEASED:
        raise Conflict(_("Its pick list has gone on already."))
    cancel(who, found.pk, _("Taken back."))


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "acknowledge",
            gettext_lazy("Accept in full"),
            gettext_lazy("Each is accepted in full at its own cost, and its answer goes to Amazon."),
            "orders.acknowledge",
            _not_answerable,
            _acknowledge,
            _withdraw,
        ),
        Verb(
            "assign",
            gettext_lazy("Assign"),
            gettext_lazy("Each is given to this person. Nothing changes at Amazon."),
            assign.ASSIGN,
            lambda who, order, ask: assign.problems_of(who, order, ask.to, ask.theirs),
            _assign,
            _unassign,
        ),
        Verb(
            "hold",
            gettext_lazy("Put on hold"),
            gettext_lazy("Nothing goes on with them by itself until somebody releases them."),
            hold.PERMISSION,
            _not_holdable,
            _hold,
            _release_again,
            needs_reason=True,
        ),
        Verb(
            "warehouse",
            gettext_lazy("Release to the warehouse"),
            gettext_lazy("Each becomes a pick list of what is to be picked of it."),
            warehouse_rules.RELEASE,
            _not_releasable,
            _to_warehouse,
            _from_warehouse,
        ),
        Verb(
            "release",
            gettext_lazy("Release"),
            gettext_lazy("Whatever holds them is ended; they go on as usual."),
            hold.PERMISSION,
            _not_held,
            _release,
            _hold_again,
        ),
    )
}
