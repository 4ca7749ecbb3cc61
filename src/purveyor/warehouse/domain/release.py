"""Release orders to the warehouse: each becomes a pick list, by hand, many at once, or by the rule in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from purveyor.audit.secrecy import find_secret
from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, PurveyorError, Refused
from purveyor.common.gs1 import printed
from purveyor.common.windows import zulu
from purveyor.jobs.nudge import nudge
from purveyor.orders.domain import hold
from purveyor.orders.models import Line, Order
from purveyor.orders.states import OrderState
from purveyor.people.who import Who
from purveyor.profiles import dated
from purveyor.warehouse import rules
from purveyor.warehouse.domain.asked import Asked, asked_of
from purveyor.warehouse.domain.sorting import walked
from purveyor.warehouse.models import PickLine, PickList
from purveyor.warehouse.states import LIVE

FROM = (OrderState.NEW, OrderState.FAILED, OrderState.ELSEWHERE, OrderState.ACKNOWLEDGED)
"""States of an order from which it is released; while an answer is on its way nobody knows what it will be."""
DEPART = "channels.pick-list"
"""The task that hands a list to the channels which take lists out."""

Result = PickList | PurveyorError


def release(who: Who, order_id: int, *, expect_version: int | None = None) -> PickList:
    """Make the pick list of an order as it is now. ``expect_version`` is the version the caller saw.

    Raises NotFound, Denied (``warehouse.release``), Conflict when the order changed meanwhile, and Refused with every
    reason: it is on hold, over, being answered, released already, a product is unknown, or nothing is to be picked.
    """
    with transaction.atomic():
        order = locked(who, order_id)
        who.require(rules.RELEASE, order.profile)
        if expect_version is not None and expect_version != order.version:
            said = _("Amazon changed order %(name)s meanwhile.") % {"name": order.number}
            raise Conflict(said, hint=_("Look at the new version, then release it again."))
        asked = asked_of(order)
        if problems := problems_of(order, asked):
            said = _("Order %(name)s cannot be released to the warehouse.") % {"name": order.number}
            raise Refused(said, problems)
        return _make(who, order, asked)


def locked(who: Who, order_id: int) -> Order:
    """The order, held against others until the transaction ends. Raises NotFound."""
    order = Order.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=order_id).first()
    if order is None or not who.may("orders.view", order.profile):
        raise NotFound(_("There is no such order."))
    return order


def problems_of(order: Order, asked: Asked | None = None) -> list[Problem]:
    """Everything that stands against releasing an order now; empty when it may be. Changes nothing."""
    found = _of_state(order)
    live = PickList.objects.filter(order=order, state__in=LIVE).first()
    if live is not None:
        said = _("It is released already, as pick list %(name)s.") % {"name": live.number}
        found.append(Problem(said, check="RELEASED"))
    found += [Problem(said, check="HOLD") for said in hold.words(hold.held(order))]
    return found or _of_lines(asked or asked_of(order))


def _of_state(order: Order) -> list[Problem]:
    if order.state in FROM:
        return []
    said = {
        str(OrderState.ACKNOWLEDGING): _("An answer is on its way to Amazon; wait until it is settled."),
        str(OrderState.CANCELLED): _("Amazon cancelled every line of this order; nothing is to be picked."),
    }.get(str(order.state), _("Amazon closed this order; nothing is to be picked."))
    return [Problem(said, check="STATE")]


def _of_lines(asked: Asked) -> list[Problem]:
    if not asked.eaches:
        return [Problem(_("Nothing of it is to be picked: no line is open and accepted."), check="NOTHING")]
    return [
        Problem(
            _("Line %(line)s: nobody knows which product this is. Map it, then release the order.")
            % {"line": line.number},
            where=f"lines[{line.number}]",
            check="PRODUCT",
        )
        for line in asked.lines
        if line.pk in asked.eaches and line.product_id is None
    ]


def _make(who: Who, order: Order, asked: Asked) -> PickList:
    values: dict[str, Any] = {
        "order": order,
        "order_version": order.version,
        "checked_version": order.version,
        "checked_answer": asked.answer,
        "released_by": who.name,
        "released_at": clock.now(),
    } | numbered(order)
    try:
        with transaction.atomic():
            made = PickList.objects.create(**values)
    except IntegrityError:
        raise Conflict(_("Somebody released order %(name)s just now.") % {"name": order.number}) from None
    lines = rows_of(made, asked)
    PickLine.objects.bulk_create(lines)
    send_out(made, lines, by=who.name)
    return made


def numbered(order: Order) -> dict[str, Any]:
    """The next ``revision`` of an order's lists and the ``number`` it makes. The caller holds the order."""
    revision = (order.pick_lists.aggregate(last=Max("revision"))["last"] or 0) + 1
    return {"revision": revision, "number": f"{order.number}-{revision}"}


def send_out(pick_list: PickList, lines: Iterable[PickLine], *, by: str, replaces: str = "") -> None:
    """Tell a list to the systems of the warehouse, by event and by channels. ``replaces`` is the number it had before
    it asked for something else."""
    new = told(pick_list, lines) | ({"replaces": replaces} if replaces else {})
    record("picklist.released", by=by, obj=pick_list, new=new)
    nudge(DEPART, pick_list.pk)


def rows_of(pick_list: PickList, asked: Asked) -> list[PickLine]:
    """The lines of a list in the order they are walked, not stored yet."""
    sort = dated.value(pick_list.order.profile, "warehouse.sort")
    wanted = walked((line for line in asked.lines if line.pk in asked.eaches), sort)
    return [
        PickLine(
            pick_list=pick_list,
            line=line,
            product=line.product,
            position=position,
            asked=asked.eaches[line.pk],
            location=line.product.location if line.product is not None else "",
        )
        for position, line in enumerate(wanted, 1)
    ]


def told(pick_list: PickList, lines: Iterable[PickLine]) -> dict[str, Any]:
    """What a warehouse's system needs of a list, for the event. What looks like a secret in it is left out, for it
    shall stop no release."""
    order = pick_list.order
    found: dict[str, Any] = {
        "order": order.number,
        "ship_to": order.ship_to,
        "ship_by": zulu(end) if (end := order.ship_end or order.delivery_end) is not None else "",
        "lines": [_line(one) for one in lines],
    }
    return found if find_secret({"new": found}) is None else {"order": order.number}


def _line(one: PickLine) -> dict[str, Any]:
    line, product = one.line, one.product
    return {
        "line": line.number,
        "asin": line.asin,
        "sku": product.sku if product is not None else "",
        "ean": printed(product.gtin) if product is not None else "",
        "quantity": one.asked,
        "location": one.location,
    }


def release_many(
    who: Who, order_ids: Iterable[int], versions: Mapping[int, int] | None = None
) -> list[tuple[int, Result]]:
    """``release`` for many orders, each alone: one that is refused never stops the others. Each key comes back with its
    list or with the error that was raised for it."""
    found: list[tuple[int, Result]] = []
    for order_id in dict.fromkeys(order_ids):
        try:
            result: Result = release(who, order_id, expect_version=(versions or {}).get(order_id))
        except PurveyorError as error:
            result = error
        found.append((order_id, result))
    return found


def product_of(line: Line) -> str:
    """What a person calls what a line orders."""
    return line.product.sku if line.product is not None else line.vendor_product or line.asin
