"""A second person for what takes a product out of replenishment for good (AC-06): asked, confirmed, declined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.base.transition import move
from purveyor.common import clock, money
from purveyor.common.errors import Conflict, NotFound, PurveyorError, Refused, Remedy
from purveyor.common.windows import zulu
from purveyor.orders.domain.answer import Answers, LineAnswer
from purveyor.orders.domain.answers_file import parse_answers
from purveyor.orders.models import Order, Request
from purveyor.orders.states import RejectionReason, RequestState
from purveyor.people.who import Who
from purveyor.profiles import dated

if TYPE_CHECKING:
    from purveyor.orders.models import Acknowledgement

HARD = frozenset({RejectionReason.OBSOLETE_PRODUCT, RejectionReason.INVALID_PRODUCT_IDENTIFIER})


class AwaitsSecond(PurveyorError):
    """The answer was kept and waits for a second person; ``request`` is what that person confirms."""

    code = "awaits-second"
    remedy = Remedy.WAIT

    def __init__(self, request: Request) -> None:
        words = {"number": request.order.number}
        super().__init__(
            _("The answer to order %(number)s waits for a second person, since it rejects a product for good.") % words,
            hint=_("Somebody else who may reject confirms it on the order's page."),
        )
        self.request = request


def is_needed(order: Order, answers: Answers) -> bool:
    """Whether an answer rejects a product for good and the profile wants a second person for that."""
    hard = any(entry.reason in HARD for entries in answers.values() for entry in entries)
    return hard and bool(dated.value(order.profile, "checks.second_approver"))


def ask(who: Who, order: Order, answers: Answers, *, because: str, **confirmed: bool) -> Request:
    """Keep a checked answer for a second person. Joins the caller's transaction. Raises Conflict while one waits."""
    if Request.objects.filter(order=order, state=RequestState.OPEN).exists():
        said = _("An answer to order %(number)s waits for a second person already.") % {"number": order.number}
        raise Conflict(said, hint=_("Confirm or decline that one first."))
    now = clock.now()
    request = Request.objects.create(
        order=order,
        order_version=order.version,
        answers=as_file(order, answers),
        because=because,
        confirmed=[name for name, said in confirmed.items() if said],
        by=who.name,
        user=who.user,
        asked_at=now,
        state_at=now,
    )
    record("order.second_asked", by=who.name, obj=order, because=because)
    return request


def waiting(order: Order, request_id: int | None = None) -> Request:
    """The request of an order that waits, or the one of this key if it does. Raises NotFound."""
    rows = Request.objects.filter(order=order, state=RequestState.OPEN)
    found = (rows if request_id is None else rows.filter(pk=request_id)).first()
    if found is None:
        raise NotFound(_("There is no such request, or it is settled."))
    return found


def confirm(who: Who, request_id: int) -> Acknowledgement:
    """Confirm another person's answer; it is decided now, checked anew.

    Raises NotFound, Denied (``orders.reject``), Refused for the one who asked, in person or by a token, and all that
    ``acknowledge`` raises.
    """
    from purveyor.orders.domain.acknowledge import acknowledge  # it asks here whether a second person is needed

    with transaction.atomic():
        request = _open(who, request_id)
        if is_same_person(who, request):
            raise Refused(_("The second person cannot be the one who asked."), hint=_("Ask somebody else."))
        answers = parse_answers(request.answers)[request.order.number]
        move(request, RequestState.CONFIRMED, by=who.name, because="another person confirmed", second=who.name)
        record("order.second_confirmed", by=who.name, obj=request.order, old={"by": request.by})
        return acknowledge(
            who,
            request.order_id,
            answers,
            because=request.because,
            **dict.fromkeys(request.confirmed, True),
            expect_version=request.order_version,
            confirms=request,
        )


def decline(who: Who, request_id: int, because: str = "") -> None:
    """Decline a request, or take one's own back. Raises NotFound and Denied (``orders.reject``)."""
    with transaction.atomic():
        request = _open(who, request_id)
        move(request, RequestState.DECLINED, by=who.name, because=because or "declined", second=who.name)
        record("order.second_declined", by=who.name, obj=request.order, because=because)


def is_same_person(who: Who, request: Request) -> bool:
    """Whether ``who`` asked, in person or through a token; what has no user is told by its name."""
    if who.user is not None and request.user_id is not None:
        return who.user.pk == request.user_id
    return who.name == request.by


def _open(who: Who, request_id: int) -> Request:
    rows = Request.objects.select_for_update(of=("self",)).select_related("order__profile")
    request = rows.filter(pk=request_id, state=RequestState.OPEN).first()
    if request is None or not who.may("orders.view", request.order.profile):
        raise NotFound(_("There is no such request, or it is settled."))
    who.require("orders.reject", request.order.profile)
    return request


def as_file(order: Order, answers: Answers) -> dict[str, Any]:
    """Answers in the shape ``answers_file`` reads."""
    lines = [{"line": number, "answers": [_entry(one) for one in entries]} for number, entries in answers.items()]
    return {"orders": [{"number": order.number, "lines": lines}]}


def _entry(one: LineAnswer) -> dict[str, Any]:
    told: dict[str, Any] = {"code": one.code, "eaches": one.eaches}
    if one.reason:
        told["reason"] = one.reason
    if one.net_cost is not None:
        told["net_cost"] = money.plain(one.net_cost)
    for name in ("ship_date", "delivery_date"):
        at = getattr(one, name)
        if at is not None:
            told[name] = zulu(at)
    return told
