"""Who looks after an order: give it to a person, or to nobody. It changes nothing at Amazon."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.orders.models import Order
from purveyor.people.models import User, spell
from purveyor.people.who import Who

ASSIGN = "orders.assign"
ANYBODY: Any = object()


def person(name: str) -> User | None:
    """The person of a user name; None for an empty one. Raises Refused for one who is not there or was shut out."""
    if not name.strip():
        return None
    found = User.objects.filter(username=spell(name), is_active=True).first()
    if found is None:
        message = _("There is nobody named %(name)s who may sign in.") % {"name": name.strip()}
        raise Refused(message, [Problem(message, where="person")])
    return found


def problems_of(who: Who, order: Order, to: User | None, theirs: Who | None = None) -> list[Problem]:
    """Why an order cannot go to this person; empty when it can. ``theirs`` is what that person holds, if at hand."""
    if not who.may(ASSIGN, order.profile):
        return [Problem(_("You may not assign the orders of %(profile)s.") % {"profile": order.profile}, "person")]
    if order.assigned_to_id == (to.pk if to else None):
        said = _("It is theirs already.") if to else _("It is nobody's already.")
        return [Problem(said, "person", "SAME")]
    if to and not (theirs or Who.of(to)).may("orders.view", order.profile):
        words = {"name": to.get_full_name(), "profile": order.profile}
        return [Problem(_("%(name)s may not see the orders of %(profile)s.") % words, "person")]
    return []


def assign(who: Who, order_id: int, to: User | None, because: str = "", *, only_from: Any = ANYBODY) -> Order:
    """Give an order to a person, or with None to nobody; with ``only_from`` only while it is that person's (or None's).

    Raises NotFound, Denied (``orders.assign``), Refused when that person may not see it or has it already, Conflict
    when somebody gave it away meanwhile.
    """
    order = Order.objects.select_related("profile", "assigned_to").filter(pk=order_id).first()
    if order is None or not who.may("orders.view", order.profile):
        raise NotFound(_("There is no such order."))
    who.require(ASSIGN, order.profile)
    if problems := problems_of(who, order, to):
        raise Refused(_("Order %(name)s cannot be assigned like this.") % {"name": order.number}, problems)
    before = order.assigned_to if only_from is ANYBODY else only_from
    with transaction.atomic():
        mine = Order.objects.filter(pk=order.pk, assigned_to=before)
        if not mine.update(assigned_to=to):
            message = _("Somebody assigned order %(name)s meanwhile.") % {"name": order.number}
            raise Conflict(message, hint=_("Look at it again."))
        old, new = {"person": _named(order.assigned_to)}, {"person": _named(to)}
        record("order.assigned", by=who.name, obj=order, because=because, old=old, new=new)
    order.assigned_to = to
    return order


def _named(user: User | None) -> str:
    return user.username if user else ""
