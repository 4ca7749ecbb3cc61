"""The list of packings, and how one is begun."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from purveyor.common.errors import PurveyorError, Refused
from purveyor.profiles.queries import by_name
from purveyor.warehouse import packing_queries as queries
from purveyor.warehouse import packing_tables, rules
from purveyor.warehouse.domain.pack import begin
from purveyor.warehouse.models import Packing
from purveyor.warehouse.states import PackingState
from purveyor.web import parts
from purveyor.web.addresses import with_query
from purveyor.web.lists import default_view, show
from purveyor.web.pages.offers import Tab
from purveyor.web.render import frame_of, page, who_of


def _states() -> list[tuple[str, Any]]:
    return [(str(state), parts.badge("packing", state).word) for state in PackingState]


PACKINGS = packing_tables.PACKINGS.with_choices(state=_states)
TABS = ("", *(str(state) for state in PackingState))


def rows_in_view(request: HttpRequest) -> QuerySet[Packing]:
    """The packings in view: of every visible profile, or of the one the switcher names."""
    who_of(request).require_somewhere(rules.VIEW)
    rows = queries.visible_to(who_of(request))
    scope = frame_of(request).scope
    return rows.filter(profile__name=scope) if scope else rows


@require_safe
def packings(request: HttpRequest) -> HttpResponse:
    """The list."""
    if elsewhere := default_view(request, PACKINGS):
        return redirect(elsewhere)
    rows = rows_in_view(request)
    told: dict[str, Any] = {
        "listing": show(request, PACKINGS, queries.counted(rows)),
        "stands": packing_tables.standings(),
        "tabs": _tabs(request, rows),
        "may_pack": who_of(request).may_somewhere(rules.PACK),
    }
    return page(request, "packings", "packings", **told)


def _tabs(request: HttpRequest, rows: QuerySet[Packing]) -> list[Tab]:
    counts: dict[str, int] = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    counts[""] = sum(counts.values())
    words = dict(_states()) | {"": gettext_lazy("All")}
    current = request.GET.get("state", "")
    return [Tab(words[name], with_query(request, state=name), counts.get(name, 0), name == current) for name in TABS]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a packing with what is there to be packed of some orders."""
    who = who_of(request)
    who.require_somewhere(rules.PACK)
    problem: PurveyorError | None = None
    if request.method == "POST":
        try:
            return redirect("packing", _begun(request).pk)
        except Refused as error:
            problem = error
    profiles = [one for one in frame_of(request).profiles if who.may(rules.PACK, one)]
    told: dict[str, Any] = {"profiles": profiles, "typed": request.POST or request.GET}
    told["problem"] = problem.as_dict() if problem else None
    return page(request, "packing_new", "packings", status=422 if problem else 200, **told)


def _begun(request: HttpRequest) -> Packing:
    """Where only one profile is theirs to pack for, no one is named."""
    who, data = who_of(request), request.POST
    mine = list(who.profiles(rules.PACK)[:2])
    named = data.get("profile", "")
    profile = mine[0] if not named and len(mine) == 1 else by_name(who, named, rules.VIEW)
    orders = data.get("orders", "").replace(",", " ").split()
    return begin(who, profile, data.get("reference", ""), orders)
