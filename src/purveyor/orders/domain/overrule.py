"""A person says of which type an order is, against the rules; in the same action it can be acknowledged.

Their word stands against later looks. What the order uses of the offer follows its quantities.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.base import db
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.offers.models import Offer, Row
from purveyor.offers.states import OfferState
from purveyor.orders.domain import arrival
from purveyor.orders.domain.acknowledge import acknowledge as answer
from purveyor.orders.domain.check import OFFER
from purveyor.orders.domain.classify import BULK
from purveyor.orders.models import Finding, Line, Order, Typed
from purveyor.orders.states import OVER, FindingState
from purveyor.orders.types_said import TYPES
from purveyor.people.who import Who

CLASSIFY = "orders.classify"
RULES = "rules"
"""Instead of a type: the rules decide again."""


def overrule(
    who: Who,
    order: Order,
    type_: str,
    *,
    offer: str = "",
    reason: str,
    acknowledge: bool = False,
    expect_version: int | None = None,
) -> Typed:
    """Say of which type an order is, or with ``rules`` let the rules say it again.

    ``offer`` names the completed offer a bulk buy comes from; it may be left out where one alone has the order's
    products. With ``acknowledge`` the order is accepted in full in the same action; what stands against that refuses
    all of it. ``expect_version`` is the order's version the person saw. Findings about the offer (PO-06) are accepted.

    Raises NotFound, Denied (``orders.classify``; with ``acknowledge`` that permission too), Refused with every problem,
    Conflict when Amazon changed the order meanwhile.
    """
    with transaction.atomic():
        db.one_at_a_time(arrival.LOCK, order.profile_id)
        found = _locked(who, order.pk)
        who.require(CLASSIFY, found.profile)
        if expect_version is not None and expect_version != found.version:
            said = _("Amazon changed order %(name)s meanwhile.") % {"name": found.number}
            raise Conflict(said, hint=_("Look at the new version, then say it again."))
        if found.looked_version < found.version:
            arrival.look_at_many([found.pk])  # which products its lines mean, and what the rules say
            found.refresh_from_db()
        chosen = _offer(found, type_, offer, _problems(found, type_, reason))
        made = _say(who, found, type_, chosen, trimmed(reason)[:500])
        arrival.look_at_many([found.pk])
        if type_ != RULES:
            _accept(found, who.name, made.because)
            arrival.look_at_many([found.pk])
        if acknowledge:
            answer(who, found.pk, because=made.because, expect_version=found.version)
    order.refresh_from_db()
    return Typed.objects.select_related("offer").filter(order=order).order_by("-pk")[0]


def _locked(who: Who, order_id: int) -> Order:
    rows = Order.objects.select_for_update(of=("self",)).select_related("profile")
    found = rows.filter(pk=order_id).first()
    if found is None or not who.may("orders.view", found.profile):
        raise NotFound(_("There is no such order."))
    return found


def _problems(order: Order, type_: str, reason: str) -> list[Problem]:
    found = []
    if type_ not in (*TYPES, RULES):
        words = {"type": type_[:40] or "–", "types": ", ".join((*TYPES, RULES))}
        found.append(Problem(_("There is no type %(type)s; there are %(types)s.") % words, "type"))
    if not trimmed(reason):
        found.append(Problem(_("A reason is needed."), "reason"))
    if order.state in OVER:
        found.append(Problem(_("The order is over; its type changes nothing any more."), "type"))
    return found


def _offer(order: Order, type_: str, name: str, problems: list[Problem]) -> Offer | None:
    """The offer a bulk buy comes from. Raises Refused with every problem."""
    chosen = None
    if type_ == BULK:
        there = fitting(order)
        named = [one for one in there if one.number.casefold() == name.strip().casefold()]
        chosen = named[0] if named else there[0] if len(there) == 1 and not name.strip() else None
        if chosen is None:
            problems.append(Problem(_why_none(order, name.strip(), there), "offer"))
    elif name.strip():
        problems.append(Problem(_("Only a bulk buy comes from an offer."), "offer"))
    if problems:
        said = _("The type of order %(name)s was not changed.") % {"name": order.number}
        raise Refused(said, problems)
    return chosen


def fitting(order: Order) -> list[Offer]:
    """The completed offers that name a product of the order, the newest first."""
    products = Line.objects.filter(order=order, gone=False, eaches__gt=0).exclude(product=None)
    rows = Row.objects.filter(product__in=products.values("product")).values("offer")
    mine = Offer.objects.filter(profile=order.profile, state=OfferState.COMPLETED, pk__in=rows)
    return list(mine.order_by("-completed_at", "-pk"))


def _why_none(order: Order, name: str, could: Collection[Offer]) -> str:
    there = ", ".join(one.number for one in could)
    if not could:
        return _("No completed offer names a product of this order.")
    if not name:
        return _("Say from which offer: %(offers)s.") % {"offers": there}
    words = {"offer": name, "offers": there}
    if Offer.objects.filter(profile=order.profile, number__iexact=name).exclude(state=OfferState.COMPLETED).exists():
        return _("Offer %(offer)s is not completed; there are: %(offers)s.") % words
    return _("Offer %(offer)s names no product of this order; there are: %(offers)s.") % words


def _say(who: Who, order: Order, type_: str, offer: Offer | None, because: str) -> Typed:
    """Write the person's word down; what the rules saw stays with their own decision. Handed back, they decide anew."""
    theirs = type_ != RULES
    said = type_ if theirs else order.type
    key = (offer.pk if offer else None) if theirs else order.offer_id
    made = Typed.objects.create(
        order=order,
        version=order.version,
        type=said,
        offer_id=key,
        by=who.name,
        person=theirs,
        because=because,
        at=clock.now(),
    )
    told = {"type": type_, "offer": offer.number if offer else ""}
    record("order.overruled", by=who.name, obj=order, old={"type": order.type}, new=told, because=because)
    return made


def _accept(order: Order, by: str, because: str) -> None:
    """Whoever says of which type an order is has seen how it deviates."""
    rows = Finding.objects.filter(order=order, rule=OFFER, state=FindingState.OPEN).select_related("order__profile")
    for one in rows:
        said = {"way": "accept", "taken_by": by, "reason": because}
        move(one, FindingState.ACCEPTED, by=by, because=because, action="finding.accepted", **said)
