"""The list of bulk-buy offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from purveyor.offers import keys, queries, rules, tables
from purveyor.offers.models import Offer
from purveyor.offers.states import OfferState
from purveyor.web import parts
from purveyor.web.addresses import with_query
from purveyor.web.lists import default_view, show
from purveyor.web.render import frame_of, page, who_of


def _states() -> list[tuple[str, Any]]:
    return [(str(state), parts.badge("offer", state).word) for state in OfferState]


def _stages() -> list[tuple[str, Any]]:
    return [(one.key, one.title) for one in keys.KEYS.values()]


OFFERS = tables.OFFERS.with_choices(state=_states, stage=_stages)
TABS = ("", str(OfferState.OPEN), str(OfferState.COMPLETED), str(OfferState.WITHDRAWN))


@dataclass(frozen=True, slots=True)
class Tab:
    """A state's own view of the list, with how many there are."""

    word: Any
    href: str
    count: int
    current: bool


def rows_in_view(request: HttpRequest) -> QuerySet[Offer]:
    """The offers in view: of every visible profile, or of the one the switcher names."""
    who_of(request).require_somewhere(rules.VIEW)
    rows = queries.visible_to(who_of(request))
    scope = frame_of(request).scope
    return rows.filter(profile__name=scope) if scope else rows


@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """The list."""
    if elsewhere := default_view(request, OFFERS):
        return redirect(elsewhere)
    rows = rows_in_view(request)
    listing = show(request, OFFERS, rows)
    told: dict[str, Any] = {
        "listing": listing,
        "offers": list(queries.counted(listing.rows)),
        "stages": _stages(),
        "tabs": _tabs(request, rows),
    }
    return page(request, "offers", "offers", may_manage=who_of(request).may_somewhere(rules.MANAGE), **told)


def _tabs(request: HttpRequest, rows: QuerySet[Offer]) -> list[Tab]:
    counts: dict[str, int] = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    counts[""] = sum(counts.values())
    words = dict(_states()) | {"": gettext_lazy("All")}
    current = request.GET.get("state", "")
    return [Tab(words[name], with_query(request, state=name), counts.get(name, 0), name == current) for name in TABS]
