"""What was picked becomes the answer, where the policy waits for it or a provisional answer stands; where less was
picked than was accepted, the setting says who decides. Settled again, a result brings about nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Conflict, Refused
from purveyor.jobs.nudge import nudge_many
from purveyor.orders.domain import policy
from purveyor.orders.domain.picked import cut, pick_result
from purveyor.orders.models import Order
from purveyor.orders.states import DecisionState, OrderState
from purveyor.people.who import Who
from purveyor.profiles import dated
from purveyor.warehouse.domain import picks, said
from purveyor.warehouse.domain.asked import asked_of
from purveyor.warehouse.domain.take import SETTLE
from purveyor.warehouse.models import Picked, PickList, PickResult
from purveyor.warehouse.settings import ANSWER
from purveyor.warehouse.states import PickListState, PickResultState

WHO = Who.system("warehouse.settle")
AGAIN = timedelta(minutes=1)
"""After so long a result is settled again whose order was being answered, or was on hold."""
MOST_NUDGED = 50


def due(now: datetime, limit: int) -> list[int]:
    """Results that stand, whose time has come and whose file is read to its end: half a file answers nothing."""
    return list(_ready(now).order_by("settle_at", "pk").values_list("pk", flat=True)[:limit])


def _ready(now: datetime) -> QuerySet[PickResult]:
    rows = PickResult.objects.filter(settle_at__lte=now, settled_at=None, state=PickResultState.TAKEN)
    whole = Q(upload=None) | Q(upload__state="done")
    return rows.filter(whole, pick_list__state=PickListState.PICKED)


def settle(result_id: int) -> None:
    """Settle a result, once for what it says; one that is not due, or waits for its file, is left alone."""
    try:
        with transaction.atomic():
            found = _mine(result_id)
            if found is not None:
                _finish(found, _brought_about(found.pick_list))
    except Conflict:
        # The order is being answered at this moment, or moved; a little later it is not.
        PickResult.objects.filter(pk=result_id, settled_at=None).update(settle_at=clock.now() + AGAIN)


def _mine(result_id: int) -> PickResult | None:
    """The result, after its order and its list, all held against others until the transaction ends."""
    order_id = PickResult.objects.filter(pk=result_id).values_list("pick_list__order", flat=True).first() or 0
    order = Order.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=order_id).first()
    listed = PickList.objects.select_for_update(of=("self",)).filter(results=result_id).first()
    found = _ready(clock.now()).filter(pk=result_id).first()
    if order is None or listed is None or found is None:
        return None
    listed.order, found.pick_list = order, listed
    return found


def _brought_about(listed: PickList) -> dict[str, Any]:
    """What the result that stands for a list brings about: its outcome. Raises Conflict while the order is answered."""
    order = listed.order
    if order.state == OrderState.ACKNOWLEDGING:
        raise Conflict(_("An answer is on its way to Amazon; wait until it is settled."))
    sums = picks.sums([listed]).get(listed.pk, {})
    lines = list(listed.lines.select_related("line"))
    picked = {one.line.number: picks.sum_of(one, sums).picked for one in lines}
    asked = asked_of(order)
    numbers = {line.pk: line.number for line in asked.lines}
    accepted = {numbers[key]: eaches for key, eaches in asked.eaches.items()}
    told = {"picked": sum(picked.values()), "asked": sum(one.asked for one in lines), "lines": picked}
    try:
        found = _answer(order, {number: eaches for number, eaches in picked.items() if number in numbers.values()})
    except Refused as error:
        problems = [problem.message for problem in error.problems] or [error.message]
        found = {"what": said.REFUSED, "problems": problems}
    return told | {"accepted": sum(accepted.values())} | (found or _compared(order, accepted, picked))


def _answer(order: Order, picked: Mapping[str, int]) -> dict[str, Any] | None:
    """By the policy, where it waits or has answered provisionally; None where it has nothing to say. Raises Refused and
    Conflict."""
    decision = order.decisions.filter(order_version=order.version).first()
    waits = decision is not None and decision.state == DecisionState.WAITING
    provisional = decision is not None and decision.state == DecisionState.DONE and decision.mode == policy.DEADLINE
    if not waits and not provisional:
        return None
    given = pick_result(WHO, order.pk, picked)
    return {"what": said.AS_ANSWERED} if given is None else {"what": said.ANSWER, "revision": given.revision}


def _compared(order: Order, accepted: Mapping[str, int], picked: Mapping[str, int]) -> dict[str, Any]:
    if order.state not in (OrderState.ACKNOWLEDGED, OrderState.ELSEWHERE):
        return {"what": said.NOT_DUE}
    if all(picked.get(number, 0) >= eaches for number, eaches in accepted.items()):
        return {"what": said.AS_ANSWERED}
    if order.state == OrderState.ELSEWHERE or dated.value(order.profile, "warehouse.after_short") != ANSWER:
        return {"what": said.PERSONS}
    try:
        given = cut(WHO, order.pk, picked)
    except Refused as error:
        problems = [problem.message for problem in error.problems] or [error.message]
        return {"what": said.REFUSED, "problems": problems}
    return {"what": said.ANSWER, "revision": given.revision}


def _finish(found: PickResult, outcome: Mapping[str, Any]) -> None:
    PickResult.objects.filter(pk=found.pk).update(settled_at=clock.now(), outcome=dict(outcome))
    excess = Picked.objects.filter(result=found, excess__gt=0).values_list("pick_line__line__number", "excess")
    told = {"reference": found.reference, "lines": outcome["lines"], "excess": dict(excess), "what": outcome["what"]}
    record("picklist.result", by=WHO.name, obj=found.pick_list, new=told)


def moved(
    row: models.Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]
) -> None:
    """Listens to every move: the results of a file are due once it is read to its end (``base.transition.on_move``).
    The file is told by its label, for its room lies to the right."""
    if row._meta.label_lower == "channels.upload" and new == "done":
        rows = PickResult.objects.filter(upload=row.pk, settled_at=None).order_by("pk")
        nudge_many(SETTLE, rows.values_list("pk", flat=True)[:MOST_NUDGED])
