"""Something done to many orders at once: the preview, the deed, long work where they are too many to wait for, undo."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from purveyor.common.errors import Problem, Refused
from purveyor.orders.domain.assign import person
from purveyor.orders.models import Order
from purveyor.outbox import bulk, bulk_run
from purveyor.outbox.bulk import Ask, Done
from purveyor.people.models import User
from purveyor.people.who import Who
from purveyor.web.lists import asked
from purveyor.web.pages.orders import ORDERS, rows_in_view
from purveyor.web.render import page, who_of

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """The orders somebody chose, with the versions of those they have seen."""

    orders: list[Order]
    versions: Mapping[int, int]

    @property
    def held(self) -> int:
        """How many of them are on hold."""
        return sum(bool(order.holds) for order in self.orders)

    @property
    def seen(self) -> str:
        """The same as one field of a form: thousands of fields are slow, and the server refuses them."""
        return ",".join(f"{order.pk}:{self.versions.get(order.pk, order.version)}" for order in self.orders)


def chosen_of(request: HttpRequest) -> Chosen:
    """What a form chose: rows by their boxes, all its filters show (``every``), or what was previewed (``seen``).

    Raises Refused for more than are taken at once.
    """
    rows = rows_in_view(request)
    versions = _versions(request)
    if request.POST.get("every"):
        query = QueryDict(request.POST.get("query", ""))
        found = list(ORDERS.narrow(rows, asked(request, query))[: bulk.MOST + 1])
    else:
        keys = versions.keys() | {int(t) for t in request.POST.getlist("order") if t.isdecimal() and len(t) < 19}
        found = list(rows.filter(pk__in=sorted(keys)[: bulk.MOST + 1]).order_by("due_at", "pk"))
    if len(found) > bulk.MOST:
        said = _("At most %(count)s orders are taken at once.") % {"count": bulk.MOST}
        raise Refused(said, [Problem(said, where="orders")], hint=_("Narrow the list with a filter."))
    return Chosen(found, versions)


def _versions(request: HttpRequest) -> dict[int, int]:
    """The version of each order that was previewed: what Amazon changed since is not treated unseen."""
    pairs = [text.partition(":")[::2] for text in request.POST.get("seen", "").split(",")]
    return {int(k): int(v) for k, v in pairs if k.isdecimal() and v.isdecimal() and len(k) < 19 and len(v) < 10}


@require_POST
def many(request: HttpRequest, verb: str) -> HttpResponse:
    """The preview of a deed on many orders; confirmed, the deed."""
    found, who, chosen = bulk.find(verb), who_of(request), chosen_of(request)
    if not chosen.orders:
        return redirect("orders")
    who.require_somewhere(found.permission)
    ask, wrong = ask_of(request, found, chosen)
    if request.POST.get("do") != "go" or wrong:
        return plan_page(request, found, chosen, ask, wrong)
    if len(chosen.orders) > bulk_run.AT_ONCE:
        versions = {order.pk: chosen.versions.get(order.pk, order.version) for order in chosen.orders}
        return redirect("run", bulk_run.start(who, verb, versions, ask).pk)
    return _done(request, found, list(bulk.carry_out(who, found, chosen.orders, ask)))


def ask_of(request: HttpRequest, verb: bulk.Verb, chosen: Chosen) -> tuple[Ask, Refused | None]:
    """What the form asks for, and what is wrong with it."""
    because, wrong, to = request.POST.get("because", "").strip()[:500], None, None
    typed = request.POST.get("person")
    try:
        to = person(typed or "")
    except Refused as error:
        wrong = error
    if verb.name == "assign" and typed is None:
        to = who_of(request).user
    if verb.needs_reason and request.POST.get("do") == "go" and not because:
        said = _("Say why: it is written down.")
        wrong = Refused(said, [Problem(said, where="because")])
    confirmed = bool(request.POST.get("confirm_hold"))
    return Ask(because, to, Who.of(to) if to else None, chosen.versions, confirmed), wrong


def plan_page(
    request: HttpRequest, verb: bulk.Verb, chosen: Chosen, ask: Ask, wrong: Refused | None = None
) -> HttpResponse:
    """What will happen to how many, and why some are left out."""
    planned = bulk.plan(who_of(request), verb, chosen.orders, ask)
    good = [one.order for one in planned if not one.problems]
    left = [one for one in planned if one.problems]
    return page(
        request,
        "many",
        "orders",
        verb=verb,
        ask=ask,
        good=good[:SHOWN],
        count=len(good),
        left=left[:SHOWN],
        left_count=len(left),
        reasons=bulk.reasons(left),
        seen=Chosen(good, chosen.versions).seen,
        held=chosen.held if verb.name == "acknowledge" else 0,
        every=chosen.seen,
        people=_people(good or chosen.orders) if verb.name == "assign" else [],
        long=len(good) > bulk_run.AT_ONCE,
        wrong=wrong,
        status=422 if wrong else 200,
    )


def _people(orders: Iterable[Order]) -> list[User]:
    """Who holds anything on one of these profiles; whether they may see each order, the preview says."""
    profiles = {order.profile_id for order in orders}
    grants = User.objects.filter(is_active=True, grants__profile=None) | User.objects.filter(
        is_active=True, grants__profile__in=profiles
    )
    return list(grants.distinct().order_by("username")[:500])


def _done(request: HttpRequest, verb: bulk.Verb, done: list[Done], taken_back: bool = False) -> HttpResponse:
    taken = [one for one in done if one.error is None]
    undo = {str(one.order.pk): one.undo for one in taken if one.undo}
    return page(
        request,
        "many_done",
        "orders",
        verb=verb,
        done=taken,
        refused=[one for one in done if one.error],
        undo="" if taken_back else json.dumps(undo) if undo else "",
        taken_back=taken_back,
    )


@require_POST
def undo(request: HttpRequest, verb: str) -> HttpResponse:
    """Take back what was done a moment ago, where nothing has left the house."""
    found, who = bulk.find(verb), who_of(request)
    who.require_somewhere(found.permission)
    tokens = _tokens(request)
    return _done(request, found, list(bulk.take_back(who, found, tokens)), taken_back=True)


def _tokens(request: HttpRequest) -> dict[int, Any]:
    """What the form says about each order: numbers only. Whether it may be undone, the verbs themselves judge."""
    try:
        told = json.loads(request.POST.get("undo", ""))
        found = {int(key): value for key, value in told.items()}
    except (ValueError, AttributeError, RecursionError):
        raise Refused(_("This cannot be taken back any more.")) from None
    if not all(_is_token(value) for value in found.values()) or len(found) > bulk.MOST:
        raise Refused(_("This cannot be taken back any more."))
    return found


def _is_token(value: Any) -> bool:
    """A key, or a few of which any may be missing."""
    if isinstance(value, list):
        return len(value) <= 20 and all(one is None or (isinstance(one, int) and _is_token(one)) for one in value)
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63
