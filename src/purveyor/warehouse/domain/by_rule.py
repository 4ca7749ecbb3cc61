"""Orders the rule in force releases by itself, and what is written down where it cannot."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from purveyor.common import clock
from purveyor.common.errors import PurveyorError, Refused
from purveyor.orders.models import Order
from purveyor.orders.states import OrderState
from purveyor.people.who import Who
from purveyor.profiles import dated
from purveyor.profiles.models import DatedSetting
from purveyor.warehouse.domain.release import release
from purveyor.warehouse.models import PickList, ReleaseTry
from purveyor.warehouse.settings import ON_ARRIVAL, ONCE_ANSWERED

WHO = Who.system("warehouse.release")
AGAIN = timedelta(hours=1)
"""After so long an order that could not be released is tried again: a product may have come meanwhile."""
_STATES = {
    ON_ARRIVAL: (OrderState.NEW, OrderState.ACKNOWLEDGED),
    ONCE_ANSWERED: (OrderState.ACKNOWLEDGED,),
}


def due(now: datetime, limit: int) -> list[int]:
    """Orders that came in under the rule, were looked at, are held by nothing and were never released."""
    found: list[int] = []
    for profile_id, rule, since in _in_force(now):
        rows = _waiting(now).filter(profile_id=profile_id, state__in=_STATES[rule], first_seen_at__gte=since)
        found += rows.order_by("due_at").values_list("pk", flat=True)[: limit - len(found)]
    return found[:limit]


def _in_force(now: datetime) -> list[tuple[int, str, datetime]]:
    """Profiles whose orders are released by a rule, and since when without a break of the same word."""
    rows = DatedSetting.objects.filter(name="warehouse.release", valid_from__lte=now).order_by("valid_from", "pk")
    found: dict[int, tuple[str, datetime]] = {}
    for profile_id, value, since in rows.values_list("profile_id", "value", "valid_from"):
        same = profile_id in found and found[profile_id][0] == value
        found[profile_id] = (value, found[profile_id][1] if same else since)
    return [(key, value, since) for key, (value, since) in found.items() if value in _STATES]


def _waiting(now: datetime) -> QuerySet[Order]:
    of_order = {"order": OuterRef("pk")}
    tried = ReleaseTry.objects.filter(**of_order, order_version=OuterRef("version"), at__gt=now - AGAIN)
    released = PickList.objects.filter(**of_order)
    looked = Q(looked_version=F("version")) | Q(state=OrderState.ACKNOWLEDGED)
    return Order.objects.filter(looked, ~Exists(released), ~Exists(tried), holds=0, backfilled=False, eaches__gt=0)


def look_at(order_id: int) -> None:
    """Release an order if the rule in force says so now; where that cannot be, the reasons are kept."""
    order = Order.objects.select_related("profile").filter(pk=order_id).first()
    if order is None or not _fits(order):
        return
    try:
        release(WHO, order.pk, expect_version=order.version)
    except PurveyorError as error:
        problems = error.problems if isinstance(error, Refused) else ()
        said = [problem.message for problem in problems] or [error.message]
        values = {"order_version": order.version, "problems": said, "at": clock.now()}
        ReleaseTry.objects.update_or_create(order=order, defaults=values)


def _fits(order: Order) -> bool:
    rule = dated.value(order.profile, "warehouse.release")
    return rule in _STATES and order.state in _STATES[rule] and _waiting(clock.now()).filter(pk=order.pk).exists()
