"""Pick lists on hold, going on, taken back: by a person, or because the order is no longer what was released.

Whoever holds both locks the order before its list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.base.phrase import _
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.orders.domain.hold import held, words
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.people.who import Who
from purveyor.warehouse import rules
from purveyor.warehouse.domain import excess, picks, said
from purveyor.warehouse.domain.asked import asked_of
from purveyor.warehouse.domain.release import send_out
from purveyor.warehouse.domain.renew import renew
from purveyor.warehouse.models import PickList, PickResult
from purveyor.warehouse.states import LIVE, PickListState, PickResultState

KIND = "warehouse.held"
MOST_WORDS = 500


def cause(list_id: int) -> str:
    """What the alert about a held list is known by."""
    return f"pick-list:{list_id}:held"


def hold(who: Who, list_id: int, because: str) -> PickList:
    """Stop the picking of a list for a reason. Raises NotFound, Denied, Refused without a reason, Conflict."""
    with transaction.atomic():
        found = locked(who, list_id, rules.RELEASE)
        put_on_hold(found, {"why": said.PERSON, "because": _reason(because)}, by=who.name)
    return found


def put_on_hold(found: PickList, reason: Mapping[str, Any], *, by: str) -> None:
    """The same for whatever reason; who calls it answers for the right to. Raises Conflict unless it is being picked or
    was. A person's own hold raises no alert: they know."""
    if found.state not in (PickListState.RELEASED, PickListState.PICKED):
        raise Conflict(_("Pick list %(name)s is not being picked.") % {"name": found.number})
    in_english = said.in_english(reason)[:MOST_WORDS]
    move(found, PickListState.HELD, by=by, because=in_english, action="picklist.held", reason=dict(reason))
    if reason["why"] != said.PERSON:
        raise_alert(
            cause(found.pk),
            kind=KIND,
            severity=Severity.WARN,
            message=_("Pick list %(name)s is on hold. %(why)s") % {"name": found.number, "why": said.why(reason)},
            hint=_("Stop picking it. Let it go on by the order as it is now, or take it back."),
            profile_id=found.order.profile_id,
        )


def let_go(who: Who, list_id: int, because: str = "") -> PickList:
    """Let a list on hold go on, by the order as it is now; what was picked of it stands. One that asks for something
    else goes on under another number, and out again.

    Raises NotFound, Denied, Conflict for a list that is not on hold, and Refused while the order itself is on hold, is
    being answered, or leaves nothing to be picked.
    """
    with transaction.atomic():
        found = locked(who, list_id, rules.RELEASE)
        if found.state != PickListState.HELD:
            raise Conflict(_("Pick list %(name)s is not on hold.") % {"name": found.number})
        order = found.order
        asked = asked_of(order)
        _may_go_on(order, bool(asked.eaches))
        old, renewed = found.number, renew(found, asked)
        stands = PickResult.objects.filter(pick_list=found, state=PickResultState.TAKEN).first()
        target = PickListState.PICKED if stands is not None else PickListState.RELEASED
        values: dict[str, Any] = {
            "order_version": order.version,
            "checked_version": order.version,
            "checked_answer": asked.answer,
        } | renewed
        move(found, target, by=who.name, because=because.strip(), action="picklist.let_go", reason={}, **values)
        if stands is not None:
            picks.anew(stands)
            excess.tell(found, order.profile_id, stands.pk)
        elif renewed:
            send_out(found, found.lines.select_related("line", "product"), by=who.name, replaces=old)
        close_alert(cause(found.pk), "the list goes on")
    return found


def _may_go_on(order: Order, something: bool) -> None:
    problems = [Problem(one, check="HOLD") for one in words(held(order))]
    if order.state == OrderState.ACKNOWLEDGING:
        problems.append(Problem(_("An answer is on its way to Amazon; wait until it is settled."), check="STATE"))
    if not something:
        problems.append(Problem(_("Nothing of it is to be picked any more; take the list back."), check="NOTHING"))
    if problems:
        raise Refused(_("Order %(name)s does not let its pick list go on.") % {"name": order.number}, problems)


def cancel(who: Who, list_id: int, because: str = "") -> PickList:
    """Take a list back from the warehouse: nothing of it counts any more. Raises NotFound, Denied, Refused without a
    reason, and Conflict for one that was taken back already."""
    with transaction.atomic():
        found = locked(who, list_id, rules.RELEASE)
        take_back(found, {"why": said.PERSON, "because": _reason(because)}, by=who.name)
    return found


def take_back(found: PickList, reason: Mapping[str, Any], *, by: str) -> None:
    """The same for whatever reason; who calls it answers for the right to. Joins the caller's transaction. Raises
    Conflict for one that was taken back already."""
    if found.state not in LIVE:
        raise Conflict(_("Pick list %(name)s was taken back already.") % {"name": found.number})
    in_english = said.in_english(reason)[:MOST_WORDS]
    move(found, PickListState.CANCELLED, by=by, because=in_english, action="picklist.cancelled", reason=dict(reason))
    close_alert(cause(found.pk), "the list was taken back")


def take_back_result(who: Who, list_id: int, because: str) -> PickList:
    """Take back what was said to be picked: the list is to be picked again. An answer given by it stays as it is.

    Raises NotFound, Denied (``warehouse.pick``), Refused without a reason, Conflict for a list that is not picked.
    """
    with transaction.atomic():
        found = locked(who, list_id, rules.PICK)
        if found.state != PickListState.PICKED:
            raise Conflict(_("Pick list %(name)s is not picked.") % {"name": found.number})
        stands = PickResult.objects.get(pick_list=found, state=PickResultState.TAKEN)
        reason = _reason(because)
        told: dict[str, Any] = {"outcome": {"what": said.TAKEN_BACK}, "settled_at": clock.now()}
        move(stands, PickResultState.REPLACED, by=who.name, because=reason, action="picklist.result_replaced", **told)
        move(found, PickListState.RELEASED, by=who.name, because=reason, action="picklist.to_pick_again")
    return found


def locked(who: Who, list_id: int, permission: str) -> PickList:
    """The list, after its order, both held against others until the transaction ends. Raises NotFound, Denied."""
    seen = PickList.objects.filter(pk=list_id).values_list("order_id", flat=True).first() or 0
    order = Order.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=seen).first()
    if order is None or not who.may(rules.VIEW, order.profile):
        raise NotFound(_("There is no such pick list."))
    who.require(permission, order.profile)
    found = PickList.objects.select_for_update(of=("self",)).get(pk=list_id)
    found.order = order
    return found


def _reason(because: str) -> str:
    text = because.strip()[:MOST_WORDS]
    if not text:
        said_ = _("Say why.")
        raise Refused(said_, [Problem(said_, where="because")])
    return text
